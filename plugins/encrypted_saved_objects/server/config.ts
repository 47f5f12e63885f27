import type { PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';

const MIN_KEY_CHARACTERS = 32;

const keySetting = (setting: string) =>
  z
    .string()
    .min(
      MIN_KEY_CHARACTERS,
      `xpack.encryptedSavedObjects.${setting} must have at least ${MIN_KEY_CHARACTERS} characters`,
    )
    .max(1024, `xpack.encryptedSavedObjects.${setting} must have at most 1024 characters`);

const schema = z
  .strictObject({
    /**
     * Key that encrypts all new data. Absent: in development, a key is created in the data folder;
     * in production, the server refuses to start.
     */
    encryptionKey: keySetting('encryptionKey').optional(),
    keyRotation: z
      .strictObject({
        /** Earlier encryption keys, in any order. They only decrypt. */
        decryptionOnlyKeys: z
          .array(keySetting('keyRotation.decryptionOnlyKeys'))
          .max(10)
          .default([]),
      })
      .prefault({}),
  })
  .superRefine(({ encryptionKey, keyRotation: { decryptionOnlyKeys } }, context) => {
    if (encryptionKey === undefined && decryptionOnlyKeys.length > 0) {
      context.addIssue({
        code: 'custom',
        path: ['keyRotation', 'decryptionOnlyKeys'],
        message:
          'xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys needs xpack.encryptedSavedObjects.encryptionKey to be set',
      });
    }
    if (encryptionKey !== undefined && decryptionOnlyKeys.includes(encryptionKey)) {
      context.addIssue({
        code: 'custom',
        path: ['keyRotation', 'decryptionOnlyKeys'],
        message:
          'xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys must not contain xpack.encryptedSavedObjects.encryptionKey',
      });
    }
  });

/** Settings under `xpack.encryptedSavedObjects`. */
export type EncryptedSavedObjectsConfig = z.infer<typeof schema>;

/** No setting may be visible to browsers. */
export const config: PluginConfigDescriptor<EncryptedSavedObjectsConfig> = { schema };
