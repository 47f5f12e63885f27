import {
  ConfigError,
  type Logger,
  type Randomness,
  type ServerEnvironment,
} from '@latchkey/core/server';
import type { EncryptedSavedObjectsConfig } from '../config.ts';
import { EncryptionKeyError } from './encryption_key_error.ts';
import { readOrCreateKeyFile } from './key_file.ts';
import { keyStrength } from './key_strength.ts';

const SETTING = 'xpack.encryptedSavedObjects.encryptionKey';

/** The keys that the server uses. They are secret. */
export interface KeySettings {
  readonly primary: string;
  readonly decryptionOnly: readonly string[];
}

/**
 * Returns the configured keys, or a development key from the data folder.
 * @throws EncryptionKeyError in production: `key_missing` without a configured key,
 * `key_predictable`
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
    checkStrength(encryptionKey, context);
    return { primary: encryptionKey, decryptionOnly: keyRotation.decryptionOnlyKeys };
  }
  if (context.env.mode === 'production') {
    throw new EncryptionKeyError(
      'key_missing',
      `${SETTING} is not set. Create a key with \`openssl rand -base64 32\`, set it in the configuration of every server that shares this store, and keep a copy: without it stored tokens cannot be read`,
      { cause: new ConfigError([{ path: SETTING, message: 'is required in production' }]) },
    );
  }
  const { key, path, created } = readOrCreateKeyFile(context.env.dataPath, context.randomness);
  context.logger.info(
    `${SETTING} is not set: ${created ? 'created' : 'using'} the development key in ${path}`,
  );
  return { primary: key, decryptionOnly: [] };
}

const ADVICE = `Create a new key with \`openssl rand -base64 32\`, keep the current one under xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys, and move all objects with POST /api/encrypted_saved_objects/_rotate_key`;

/**
 * Refuses a key that can be guessed, because it does not protect a stolen store. Older keys, which
 * only decrypt, are not checked.
 */
function checkStrength(key: string, { env, logger }: Parameters<typeof resolveKeys>[1]): void {
  const strength = keyStrength(key);
  if (strength === 'random') return;
  if (strength === 'words') {
    logger.warn(
      `${SETTING} looks like words: an attacker with a copy of the store can guess a passphrase quickly. ${ADVICE}`,
    );
    return;
  }
  const message = `${SETTING} is repetitive or a sequence, so it can be guessed. ${ADVICE}`;
  if (env.mode === 'development') {
    logger.warn(message);
    return;
  }
  throw new EncryptionKeyError('key_predictable', message, {
    cause: new ConfigError([{ path: SETTING, message: 'can be guessed' }]),
  });
}
