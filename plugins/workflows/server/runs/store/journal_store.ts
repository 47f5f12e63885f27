import { isDeepStrictEqual } from 'node:util';
import { type SavedObjectsRepository, unlessConflict } from '@latchkey/saved-objects';
import type { OpenStep, RunRecord, StepRecord } from '@latchkey/workflow-engine';
import type { ApartValues } from './apart_values.ts';
import { JOURNAL_TYPE, type JournalAttributes, type RunAttributes } from './run_types.ts';

/** Number of entries that the first read of a journal asks for. Most runs have fewer. */
const FIRST_ENTRIES = 4;
/** Number of entries that each further read asks for. */
const ENTRIES_PER_READ = 50;
/**
 * Maximum characters of JSON of the records in an entry. Larger records have their own document.
 */
const MAX_ENTRY_LENGTH = 16_384;
/** Maximum characters of an error message in a record that is stored without its values. */
const MAX_MESSAGE_LENGTH = 500;

/** Maximum number of open steps that a document lists. Only a run with many branches has more. */
const MAX_OPEN_STEPS = 100;
/**
 * Maximum characters of JSON of the open steps, because their names and scopes have no limit of
 * their own.
 */
const MAX_OPEN_LENGTH = 4_096;

interface RunId {
  readonly id: string;
}

/** An entry of a journal. */
export interface JournalEntry {
  /** Sequence number of the entry. Numbers begin with 1 and have no gaps. */
  readonly seq: number;
  /** Epoch of the run when its owner wrote the entry. It increases with each new owner. */
  readonly epoch: number;
  readonly records: readonly RunRecord[];
  /** Number of step records of the run up to the end of this entry. */
  readonly steps: number;
  /** Enclosing steps that have begun and not ended after this entry. Absent: none. */
  readonly openSteps?: readonly OpenStep[];
}

/** The records of a run so far. */
export interface StoredRecords {
  readonly records: readonly RunRecord[];
  /** Sequence number of the last entry. 0: there is no entry. */
  readonly seq: number;
  /**
   * Epoch of the run when the last entry was written. 0: the first owner wrote it, or there is no
   * entry.
   */
  readonly epoch: number;
  /**
   * Number of entries without records at the end of the journal. Each is a takeover after the last
   * result.
   */
  readonly emptyEntries: number;
  /** Enclosing steps, such as loops, that have begun and not ended. */
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

  /** Adds an entry. Returns `false` if an entry with this sequence number exists. */
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
   * Returns `true` if the stored entry with this sequence number equals the given one.
   * @throws Error when a large value of the entry was deleted
   */
  async isEntry({ id }: RunId, { seq, epoch, records }: JournalEntry): Promise<boolean> {
    const [stored] = await this.readEntries({ id }, { from: seq, to: seq });
    if (stored?.epoch !== epoch) return false;
    const [whole] = await this.#complete(id, [stored]);
    return isDeepStrictEqual(whole, asStored(records));
  }

  /**
   * Reads the whole journal. Reads entries by their ids and not by a search, so that no entry is
   * missing.
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

  /**
   * Reads the end of a journal, like {@link readRecords}, but without values in their own
   * documents.
   */
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
   * Reads journal entries without values in their own documents. Reading stops at the first
   * sequence number without an entry.
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

  /**
   * Completes the records of entries with values from their own documents.
   * @throws Error if one of the values was deleted
   */
  async #complete(
    runId: string,
    entries: readonly JournalAttributes[],
  ): Promise<readonly (readonly RunRecord[])[]> {
    const keys = entries.flatMap(({ apart }) => apart ?? []);
    const found = keys.length === 0 ? [] : await this.#values.readMany(runId, keys);
    return entries.map(({ records, apart }) => {
      if (apart === undefined) return recordsOf(records);
      const whole = found[keys.indexOf(apart)];
      // A run that continues without a result would execute its step a second time.
      if (!Array.isArray(whole)) throw new Error(`Records of run [${runId}] are missing.`);
      return recordsOf(whole);
    });
  }

  /**
   * The step records of an entry with all values.
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

/**
 * Casts stored records to the type of the engine, which wrote them. The store does not change them.
 */
function recordsOf(stored: readonly unknown[] | undefined): readonly RunRecord[] {
  return (stored ?? []) as readonly RunRecord[];
}

/** Copy of the outermost open steps, as many as fit into a document beside its other values. */
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

/** Returns `true` if a record describes the end of a step. */
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
