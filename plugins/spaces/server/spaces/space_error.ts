import type { MappedError } from '@latchkey/core/server';

/** Codes are public: added, never renamed. */
export type SpaceErrorCode =
  | 'space_not_found'
  | 'space_exists'
  | 'space_reserved'
  | 'space_limit_reached'
  | 'space_being_deleted'
  | 'deletion_not_found';

/** Refused operation on a space. `message` is shown to clients. */
export class SpaceError extends Error {
  override readonly name = 'SpaceError';
  readonly code: SpaceErrorCode;
  readonly details: { readonly spaceId: string };

  constructor(
    code: SpaceErrorCode,
    message: string,
    details: { readonly spaceId: string },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

const STATUS: Readonly<Record<SpaceErrorCode, number>> = {
  space_not_found: 404,
  space_exists: 409,
  space_reserved: 400,
  space_limit_reached: 400,
  space_being_deleted: 409,
  deletion_not_found: 404,
};

/** Maps a {@link SpaceError} to HTTP terms. `undefined`: another error. */
export function mapSpaceError(error: unknown): MappedError | undefined {
  if (!(error instanceof SpaceError)) return undefined;
  return {
    statusCode: STATUS[error.code],
    message: error.message,
    attributes: { code: error.code },
  };
}
