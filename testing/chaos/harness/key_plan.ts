import type { Recorder } from '../history/recorder.ts';
import type { Command, CommandedWorker, KeySet, KeysLeft } from '../plan/protocol.ts';
import { CommandFailedError, WorkerExitedError } from './worker_process.ts';

/** The functions of all workers that concern their keys. */
export interface KeyHolders {
  at(index: number): Pick<CommandedWorker, 'ask'>;
  sendEach(commandFor: (index: number) => Command): Promise<void>;
}

/**
 * The encryption keys of every worker, and the rotation from one key to the next, as the manual
 * describes it for several servers. Two steps lead from one key to the next:
 * - first: every worker gets the new key for decryption; then every second worker encrypts with it.
 *   Both halves can read each other's data for any length of time.
 * - second: the other workers encrypt with it too; one worker rotates all stored objects; when no
 *   object needs the earlier key, every worker drops it.
 * A second step that fails (the store is unavailable, a worker is killed) is repeated.
 */
export class KeyPlan {
  readonly #recorder: Recorder;
  /** Number of the newest key, which every worker has. */
  #newest = 2;
  /** `true` while workers still have the previous key. */
  #hasEarlier = true;
  /** Workers that encrypt with the newest key; `half`: every second one. */
  #writers: 'none' | 'half' | 'all' = 'half';
  #step: Promise<unknown> = Promise.resolve();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /**
   * Returns the keys of every process of this worker.
   * @param index number of the worker, from 0
   */
  keysFor(index: number): KeySet {
    const [newest, earlier] = [this.#newest, this.#newest - 1];
    if (!this.#hasEarlier) return { primary: newest, decryptionOnly: [] };
    const isWriter = this.#writers === 'all' || (this.#writers === 'half' && index % 2 === 0);
    return isWriter
      ? { primary: newest, decryptionOnly: [earlier] }
      : { primary: earlier, decryptionOnly: [newest] };
  }

  /**
   * Performs the next of the two steps. Do not call it concurrently.
   * @param by index of the worker that rotates the stored objects
   */
  advance(pool: KeyHolders, by: number): Promise<void> {
    const step = this.#step.then(() =>
      this.#hasEarlier ? this.#finish(pool, by) : this.#begin(pool),
    );
    this.#step = step.catch(() => undefined);
    return step;
  }

  /**
   * Completes a second step that has begun. Call it after quiescence, so that no object needs the
   * earlier key.
   */
  async completeRotation(pool: KeyHolders): Promise<void> {
    if (!this.#hasEarlier || this.#writers !== 'all') return;
    const left = await this.#reencrypt(pool, 0);
    this.#retire(left);
    await this.#distribute(pool);
  }

  async #begin(pool: KeyHolders): Promise<void> {
    this.#newest += 1;
    this.#hasEarlier = true;
    this.#writers = 'none';
    await this.#distribute(pool);
    this.#record('added');
    this.#writers = 'half';
    await this.#distribute(pool);
  }

  async #finish(pool: KeyHolders, by: number): Promise<void> {
    this.#writers = 'all';
    await this.#distribute(pool);
    this.#record('swapped');
    try {
      const left = await this.#reencrypt(pool, by);
      // A worker may have written with the earlier key until now. The manual says to check and to
      // retry in this case.
      if (left > 0) return;
      this.#retire(left);
      await this.#distribute(pool);
    } catch (error) {
      if (error instanceof WorkerExitedError || error instanceof CommandFailedError) return;
      throw error;
    }
  }

  /**
   * Lets one worker rotate the stored objects.
   * @returns number of objects that need an earlier key or cannot be read
   */
  async #reencrypt(pool: KeyHolders, by: number): Promise<number> {
    const left = (await pool.at(by).ask({ do: 'rotate_keys' })) as KeysLeft;
    this.#record('reencrypted', left.old + left.unreadable);
    return left.old + left.unreadable;
  }

  #retire(left: number): void {
    this.#hasEarlier = false;
    this.#record('retired', left);
  }

  /**
   * Sends the keys to all workers. Resolves when no write of a running worker still uses its
   * previous keys.
   */
  async #distribute(pool: KeyHolders): Promise<void> {
    await pool.sendEach((index) => ({ do: 'keys', keys: this.keysFor(index) }));
  }

  #record(step: 'added' | 'swapped' | 'reencrypted' | 'retired', left = 0): void {
    this.#recorder.record({ type: 'keys', step, key: this.#newest, left });
  }
}
