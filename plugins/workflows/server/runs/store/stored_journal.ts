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

/** Records of the end of a run that fit into its own document, in characters of JSON. */
const MAX_TAIL_LENGTH = 4 * 1024;
/** Characters of JSON of one entry with several records. The stores refuse much larger ones. */
const MAX_ENTRY_LENGTH = 8_000_000;

/** Pauses while the store is unavailable. */
const BACKOFF = { initialMs: 200, maxMs: 10_000 };

/** Another process executes the run now. */
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
  /** Ends the waits for a store that is unavailable. */
  readonly signal: AbortSignal;
}

/**
 * Repeats a write until the store is available: the results of a run are kept in memory meanwhile.
 * @throws the reason of the signal when it aborts; every other error of the write
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

/** Journal of a run whose entries are stored as they are committed. */
export class StoredJournal implements RunJournal {
  readonly earlier: readonly RunRecord[];
  readonly #store: JournalStore;
  readonly #journaled: JournaledRun;
  readonly #known: MemoryJournal;
  #added: RunRecord[] = [];
  #seq: number;
  /** Step records in all entries. */
  #steps: number;
  /** Commits run one after the other. */
  #committing: Promise<void> = Promise.resolve();
  /** First record that was not stored at the last call of {@link commitWaiting}. */
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

  /** Returns the record under a key. `undefined`: nothing was recorded. */
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

  /** Steps around others that have begun and not ended. */
  get openSteps(): readonly OpenStep[] {
    return this.#known.open;
  }

  /**
   * Stores all records that wait.
   * @throws RunTaken
   */
  commit(): Promise<void> {
    this.#committing = this.#committing.then(() => this.#commit());
    return this.#committing;
  }

  /**
   * The records that are not stored, if they fit into the document of the run. The caller stores
   * them there. Otherwise they are committed.
   * @throws RunTaken
   */
  async takeTail(): Promise<readonly RunRecord[]> {
    await this.#committing;
    if (JSON.stringify(this.#added).length > MAX_TAIL_LENGTH) await this.commit();
    return this.#added.splice(0);
  }

  /**
   * Stores the records that waited already at the last call, so that a crash of a long run loses
   * few results. A failure is seen by the next commit.
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

  /** `false`: another process has written an entry with this sequence number. */
  async #addEntry(entry: JournalEntry): Promise<boolean> {
    const { run } = this.#journaled;
    // An earlier write may have succeeded although the store reported an error.
    return (await this.#store.addEntry(run, entry)) || (await this.#store.isEntry(run, entry));
  }
}

/** Divides records into entries that the stores accept. */
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
