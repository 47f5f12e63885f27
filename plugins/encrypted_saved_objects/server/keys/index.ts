export type { EncryptionKeyErrorCode } from './encryption_key_error.ts';
export { createKeyedHash, type KeyedHash } from './keyed_hash.ts';
export {
  KEYRING_ID,
  KEYRING_TYPE,
  type KeyringAttributes,
  keyringEncryption,
  keyringType,
} from './keyring_type.ts';
export { openKeyring } from './open_keyring.ts';
export { type KeySettings, resolveKeys } from './resolve_keys.ts';
