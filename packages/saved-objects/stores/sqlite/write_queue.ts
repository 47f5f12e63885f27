import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreError } from '../../store/store_error.ts';
import type { SqliteConnection } from './connection.ts';
import { toStoreError } from './sqlite_errors.ts';

/**
 * Maximum writes in one transaction. It limits how long a transaction blocks the process and other
 * writers.
 */
const MAX_GROUP_SIZE = 200;

type Outcome = { readonly value: unknown } | { readonly error: unknown };

interface QueuedWrite {
  readonly write: () => unknown;
  readonly resolve: (outcome: Outcome) => void;
}

/** Dependencies of a {@link WriteQueue}. */
export interface WriteQueueOptions {
  readonly connection: SqliteConnection;
  /** Runs synchronous work on the database, and repeats it while the database is locked. */
  readonly run: <T>(work: () => T) => Promise<T>;
}

/**
 * Commits writes that arrive in one turn of the event loop in one transaction. Most of the cost of
 * a write is the flush to disk, which blocks the process, so fifty concurrent requests share one
 * flush. Each write keeps its own condition and result. No write is acknowledged before the commit.
 */
export class WriteQueue {
  readonly #connection: SqliteConnection;
  readonly #run: WriteQueueOptions['run'];
  #waiting: QueuedWrite[] = [];
  #draining: Promise<void> | undefined;

  constructor({ connection, run }: WriteQueueOptions) {
    this.#connection = connection;
    this.#run = run;
  }

  /** Runs one synchronous write. The write must be safe to repeat until it is committed. */
  add<T>(write: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        write,
        resolve: (outcome) =>
          'error' in outcome ? reject(outcome.error) : resolve(outcome.value as T),
      });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when all writes that were added have their results. */
  async whenIdle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Writes that are added before the next turn of the event loop join this group.
      await nextTurn();
      const group = this.#waiting.splice(0, MAX_GROUP_SIZE);
      const outcomes = await this.#commit(group);
      group.forEach((queued, i) => {
        queued.resolve(outcomes[i] ?? { error: new Error('A write of the group has no result.') });
      });
    }
    this.#draining = undefined;
  }

  async #commit(group: readonly QueuedWrite[]): Promise<readonly Outcome[]> {
    try {
      return await this.#run(() => commitGroup(this.#connection, group));
    } catch (error) {
      return group.map(() => ({ error }));
    }
  }
}

/**
 * Commits a group in one transaction.
 * @throws the error of the database; then no write of the group is stored
 */
function commitGroup(
  connection: SqliteConnection,
  group: readonly QueuedWrite[],
): readonly Outcome[] {
  const { db, path } = connection;
  if (group.length === 1) return group.map((queued) => attempt(queued, path));
  db.exec('BEGIN IMMEDIATE');
  try {
    const outcomes = group.map((queued) => attempt(queued, path));
    db.exec('COMMIT');
    return outcomes;
  } catch (error) {
    // After some errors, such as a full disk, SQLite has already rolled back.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Runs one write of a group. A conflict or a value that cannot be stored is the result of this
 * write alone.
 * @throws an error of the database, which fails the whole group
 */
function attempt({ write }: QueuedWrite, path: string): Outcome {
  try {
    return { value: write() };
  } catch (error) {
    const failure = toStoreError(error, path);
    if (failure instanceof StoreError && failure.code !== 'conflict') throw error;
    return { error };
  }
}
