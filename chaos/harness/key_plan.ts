import type { Recorder } from '../history/recorder.ts';
import type { Command, KeySet, KeysLeft } from '../worker/protocol.ts';
import { CommandFailedError, WorkerGoneError } from './worker_process.ts';

/** All workers. */
export interface KeyHolders {
  at(index: number): { ask(command: Command): Promise<unknown> };
  tellEach(commandFor: (index: number) => Command): Promise<void>;
}

/**
 * Which encryption key every worker has, and the rotation from one to the next as the manual says for several servers. Two steps lead from one key to the next:
 * - first: the new key is added everywhere to read with; then every second worker writes with it. Both halves read each other, for as long as it takes.
 * - second: the others follow; one worker moves everything stored to the new key; when nothing needs the earlier key any more, it is taken away everywhere.
 *
 * A second step that fails (a store that is away, a worker that is killed) is taken again.
 */
export class KeyPlan {
  readonly #recorder: Recorder;
  /** Keys are numbered; this one reads everything that is new. */
  #newest = 2;
  /** Whether the one before the newest is still there. */
  #hasEarlier = true;
  /** `half`: every second worker writes with the newest key. */
  #writers: 'none' | 'half' | 'all' = 'half';
  #step: Promise<unknown> = Promise.resolve();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Keys of every life of this worker. @param index from 0 */
  keysFor(index: number): KeySet {
    const [newest, earlier] = [this.#newest, this.#newest - 1];
    if (!this.#hasEarlier) return { primary: newest, decryptionOnly: [] };
    const isWriter = this.#writers === 'all' || (this.#writers === 'half' && index % 2 === 0);
    return isWriter
      ? { primary: newest, decryptionOnly: [earlier] }
      : { primary: earlier, decryptionOnly: [newest] };
  }

  /** The next of the two steps. One at a time. @param by index of the worker that moves what is stored */
  advance(pool: KeyHolders, by: number): Promise<void> {
    const step = this.#step.then(() =>
      this.#hasEarlier ? this.#finish(pool, by) : this.#begin(pool),
    );
    this.#step = step.catch(() => undefined);
    return step;
  }

  /** Ends a second step that was begun: everything is at rest, so that nothing may need the earlier key. */
  async settle(pool: KeyHolders): Promise<void> {
    if (!this.#hasEarlier || this.#writers !== 'all') return;
    const left = await this.#reencrypt(pool, 0);
    this.#retire(left);
    await this.#handOut(pool);
  }

  async #begin(pool: KeyHolders): Promise<void> {
    this.#newest += 1;
    this.#hasEarlier = true;
    this.#writers = 'none';
    await this.#handOut(pool);
    this.#note('added');
    this.#writers = 'half';
    await this.#handOut(pool);
  }

  async #finish(pool: KeyHolders, by: number): Promise<void> {
    this.#writers = 'all';
    await this.#handOut(pool);
    this.#note('swapped');
    try {
      const left = await this.#reencrypt(pool, by);
      // Somebody may have written with the earlier key to the last; the manual says to look, and to come back.
      if (left > 0) return;
      this.#retire(left);
      await this.#handOut(pool);
    } catch (error) {
      if (error instanceof WorkerGoneError || error instanceof CommandFailedError) return;
      throw error;
    }
  }

  /** @returns how many objects need an earlier key, or cannot be read at all */
  async #reencrypt(pool: KeyHolders, by: number): Promise<number> {
    const left = (await pool.at(by).ask({ do: 'rotate_keys' })) as KeysLeft;
    this.#note('reencrypted', left.old + left.unreadable);
    return left.old + left.unreadable;
  }

  #retire(left: number): void {
    this.#hasEarlier = false;
    this.#note('retired', left);
  }

  /** Resolves when no write of a living worker is under way with the keys it had. */
  async #handOut(pool: KeyHolders): Promise<void> {
    await pool.tellEach((index) => ({ do: 'keys', keys: this.keysFor(index) }));
  }

  #note(step: 'added' | 'swapped' | 'reencrypted' | 'retired', left = 0): void {
    this.#recorder.record({ type: 'keys', step, key: this.#newest, left });
  }
}
