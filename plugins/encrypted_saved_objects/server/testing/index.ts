/**
 * Entry point for the programs in `testing/`: the encryption and the rotation without a server, the
 * plugin on a store of its own, and a program that uses it in another process.
 */
export {
  AttributeCipher,
  AttributeEncryption,
  EncryptedTypes,
  Keyring,
} from '../encryption/index.ts';
export { KeyRotation, ROTATION_TYPE, rotationType } from '../rotation/index.ts';
export type { EncryptedProcessOptions, EncryptedProcessReport } from './encrypted_process.ts';
export {
  type EncryptedServer,
  type EncryptedServerOptions,
  KEY_A,
  KEY_B,
  openTestStore,
  startEncryptedServer,
  type TestStore,
  type TestToken,
} from './encrypted_server.ts';

/** Program of a process that takes `EncryptedProcessOptions` as JSON in its first argument. */
export const ENCRYPTED_PROCESS = new URL('./encrypted_process.ts', import.meta.url);
