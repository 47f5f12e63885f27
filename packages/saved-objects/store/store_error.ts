/**
 * Cause of a failed store operation.
 * - `conflict`: the write condition is not met.
 * - `unavailable`: the store cannot be reached or is busy; a later attempt can succeed.
 * - `corrupt`: a stored document cannot be read.
 * - `incompatible`: a newer build wrote a document that this build cannot read.
 */
export type StoreErrorCode = 'conflict' | 'unavailable' | 'corrupt' | 'incompatible';

/** A failure of the document store. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
