import type { Clock } from '@latchkey/core/server';
import { isSavedObjectError } from '@latchkey/saved-objects';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import {
  MemoryJournal,
  type OpenStep,
  type RunJournal,
  type RunRecord,
} from '@latchkey/workflow-engine';
import {
  isStep,
  type JournalEntry,
  type JournalStore,
  type StoredRecords,
} from './journal_store.ts';
import type { StoredRun } from './run_store.ts';

/** Maximum characters of JSON of the last records for which the document of the run has room. */
const MAX_TAIL_LENGTH = 4 * 1024;
/**
 * Maximum characters of JSON of an entry with several records. The stores refuse much larger
 * entries.
 */
const MAX_ENTRY_LENGTH = 8_000_000;

/** Pauses between attempts while the store is unavailable, in milliseconds. */
const BACKOFF = { initialMs: 200, maxMs: 10_000 };

/** Thrown when another process has taken the run, so that this process must stop executing it. */
export class RunTaken extends Error {
  constructor(runId: string) {
    super(`Another process executes run [${runId}].`);
  }
}

/** A run that this process executes, and its stored records. */
export interface JournaledRun {
  readonly run: StoredRun;
  readonly stored: Pick<StoredRecords, 'records' | 'seq' | 'openSteps'>;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Aborts the waits for a store that is unavailable. */
  readonly signal: AbortSignal;
}

/**
 * Repeats a write until the store is available. Meanwhile, the results of the run are kept in
 * memory.
 * @throws the reason of the signal when it is aborted; every other error of the write
 */
export async function untilStored<T>(
  write: () => Promise<T>,
  { clock, signal }: Pick<JournaledRun, 'clock' | 'signal'>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!isSavedObjectError(error, 'store_unavailable')) throw error;
      await clock.sleep(backoffMs(BACKOFF, attempt), signal);
    }
  }
}

/**
 * Reads the records of a run that this process executes.
 * @throws RunTaken if a later owner has written entries. Without this check, a process that was
 *   suspended before the read would add its entries after those of the later owner.
 */
export async function readOwnRecords(
  store: Pick<JournalStore, 'readRecords'>,
  run: StoredRun,
): Promise<StoredRecords> {
  const stored = await store.readRecords(run);
  if (stored.epoch > run.epoch) throw new RunTaken(run.id);
  return stored;
}

/**
 * Journal of a run that this process executes. Records are kept in memory until they are committed;
 * each commit stores them as one or more entries.
 */
export class StoredJournal implements RunJournal {
  readonly earlier: readonly RunRecord[];
  readonly #store: JournalStore;
  readonly #journaled: JournaledRun;
  readonly #known: MemoryJournal;
  #added: RunRecord[] = [];
  #seq: number;
  /** Number of step records in all entries. */
  #steps: number;
  /** Resolves when the current commit has ended. Commits run one after the other. */
  #committing: Promise<void> = Promise.resolve();
  /** First record that was not stored when {@link commitWaiting} was called the last time. */
  #waiting: RunRecord | undefined;

  constructor(store: JournalStore, journaled: JournaledRun) {
    const { records, seq, openSteps } = journaled.stored;
    this.earlier = records;
    this.#store = store;
    this.#journaled = journaled;
    this.#known = new MemoryJournal(records, openSteps);
    this.#seq = seq;
    this.#steps = records.filter(isStep).length;
  }

  /** Sequence number of the last stored entry. */
  get seq(): number {
    return this.#seq;
  }

  /** Returns the record with a key. `undefined`: nothing was recorded under the key. */
  find(key: string): RunRecord | undefined {
    return this.#known.find(key);
  }

  add(record: RunRecord): void {
    this.#known.add(record);
    this.#added.push(record);
  }

  begin(step: OpenStep): void {
    this.#known.begin(step);
  }

  /** Enclosing steps, such as loops, that have begun and not ended. */
  get openSteps(): readonly OpenStep[] {
    return this.#known.open;
  }

  /**
   * Stores all records that are not stored yet.
   * @throws RunTaken if another process has taken the run
   */
  commit(): Promise<void> {
    this.#committing = this.#committing.then(() => this.#commit());
    return this.#committing;
  }

  /**
   * Returns the records that are not stored yet, if the document of the run has room for them; the
   * caller stores them there. Otherwise commits them and returns none.
   * @throws RunTaken if another process has taken the run
   */
  async takeTail(): Promise<readonly RunRecord[]> {
    await this.#committing;
    if (JSON.stringify(this.#added).length > MAX_TAIL_LENGTH) await this.commit();
    return this.#added.splice(0);
  }

  /**
   * Stores records that were already waiting at the previous call, so that a crash of a long run
   * loses few results. If this fails, the next commit throws the error.
   */
  commitWaiting(): void {
    const [first] = this.#added;
    const hasWaited = first !== undefined && first === this.#waiting;
    this.#waiting = first;
    if (hasWaited) this.commit().catch(() => undefined);
  }

  async #commit(): Promise<void> {
    const { run } = this.#journaled;
    for (const records of entriesOf(this.#added.splice(0))) {
      const steps = this.#steps + records.filter(isStep).length;
      const { openSteps } = this;
      const entry = { seq: this.#seq + 1, epoch: run.epoch, records, steps, openSteps };
      const isAdded = await untilStored(() => this.#addEntry(entry), this.#journaled);
      if (!isAdded) throw new RunTaken(run.id);
      this.#seq += 1;
      this.#steps = steps;
    }
  }

  /** Stores an entry. `false`: another process has written an entry with this sequence number. */
  async #addEntry(entry: JournalEntry): Promise<boolean> {
    const { run } = this.#journaled;
    // An earlier write may have succeeded although the store reported an error.
    return (await this.#store.addEntry(run, entry)) || (await this.#store.isEntry(run, entry));
  }
}

/** Divides records into entries of a size that the stores accept. */
export function entriesOf(records: readonly RunRecord[]): readonly (readonly RunRecord[])[] {
  const entries: RunRecord[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const added = JSON.stringify(record).length;
    length += added;
    if (length <= MAX_ENTRY_LENGTH) entries.at(-1)?.push(record);
    else {
      entries.push([record]);
      length = added;
    }
  }
  return entries;
}
