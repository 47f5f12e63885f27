import type { MappedError } from '@latchkey/core/server';

/** Why a request about other people's grants was refused. Codes are public: added, never renamed. */
export type EndingErrorCode =
  | 'ending_not_found'
  | 'ending_over'
  | 'ending_cannot_be_cancelled'
  | 'grant_not_found';

/** A refused request to end other people's grants, or about the runs that do. */
export class EndingError extends Error {
  override readonly name = 'EndingError';
  readonly code: EndingErrorCode;

  constructor(code: EndingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const HTTP_STATUS: Record<EndingErrorCode, number> = {
  ending_not_found: 404,
  ending_over: 409,
  ending_cannot_be_cancelled: 409,
  grant_not_found: 404,
};

/** {@link EndingError} in HTTP terms; `undefined` for every other error. */
export function mapEndingError(error: unknown): MappedError | undefined {
  if (!(error instanceof EndingError)) return undefined;
  return {
    statusCode: HTTP_STATUS[error.code],
    message: error.message,
    attributes: { code: error.code },
  };
}
