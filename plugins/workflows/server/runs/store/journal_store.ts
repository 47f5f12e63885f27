import { isDeepStrictEqual } from 'node:util';
import { type SavedObjectsRepository, unlessConflict } from '@latchkey/saved-objects';
import type { OpenStep, RunRecord, StepRecord } from '@latchkey/workflow-engine';
import type { ApartValues } from './apart_values.ts';
import { JOURNAL_TYPE, type JournalAttributes, type RunAttributes } from './run_types.ts';

/** Entries that the first call reads: most runs have fewer. */
const FIRST_ENTRIES = 4;
/** Entries that each further call reads. */
const ENTRIES_PER_READ = 50;
/** Characters of JSON of the records of an entry. Larger ones are stored apart. */
const MAX_ENTRY_LENGTH = 16_384;
/** Characters of the message of an error without its values. */
const MAX_MESSAGE_LENGTH = 500;

/** Steps around others that a document lists. More are only possible in many branches. */
const MAX_OPEN_STEPS = 100;
/** Characters of JSON of these steps: their names and scopes have no limit of their own. */
const MAX_OPEN_LENGTH = 4_096;

interface RunId {
  readonly id: string;
}

/** An entry of a journal. */
export interface JournalEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** Epoch of the run when its owner wrote the entry. */
  readonly epoch: number;
  readonly records: readonly RunRecord[];
  /** Number of step records of the run up to the end of this entry. */
  readonly steps: number;
  /** Steps around others that have begun and not ended. Absent: none. */
  readonly openSteps?: readonly OpenStep[];
}

/** The records of a run so far. */
export interface StoredRecords {
  readonly records: readonly RunRecord[];
  /** Sequence number of the last entry. 0: none. */
  readonly seq: number;
  /** Epoch of the run when the last entry was written. 0: also if there is none. */
  readonly epoch: number;
  /** Last entries without records: takeovers since the last result. */
  readonly emptyEntries: number;
  /** Steps around others that had begun and not ended. */
  readonly openSteps: readonly OpenStep[];
}

/** The end of a journal. */
export interface JournalEnd extends Omit<StoredRecords, 'records'> {
  /** Number of step records in all entries. */
  readonly steps: number;
}

/** Stores the journals of runs: entries that are written once and never changed. */
export class JournalStore {
  readonly #repository: SavedObjectsRepository;
  readonly #values: ApartValues;

  constructor(repository: SavedObjectsRepository, values: ApartValues) {
    this.#repository = repository;
    this.#values = values;
  }

  /** Adds an entry. `false`: an entry with this sequence number exists. */
  async addEntry(
    run: RunId & Pick<RunAttributes, 'spaceId'>,
    { seq, epoch, records, steps, openSteps = [] }: JournalEntry,
  ): Promise<boolean> {
    const { id: runId, spaceId } = run;
    const isLarge = JSON.stringify(records).length > MAX_ENTRY_LENGTH;
    const stored = isLarge
      ? {
          records: records.filter(isStep).map(withoutValues),
          apart: await this.#values.put(run, records),
        }
      : { records: [...records] };
    const open = openSteps.length === 0 ? {} : { openSteps: storedOpenSteps(openSteps) };
    const attributes = { runId, spaceId, epoch, steps, ...stored, ...open };
    const id = entryId(runId, seq);
    const written = await unlessConflict(() =>
      this.#repository.create<JournalAttributes>(JOURNAL_TYPE, attributes, { id }),
    );
    return written !== undefined;
  }

  /**
   * Tells if the stored entry with this sequence number is the same.
   * @throws Error when a large value of the entry was deleted
   */
  async isEntry({ id }: RunId, { seq, epoch, records }: JournalEntry): Promise<boolean> {
    const [stored] = await this.readEntries({ id }, { from: seq, to: seq });
    if (stored?.epoch !== epoch) return false;
    const [whole] = await this.#complete(id, [stored]);
    return isDeepStrictEqual(whole, asStored(records));
  }

  /**
   * Reads the journal by the ids of its entries, so that no entry is missing.
   * @throws Error when a large value of an entry was deleted
   */
  async readRecords({ id, tail }: RunId & Pick<RunAttributes, 'tail'>): Promise<StoredRecords> {
    const records: RunRecord[] = [];
    let emptyEntries = 0;
    let epoch = 0;
    let openSteps: readonly OpenStep[] = [];
    for (let seq = 0; ; ) {
      const range = rangeAfter(seq);
      const entries = await this.readEntries({ id }, range);
      for (const added of await this.#complete(id, entries)) {
        for (const record of added) records.push(record);
        emptyEntries = added.length === 0 ? emptyEntries + 1 : 0;
      }
      seq += entries.length;
      const last = entries.at(-1);
      if (last !== undefined) ({ epoch, openSteps = [] } = last);
      if (seq === range.to) continue;
      for (const record of recordsOf(tail)) records.push(record);
      return { records, seq, epoch, emptyEntries, openSteps };
    }
  }

  /** Reads the end of a journal without values that are stored apart, as {@link readRecords}. */
  async readEnd({ id }: RunId): Promise<JournalEnd> {
    let end: JournalEnd = { seq: 0, epoch: 0, steps: 0, emptyEntries: 0, openSteps: [] };
    for (;;) {
      const range = rangeAfter(end.seq);
      const entries = await this.readEntries({ id }, range);
      for (const { records, apart, steps, epoch, openSteps = [] } of entries) {
        const isEmpty = records.length === 0 && apart === undefined;
        const emptyEntries = isEmpty ? end.emptyEntries + 1 : 0;
        end = { seq: end.seq + 1, epoch, steps, emptyEntries, openSteps };
      }
      if (end.seq < range.to) return end;
    }
  }

  /**
   * Reads journal entries without values that are stored apart. Reading stops at the first sequence
   * number without an entry.
   */
  async readEntries(
    { id }: RunId,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<readonly JournalAttributes[]> {
    const keys = Array.from({ length: to - from + 1 }, (_, index) => ({
      type: JOURNAL_TYPE,
      id: entryId(id, from + index),
    }));
    const found = await this.#repository.bulkGet<JournalAttributes>(keys);
    const end = found.indexOf(undefined);
    const entries = end === -1 ? found : found.slice(0, end);
    return entries.flatMap((entry) => (entry === undefined ? [] : [entry.attributes]));
  }

  /** The complete records of entries. @throws Error if a value of them was deleted */
  async #complete(
    runId: string,
    entries: readonly JournalAttributes[],
  ): Promise<readonly (readonly RunRecord[])[]> {
    const keys = entries.flatMap(({ apart }) => apart ?? []);
    const found = keys.length === 0 ? [] : await this.#values.readMany(runId, keys);
    return entries.map(({ records, apart }) => {
      if (apart === undefined) return recordsOf(records);
      const whole = found[keys.indexOf(apart)];
      // A run without a result would repeat its step.
      if (!Array.isArray(whole)) throw new Error(`Records of run [${runId}] are missing.`);
      return recordsOf(whole);
    });
  }

  /**
   * The complete step records of an entry.
   * @throws Error when a large value of the entry was deleted
   */
  async stepsOf({ id }: RunId, entry: JournalAttributes): Promise<readonly StepRecord[]> {
    const [records = []] = await this.#complete(id, [entry]);
    return records.filter(isStep);
  }
}

function rangeAfter(seq: number): { readonly from: number; readonly to: number } {
  return { from: seq + 1, to: seq + (seq === 0 ? FIRST_ENTRIES : ENTRIES_PER_READ) };
}

function entryId(runId: string, seq: number): string {
  return `${runId}:${seq}`;
}

/** Records as the engine gave them: they are stored unchanged. */
function recordsOf(stored: readonly unknown[] | undefined): readonly RunRecord[] {
  return (stored ?? []) as readonly RunRecord[];
}

/** A copy of steps that a document can hold with other values: the first ones, the outermost. */
export function storedOpenSteps(steps: readonly OpenStep[]) {
  let length = 0;
  return steps.slice(0, MAX_OPEN_STEPS).flatMap(({ scopes, ...step }) => {
    const copy = { ...step, scopes: scopes.map((scope) => ({ ...scope })) };
    const added = JSON.stringify(copy).length;
    if (length + added > MAX_OPEN_LENGTH) return [];
    length += added;
    return [copy];
  });
}

/** Tells if a record is the end of a step. */
export function isStep(record: RunRecord): record is StepRecord {
  return record.kind === 'step';
}

/** A step record without its input, its output and the details of its error. */
export function withoutValues({ input: _, output: __, error, ...rest }: StepRecord): StepRecord {
  if (error === undefined) return rest;
  const { type, message } = error;
  return { ...rest, error: { type, message: message.slice(0, MAX_MESSAGE_LENGTH) } };
}

function asStored(records: readonly RunRecord[]): unknown {
  return JSON.parse(JSON.stringify(records));
}
