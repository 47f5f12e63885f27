/** Why a rotation was not begun or not finished. */
export type RotationErrorCode = 'rotation_in_progress' | 'unknown_encrypted_type' | 'stopping';

/** A refused rotation; nothing was changed by this call, or what was changed stays valid. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly code: RotationErrorCode;

  constructor(code: RotationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
