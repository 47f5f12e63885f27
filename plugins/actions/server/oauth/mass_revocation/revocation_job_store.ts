import type { Logger } from '@latchkey/core/server';
import {
  type AttributeChanges,
  type Filter,
  filter,
  isSavedObjectError,
  needsAnotherKey,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import {
  OAUTH_REVOCATION_JOB_TYPE,
  type RevocationFinished,
  type RevocationResult,
} from '../tokens/index.ts';
import type { RevocationJob } from './revocation_job.ts';
import type { RevocationJobAttributes } from './revocation_job_type.ts';

/** Maximum tries of a write. Many revocations write their results to the document of their job. */
const MAX_ATTEMPTS = 50;

/** Attributes that a write changes. `undefined` removes the attribute. */
export type RevocationJobChanges = AttributeChanges<RevocationJobAttributes>;

/** Page and filters of a list of jobs, newest first. */
export interface RevocationJobQuery {
  readonly page: number;
  /** Maximum number of entries on a page. */
  readonly perPage: number;
  readonly connectorId?: string | undefined;
  readonly profileUid?: string | undefined;
  readonly state?: RevocationJob['state'] | undefined;
}

/** Store of `oauth_revocation_job`. */
export class RevocationJobStore {
  readonly #repository: SavedObjectsRepository;
  /** Results that are not stored yet. Results that arrive during a write share the next write. */
  readonly #results = new Map<
    string,
    { readonly results: RevocationResult[]; written: Promise<void> }
  >();

  readonly #logger: Pick<Logger, 'warn'> | undefined;

  /** @param logger for jobs whose client is lost; default: none */
  constructor(repository: SavedObjectsRepository, logger?: Pick<Logger, 'warn'>) {
    this.#repository = repository;
    this.#logger = logger;
  }

  /**
   * The job is visible to searches at once, because a search for the former client must find it.
   */
  async create(id: string, attributes: RevocationJobAttributes): Promise<RevocationJob> {
    return toJob(await this.#repository.create(OAUTH_REVOCATION_JOB_TYPE, attributes, { id }));
  }

  /** Reads a job. `undefined`: there is no such job. */
  async read(id: string): Promise<RevocationJob | undefined> {
    const row = await this.#repository.getIfExists<RevocationJobAttributes>(
      OAUTH_REVOCATION_JOB_TYPE,
      id,
    );
    return row && toJob(row);
  }

  /** Changes a job. `undefined`: the job changed after it was read, or was deleted. */
  async change(
    job: RevocationJob,
    changes: RevocationJobChanges,
  ): Promise<RevocationJob | undefined> {
    const changed = await this.#withoutCorruptClient(
      job.id,
      (version = job.version) =>
        unlessConflict(() =>
          this.#repository.update<RevocationJobAttributes>(
            OAUTH_REVOCATION_JOB_TYPE,
            job.id,
            changes,
            { version, visibleToSearch: concernsSearches(changes) },
          ),
        ),
      job.version,
    );
    return changed && toJob(changed);
  }

  /**
   * Repeats a write that failed because the client of the job is corrupt, after the client was
   * removed. The job then ends its grants and counts them as not revoked. A client whose key this
   * server lacks is kept.
   * @param write called with the version after the removal
   * @param before version that the caller has read; default: the stored one
   */
  async #withoutCorruptClient<T>(
    id: string,
    write: (version?: string) => Promise<T>,
    before?: string,
  ): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      const version = before ?? (await this.read(id))?.version;
      const removed = await unlessConflict(() =>
        this.#repository.update<RevocationJobAttributes>(
          OAUTH_REVOCATION_JOB_TYPE,
          id,
          { client: undefined } satisfies RevocationJobChanges,
          version === undefined ? {} : { version },
        ),
      );
      if (removed !== undefined)
        this.#logger?.warn(
          `Client of revocation job [${id}] is corrupt and was removed; grants that only it can revoke end on this server only, and have to be revoked at the provider`,
          { error },
        );
      return write(removed?.version);
    }
  }

  /**
   * Changes a job. Calls `decide` again after each conflict.
   * @param decide returns the changes; for `undefined` (no such job) all attributes of a new job
   * @param options `visibleToSearch`: searches see the change at once
   * @returns the job afterwards; `undefined`: it does not exist
   * @throws SavedObjectError `contended`; the errors of `decide`
   */
  async mutate(
    id: string,
    decide: (job: RevocationJob | undefined) => RevocationJobChanges | 'skip',
    options: { readonly visibleToSearch: boolean },
  ): Promise<RevocationJob | undefined> {
    const { after } = await this.#withoutCorruptClient(id, () =>
      this.#repository.mutate<RevocationJobAttributes>(
        OAUTH_REVOCATION_JOB_TYPE,
        id,
        (row) => decide(row && toJob(row)),
        { attempts: MAX_ATTEMPTS, ...options },
      ),
    );
    return after && toJob(after);
  }

  /** Removes a job. `false`: the job changed after it was read. */
  async remove({ id, version }: Pick<RevocationJob, 'id' | 'version'>): Promise<boolean> {
    const removed = await unlessConflict(async () => {
      await this.#repository.delete(OAUTH_REVOCATION_JOB_TYPE, id, { version });
      return true;
    });
    return removed === true;
  }

  async list(
    query: RevocationJobQuery,
  ): Promise<{ jobs: readonly RevocationJob[]; total: number }> {
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
    return { jobs: savedObjects.map(toJob), total };
  }

  /** All jobs that are not settled, in batches. */
  walkUnsettled(): AsyncIterable<readonly RevocationJob[]> {
    return this.#walk(filter.equals('isSettled', false));
  }

  /** Jobs that belong to an edit or a deletion of a connector of this space. */
  walkOfSpace(spaceId: string): AsyncIterable<readonly RevocationJob[]> {
    return this.#walk(filter.equals('spaceId', spaceId));
  }

  walkSettledBefore(before: Date): AsyncIterable<readonly RevocationJob[]> {
    return this.#walk(
      filter.and(filter.equals('isSettled', true), filter.before('settledAt', before)),
    );
  }

  /**
   * Adds the result of a grant to the counts of its job. Resolves when it is stored. Does not
   * reject when the job was deleted.
   */
  recordResult({ revocationJobId, result }: RevocationFinished): Promise<void> {
    const next = this.#results.get(revocationJobId);
    if (next !== undefined) {
      next.results.push(result);
      return next.written;
    }
    const results = [result];
    // Waits one turn of the event loop, so that results of the same moment share one write.
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
    for await (const batch of batches) yield batch.map(toJob);
  }
}

/** Tells if the client is lost. One that is encrypted with a key this server lacks is not. */
function isCorrupt(error: unknown): boolean {
  return isSavedObjectError(error, 'undecryptable') && !needsAnotherKey(error);
}

/** Returns `true` if searches filter by a changed attribute. */
export function concernsSearches(changes: RevocationJobChanges): boolean {
  return 'state' in changes || 'isSettled' in changes;
}

function toJob({ id, version, attributes }: SavedObject<RevocationJobAttributes>): RevocationJob {
  const { client: _, ...rest } = attributes;
  return { ...rest, id, version };
}
