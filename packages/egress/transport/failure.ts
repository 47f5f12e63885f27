import { EgressError } from '../egress_error.ts';
import type { EgressErrorCode } from '../types.ts';

const CODE_BY_SYSTEM_CODE: Readonly<Record<string, EgressErrorCode>> = {
  ENOTFOUND: 'dns_failed',
  EAI_AGAIN: 'dns_failed',
  EAI_FAIL: 'dns_failed',
  EAI_NODATA: 'dns_failed',
  ENODATA: 'dns_failed',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_PRX_TLS: 'tls_failed',
  UND_ERR_HEADERS_OVERFLOW: 'invalid_response',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'invalid_response',
  UND_ERR_INVALID_ARG: 'invalid_request',
  UND_ERR_NOT_SUPPORTED: 'invalid_request',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'invalid_request',
};

/** OpenSSL's names for a certificate that does not convince, and Node's and OpenSSL's own failures. */
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|EPROTO|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERROR_IN_CERT|OUT_OF_MEM)/;
/** Broken HTTP (`HPE_`) or broken compression (`Z_`, `ERR__ERROR_FORMAT_`, `ERR_PADDING` of brotli, `ZSTD_`). */
const BROKEN_RESPONSE_CODE = /^(HPE_|Z_|ERR__ERROR_|ERR_PADDING|ZSTD_|ERR_ZSTD|ERR_BROTLI)/;
/** With TLS 1.3 a refused client certificate shows up after the first write; the server never read that request. */
const REFUSED_CLIENT_CERTIFICATE = /^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/;

const TEXT: Readonly<Partial<Record<EgressErrorCode, string>>> = {
  dns_failed: 'has no address',
  timeout: 'did not answer in time',
  tls_failed: 'failed the TLS handshake',
  invalid_response: 'sent an answer that cannot be read',
  invalid_request: 'was not asked: the request has an invalid header, method or body',
  connection_failed: 'could not be reached, or cut the connection',
};

/**
 * Gives any failure below us one of our codes. The original stays as `cause`.
 * @param sent bytes of the request were written
 */
export function toEgressError(error: unknown, host: string, sent: boolean): EgressError {
  // Made while connecting, maybe for several waiting requests at once: each gets its own.
  if (error instanceof EgressError) {
    return new EgressError(error.code, error.message, error.host ?? host, {
      cause: error,
      responseLost: sent,
    });
  }
  const systemCode = systemCodeOf(error);
  const code = codeOf(error, systemCode);
  const detail = systemCode === undefined ? '' : ` (${systemCode})`;
  const responseLost =
    sent && code !== 'invalid_request' && !REFUSED_CLIENT_CERTIFICATE.test(systemCode ?? '');
  return new EgressError(code, `host [${host}] ${TEXT[code]}${detail}`, host, {
    cause: isParserError(error) ? new Error(error.message) : error,
    responseLost,
  });
}

/** Node's or undici's code of a failure, for example `ECONNREFUSED`. `undefined`: it has none. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!Error.isError(error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  return undefined;
}

function codeOf(error: unknown, systemCode: string | undefined): EgressErrorCode {
  // decode_body's answer to a coding we do not know
  if (error instanceof RangeError || isParserError(error)) return 'invalid_response';
  if (systemCode === undefined || isProxyRefusal(error)) return 'connection_failed';
  const known = CODE_BY_SYSTEM_CODE[systemCode];
  if (known !== undefined) return known;
  if (TLS_CODE.test(systemCode)) return 'tls_failed';
  if (BROKEN_RESPONSE_CODE.test(systemCode)) return 'invalid_response';
  return 'connection_failed';
}

/** A plain http proxy that wants credentials shows up as an invalid argument of ours. */
function isProxyRefusal(error: unknown): boolean {
  return Error.isError(error) && error.message.startsWith('Proxy Authentication Required');
}

/** It carries the bytes it stumbled over, which may be a token; they must not travel on as a cause. */
function isParserError(error: unknown): error is Error {
  return Error.isError(error) && error.name === 'HTTPParserError';
}
