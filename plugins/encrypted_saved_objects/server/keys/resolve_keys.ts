import {
  ConfigError,
  type Logger,
  type Randomness,
  type ServerEnvironment,
} from '@latchkey/core/server';
import type { EncryptedSavedObjectsConfig } from '../config.ts';
import { EncryptionKeyError } from './encryption_key_error.ts';
import { readOrCreateKeyFile } from './key_file.ts';

const SETTING = 'xpack.encryptedSavedObjects.encryptionKey';

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
      `${SETTING} is not set. Make a key with \`openssl rand -base64 32\`, set it in the configuration of every server that shares this store, and keep a copy: without it stored tokens cannot be read`,
      { cause: new ConfigError([{ path: SETTING, message: 'is required in production' }]) },
    );
  }
  const { key, path, created } = readOrCreateKeyFile(context.env.dataPath, context.randomness);
  context.logger.info(
    `${SETTING} is not set: ${created ? 'made' : 'using'} the development key in ${path}`,
  );
  return { primary: key, decryptionOnly: [] };
}
