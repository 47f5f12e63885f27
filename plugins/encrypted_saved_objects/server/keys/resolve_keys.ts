import type { Logger, Randomness, ServerEnvironment } from '@latchkey/core/server';
import type { EncryptedSavedObjectsConfig } from '../config.ts';
import { EncryptionKeyError } from './encryption_key_error.ts';
import { readOrCreateKeyFile } from './key_file.ts';

/** The key settings in force. Secret. */
export interface KeySettings {
  readonly primary: string;
  readonly decryptionOnly: readonly string[];
}

/**
 * Finds the keys: configured ones, else a development key in the data folder.
 * @throws EncryptionKeyError `key_missing` in production without a configured key
 */
export function resolveKeys(
  config: EncryptedSavedObjectsConfig,
  context: {
    readonly env: Pick<ServerEnvironment, 'mode' | 'dataPath'>;
    readonly logger: Logger;
    readonly randomness: Randomness;
  },
): KeySettings {
  const { encryptionKey, keyRotation } = config;
  if (encryptionKey !== undefined) {
    return { primary: encryptionKey, decryptionOnly: keyRotation.decryptionOnlyKeys };
  }
  if (context.env.mode === 'production') {
    throw new EncryptionKeyError(
      'key_missing',
      'xpack.encryptedSavedObjects.encryptionKey is not set. Make a key with `openssl rand -base64 32`, set it in the configuration of every server that shares this store, and keep a copy: without it stored tokens cannot be read',
    );
  }
  const { key, path, created } = readOrCreateKeyFile(context.env.dataPath, context.randomness);
  context.logger.info(
    `xpack.encryptedSavedObjects.encryptionKey is not set: ${created ? 'made' : 'using'} the development key in ${path}`,
  );
  return { primary: key, decryptionOnly: [] };
}
