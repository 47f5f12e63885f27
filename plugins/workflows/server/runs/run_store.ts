import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '@latchkey/core/server';
import {
  type Filter,
  filter,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import type { RunRecord, StepError, StepRecord } from '@latchkey/workflow-engine';
import { ApartValues, type GivenValues, type RunResult } from './apart_values.ts';
import { filterOf, type RunSearch } from './run_search.ts';
import { isFinal } from './run_status.ts';
import {
  DEFINITION_TYPE,
  type DefinitionAttributes,
  JOURNAL_TYPE,
  type JournalAttributes,
  RUN_TYPE,
  type RunAttributes,
} from './run_types.ts';

/** Age at which a definition in use is written again, in milliseconds. */
const DEFINITION_RENEWAL_MS = 24 * 3_600_000;
/** Entries of a journal that are read in one call. */
const ENTRIES_PER_READ = 50;
/** Characters of JSON of the records of an entry. Larger ones are stored apart. */
const MAX_ENTRY_LENGTH = 16_384;
/** Characters of the message of an error without its values. */
const MAX_MESSAGE_LENGTH = 500;

/** Wake key of runs that wait for the end of another run. */
export const CHILD_WAKE_KEY = 'child';

/** A run at one version. */
export interface StoredRun extends RunAttributes {
  readonly id: string;
  readonly version: string;
}

/** Attributes of a new run. Large values are stored apart. */
export type NewStoredRun = Omit<RunAttributes, 'given' | 'givenApart' | 'result' | 'resultApart'> &
  GivenValues;

/** Changes of a run. `undefined` removes an attribute. Large outputs and forms are stored apart. */
export type RunChanges = {
  readonly [K in Exclude<keyof RunAttributes, 'result' | 'resultApart' | 'waitsApart' | 'error'>]?:
    | RunAttributes[K]
    | undefined;
} & { readonly output?: unknown; readonly error?: StepError | undefined };

/** An entry of a journal. */
export interface JournalEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** Epoch of the run when its owner wrote the entry. */
  readonly epoch: number;
  readonly records: readonly RunRecord[];
  /** Number of step records of the run up to the end of this entry. */
  readonly steps: number;
}

/** The records of a run so far. */
export interface StoredRecords {
  readonly records: readonly RunRecord[];
  /** Sequence number of the last entry. 0: none. */
  readonly seq: number;
  /** Last entries without records: takeovers since the last result. */
  readonly emptyEntries: number;
}

/** Stores runs, their journals and their YAML. */
export class RunStore {
  readonly #repository: SavedObjectsRepository;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #values: ApartValues;
  readonly #onEnd: ((run: StoredRun) => void)[] = [];

  constructor(repository: SavedObjectsRepository, clock: Pick<Clock, 'now'>) {
    this.#repository = repository;
    this.#clock = clock;
    this.#values = new ApartValues(repository);
  }

  /** Calls a listener after this process has stored the end of a run. It must not throw. */
  onEnd(listener: (run: StoredRun) => void): void {
    this.#onEnd.push(listener);
  }

  async create(
    id: string,
    { inputs, metadata, event, error, ...rest }: NewStoredRun,
  ): Promise<StoredRun> {
    const owner = { id, spaceId: rest.spaceId };
    const attributes: RunAttributes = {
      ...rest,
      ...(await this.#values.ofGiven(owner, { inputs, metadata, event })),
      ...(await this.#values.ofResult(owner, { error })),
    };
    const run = toRun(await this.#repository.create(RUN_TYPE, attributes, { id }));
    if (isFinal(run.status)) this.#ended(run);
    return run;
  }

  /** Undefined: there is no such run. */
  async read(id: string): Promise<StoredRun | undefined> {
    const found = await this.#repository.getIfExists<RunAttributes>(RUN_TYPE, id);
    return found && toRun(found);
  }

  /** Reads many runs. Runs that do not exist are left out. */
  async readMany(ids: readonly string[]): Promise<readonly StoredRun[]> {
    const found = await this.#repository.bulkGet<RunAttributes>(
      ids.map((id) => ({ type: RUN_TYPE, id })),
    );
    return found.flatMap((each) => (each === undefined ? [] : [toRun(each)]));
  }

  /** Writes changes on top of `run`. Undefined: another process has changed the run. */
  async compareAndSet(run: StoredRun, changes: RunChanges): Promise<StoredRun | undefined> {
    const { id, version } = run;
    const { output, error, waits, ...rest } = changes;
    const attributes = {
      ...rest,
      ...(await this.#values.ofResult(run, { output, error })),
      ...('waits' in changes ? { waits: undefined, waitsApart: undefined } : {}),
      ...(waits === undefined ? {} : await this.#values.ofWaits(run, waits)),
    };
    const written = await unlessConflict(() =>
      this.#repository.update<RunAttributes>(RUN_TYPE, id, attributes, { version }),
    );
    if (written === undefined) return undefined;
    const changed = toRun(written);
    if (isFinal(changed.status) && !isFinal(run.status)) this.#ended(changed);
    return changed;
  }

  #ended(run: StoredRun): void {
    for (const listener of this.#onEnd) listener(run);
  }

  /** Inputs of a run, and the metadata that its starter gave. */
  readGiven(run: StoredRun): Promise<GivenValues> {
    return this.#values.readGiven(run);
  }

  /** Output and complete error of a run that has ended. */
  readResult(run: StoredRun): Promise<RunResult> {
    return this.#values.readResult(run);
  }

  /** Why a run waits, with the forms of its steps. */
  readWaits(run: StoredRun): Promise<NonNullable<RunAttributes['waits']>> {
    return this.#values.readWaits(run);
  }

  /**
   * Stores the YAML of a run, once per version. A definition in use is written again once a day, so
   * that it is not deleted while a new run begins to refer to it.
   * @returns the id of the definition
   */
  async storeDefinition(spaceId: string, yaml: string): Promise<string> {
    const hash = createHash('sha256').update(yaml).digest('base64url');
    const id = `${spaceId}:${hash}`;
    const found = await this.#repository.getIfExists(DEFINITION_TYPE, id);
    const ageMs = this.#clock.now() - (found?.updatedAt.getTime() ?? 0);
    if (found !== undefined && ageMs < DEFINITION_RENEWAL_MS) return id;
    await unlessConflict(() =>
      this.#repository.create<DefinitionAttributes>(
        DEFINITION_TYPE,
        { spaceId, yaml },
        { id, overwrite: true },
      ),
    );
    return id;
  }

  /** Undefined: the definition was deleted. */
  async readDefinition(id: string): Promise<string | undefined> {
    const found = await this.#repository.getIfExists<DefinitionAttributes>(DEFINITION_TYPE, id);
    return found?.attributes.yaml;
  }

  /** Adds a journal entry. `false`: an entry with this sequence number exists. */
  async addEntry(
    run: Pick<StoredRun, 'id' | 'spaceId'>,
    { seq, epoch, records, steps }: JournalEntry,
  ): Promise<boolean> {
    const { id: runId, spaceId } = run;
    const isLarge = JSON.stringify(records).length > MAX_ENTRY_LENGTH;
    const stored = isLarge
      ? {
          records: records.filter(isStep).map(withoutValues),
          apart: await this.#apart(run, records),
        }
      : { records: [...records] };
    const attributes = { runId, spaceId, epoch, steps, ...stored };
    const id = entryId(runId, seq);
    const written = await unlessConflict(() =>
      this.#repository.create<JournalAttributes>(JOURNAL_TYPE, attributes, { id }),
    );
    return written !== undefined;
  }

  /** Tells if the stored entry with this sequence number is the same. */
  async isEntry(
    { id }: Pick<StoredRun, 'id'>,
    { seq, epoch, records }: JournalEntry,
  ): Promise<boolean> {
    const key = { type: JOURNAL_TYPE, id: entryId(id, seq) };
    const [stored] = await this.#repository.bulkGet<JournalAttributes>([key]);
    if (stored?.attributes.epoch !== epoch) return false;
    const [whole] = await this.#complete(id, [stored.attributes]);
    return isDeepStrictEqual(whole, asStored(records));
  }

  /** Reads the journal by the ids of its entries, so that no entry is missing. */
  async readRecords({ id, tail }: Pick<StoredRun, 'id' | 'tail'>): Promise<StoredRecords> {
    const records: RunRecord[] = [];
    let emptyEntries = 0;
    for (let seq = 0; ; seq += ENTRIES_PER_READ) {
      const keys = Array.from({ length: ENTRIES_PER_READ }, (_, index) => ({
        type: JOURNAL_TYPE,
        id: entryId(id, seq + index + 1),
      }));
      const found = await this.#repository.bulkGet<JournalAttributes>(keys);
      const end = found.indexOf(undefined);
      const entries = (end === -1 ? found : found.slice(0, end)).flatMap((each) =>
        each === undefined ? [] : [each.attributes],
      );
      for (const added of await this.#complete(id, entries)) {
        for (const record of added) records.push(record);
        emptyEntries = added.length === 0 ? emptyEntries + 1 : 0;
      }
      if (end === -1) continue;
      for (const record of recordsOf(tail)) records.push(record);
      return { records, seq: seq + end, emptyEntries };
    }
  }

  /**
   * Reads journal entries without values that are stored apart. Reading stops at the first sequence
   * number without an entry.
   */
  async readEntries(
    { id }: Pick<StoredRun, 'id'>,
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

  /** The complete records of entries. */
  #complete(
    runId: string,
    entries: readonly JournalAttributes[],
  ): Promise<readonly (readonly RunRecord[])[]> {
    return completeRecords(this.#values, runId, entries);
  }

  /** The complete step records of an entry. */
  async stepsOf(
    { id }: Pick<StoredRun, 'id'>,
    entry: JournalAttributes,
  ): Promise<readonly StepRecord[]> {
    const [records = []] = await this.#complete(id, [entry]);
    return records.filter(isStep);
  }

  #apart(run: Pick<StoredRun, 'id' | 'spaceId'>, records: readonly RunRecord[]): Promise<string> {
    return this.#values.put(run, records);
  }

  /** One page of runs, the newest first. May lack runs of the last second. */
  async search(
    search: RunSearch,
    { page, size }: { readonly page: number; readonly size: number },
  ): Promise<{ readonly runs: readonly StoredRun[]; readonly total: number }> {
    const { savedObjects, total } = await this.#repository.find<RunAttributes>({
      type: RUN_TYPE,
      filter: filterOf(search),
      sort: [{ field: 'createdAt', order: 'desc' }],
      page,
      perPage: size,
    });
    return { runs: savedObjects.map(toRun), total };
  }

  /** Number of runs of a user in all spaces. May lack runs of the last second. */
  async countOf(profileUid: string, statuses: readonly string[]): Promise<number> {
    const { total } = await this.#repository.find({
      type: RUN_TYPE,
      filter: filter.and(
        filter.equals('profileUid', profileUid),
        filter.isOneOf('status', statuses),
      ),
      perPage: 1,
    });
    return total;
  }

  /** All runs that a search finds, in no order. May lack runs of the last second. */
  all(search: RunSearch): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filterOf(search));
  }

  /** Runs that a worker owns. May lack runs of the last second. */
  ownedBy(owner: string): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filter.equals('owner', owner));
  }

  /** Runs that any worker owns. May lack runs of the last second. */
  withOwner(): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filter.exists('owner'));
  }

  /** Waiting runs whose time comes before an instant. */
  dueBefore(instant: Date): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filter.before('wakeAt', instant));
  }

  /** Runs that wait until their user has authorized a connector. */
  waitingForAuthorization(): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filter.equals('status', 'waiting_for_authorization'));
  }

  /** Runs that wait for a change with this key. */
  waitingFor(key: string): AsyncIterable<readonly StoredRun[]> {
    // The index of the status finds the few runs that wait.
    const isWaiting = filter.equals('status', 'waiting_for_authorization');
    return this.#iterate(filter.and(isWaiting, filter.equals('wakeKeys', key)));
  }

  /** Runs that wait for the end of another run. */
  waitingForChild(): AsyncIterable<readonly StoredRun[]> {
    const isWaiting = filter.isOneOf('status', [
      'waiting_for_child',
      'waiting_for_input',
      'waiting_for_authorization',
    ]);
    return this.#iterate(filter.and(isWaiting, filter.equals('wakeKeys', CHILD_WAKE_KEY)));
  }

  /** Runs that wait for their turn in a process or in a concurrency group. */
  queued(): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filter.equals('status', 'queued'));
  }

  /** Runs that have failed since an instant. */
  failedSince(instant: Date): AsyncIterable<readonly StoredRun[]> {
    const hasFailed = filter.isOneOf('status', ['failed', 'timed_out']);
    return this.#iterate(filter.and(hasFailed, filter.after('finishedAt', instant)));
  }

  async *#iterate(condition: Filter): AsyncIterable<readonly StoredRun[]> {
    const batches = this.#repository.iterate<RunAttributes>({ type: RUN_TYPE, filter: condition });
    for await (const batch of batches) yield batch.map(toRun);
  }
}

function entryId(runId: string, seq: number): string {
  return `${runId}:${seq}`;
}

/** The complete records of entries. @throws Error if a value of them was deleted */
async function completeRecords(
  values: ApartValues,
  runId: string,
  entries: readonly JournalAttributes[],
): Promise<readonly (readonly RunRecord[])[]> {
  const keys = entries.flatMap(({ apart }) => apart ?? []);
  const found = keys.length === 0 ? [] : await values.readMany(runId, keys);
  return entries.map(({ records, apart }) => {
    if (apart === undefined) return recordsOf(records);
    const whole = found[keys.indexOf(apart)];
    // A run without a result would repeat its step.
    if (!Array.isArray(whole)) throw new Error(`Records of run [${runId}] are missing.`);
    return recordsOf(whole);
  });
}

/** Records as the engine gave them: they are stored unchanged. */
function recordsOf(stored: readonly unknown[] | undefined): readonly RunRecord[] {
  return (stored ?? []) as readonly RunRecord[];
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

function toRun({ id, version, attributes }: SavedObject<RunAttributes>): StoredRun {
  return { ...attributes, id, version };
}
