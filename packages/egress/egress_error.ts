import type { EgressErrorCode } from './types.ts';

/** What an `EgressError` carries besides its code and text. */
interface EgressErrorOptions extends ErrorOptions {
  /** Default `false`. */
  readonly responseLost?: boolean;
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
}

/** Why an outbound request did not happen or did not finish. The message names host and setting, never headers or bodies. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly code: EgressErrorCode;
  /** Host name only. `undefined` when the URL did not parse. */
  readonly host: string | undefined;
  /**
   * `true`: bytes of the request were written and no answer could be read, so the server may have acted on it.
   * `false`: it saw nothing (refused here, or DNS, connect or TLS failed), so a retry cannot act twice; or its answer is known:
   * a redirect that must not be followed.
   */
  readonly responseLost: boolean;
  /** Headers of an answer refused for its size, without cookies. `undefined` for every other code. */
  readonly responseHeaders: Readonly<Record<string, string>> | undefined;

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
  }
}

/**
 * Finds the egress failure behind any error, for example behind the `AxiosError` of an instance.
 * @returns `undefined` when the failure did not come from this package (an HTTP status, a bug, a cancellation)
 */
export function findEgressError(error: unknown): EgressError | undefined {
  let current: unknown = error;
  // Causes can be circular in theory; eight links is more than this package ever makes.
  for (let depth = 0; depth < 8 && Error.isError(current); depth += 1) {
    if (current instanceof EgressError) return current;
    current = current.cause;
  }
  return undefined;
}
