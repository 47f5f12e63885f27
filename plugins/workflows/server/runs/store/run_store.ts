import { createHash } from 'node:crypto';
import { type Clock, createLruCache } from '@latchkey/core/server';
import {
  type Filter,
  filter,
  isSavedObjectError,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import type { StepError } from '@latchkey/workflow-engine';
import { LRUCache } from 'lru-cache';
import { ApartValues, type GivenValues, type RunResult } from './apart_values.ts';
import { JournalStore } from './journal_store.ts';
import { isOfHandlers } from './quota_owner.ts';
import { filterOf, type RunOrder, type RunSearch } from './run_search.ts';
import { isFinal } from './run_status.ts';
import {
  DEFINITION_TYPE,
  type DefinitionAttributes,
  JOURNAL_TYPE,
  RUN_TYPE,
  type RunAttributes,
  VALUE_TYPE,
} from './run_types.ts';

/** Age at which a definition in use is written again, in milliseconds. */
const DEFINITION_RENEWAL_MS = 24 * 3_600_000;
/** Maximum characters of all definitions (YAML) that are kept in memory. */
const KEPT_DEFINITIONS = 10_000_000;
/** Maximum number of definitions that a process remembers as stored. */
const KNOWN_DEFINITIONS = 10_000;

/** Number of statuses that one read returns. SQLite blocks the process during a read. */
const STATUSES_PER_READ = 500;

/** Key by which runs are found that wait for the end of another run. */
export const CHILD_WAKE_KEY = 'child';

/** A stored run at one version. */
export interface StoredRun extends RunAttributes {
  readonly id: string;
  readonly version: string;
}

/** Attributes of a new run. Large values are stored in their own documents. */
export type NewStoredRun = Omit<RunAttributes, 'given' | 'givenApart' | 'result' | 'resultApart'> &
  GivenValues;

/**
 * Changes of a run. `undefined` removes an attribute. Large outputs and forms are stored in their
 * own documents.
 */
export type RunChanges = {
  readonly [K in Exclude<keyof RunAttributes, 'result' | 'resultApart' | 'waitsApart' | 'error'>]?:
    | RunAttributes[K]
    | undefined;
} & { readonly output?: unknown; readonly error?: StepError | undefined };

/** Stores runs and their YAML. */
export class RunStore {
  readonly #repository: SavedObjectsRepository;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #values: ApartValues;
  /** Stores the records of the runs. */
  readonly journal: JournalStore;
  /** Definitions (YAML) by id. They never change, because the id is a hash of the content. */
  readonly #definitions = new LRUCache<string, string>({
    maxSize: KEPT_DEFINITIONS,
    sizeCalculation: (yaml) => yaml.length + 1,
  });
  /** Instants at which definitions were written, by id. */
  readonly #definitionsWrittenAt = createLruCache<string, number>(KNOWN_DEFINITIONS);
  readonly #onEnd: ((run: StoredRun) => void)[] = [];
  readonly #onStatus: ((run: StoredRun, before: StoredRun['status']) => void)[] = [];

  constructor(repository: SavedObjectsRepository, clock: Pick<Clock, 'now'>) {
    this.#repository = repository;
    this.#clock = clock;
    this.#values = new ApartValues(repository);
    this.journal = new JournalStore(repository, this.#values);
  }

  /**
   * Adds a listener that is called after this process has stored the end of a run. The listener
   * must not throw.
   */
  onEnd(listener: (run: StoredRun) => void): void {
    this.#onEnd.push(listener);
  }

  /**
   * Adds a listener that is called after this process has changed the status of a stored run. The
   * listener must not throw.
   */
  onStatus(listener: (run: StoredRun, before: StoredRun['status']) => void): void {
    this.#onStatus.push(listener);
  }

  async create(
    id: string,
    { inputs, metadata, event, context, error, ...rest }: NewStoredRun,
  ): Promise<StoredRun> {
    const owner = { id, spaceId: rest.spaceId };
    const attributes: RunAttributes = {
      ...rest,
      ...(await this.#values.ofGiven(owner, { inputs, metadata, event, context })),
      ...(await this.#values.ofResult(owner, { error })),
    };
    const run = toRun(await this.#repository.create(RUN_TYPE, attributes, { id }));
    if (isFinal(run.status)) this.#ended(run);
    return run;
  }

  /**
   * Deletes a run with its journal and its large values. The document of the run comes first, so
   * that no process executes the run without its records.
   */
  async delete({ id, spaceId }: Pick<StoredRun, 'id' | 'spaceId'>): Promise<void> {
    await this.#repository.delete(RUN_TYPE, id).catch((error: unknown) => {
      // The deletion of the space has deleted it.
      if (!isSavedObjectError(error, 'not_found')) throw error;
    });
    const ofRun = filter.and(filter.equals('spaceId', spaceId), filter.equals('runId', id));
    for (const type of [JOURNAL_TYPE, VALUE_TYPE])
      await this.#repository.deleteMatching({ type, filter: ofRun });
  }

  /** Reads a run. `undefined`: the run does not exist. */
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

  /**
   * Writes changes on top of `run`. `undefined`: another process has changed the run since it was
   * read, and nothing was written.
   */
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
    if (changed.status !== run.status)
      for (const listener of this.#onStatus) listener(changed, run.status);
    if (isFinal(changed.status) && !isFinal(run.status)) this.#ended(changed);
    return changed;
  }

  #ended(run: StoredRun): void {
    for (const listener of this.#onEnd) listener(run);
  }

  /** Reads the inputs of a run, and the metadata that its starter gave. */
  readGiven(run: StoredRun): Promise<GivenValues> {
    return this.#values.readGiven(run);
  }

  /** Reads the output and the complete error of a run that has ended. */
  readResult(run: StoredRun): Promise<RunResult> {
    return this.#values.readResult(run);
  }

  /** Reads the waits of a run, with the forms of its steps. */
  readWaits(run: StoredRun): Promise<NonNullable<RunAttributes['waits']>> {
    return this.#values.readWaits(run);
  }

  /**
   * Stores the YAML of a run, once per version. A definition in use is written again once a day, so
   * that it is not deleted while a new run begins to refer to it.
   * @returns the id of the definition
   */
  async storeDefinition(spaceId: string, yaml: string): Promise<string> {
    const id = definitionIdOf(spaceId, yaml);
    this.#definitions.set(id, yaml);
    const found = await this.#repository.getIfExists(DEFINITION_TYPE, id);
    const writtenAt = found?.updatedAt.getTime();
    if (writtenAt !== undefined && this.#isRecent(writtenAt)) {
      this.#definitionsWrittenAt.set(id, writtenAt);
      return id;
    }
    await unlessConflict(() =>
      this.#repository.create<DefinitionAttributes>(
        DEFINITION_TYPE,
        { spaceId, yaml },
        { id, overwrite: true },
      ),
    );
    return id;
  }

  /**
   * Id of a definition that {@link storeDefinition} has stored or found before. `undefined`: the
   * definition may not be stored. A known definition can only be missing if its space was deleted.
   */
  knownDefinition(spaceId: string, yaml: string): string | undefined {
    const id = definitionIdOf(spaceId, yaml);
    const writtenAt = this.#definitionsWrittenAt.get(id);
    return writtenAt !== undefined && this.#isRecent(writtenAt) ? id : undefined;
  }

  #isRecent(writtenAt: number): boolean {
    return this.#clock.now() - writtenAt < DEFINITION_RENEWAL_MS;
  }

  /** Reads the YAML of a run. `undefined`: the definition was deleted. */
  async readDefinition(id: string): Promise<string | undefined> {
    const kept = this.#definitions.get(id);
    if (kept !== undefined) return kept;
    const found = await this.#repository.getIfExists<DefinitionAttributes>(DEFINITION_TYPE, id);
    if (found !== undefined) this.#definitions.set(id, found.attributes.yaml);
    return found?.attributes.yaml;
  }

  /** One page of runs, by default the newest first. May miss runs of the last second. */
  async search(
    search: RunSearch,
    {
      page,
      size,
      order = { field: 'createdAt', order: 'desc' },
    }: { readonly page: number; readonly size: number; readonly order?: RunOrder | undefined },
  ): Promise<{ readonly runs: readonly StoredRun[]; readonly total: number }> {
    const { savedObjects, total } = await this.#repository.find<RunAttributes>({
      type: RUN_TYPE,
      filter: filterOf(search),
      sort: [order],
      page,
      perPage: size,
    });
    return { runs: savedObjects.map(toRun), total };
  }

  /**
   * Number of runs in all spaces that count against the limits of an owner. May miss runs of the
   * last second, unless `seesAllWrites` is set, which is expensive in Elasticsearch.
   * @param owner see `quotaOwner`
   */
  async countOf(
    owner: string,
    statuses: readonly string[],
    { seesAllWrites = false }: { readonly seesAllWrites?: boolean } = {},
  ): Promise<number> {
    const isOwn = isOfHandlers(owner)
      ? filter.equals('countedFor', owner)
      : filter.and(filter.equals('profileUid', owner), filter.not(filter.exists('countedFor')));
    const { total } = await this.#repository.find({
      type: RUN_TYPE,
      // SQLite reads fewer entries of the other indexes if the first condition matches few runs.
      filter: filter.and(filter.isOneOf('status', statuses), isOwn),
      perPage: 1,
      seesAllWrites,
    });
    return total;
  }

  /** All runs that match the conditions, in no order. May miss runs of the last second. */
  all(search: RunSearch): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filterOf(search));
  }

  /** Runs that a process owns. May miss runs of the last second. */
  ownedBy(owner: string, batchSize?: number): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filter.equals('owner', owner), batchSize);
  }

  /** Runs that any process owns. May miss runs of the last second. */
  withOwner(): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filter.exists('owner'));
  }

  /** Waiting runs that continue before an instant. */
  dueBefore(instant: Date): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filter.before('wakeAt', instant));
  }

  /** Runs that wait until their user has authorized a connector. */
  waitingForAuthorization(): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filter.equals('status', 'waiting_for_authorization'));
  }

  /** Runs that wait for a change with this key, see `wakeKeys`. */
  waitingFor(key: string): AsyncIterable<readonly StoredRun[]> {
    // The condition on the status lets the store use an index, which finds the few waiting runs.
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

  /**
   * Status and instant of creation of the runs of a space that were created since an instant, in
   * any order. May miss runs of the last second.
   */
  async *createdSince(
    spaceId: string,
    instant: Date,
  ): AsyncIterable<readonly Pick<RunAttributes, 'createdAt' | 'status'>[]> {
    const batches = this.#repository.iterate<Pick<RunAttributes, 'createdAt' | 'status'>>({
      type: RUN_TYPE,
      fields: ['createdAt', 'status'],
      filter: filterOf({ spaceId, from: instant }),
      batchSize: STATUSES_PER_READ,
    });
    for await (const batch of batches) yield batch.map(({ attributes }) => attributes);
  }

  async *#iterate(condition: Filter, batchSize?: number): AsyncIterable<readonly StoredRun[]> {
    const batches = this.#repository.iterate<RunAttributes>({
      type: RUN_TYPE,
      filter: condition,
      ...(batchSize === undefined ? {} : { batchSize }),
    });
    for await (const batch of batches) yield batch.map(toRun);
  }
}

function toRun({ id, version, attributes }: SavedObject<RunAttributes>): StoredRun {
  return { ...attributes, id, version };
}

function definitionIdOf(spaceId: string, yaml: string): string {
  return `${spaceId}:${createHash('sha256').update(yaml).digest('base64url')}`;
}
