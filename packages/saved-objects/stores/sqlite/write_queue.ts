import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreError } from '../../store/store_error.ts';
import type { SqliteConnection } from './connection.ts';
import { toStoreError } from './sqlite_errors.ts';

/** Bounds how long one transaction keeps the process and other writers waiting. */
const MAX_GROUP_SIZE = 200;

type Outcome = { readonly value: unknown } | { readonly error: unknown };

interface QueuedWrite {
  readonly write: () => unknown;
  readonly settle: (outcome: Outcome) => void;
}

/** What a queue needs of its store. */
export interface WriteQueueOptions {
  readonly connection: SqliteConnection;
  readonly run: <T>(work: () => T) => Promise<T>;
}

/**
 * Commits writes that arrive together in one transaction. Flushing to disk is nearly all that a write costs and holds up
 * the whole process, so fifty requests at once should pay for it once. Each write keeps its own condition and outcome, and none is
 * acknowledged before the commit.
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

  /** Runs one synchronous write, which must be safe to repeat until it is committed. */
  add<T>(write: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        write,
        settle: (outcome) =>
          'error' in outcome ? reject(outcome.error) : resolve(outcome.value as T),
      });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when everything added so far has its outcome. */
  async whenIdle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Until the next turn of the event loop, whoever else wants to write joins the group.
      await nextTurn();
      const group = this.#waiting.splice(0, MAX_GROUP_SIZE);
      const outcomes = await this.#commit(group);
      group.forEach((queued, i) => {
        queued.settle(outcomes[i] ?? { error: new Error('A write was left out of its group.') });
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

/** @throws a failure of the database, after which nothing of the group is stored */
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
    // Some failures, such as a full disk, have already ended the transaction.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** A refused condition or an unstorable value is the outcome of one write; a failure of the database ends the group. */
function attempt({ write }: QueuedWrite, path: string): Outcome {
  try {
    return { value: write() };
  } catch (error) {
    const failure = toStoreError(error, path);
    if (failure instanceof StoreError && failure.code !== 'conflict') throw error;
    return { error };
  }
}
