import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import type { EncryptedTypeRegistration } from '../types.ts';

/** Name of the saved-object type, and id of its only object. */
export const KEYRING_TYPE = 'encryption_keyring';
export const KEYRING_ID = 'keyring';

const keyRecord = z.object({
  keyId: z.string().min(1).max(64),
  /** ISO instant. */
  firstUsedAt: z.string().max(64),
  /** ISO instant at which no object was found encrypted with it any more; absent: in use. */
  retiredAt: z.string().max(64).optional(),
});

/** What is known of one key that ever encrypted in this store. Never the key. */
export type KeyRecord = z.infer<typeof keyRecord>;

/** The keyring object: which keys ever encrypted, and the secret behind keyed hashes. */
export interface KeyringAttributes {
  /** 256 random bits in base64url. Encrypted; it also proves at start that the configured key is the right one. */
  readonly hashSecret: string;
  readonly keys: readonly KeyRecord[];
}

const attributes = {
  hashSecret: z.string().min(1).max(4096),
  keys: z.array(keyRecord).max(1000),
};

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

export const keyringEncryption: EncryptedTypeRegistration = {
  type: KEYRING_TYPE,
  attributesToEncrypt: ['hashSecret'],
  attributesToIncludeInAAD: [],
};
