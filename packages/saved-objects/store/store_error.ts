/**
 * Why a store refused. `conflict`: the write condition does not hold. `unavailable`: it will pass, try again.
 * `corrupt`: a stored document cannot be read. `incompatible`: written by a newer build that this one cannot read.
 */
export type StoreErrorCode = 'conflict' | 'unavailable' | 'corrupt' | 'incompatible';

/** A failure of the document store itself. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
