export { AttributeCipher, type AttributePlace } from './attribute_cipher.ts';
export { AttributeEncryption, type DecryptionListener } from './attribute_encryption.ts';
export { DecryptionHealth } from './decryption_health.ts';
export { EncryptedTypes } from './encrypted_types.ts';
export { EnvelopeError, type EnvelopeErrorCode } from './envelope.ts';
export { type EncryptionKey, Keyring } from './keyring.ts';
