export type {
  EncryptedSavedObjectsSetup,
  EncryptedSavedObjectsStart,
  EncryptedTypeRegistration,
} from './types.ts';
