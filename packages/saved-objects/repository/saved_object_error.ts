/** Codes are public: added, never renamed. */
export type SavedObjectErrorCode =
  | 'not_found'
  | 'conflict'
  | 'contended'
  | 'invalid_attributes'
  | 'unknown_type'
  | 'store_unavailable'
  | 'undecryptable'
  | 'newer_version';

/** What a failure is about. Names only, never a value. */
export interface SavedObjectErrorDetails {
  readonly type: string;
  readonly id?: string;
  readonly attribute?: string;
  /** Only with `undecryptable`: the key that the object needs and this server does not have. The object may be sound, and other servers may read it. */
  readonly keyId?: string;
}

/** Why a repository call failed. `message` is safe to show: it names type, id and attribute, never a value. */
export class SavedObjectError extends Error {
  override readonly name = 'SavedObjectError';
  readonly code: SavedObjectErrorCode;
  readonly details: SavedObjectErrorDetails;

  constructor(
    code: SavedObjectErrorCode,
    message: string,
    details: SavedObjectErrorDetails,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/**
 * Tells if a repository call failed with one of these codes.
 * @param codes at least one
 */
export function isSavedObjectError(
  error: unknown,
  ...codes: readonly [SavedObjectErrorCode, ...SavedObjectErrorCode[]]
): error is SavedObjectError {
  return error instanceof SavedObjectError && codes.includes(error.code);
}

/**
 * Tells if a write lost against another writer, which created, changed or removed the object since
 * it was read. Such a write is decided anew on a fresh read. A `not_found` of a write that names no
 * version counts as well.
 */
export function isConflict(error: unknown): error is SavedObjectError {
  return isSavedObjectError(error, 'conflict', 'not_found');
}

/**
 * Whether an object cannot be read because this server lacks its key. Nothing may conclude from that that the object is lost: a restart with the
 * right keys reads it, and another server may do so now.
 */
export function needsAnotherKey(error: unknown): boolean {
  return error instanceof SavedObjectError && error.details.keyId !== undefined;
}
