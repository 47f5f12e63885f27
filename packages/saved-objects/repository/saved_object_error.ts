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

/** The object that a failure concerns. Names only, never a value. */
export interface SavedObjectErrorDetails {
  readonly type: string;
  readonly id?: string;
  readonly attribute?: string;
  /**
   * Only with `undecryptable`: the key that the object needs and this server does not have. The
   * object may be sound, and other servers may read it.
   */
  readonly keyId?: string;
}

/**
 * Failure of a repository call. `message` is safe to show: it names type, id and attribute, never a
 * value.
 */
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
 * Tells if an object cannot be read because this server lacks its key. The object is not lost then:
 * another server may read it now, and this one after a restart with the right keys.
 */
export function needsAnotherKey(error: unknown): boolean {
  return error instanceof SavedObjectError && error.details.keyId !== undefined;
}
