/** Codes of {@link SavedObjectError}. They are public: codes may be added, but never renamed. */
export type SavedObjectErrorCode =
  | 'not_found'
  | 'conflict'
  | 'contended'
  | 'invalid_attributes'
  | 'unknown_type'
  | 'store_unavailable'
  | 'undecryptable'
  | 'newer_version';

/** The object that a failure concerns. It contains names only, never a value. */
export interface SavedObjectErrorDetails {
  readonly type: string;
  readonly id?: string;
  readonly attribute?: string;
  /**
   * Id of the encryption key that this server lacks, only with `undecryptable`. The object may be
   * intact, and other servers may be able to read it.
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
 * Returns `true` if a repository call failed with one of these codes.
 * @param codes at least one
 */
export function isSavedObjectError(
  error: unknown,
  ...codes: readonly [SavedObjectErrorCode, ...SavedObjectErrorCode[]]
): error is SavedObjectError {
  return error instanceof SavedObjectError && codes.includes(error.code);
}

/**
 * Returns `true` if a write failed because another writer created, changed or deleted the object
 * since it was read. The caller reads the object again and decides again. `not_found` counts as a
 * conflict too, even for a write without a version.
 */
export function isConflict(error: unknown): error is SavedObjectError {
  return isSavedObjectError(error, 'conflict', 'not_found');
}

/**
 * Returns `true` if an object cannot be read because this server lacks its encryption key. The
 * object is not lost: another server may be able to read it, and this server can after a restart
 * with the key.
 */
export function needsAnotherKey(error: unknown): boolean {
  return error instanceof SavedObjectError && error.details.keyId !== undefined;
}
