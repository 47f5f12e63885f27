/** Reason why the server cannot start with these keys. */
export type EncryptionKeyErrorCode =
  | 'key_missing'
  | 'key_predictable'
  | 'key_file_unusable'
  | 'key_not_configured'
  | 'keyring_damaged';

/**
 * Thrown for a problem with the encryption keys that only the operator can solve. The message names
 * the setting and never contains a key.
 */
export class EncryptionKeyError extends Error {
  override readonly name = 'EncryptionKeyError';
  readonly code: EncryptionKeyErrorCode;

  constructor(code: EncryptionKeyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
