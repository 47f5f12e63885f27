import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Randomness } from '@latchkey/core/server';
import { EncryptionKeyError } from './encryption_key_error.ts';

const FILE_NAME = 'encryption_key';
const KEY_BYTES = 32;
/** Matches 32 bytes in base64url. */
const KEY_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** A development key stored in a file. */
export interface FileKey {
  readonly key: string;
  readonly path: string;
  /** `true` when this call created the file. */
  readonly created: boolean;
}

/**
 * Reads the development key of a data folder, or creates it at first use. Processes that start at
 * the same time get the same key: the complete file gets its name by a hard link, and only the
 * first link succeeds.
 * @throws EncryptionKeyError `key_file_unusable` when the file cannot be created or read, or has
 *   other content
 */
export function readOrCreateKeyFile(dataPath: string, randomness: Randomness): FileKey {
  const path = join(dataPath, FILE_NAME);
  try {
    const created = createKeyFile(path, randomness);
    // A copy of the file may have other permissions, so they are restricted again.
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    const key = readFileSync(path, 'utf8').trim();
    if (!KEY_PATTERN.test(key)) {
      throw new EncryptionKeyError(
        'key_file_unusable',
        `The development encryption key in ${path} is damaged. Restore the file, or set xpack.encryptedSavedObjects.encryptionKey`,
      );
    }
    return { key, path, created };
  } catch (error) {
    if (error instanceof EncryptionKeyError) throw error;
    throw new EncryptionKeyError(
      'key_file_unusable',
      `The development encryption key in ${path} cannot be created or read. Make the folder writable, or set xpack.encryptedSavedObjects.encryptionKey`,
      { cause: error },
    );
  }
}

/** Creates the file. Returns `false` when it already exists. */
function createKeyFile(path: string, randomness: Randomness): boolean {
  if (exists(path)) return false;
  const draft = `${path}.${randomness.uuid()}`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeSync(file, `${randomness.bytes(KEY_BYTES).toString('base64url')}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (exists(path)) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
