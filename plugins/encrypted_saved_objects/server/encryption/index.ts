export { AttributeCipher } from './attribute_cipher.ts';
export { AttributeEncryption } from './attribute_encryption.ts';
export { DecryptionHealth } from './decryption_health.ts';
export { EncryptedTypes } from './encrypted_types.ts';
export { EnvelopeError } from './envelope.ts';
export { Keyring } from './keyring.ts';
