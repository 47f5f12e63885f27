import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  type Filter,
  filter,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import type { RunRecord } from '@latchkey/workflow-engine';
import {
  DEFINITION_TYPE,
  type DefinitionAttributes,
  JOURNAL_TYPE,
  type JournalAttributes,
  RUN_TYPE,
  type RunAttributes,
} from './run_types.ts';

/** Entries of a journal that are read in one call. */
const ENTRIES_PER_READ = 50;

/** A run at one version. */
export interface StoredRun extends RunAttributes {
  readonly id: string;
  readonly version: string;
}

/** Changes of a run. `undefined` removes an attribute. */
export type RunChanges = { readonly [K in keyof RunAttributes]?: RunAttributes[K] | undefined };

/** An entry of a journal. */
export interface JournalEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** Epoch of the run when its owner wrote the entry. */
  readonly epoch: number;
  readonly records: readonly RunRecord[];
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

  constructor(repository: SavedObjectsRepository) {
    this.#repository = repository;
  }

  async create(id: string, attributes: RunAttributes): Promise<StoredRun> {
    return toRun(await this.#repository.create(RUN_TYPE, attributes, { id }));
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
    const written = await unlessConflict(() =>
      this.#repository.update<RunAttributes>(RUN_TYPE, id, changes, { version }),
    );
    return written && toRun(written);
  }

  /** Stores the YAML of a run, once per version. @returns the id of the definition */
  async storeDefinition(spaceId: string, yaml: string): Promise<string> {
    const hash = createHash('sha256').update(yaml).digest('base64url');
    const id = `${spaceId}:${hash}`;
    await unlessConflict(() =>
      this.#repository.create<DefinitionAttributes>(DEFINITION_TYPE, { spaceId, yaml }, { id }),
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
    { seq, epoch, records }: JournalEntry,
  ): Promise<boolean> {
    const attributes = { runId: run.id, spaceId: run.spaceId, epoch, records: [...records] };
    const id = entryId(run.id, seq);
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
    const stored = await this.#repository.getIfExists<JournalAttributes>(
      JOURNAL_TYPE,
      entryId(id, seq),
    );
    const { attributes } = stored ?? {};
    return attributes?.epoch === epoch && isDeepStrictEqual(attributes.records, asStored(records));
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
      const entries = end === -1 ? found : found.slice(0, end);
      for (const entry of entries) {
        const added = (entry?.attributes.records ?? []) as RunRecord[];
        records.push(...added);
        emptyEntries = added.length === 0 ? emptyEntries + 1 : 0;
      }
      if (end === -1) continue;
      records.push(...((tail ?? []) as RunRecord[]));
      return { records, seq: seq + end, emptyEntries };
    }
  }

  /** One page of the runs of a workflow, the newest first. May lack runs of the last second. */
  async list(
    { spaceId, workflowId }: { readonly spaceId: string; readonly workflowId: string },
    { page, size }: { readonly page: number; readonly size: number },
  ): Promise<{ readonly runs: readonly StoredRun[]; readonly total: number }> {
    const { savedObjects, total } = await this.#repository.find<RunAttributes>({
      type: RUN_TYPE,
      filter: filter.and(
        filter.equals('spaceId', spaceId),
        filter.equals('workflowId', workflowId),
      ),
      sort: [{ field: 'createdAt', order: 'desc' }],
      page,
      perPage: size,
    });
    return { runs: savedObjects.map(toRun), total };
  }

  /** Runs that a worker owns. May lack runs of the last second. */
  ownedBy(owner: string): AsyncIterable<readonly StoredRun[]> {
    return this.#iterate(filter.equals('owner', owner));
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
    return this.#iterate(filter.equals('wakeKeys', key));
  }

  async *#iterate(condition: Filter): AsyncIterable<readonly StoredRun[]> {
    const batches = this.#repository.iterate<RunAttributes>({ type: RUN_TYPE, filter: condition });
    for await (const batch of batches) yield batch.map(toRun);
  }
}

function entryId(runId: string, seq: number): string {
  return `${runId}:${seq}`;
}

function asStored(records: readonly RunRecord[]): unknown {
  return JSON.parse(JSON.stringify(records));
}

function toRun({ id, version, attributes }: SavedObject<RunAttributes>): StoredRun {
  return { ...attributes, id, version };
}
