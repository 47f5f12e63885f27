import { type Clock, ConfigError, type Logger, type Randomness } from '@latchkey/core/server';
import { isSavedObjectError, type SavedObjectsRepository } from '@latchkey/saved-objects';
import { EnvelopeError, type Keyring } from '../encryption/index.ts';
import { EncryptionKeyError } from './encryption_key_error.ts';
import {
  KEYRING_ID,
  KEYRING_TYPE,
  type KeyRecord,
  type KeyringAttributes,
} from './keyring_type.ts';

const SETTING = 'xpack.encryptedSavedObjects.encryptionKey';
/**
 * Maximum attempts to write. Processes that start at the same time write the keyring one after the
 * other.
 */
const MAX_ATTEMPTS = 20;
const SECRET_BYTES = 32;

/**
 * Counts stored objects by key id. Reads the whole store, so it is called only when a key seems to
 * be missing.
 */
type CountObjectsByKey = () => Promise<ReadonlyMap<string, number>>;

/** Dependencies of {@link KeyringOpener}. */
export interface KeyringOpenerDeps {
  readonly repository: SavedObjectsRepository;
  readonly keyring: Keyring;
  readonly countObjectsByKey: CountObjectsByKey;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** Opens the keyring object of the store at the start of the server. */
export class KeyringOpener {
  readonly #deps: KeyringOpenerDeps;

  constructor(deps: KeyringOpenerDeps) {
    this.#deps = deps;
  }

  /**
   * Opens the keyring, or creates it on the first start, and records the primary key in it. The
   * configured keys are right if one of them decrypts the hash secret. A recorded key that is no
   * longer configured is retired if no object needs it; otherwise the start is refused, because
   * these objects would be unreadable.
   * @returns the secret of keyed hashes
   * @throws EncryptionKeyError `key_not_configured` or `keyring_damaged`
   */
  async open(): Promise<Buffer> {
    const opening = this.#deps.repository.mutate<KeyringAttributes>(
      KEYRING_TYPE,
      KEYRING_ID,
      async (stored) => {
        if (stored === undefined) {
          const hashSecret = await this.#newHashSecret();
          return { hashSecret, keys: [...(await this.#nextKeys([]))] };
        }
        const { keys } = stored.attributes;
        const next = await this.#nextKeys(keys);
        return next === keys ? 'skip' : { keys: next };
      },
      { attempts: MAX_ATTEMPTS, decrypt: true },
    );
    const { after } = await opening.catch((error: unknown) => this.#throwUnreadable(error));
    if (after === undefined) throw new Error('The keyring was not stored.');
    return Buffer.from(after.attributes.hashSecret, 'base64url');
  }

  /**
   * Replaces the error of a keyring that cannot be decrypted by an error with advice.
   * @throws EncryptionKeyError for such a keyring; other errors unchanged
   */
  async #throwUnreadable(error: unknown): Promise<never> {
    const { countObjectsByKey, keyring } = this.#deps;
    if (!isSavedObjectError(error, 'undecryptable')) throw error;
    if (error.cause instanceof EnvelopeError && error.cause.code === 'unknown_key') {
      throw keyNotConfigured(unconfigured(await countObjectsByKey(), keyring));
    }
    throw new EncryptionKeyError(
      'keyring_damaged',
      `The object [${KEYRING_TYPE}:${KEYRING_ID}] is damaged: ids of stored tokens depend on it. Restore it from a backup`,
      { cause: error },
    );
  }

  /**
   * Creates the hash secret of a new keyring.
   * @throws EncryptionKeyError `key_not_configured` when stored objects need another key
   */
  async #newHashSecret(): Promise<string> {
    const { countObjectsByKey, keyring, logger, randomness } = this.#deps;
    // There are objects but no keyring, so only a part of the store was restored. A start with a
    // wrong key must fail here, because it would make these objects unreadable without notice.
    const counts = await countObjectsByKey();
    const missing = unconfigured(counts, keyring);
    if (missing.size > 0) throw keyNotConfigured(missing);
    if (counts.size > 0) {
      logger.error(
        `The object [${KEYRING_TYPE}:${KEYRING_ID}] is missing although encrypted objects exist. The server creates a new one, so users may have to authorize their connectors again. To avoid that, restore the object from a backup`,
      );
    }
    return randomness.bytes(SECRET_BYTES).toString('base64url');
  }

  /** Returns the updated key records. Returns the same array when nothing changes. */
  async #nextKeys(keys: readonly KeyRecord[]): Promise<readonly KeyRecord[]> {
    const { keyring, countObjectsByKey, clock, logger } = this.#deps;
    const now = new Date(clock.now()).toISOString();
    const isRemoved = (key: KeyRecord) =>
      key.retiredAt === undefined && keyring.find(key.keyId) === undefined;
    let next = keys;
    if (keys.some(isRemoved)) {
      const counts = await countObjectsByKey();
      const removed = new Set(keys.filter(isRemoved).map((key) => key.keyId));
      const needed = new Map([...counts].filter(([keyId]) => removed.has(keyId)));
      if (needed.size > 0) throw keyNotConfigured(needed);
      logger.info(
        `Encryption keys [${[...removed].join(', ')}] are not needed any more and are retired`,
      );
      next = next.map((key) => (removed.has(key.keyId) ? { ...key, retiredAt: now } : key));
    }
    const { id } = keyring.primary;
    const known = next.find((key) => key.keyId === id);
    if (known === undefined) return [...next, { keyId: id, firstUsedAt: now }];
    if (known.retiredAt === undefined) return next;
    // A retired key was configured again, so it is in use again.
    return next.map((key) =>
      key.keyId === id ? { keyId: id, firstUsedAt: key.firstUsedAt } : key,
    );
  }
}

function unconfigured(
  counts: ReadonlyMap<string, number>,
  keyring: Keyring,
): ReadonlyMap<string, number> {
  return new Map([...counts].filter(([keyId]) => keyring.find(keyId) === undefined));
}

/**
 * Error with a ConfigError as its cause. The exit code then tells supervisors that a restart will
 * not help.
 */
function keyNotConfigured(counts: ReadonlyMap<string, number>): EncryptionKeyError {
  const objects = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const ids = [...counts.keys()].join(', ');
  return new EncryptionKeyError(
    'key_not_configured',
    `${SETTING} does not match the store: ${objects} ${objects === 1 ? 'object needs' : 'objects need'} key [${ids}], which is not configured. Set the earlier key again, or keep it under xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys until POST /api/encrypted_saved_objects/_rotate_key has moved every object to the new one`,
    { cause: new ConfigError([{ path: SETTING, message: 'does not match the store' }]) },
  );
}
