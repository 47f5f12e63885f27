/** Codes are public: added, never renamed. */
export type SavedObjectErrorCode =
  | 'not_found'
  | 'conflict'
  | 'invalid_attributes'
  | 'unknown_type'
  | 'store_unavailable'
  | 'undecryptable'
  | 'newer_version';

/** Why a repository call failed. `message` is safe to show: it names type, id and attribute, never a value. */
export class SavedObjectError extends Error {
  override readonly name = 'SavedObjectError';
  readonly code: SavedObjectErrorCode;
  readonly details: { readonly type: string; readonly id?: string; readonly attribute?: string };

  constructor(
    code: SavedObjectErrorCode,
    message: string,
    details: { readonly type: string; readonly id?: string; readonly attribute?: string },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** Whether a newer build wrote a document that this one cannot read. */
export function isNewerVersion(error: unknown): error is SavedObjectError {
  return error instanceof SavedObjectError && error.code === 'newer_version';
}
