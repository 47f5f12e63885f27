import type { MappedError } from '@latchkey/core/server';

/**
 * Codes of refused operations. Codes are public: new ones may be added, existing ones are never
 * renamed.
 */
export type SpaceErrorCode =
  | 'space_not_found'
  | 'space_exists'
  | 'space_reserved'
  | 'space_limit_reached'
  | 'space_being_deleted'
  | 'stale_version'
  | 'deletion_not_found';

/** A refused operation on a space. Clients see `message`. */
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
  stale_version: 409,
  deletion_not_found: 404,
};

/** Maps a {@link SpaceError} to a status and a public message. `undefined`: it is another error. */
export function mapSpaceError(error: unknown): MappedError | undefined {
  if (!(error instanceof SpaceError)) return undefined;
  return {
    statusCode: STATUS[error.code],
    message: error.message,
    attributes: { code: error.code },
  };
}
