import type { MappedError } from '@latchkey/core/server';

/**
 * Codes of refused requests about grants of other users. Codes are public: new ones may be added,
 * none is renamed.
 */
export type RevocationJobErrorCode =
  | 'revocation_job_not_found'
  | 'revocation_job_finished'
  | 'revocation_job_cannot_be_cancelled'
  | 'grant_not_found';

/** A refused request to end grants of other users, or about a revocation job. */
export class RevocationJobError extends Error {
  override readonly name = 'RevocationJobError';
  readonly code: RevocationJobErrorCode;

  constructor(code: RevocationJobErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const HTTP_STATUS: Record<RevocationJobErrorCode, number> = {
  revocation_job_not_found: 404,
  revocation_job_finished: 409,
  revocation_job_cannot_be_cancelled: 409,
  grant_not_found: 404,
};

/** Maps {@link RevocationJobError} to an HTTP error. Returns `undefined` for any other error. */
export function mapRevocationJobError(error: unknown): MappedError | undefined {
  if (!(error instanceof RevocationJobError)) return undefined;
  return {
    statusCode: HTTP_STATUS[error.code],
    message: error.message,
    attributes: { code: error.code },
  };
}
