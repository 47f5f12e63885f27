import type { EgressErrorCode } from './types.ts';

/** Why an outbound request did not happen or did not finish. The message names host and setting, never headers or bodies. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly code: EgressErrorCode;
  /** Host name only. `undefined` when the URL did not parse. */
  readonly host: string | undefined;

  constructor(
    code: EgressErrorCode,
    message: string,
    host: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.host = host;
  }
}
