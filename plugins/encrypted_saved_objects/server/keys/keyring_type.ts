import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import type { EncryptedTypeRegistration } from '../types.ts';

/** Name of the saved-object type of the keyring. */
export const KEYRING_TYPE = 'encryption_keyring';
/** Id of the only object of that type. */
export const KEYRING_ID = 'keyring';

const keyRecord = z.object({
  keyId: z.string().min(1).max(64),
  /** Instant in ISO 8601 at which the key first encrypted in this store. */
  firstUsedAt: z.string().max(64),
  /** ISO instant at which no object was encrypted with it any more. Absent: in use. */
  retiredAt: z.string().max(64).optional(),
});

/** Record of one key that has encrypted in this store. Never the key itself. */
export type KeyRecord = z.infer<typeof keyRecord>;

/**
 * The keyring object: all keys that have encrypted in this store, and the secret of keyed hashes.
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

/** The saved-object type of the keyring: the used keys, by id, and the secret of hashes. */
export const keyringType: SavedObjectsType = {
  name: KEYRING_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: {} },
  modelVersions: {
    1: {
      changes: [],
      schemas: {
        create: z.strictObject(attributes),
        forwardCompatibility: z.object(attributes),
      },
    },
  },
};

/** The encrypted attributes of the keyring. */
export const keyringEncryption: EncryptedTypeRegistration = {
  type: KEYRING_TYPE,
  attributesToEncrypt: ['hashSecret'],
  attributesToIncludeInAAD: [],
};
