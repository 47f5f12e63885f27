/** The entry point for the tools in `testing/`: the encryption and the rotation without a server. */
export {
  AttributeCipher,
  AttributeEncryption,
  EncryptedTypes,
  Keyring,
} from '../encryption/index.ts';
export { KeyRotation, ROTATION_TYPE, rotationType } from '../rotation/index.ts';
