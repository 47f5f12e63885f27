import {
  type Filter,
  filter,
  isConflict,
  type SavedObject,
  SavedObjectError,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import type { EndingLinks, RevocationFate, Revoker } from '../tokens/index.ts';
import type { EndingRun } from './ending_run.ts';
import { type EndingAttributes, OAUTH_ENDING_TYPE } from './ending_type.ts';

const MOST_TRIES = 50;

/** What a write changes. */
export type EndingChanges = {
  readonly [K in keyof EndingAttributes]?: EndingAttributes[K] | undefined;
};

/** Which runs a list shows, newest first. */
export interface EndingQuery {
  readonly page: number;
  readonly perPage: number;
  readonly connectorId?: string | undefined;
  readonly profileUid?: string | undefined;
  readonly state?: EndingRun['state'] | undefined;
}

/** Rows of `oauth_ending`. Also answers what the tokens' capability asks of runs. */
export class EndingStore implements EndingLinks {
  readonly #repository: SavedObjectsRepository;
  /** Fates on their way to the store; those that come while one write is under way share the next. */
  readonly #fates = new Map<string, { readonly fates: RevocationFate[]; written: Promise<void> }>();

  constructor(repository: SavedObjectsRepository) {
    this.#repository = repository;
  }

  /** Searches see it at once: whoever ends a grant of its client must find it. */
  async create(id: string, attributes: EndingAttributes): Promise<EndingRun> {
    return runOf(await this.#repository.create(OAUTH_ENDING_TYPE, attributes, { id }));
  }

  async read(id: string): Promise<EndingRun | undefined> {
    const row = await this.#repository.getIfExists<EndingAttributes>(OAUTH_ENDING_TYPE, id);
    return row && runOf(row);
  }

  /** `undefined`: the run changed meanwhile, or is gone. */
  async change(run: EndingRun, changes: EndingChanges): Promise<EndingRun | undefined> {
    try {
      return runOf(
        await this.#repository.update<EndingAttributes>(OAUTH_ENDING_TYPE, run.id, changes, {
          version: run.version,
          // What a search asks for changes with these two only.
          visibleToSearch: 'state' in changes || 'isSettled' in changes,
        }),
      );
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw error;
    }
  }

  /** `false`: the run changed meanwhile. */
  async remove({ id, version }: Pick<EndingRun, 'id' | 'version'>): Promise<boolean> {
    try {
      await this.#repository.delete(OAUTH_ENDING_TYPE, id, { version });
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  }

  async list(query: EndingQuery): Promise<{ runs: readonly EndingRun[]; total: number }> {
    const { page, perPage, connectorId, profileUid, state } = query;
    const conditions = Object.entries({ connectorId, profileUid, state }).flatMap(
      ([field, value]) => (value === undefined ? [] : [filter.equals(field, value)]),
    );
    const { savedObjects, total } = await this.#repository.find<EndingAttributes>({
      type: OAUTH_ENDING_TYPE,
      page,
      perPage,
      sort: [{ field: 'createdAt', order: 'desc' }],
      ...(conditions.length === 0 ? {} : { filter: filter.and(...conditions) }),
    });
    return { runs: savedObjects.map(runOf), total };
  }

  /** Everything that is not settled, in batches. */
  walkUnsettled(): AsyncIterable<readonly EndingRun[]> {
    return this.#walk(filter.equals('isSettled', false));
  }

  /** Runs that follow an edit or a deletion of a connector of this space. */
  walkOfSpace(spaceId: string): AsyncIterable<readonly EndingRun[]> {
    return this.#walk(filter.equals('spaceId', spaceId));
  }

  walkSettledBefore(before: Date): AsyncIterable<readonly EndingRun[]> {
    return this.#walk(
      filter.and(filter.equals('isSettled', true), filter.before('settledAt', before)),
    );
  }

  async formerClient(connectorId: string, fingerprint: string): Promise<Revoker | undefined> {
    const { savedObjects } = await this.#repository.find<EndingAttributes>({
      type: OAUTH_ENDING_TYPE,
      filter: filter.and(
        filter.equals('connectorId', connectorId),
        filter.equals('fingerprint', fingerprint),
        filter.equals('isSettled', false),
      ),
      perPage: 10,
    });
    for (const { id } of savedObjects) {
      const client = await this.clientOf(id);
      if (client?.fingerprint === fingerprint) return client;
    }
    return undefined;
  }

  /** The client whose grants a run ends. `undefined`: it has none, or nobody can read it any more. */
  async clientOf(id: string): Promise<Revoker | undefined> {
    try {
      const row = await this.#repository.getIfExists<EndingAttributes>(OAUTH_ENDING_TYPE, id, {
        decrypt: true,
      });
      const { fingerprint, client } = row?.attributes ?? {};
      return fingerprint === undefined || client === undefined
        ? undefined
        : { fingerprint, configuration: client };
    } catch (error) {
      if (error instanceof SavedObjectError && error.code === 'undecryptable') return undefined;
      throw error;
    }
  }

  noteFate(endingId: string, fate: RevocationFate): Promise<void> {
    const next = this.#fates.get(endingId);
    if (next !== undefined) {
      next.fates.push(fate);
      return next.written;
    }
    const fates = [fate];
    // Waits one turn of the event loop, so that everybody of the same moment is written together.
    const written = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#fates.delete(endingId);
      return this.#addFates(endingId, fates);
    });
    this.#fates.set(endingId, { fates, written });
    return written;
  }

  async #addFates(id: string, fates: readonly RevocationFate[]): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const run = await this.read(id);
      if (run === undefined) return;
      const sum = { ...run.fates };
      for (const fate of fates) sum[fate] += 1;
      if ((await this.change(run, { fates: sum })) !== undefined) return;
    }
  }

  async *#walk(condition: Filter): AsyncIterable<readonly EndingRun[]> {
    const batches = this.#repository.iterate<EndingAttributes>({
      type: OAUTH_ENDING_TYPE,
      filter: condition,
    });
    for await (const batch of batches) yield batch.map(runOf);
  }
}

function runOf({ id, version, attributes }: SavedObject<EndingAttributes>): EndingRun {
  const { client: _, ...rest } = attributes;
  return { ...rest, id, version };
}
