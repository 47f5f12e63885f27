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

/** Codes of Node and OpenSSL for a rejected certificate and for other TLS failures. */
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|EPROTO|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERROR_IN_CERT|OUT_OF_MEM)/;
/**
 * Codes of a broken HTTP message (`HPE_`) or of broken compression (`Z_`, `ERR__ERROR_FORMAT_`,
 * `ERR_PADDING` of brotli, `ZSTD_`).
 */
const BROKEN_RESPONSE_CODE = /^(HPE_|Z_|ERR__ERROR_|ERR_PADDING|ZSTD_|ERR_ZSTD|ERR_BROTLI)/;
/**
 * Codes of OpenSSL for a client certificate that the server rejected. TLS 1.3 reports it after the
 * first write, although the server has not read the request.
 */
const REFUSED_CLIENT_CERTIFICATE = /^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/;

const TEXT: Readonly<Partial<Record<EgressErrorCode, string>>> = {
  dns_failed: 'has no address',
  timeout: 'did not respond in time',
  tls_failed: 'failed the TLS handshake',
  invalid_response: 'sent a response that cannot be read',
  invalid_request: 'was not called: the request has an invalid header, method or body',
  connection_failed: 'could not be reached, or closed the connection',
};

/**
 * Converts an error of undici or Node to an EgressError. The original error is the `cause`.
 * @param sent `true`: bytes of the request were written
 */
export function toEgressError(error: unknown, host: string, sent: boolean): EgressError {
  // One failed connection can fail several waiting requests, so each of them gets its own error.
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

/**
 * Returns the code of an error of Node or undici, for example `ECONNREFUSED`. `undefined`: the
 * error has no code.
 */
export function systemCodeOf(error: unknown): string | undefined {
  if (!Error.isError(error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  return undefined;
}

function codeOf(error: unknown, systemCode: string | undefined): EgressErrorCode {
  // `decodeBody` throws a RangeError for an unknown coding.
  if (error instanceof RangeError || isParserError(error)) return 'invalid_response';
  if (systemCode === undefined || isProxyRefusal(error)) return 'connection_failed';
  const known = CODE_BY_SYSTEM_CODE[systemCode];
  if (known !== undefined) return known;
  if (TLS_CODE.test(systemCode)) return 'tls_failed';
  if (BROKEN_RESPONSE_CODE.test(systemCode)) return 'invalid_response';
  return 'connection_failed';
}

/**
 * Returns `true` if an http proxy has rejected a plain http request because it needs credentials.
 * Undici reports that as an invalid argument.
 */
function isProxyRefusal(error: unknown): boolean {
  return Error.isError(error) && error.message.startsWith('Proxy Authentication Required');
}

/**
 * Returns `true` if the error is one of the HTTP parser. Such an error contains the bytes that
 * could not be parsed, which may include a token, so it must not be kept.
 */
function isParserError(error: unknown): error is Error {
  return Error.isError(error) && error.name === 'HTTPParserError';
}
