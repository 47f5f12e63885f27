import {
  type AttributeChanges,
  type Filter,
  filter,
  isSavedObjectError,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import type { RevocationClient, RevocationJobLinks, RevocationResult } from '../tokens/index.ts';
import type { RevocationJob } from './revocation_job.ts';
import { OAUTH_REVOCATION_JOB_TYPE, type RevocationJobAttributes } from './revocation_job_type.ts';

/** Results of many revocations meet on the document of their job. */
const MAX_ATTEMPTS = 50;

/** Attributes to replace; `undefined` removes one. */
export type RevocationJobChanges = AttributeChanges<RevocationJobAttributes>;

/** Which runs a list shows, newest first. */
export interface RevocationJobQuery {
  readonly page: number;
  readonly perPage: number;
  readonly connectorId?: string | undefined;
  readonly profileUid?: string | undefined;
  readonly state?: RevocationJob['state'] | undefined;
}

/** Rows of `oauth_revocation_job`. Also answers what the tokens' capability asks of runs. */
export class RevocationJobStore implements RevocationJobLinks {
  readonly #repository: SavedObjectsRepository;
  /** Fates on their way to the store; those that come while one write is under way share the next. */
  readonly #results = new Map<
    string,
    { readonly results: RevocationResult[]; written: Promise<void> }
  >();

  constructor(repository: SavedObjectsRepository) {
    this.#repository = repository;
  }

  /** Searches see it at once: whoever ends a grant of its client must find it. */
  async create(id: string, attributes: RevocationJobAttributes): Promise<RevocationJob> {
    return runOf(await this.#repository.create(OAUTH_REVOCATION_JOB_TYPE, attributes, { id }));
  }

  async read(id: string): Promise<RevocationJob | undefined> {
    const row = await this.#repository.getIfExists<RevocationJobAttributes>(
      OAUTH_REVOCATION_JOB_TYPE,
      id,
    );
    return row && runOf(row);
  }

  /** `undefined`: the run changed meanwhile, or is gone. */
  async change(
    run: RevocationJob,
    changes: RevocationJobChanges,
  ): Promise<RevocationJob | undefined> {
    const changed = await unlessConflict(() =>
      this.#repository.update<RevocationJobAttributes>(OAUTH_REVOCATION_JOB_TYPE, run.id, changes, {
        version: run.version,
        visibleToSearch: concernsSearches(changes),
      }),
    );
    return changed && runOf(changed);
  }

  /**
   * Changes a job, and decides again whenever another writer was faster.
   * @param decide returns what to change; for `undefined` (no such job) all attributes of a new one
   * @param options `visibleToSearch`: whether searches see the change at once
   * @returns the job afterwards; `undefined`: there is none
   * @throws SavedObjectError `contended`; what `decide` throws
   */
  async mutate(
    id: string,
    decide: (job: RevocationJob | undefined) => RevocationJobChanges | 'skip',
    options: { readonly visibleToSearch: boolean },
  ): Promise<RevocationJob | undefined> {
    const { after } = await this.#repository.mutate<RevocationJobAttributes>(
      OAUTH_REVOCATION_JOB_TYPE,
      id,
      (row) => decide(row && runOf(row)),
      { attempts: MAX_ATTEMPTS, ...options },
    );
    return after && runOf(after);
  }

  /** `false`: the run changed meanwhile. */
  async remove({ id, version }: Pick<RevocationJob, 'id' | 'version'>): Promise<boolean> {
    const removed = await unlessConflict(async () => {
      await this.#repository.delete(OAUTH_REVOCATION_JOB_TYPE, id, { version });
      return true;
    });
    return removed === true;
  }

  async list(
    query: RevocationJobQuery,
  ): Promise<{ runs: readonly RevocationJob[]; total: number }> {
    const { page, perPage, connectorId, profileUid, state } = query;
    const conditions = Object.entries({ connectorId, profileUid, state }).flatMap(
      ([field, value]) => (value === undefined ? [] : [filter.equals(field, value)]),
    );
    const { savedObjects, total } = await this.#repository.find<RevocationJobAttributes>({
      type: OAUTH_REVOCATION_JOB_TYPE,
      page,
      perPage,
      sort: [{ field: 'createdAt', order: 'desc' }],
      ...(conditions.length === 0 ? {} : { filter: filter.and(...conditions) }),
    });
    return { runs: savedObjects.map(runOf), total };
  }

  /** Everything that is not settled, in batches. */
  walkUnsettled(): AsyncIterable<readonly RevocationJob[]> {
    return this.#walk(filter.equals('isSettled', false));
  }

  /** Runs that follow an edit or a deletion of a connector of this space. */
  walkOfSpace(spaceId: string): AsyncIterable<readonly RevocationJob[]> {
    return this.#walk(filter.equals('spaceId', spaceId));
  }

  walkSettledBefore(before: Date): AsyncIterable<readonly RevocationJob[]> {
    return this.#walk(
      filter.and(filter.equals('isSettled', true), filter.before('settledAt', before)),
    );
  }

  async formerClient(
    connectorId: string,
    fingerprint: string,
  ): Promise<RevocationClient | undefined> {
    const { savedObjects } = await this.#repository.find<RevocationJobAttributes>({
      type: OAUTH_REVOCATION_JOB_TYPE,
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
  async clientOf(id: string): Promise<RevocationClient | undefined> {
    try {
      const row = await this.#repository.getIfExists<RevocationJobAttributes>(
        OAUTH_REVOCATION_JOB_TYPE,
        id,
        {
          decrypt: true,
        },
      );
      const { fingerprint, client } = row?.attributes ?? {};
      return fingerprint === undefined || client === undefined
        ? undefined
        : { fingerprint, configuration: client };
    } catch (error) {
      if (isSavedObjectError(error, 'undecryptable')) return undefined;
      throw error;
    }
  }

  recordResult(revocationJobId: string, result: RevocationResult): Promise<void> {
    const next = this.#results.get(revocationJobId);
    if (next !== undefined) {
      next.results.push(result);
      return next.written;
    }
    const results = [result];
    // Waits one turn of the event loop, so that everybody of the same moment is written together.
    const written = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#results.delete(revocationJobId);
      return this.#addResults(revocationJobId, results);
    });
    this.#results.set(revocationJobId, { results, written });
    return written;
  }

  async #addResults(id: string, results: readonly RevocationResult[]): Promise<void> {
    const add = (job: RevocationJob | undefined): RevocationJobChanges | 'skip' => {
      if (job === undefined) return 'skip';
      const sum = { ...job.results };
      for (const result of results) sum[result] += 1;
      return { results: sum };
    };
    await this.mutate(id, add, { visibleToSearch: false });
  }

  async *#walk(condition: Filter): AsyncIterable<readonly RevocationJob[]> {
    const batches = this.#repository.iterate<RevocationJobAttributes>({
      type: OAUTH_REVOCATION_JOB_TYPE,
      filter: condition,
    });
    for await (const batch of batches) yield batch.map(runOf);
  }
}

/** The only attributes that change and that searches filter by. */
export function concernsSearches(changes: RevocationJobChanges): boolean {
  return 'state' in changes || 'isSettled' in changes;
}

function runOf({ id, version, attributes }: SavedObject<RevocationJobAttributes>): RevocationJob {
  const { client: _, ...rest } = attributes;
  return { ...rest, id, version };
}
