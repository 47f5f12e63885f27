/** Reason why a rotation was not started or not finished. */
export type RotationErrorCode = 'rotation_in_progress' | 'unknown_encrypted_type' | 'stopping';

/** Thrown when a rotation is refused or stopped. Objects that were rotated stay readable. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly code: RotationErrorCode;

  constructor(code: RotationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
