/** Codes are public: added, never renamed. */
export type SavedObjectErrorCode =
  | 'not_found'
  | 'conflict'
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

/** Tells if another writer changed or removed the object since it was read. */
export function isLostRace(error: unknown): boolean {
  return (
    error instanceof SavedObjectError && (error.code === 'conflict' || error.code === 'not_found')
  );
}

/** Whether a newer build wrote a document that this one cannot read. */
export function isNewerVersion(error: unknown): error is SavedObjectError {
  return error instanceof SavedObjectError && error.code === 'newer_version';
}

/**
 * Whether an object cannot be read because this server lacks its key. Nothing may conclude from that that the object is lost: a restart with the
 * right keys reads it, and another server may do so now.
 */
export function needsAnotherKey(error: unknown): boolean {
  return error instanceof SavedObjectError && error.details.keyId !== undefined;
}
