import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type {
  SavedObjectsRepository,
  SavedObjectsStart,
  SavedObjectsType,
} from '@latchkey/saved-objects';
import { Heartbeat } from '@latchkey/saved-objects/coordination';
import { MAX_BATCH_SIZE } from '../../common/index.ts';
import type { AttributeEncryption, EncryptedTypes, Keyring } from '../encryption/index.ts';
import { countKeyUsage, type KeyUsage } from './key_usage.ts';
import { type RotationCounts, type RotationResult, rotateObjects } from './rotate_objects.ts';
import { RotationError } from './rotation_error.ts';
import { type RotationLease, RotationLedger } from './rotation_ledger.ts';
import type { RotationAttributes } from './rotation_type.ts';

/**
 * Milliseconds between the start of a server and the continuation of an interrupted rotation. A
 * starting server has more urgent work, and its operator can still intervene.
 */
const RESUME_AFTER_MS = 30_000;

/** Dependencies of {@link KeyRotation}. */
export interface KeyRotationDeps {
  readonly savedObjects: Pick<SavedObjectsStart, 'store' | 'getTypes'>;
  /** Repository with access to the hidden type of the rotation documents. */
  readonly repository: SavedObjectsRepository;
  readonly encryption: AttributeEncryption;
  readonly types: EncryptedTypes;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** Scope and batch size of a rotation. */
export interface RotationRequest {
  /** Number of objects per batch. Values above {@link MAX_BATCH_SIZE} are reduced to it. */
  readonly batchSize: number;
  /** Saved-object type to rotate. Absent: all encrypted types. */
  readonly type?: string | undefined;
}

/**
 * Encrypts stored objects again, with the primary key, and counts the keys that are still needed.
 * All servers of a store run one rotation at a time. An interrupted rotation continues after the
 * next start of a server with the same primary key, or at the next call.
 */
export class KeyRotation {
  readonly #deps: KeyRotationDeps;
  readonly #ledger: RotationLedger;
  readonly #stopped = new AbortController();
  /** Resolves when the rotation of this process has ended. `undefined`: none is running. */
  #running: Promise<unknown> | undefined;
  #resuming: Promise<void> | undefined;

  constructor(deps: KeyRotationDeps) {
    this.#deps = deps;
    this.#ledger = new RotationLedger(deps);
  }

  /**
   * Rotates the keys. Resolves when all objects were checked.
   * @throws RotationError `rotation_in_progress`, `unknown_encrypted_type`, or `stopping` when the
   *   server stops during the rotation
   */
  async rotate(request: RotationRequest): Promise<RotationResult> {
    return (await this.begin(request)).finished;
  }

  /**
   * Starts a rotation. Resolves when it has begun. `finished` rejects with the same errors as
   * {@link rotate}.
   * @throws RotationError `rotation_in_progress`, `unknown_encrypted_type`, `stopping`
   */
  async begin(request: RotationRequest): Promise<{ readonly finished: Promise<RotationResult> }> {
    if (this.#running !== undefined) {
      throw new RotationError('rotation_in_progress', 'A key rotation is already in progress');
    }
    const types = this.#storedTypes().filter(
      ({ name }) => request.type === undefined || name === request.type,
    );
    if (types.length === 0) {
      throw new RotationError(
        'unknown_encrypted_type',
        `[${request.type}] has no encrypted attributes`,
      );
    }
    const beginning = this.#claim(types, request.type);
    const finished = beginning.then((lease) => this.#run(lease, types, request.batchSize));
    const over = finished.then(
      () => undefined,
      () => undefined,
    );
    this.#running = over.then(() => {
      this.#running = undefined;
    });
    await beginning;
    return { finished };
  }

  /**
   * Starts a rotation in the background. Resolves when it has begun; {@link latest} returns its
   * progress. A failure is logged.
   * @throws RotationError `rotation_in_progress`, `unknown_encrypted_type`, `stopping`
   */
  async rotateInBackground(request: RotationRequest): Promise<void> {
    const { finished } = await this.begin(request);
    const { logger } = this.#deps;
    finished.then(
      ({ successful, failed }) =>
        logger.info(
          `Key rotation complete: ${successful} objects are now encrypted with the primary key, ${failed} failed`,
        ),
      (error) =>
        logger.error(
          'Key rotation failed before all objects were encrypted with the primary key; call POST /api/encrypted_saved_objects/_rotate_key to continue',
          { error },
        ),
    );
  }

  /**
   * Reads the latest rotation of the store, whichever server runs it. If this server has stopped
   * sending heartbeats, its state is also `interrupted`. `undefined`: there was no rotation.
   */
  async latest(): Promise<RotationAttributes | undefined> {
    const latest = await this.#ledger.latest();
    if (latest === undefined || latest.state !== 'running' || this.#ledger.seemsAlive(latest))
      return latest;
    return { ...latest, state: 'interrupted' };
  }

  /**
   * Waits after the start, and then continues an interrupted rotation if there is one. Never
   * rejects.
   */
  resumeLater(): void {
    const { clock, randomness, logger } = this.#deps;
    const { signal } = this.#stopped;
    const resume = async (): Promise<void> => {
      await clock.sleep(RESUME_AFTER_MS * (1 + randomness.fraction()), signal);
      const latest = await this.#ledger.latest();
      if (latest === undefined || !this.#isForOurKey(latest)) return;
      const result = await this.rotate({ batchSize: MAX_BATCH_SIZE, type: latest.onlyType });
      logger.info(
        `Interrupted key rotation complete: ${result.successful} more objects are now encrypted with the primary key, ${result.failed} failed`,
      );
    };
    this.#resuming = resume().catch((error) => {
      if (signal.aborted || isInProgress(error)) return;
      logger.warn(
        'Could not resume an interrupted key rotation; call POST /api/encrypted_saved_objects/_rotate_key',
        { error },
      );
    });
  }

  /**
   * Counts the objects of each key. Reads all encrypted objects, which takes minutes for millions.
   */
  usage(): Promise<KeyUsage> {
    const names = this.#storedTypes().map(({ name }) => name);
    return countKeyUsage(this.#deps.savedObjects.store, this.#deps.encryption, names);
  }

  /** Number of objects that need a key other than the primary one. */
  async countObjectsWithOldKeys(): Promise<number> {
    const { byKeyId } = await this.usage();
    const primary = this.#deps.keyring.primary.id;
    return [...byKeyId].reduce((sum, [keyId, count]) => sum + (keyId === primary ? 0 : count), 0);
  }

  /** Interrupts a running rotation between two objects. Resolves when its end is stored. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all([this.#running, this.#resuming]);
  }

  /** Returns `true` if an interrupted rotation moved objects to the primary key of this server. */
  #isForOurKey({ state, primaryKeyId }: RotationAttributes): boolean {
    return (
      (state === 'running' || state === 'interrupted') &&
      primaryKeyId === this.#deps.keyring.primary.id
    );
  }

  async #claim(
    types: readonly SavedObjectsType[],
    onlyType: string | undefined,
  ): Promise<RotationLease> {
    const { store } = this.#deps.savedObjects;
    try {
      const names = types.map(({ name }) => name);
      const { total } = await store.search({ types: names, limit: 0, seesAllWrites: true });
      const start = { primaryKeyId: this.#deps.keyring.primary.id, objects: total };
      const asked = onlyType === undefined ? start : { ...start, onlyType };
      return await this.#ledger.begin(asked, this.#stopped.signal);
    } catch (error) {
      throw this.#orStopping(error);
    }
  }

  /** Executes the rotation while heartbeats keep its lease alive, and stores its end. */
  async #run(
    lease: RotationLease,
    types: readonly SavedObjectsType[],
    batchSize: number,
  ): Promise<RotationResult> {
    let counts: RotationCounts = { pass: 1, lookedAt: 0, successful: 0, failed: 0 };
    const heartbeat = new Heartbeat({
      lease,
      clock: this.#deps.clock,
      changesOf: () => counts,
      // A missed heartbeat does not end the rotation. If the store stays unavailable, the rotation
      // fails by itself.
      onSilence: 'carry_on',
    });
    const { lost } = heartbeat;
    const end = async (state: RotationAttributes['state']): Promise<void> => {
      await heartbeat.stop();
      if (!lost.aborted) await lease.release(() => ({ ...counts, state }));
    };
    try {
      const result = await rotateObjects({
        store: this.#deps.savedObjects.store,
        encryption: this.#deps.encryption,
        primaryKeyId: this.#deps.keyring.primary.id,
        types,
        batchSize: Math.min(batchSize, MAX_BATCH_SIZE),
        logger: this.#deps.logger,
        signal: AbortSignal.any([this.#stopped.signal, lost]),
        onProgress: (progress) => {
          counts = progress;
        },
      });
      await end('completed');
      return result;
    } catch (error) {
      // If the store is unavailable, the end cannot be stored. The missing heartbeat shows the
      // interruption.
      await end(this.#stopped.signal.aborted ? 'interrupted' : 'failed').catch(() => undefined);
      if (lost.aborted) {
        const message = 'Another server has taken over this key rotation';
        throw new RotationError('rotation_in_progress', message, { cause: error });
      }
      throw this.#orStopping(error);
    }
  }

  #orStopping(error: unknown): unknown {
    if (!this.#stopped.signal.aborted || error instanceof RotationError) return error;
    return new RotationError(
      'stopping',
      'The server is stopping; call POST /api/encrypted_saved_objects/_rotate_key again after the restart to resume',
      {
        cause: error,
      },
    );
  }

  #storedTypes(): readonly SavedObjectsType[] {
    return this.#deps.savedObjects
      .getTypes()
      .filter(({ name }) => this.#deps.types.find(name) !== undefined);
  }
}

function isInProgress(error: unknown): boolean {
  return error instanceof RotationError && error.code === 'rotation_in_progress';
}
