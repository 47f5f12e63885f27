export { createKeyedHash } from './keyed_hash.ts';
export {
  KEYRING_ID,
  KEYRING_TYPE,
  type KeyringAttributes,
  keyringEncryption,
  keyringType,
} from './keyring_type.ts';
export { openKeyring } from './open_keyring.ts';
export { resolveKeys } from './resolve_keys.ts';
