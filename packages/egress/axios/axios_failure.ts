import { AxiosError, CanceledError, type InternalAxiosRequestConfig } from 'axios';
import { EgressError } from '../egress_error.ts';
import { systemCodeOf } from '../transport/index.ts';
import type { EgressErrorCode } from '../types.ts';
import { redactAxiosError } from './redact_axios_error.ts';

/**
 * The documented axios code of each EgressError code. The code of a system error such as
 * ECONNREFUSED takes precedence, as in axios.
 */
const AXIOS_CODE: Readonly<Record<EgressErrorCode, string>> = {
  invalid_url: AxiosError.ERR_INVALID_URL,
  host_not_allowed: AxiosError.ERR_BAD_REQUEST,
  address_not_allowed: AxiosError.ERR_BAD_REQUEST,
  https_required: AxiosError.ERR_BAD_REQUEST,
  credentials_not_allowed: AxiosError.ERR_BAD_REQUEST,
  body_not_replayable: AxiosError.ERR_BAD_REQUEST,
  invalid_request: AxiosError.ERR_BAD_REQUEST,
  redirect_refused: AxiosError.ERR_BAD_RESPONSE,
  too_many_redirects: AxiosError.ERR_FR_TOO_MANY_REDIRECTS,
  response_too_large: AxiosError.ERR_BAD_RESPONSE,
  invalid_response: AxiosError.ERR_BAD_RESPONSE,
  timeout: AxiosError.ECONNABORTED,
  connection_failed: AxiosError.ERR_NETWORK,
  tls_failed: AxiosError.ERR_NETWORK,
  dns_failed: 'ENOTFOUND',
  aborted: AxiosError.ERR_CANCELED,
};
/** Error codes of undici, each with the code that Node's http module has for the same failure. */
const NODE_CODE: Readonly<Record<string, string>> = { UND_ERR_SOCKET: 'ECONNRESET' };

/**
 * Converts a failure to the redacted error that axios would throw. Its `cause` is the EgressError.
 * @param limits limits of the call, which axios names in its messages
 */
export function toAxiosError(
  error: unknown,
  config: InternalAxiosRequestConfig,
  limits: { readonly timeoutMs: number; readonly maxBytes: number },
): unknown {
  if (!(error instanceof EgressError)) return redactAxiosError(wrapForeign(error, config));
  // A body stream may fail with an AxiosError, for example because of `maxBodyLength`.
  if (error.cause instanceof AxiosError) return redactAxiosError(error.cause);
  if (error.code === 'aborted') return canceled(config, error);
  const failure = new AxiosError(messageOf(error, config, limits), codeOf(error, config), config);
  // The property is not enumerable, as in `AxiosError.from`.
  Object.defineProperty(failure, 'cause', { value: error, configurable: true, writable: true });
  return redactAxiosError(failure);
}

/**
 * Converts an error of a hook or serializer of the caller, or of a body that cannot be read. Errors
 * of axios and values that are not an error are returned unchanged.
 */
function wrapForeign(error: unknown, config: InternalAxiosRequestConfig): unknown {
  if (error instanceof AxiosError || !Error.isError(error)) return error;
  return AxiosError.from(error, AxiosError.ERR_BAD_REQUEST, config);
}

/**
 * Returns the error that axios throws after `AbortController.abort()` or `CancelToken.cancel()`.
 */
function canceled(config: InternalAxiosRequestConfig, cause?: EgressError): unknown {
  const reason = config.cancelToken?.reason;
  if (reason !== undefined) return reason;
  const failure = new CanceledError(undefined, config);
  Object.defineProperty(failure, 'cause', { value: cause, configurable: true, writable: true });
  return redactAxiosError(failure);
}

function messageOf(
  error: EgressError,
  config: InternalAxiosRequestConfig,
  limits: { readonly timeoutMs: number; readonly maxBytes: number },
): string {
  if (error.code === 'response_too_large') {
    return `maxContentLength size of ${limits.maxBytes} exceeded`;
  }
  if (error.code === 'timeout') {
    return config.timeoutErrorMessage ?? `timeout of ${limits.timeoutMs}ms exceeded`;
  }
  return error.message;
}

function codeOf(error: EgressError, config: InternalAxiosRequestConfig): string {
  if (error.code === 'timeout' && config.transitional?.clarifyTimeoutError === true) {
    return AxiosError.ETIMEDOUT;
  }
  const isNetwork =
    AXIOS_CODE[error.code] === AxiosError.ERR_NETWORK || error.code === 'dns_failed';
  const system = isNetwork ? systemCodeOf(deepestCause(error)) : undefined;
  if (system === undefined) return AXIOS_CODE[error.code];
  return NODE_CODE[system] ?? (system.startsWith('UND_ERR') ? AxiosError.ERR_NETWORK : system);
}

function deepestCause(error: Error): unknown {
  let current: Error = error;
  for (let depth = 0; depth < 4 && Error.isError(current.cause); depth += 1)
    current = current.cause;
  return current;
}
