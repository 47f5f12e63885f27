import { MemoryJournal, type RunJournal, type RunRecord } from '@latchkey/workflow-engine';
import type { RunStore, StoredRecords, StoredRun } from './run_store.ts';

/** Records of the end of a run that fit into its own document, in characters of JSON. */
const MAX_TAIL_LENGTH = 64 * 1024;

/** Another process executes the run now. */
export class RunTaken extends Error {
  constructor(runId: string) {
    super(`Another process executes run [${runId}].`);
  }
}

/** Journal of a run whose entries are stored as they are committed. */
export class StoredJournal implements RunJournal {
  readonly #store: RunStore;
  readonly #run: StoredRun;
  readonly #known: MemoryJournal;
  #added: RunRecord[] = [];
  #seq: number;
  /** Commits run one after the other. */
  #committing: Promise<void> = Promise.resolve();

  constructor(store: RunStore, run: StoredRun, { records, seq }: StoredRecords) {
    this.#store = store;
    this.#run = run;
    this.#known = new MemoryJournal(records);
    this.#seq = seq;
  }

  /** Sequence number of the last stored entry. */
  get seq(): number {
    return this.#seq;
  }

  find(key: string): RunRecord | undefined {
    return this.#known.find(key);
  }

  add(record: RunRecord): void {
    this.#known.add(record);
    this.#added.push(record);
  }

  /** @throws RunTaken */
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

  async #commit(): Promise<void> {
    const records = this.#added.splice(0);
    if (records.length === 0) return;
    const entry = { seq: this.#seq + 1, epoch: this.#run.epoch, records };
    if (!(await this.#store.addEntry(this.#run, entry))) throw new RunTaken(this.#run.id);
    this.#seq += 1;
  }
}
