import type { EgressErrorCode } from './types.ts';

/** Properties of an {@link EgressError} besides code, message and host. */
interface EgressErrorOptions extends ErrorOptions {
  /** `true`: the request may have arrived although no response was read. Default `false`. */
  readonly responseLost?: boolean;
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  readonly maxResponseBytes?: number | undefined;
}

/**
 * The error of a request that was not sent or not completed. The message names the host or the
 * setting, never headers or bodies.
 */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly code: EgressErrorCode;
  /** Host name only. `undefined`: the URL is invalid. */
  readonly host: string | undefined;
  /**
   * `true`: bytes of the request were written and no response was read, so the server may have
   * acted on the request. `false`: nothing was sent (the request was rejected here, or DNS, connect
   * or TLS failed), so a retry cannot act twice; or the response is known, for example a redirect
   * that must not be followed.
   */
  readonly responseLost: boolean;
  /**
   * Response headers without cookies if the response exceeded the size limit. `undefined`: the
   * error has any other code.
   */
  readonly responseHeaders: Readonly<Record<string, string>> | undefined;
  /** Size limit in bytes that the response exceeded. `undefined`: the error has any other code. */
  readonly maxResponseBytes: number | undefined;

  constructor(
    code: EgressErrorCode,
    message: string,
    host: string | undefined,
    options: EgressErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.host = host;
    this.responseLost = options.responseLost ?? false;
    this.responseHeaders = options.responseHeaders;
    this.maxResponseBytes = options.maxResponseBytes;
  }
}

/**
 * Finds the EgressError in the causes of an error, for example of the `AxiosError` of an instance.
 * @returns `undefined`: this package did not cause the failure (an HTTP status, a bug, a
 * cancellation)
 */
export function findEgressError(error: unknown): EgressError | undefined {
  let current: unknown = error;
  // The limit of eight ends a circular chain of causes. This package never creates eight links.
  for (let depth = 0; depth < 8 && Error.isError(current); depth += 1) {
    if (current instanceof EgressError) return current;
    current = current.cause;
  }
  return undefined;
}
