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

/** Maximum number of attempts of a write. Many revocations write their results to the same job. */
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

/** Reads and writes documents of the type `oauth_revocation_job`. */
export class RevocationJobStore {
  readonly #repository: SavedObjectsRepository;
  /**
   * Results that are not stored yet, by id of the job. Results that arrive during a write are
   * stored together by the next write.
   */
  readonly #results = new Map<
    string,
    { readonly results: RevocationResult[]; written: Promise<void> }
  >();

  readonly #logger: Pick<Logger, 'warn'> | undefined;

  /** @param logger for warnings about jobs whose client is corrupt. Default: no warnings */
  constructor(repository: SavedObjectsRepository, logger?: Pick<Logger, 'warn'>) {
    this.#repository = repository;
    this.#logger = logger;
  }

  /**
   * Stores a new job. Searches find it immediately, because it may contain the former client of a
   * connector.
   */
  async create(id: string, attributes: RevocationJobAttributes): Promise<RevocationJob> {
    return toJob(await this.#repository.create(OAUTH_REVOCATION_JOB_TYPE, attributes, { id }));
  }

  /** Reads a job. `undefined`: the job does not exist. */
  async read(id: string): Promise<RevocationJob | undefined> {
    const row = await this.#repository.getIfExists<RevocationJobAttributes>(
      OAUTH_REVOCATION_JOB_TYPE,
      id,
    );
    return row && toJob(row);
  }

  /** Changes a job. `undefined`: the job was changed after it was read, or was deleted. */
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
   * Calls `write`. If it fails because the stored client of the job is corrupt, removes the client
   * and calls `write` again; the job then ends its grants and counts them as not revoked. A client
   * whose key this server lacks is not removed.
   * @param write called with the version after the removal; the first time without a version
   * @param before version that the caller has read. Default: the stored version
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
          `The client of revocation job [${id}] was corrupt and has been removed. Its grants end on this server; revoke them at the provider`,
          { error },
        );
      return write(removed?.version);
    }
  }

  /**
   * Changes a job. After each conflict, reads the job and calls `decide` again.
   * @param decide returns the changes, or all attributes of a new job if the job is `undefined`
   * because it does not exist
   * @param options `visibleToSearch`: searches see the change immediately
   * @returns the job after the change. `undefined`: the job does not exist
   * @throws SavedObjectError `contended`, and the errors of `decide`
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

  /** Removes a job. `false`: the job was changed after it was read. */
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

  /** Returns all jobs that are not settled, in batches. */
  walkUnsettled(): AsyncIterable<readonly RevocationJob[]> {
    return this.#walk(filter.equals('isSettled', false));
  }

  /** Returns the jobs of edits and deletions of connectors of a space, in batches. */
  walkOfSpace(spaceId: string): AsyncIterable<readonly RevocationJob[]> {
    return this.#walk(filter.equals('spaceId', spaceId));
  }

  walkSettledBefore(before: Date): AsyncIterable<readonly RevocationJob[]> {
    return this.#walk(
      filter.and(filter.equals('isSettled', true), filter.before('settledAt', before)),
    );
  }

  /**
   * Adds the result of a grant to the counts of its job. Resolves when the result is stored, or
   * when the job does not exist any more.
   */
  recordResult({ revocationJobId, result }: RevocationFinished): Promise<void> {
    const next = this.#results.get(revocationJobId);
    if (next !== undefined) {
      next.results.push(result);
      return next.written;
    }
    const results = [result];
    // Waits until the current turn of the event loop has ended, so that results of the same moment
    // are stored by one write.
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

/**
 * Returns `true` if the stored client is corrupt, but not if it is encrypted with a key that this
 * server lacks.
 */
function isCorrupt(error: unknown): boolean {
  return isSavedObjectError(error, 'undecryptable') && !needsAnotherKey(error);
}

/** Returns `true` if the changes contain an attribute by which searches filter. */
export function concernsSearches(changes: RevocationJobChanges): boolean {
  return 'state' in changes || 'isSettled' in changes;
}

function toJob({ id, version, attributes }: SavedObject<RevocationJobAttributes>): RevocationJob {
  const { client: _, ...rest } = attributes;
  return { ...rest, id, version };
}
