import { plainSchemas, type SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import type { EncryptedTypeRegistration } from '../types.ts';

/** Name of the saved-object type of the keyring. */
export const KEYRING_TYPE = 'encryption_keyring';
/** Id of the only object of this type. */
export const KEYRING_ID = 'keyring';

const keyRecord = z.object({
  keyId: z.string().min(1).max(64),
  /** ISO instant at which the key was first used for encryption in this store. */
  firstUsedAt: z.string().max(64),
  /**
   * ISO instant at which no object was encrypted with the key any more. Absent: the key is in use.
   */
  retiredAt: z.string().max(64).optional(),
});

/**
 * Record of a key that was used for encryption in this store. It does not contain the key itself.
 */
export type KeyRecord = z.infer<typeof keyRecord>;

/**
 * Attributes of the keyring: records of all keys that were used for encryption in this store, and
 * the secret of keyed hashes.
 */
export interface KeyringAttributes {
  /**
   * 256 random bits in base64url, encrypted. Decrypting it at start proves that the configured key
   * is the right one.
   */
  readonly hashSecret: string;
  readonly keys: readonly KeyRecord[];
}

const attributes = {
  hashSecret: z.string().min(1).max(4096),
  keys: z.array(keyRecord).max(1000),
};

/** The saved-object type of the keyring: records of used keys, and the secret of keyed hashes. */
export const keyringType: SavedObjectsType = {
  name: KEYRING_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: {} },
  modelVersions: {
    1: {
      changes: [],
      schemas: plainSchemas(attributes),
    },
  },
};

/** The encrypted attributes of the keyring. */
export const keyringEncryption: EncryptedTypeRegistration = {
  type: KEYRING_TYPE,
  attributesToEncrypt: ['hashSecret'],
  attributesToIncludeInAAD: [],
};
