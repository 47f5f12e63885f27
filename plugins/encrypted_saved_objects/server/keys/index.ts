export { createKeyedHash } from './keyed_hash.ts';
export { KeyringOpener } from './keyring_opener.ts';
export {
  KEYRING_ID,
  KEYRING_TYPE,
  type KeyringAttributes,
  keyringEncryption,
  keyringType,
} from './keyring_type.ts';
export { resolveKeys } from './resolve_keys.ts';
