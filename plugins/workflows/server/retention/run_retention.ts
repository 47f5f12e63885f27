import type { Clock, Logger } from '@latchkey/core/server';
import {
  type Filter,
  filter,
  isSavedObjectError,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import {
  BATCH_SIZES,
  DEFINITION_TYPE,
  FINAL_STATUSES,
  JOURNAL_TYPE,
  RUN_TYPE,
  type RunAttributes,
  VALUE_TYPE,
} from '../runs/index.ts';

/** Number of runs whose documents are deleted together. */
const RUNS_PER_SLICE = 100;
/** Number of documents that are deleted at the same time. */
const CONCURRENCY = 10;
/**
 * Maximum number of runs that one pass deletes because there are too many. A search counts no
 * further.
 */
const MAX_COUNTED = 10_000;
/**
 * Minimum age of runs to delete, in milliseconds. Searches may not find the last documents of a run
 * that has just ended.
 */
const MIN_AGE_MS = 10 * 60_000;
/**
 * Time in milliseconds for which an unused definition is kept. Runs renew their definition once a
 * day.
 */
const DEFINITION_AGE_MS = 48 * 3_600_000;
/** Number of deleted runs after which progress is logged. */
const RUNS_PER_LOG_LINE = 1_000;

/** Limits of the ended runs. */
interface RetentionLimits {
  /** Age in milliseconds at which an ended run is deleted. */
  readonly maxAge: number;
  /** Maximum number of ended runs of one workflow. The oldest ones above it are deleted. */
  readonly maxCountPerWorkflow: number;
  /** Maximum number of ended runs in all spaces. The oldest ones above it are deleted. */
  readonly maxCount: number;
}

/** Dependencies of {@link RunRetention}. */
export interface RunRetentionDeps {
  readonly repository: SavedObjectsRepository;
  readonly limits: RetentionLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Numbers of deleted documents in one pass. */
export interface RetentionResult {
  /** Number of deleted runs. */
  readonly runs: number;
  /** Number of deleted definitions. */
  readonly definitions: number;
  /** `true`: there are still too many runs. */
  readonly hasMore: boolean;
}

/**
 * Deletes ended runs, and definitions (YAML) that no run refers to. The document of a run is
 * deleted last, so that a later pass finds a run whose deletion a crash interrupted. Two passes at
 * the same time do no harm. Runs that wait have not ended, so they are kept.
 */
export class RunRetention {
  readonly #deps: RunRetentionDeps;

  constructor(deps: RunRetentionDeps) {
    this.#deps = deps;
  }

  /** @param signal ends the pass between two slices */
  async run(signal: AbortSignal): Promise<RetentionResult> {
    // Definitions come first: the runs that this pass deletes still refer to theirs, which a later
    // pass deletes.
    const definitions = await this.#deleteDefinitions(signal);
    const { clock, limits, logger } = this.#deps;
    const latest = clock.now() - MIN_AGE_MS;
    let runs = await this.#deleteEndedBefore(Math.min(clock.now() - limits.maxAge, latest), signal);
    let hasMore = false;
    const reduce = async (maxCount: number, conditions: readonly Filter[]): Promise<void> => {
      const { excess, before } = await this.#excess(maxCount, conditions);
      hasMore ||= excess > MAX_COUNTED;
      if (before === undefined) return;
      runs += await this.#deleteEndedBefore(Math.min(before, latest), signal, conditions);
    };
    // Busy workflows come before the total limit, so that their runs do not displace runs of other
    // workflows.
    for (const conditions of await this.#busyWorkflows(signal)) {
      if (signal.aborted) break;
      await reduce(limits.maxCountPerWorkflow, conditions);
    }
    // The next count must not include the runs that were just deleted.
    if (runs > 0) await this.#refreshSearches();
    if (!signal.aborted) await reduce(limits.maxCount, []);
    if (runs + definitions > 0)
      logger.info(`Deleted ${runs} ended workflow runs and ${definitions} unused definitions`);
    return { runs, definitions, hasMore };
  }

  /**
   * Search conditions for each workflow with too many ended runs. In each space, the runs of YAML
   * that is not stored count as one workflow. Reads nothing if no workflow can have too many runs.
   */
  async #busyWorkflows(signal: AbortSignal): Promise<readonly (readonly Filter[])[]> {
    const { repository, limits } = this.#deps;
    const ended = filter.isOneOf('status', FINAL_STATUSES);
    const { total } = await repository.find({ type: RUN_TYPE, filter: ended, perPage: 1 });
    if (total <= limits.maxCountPerWorkflow) return [];
    const counts = new Map<string, { count: number; readonly conditions: readonly Filter[] }>();
    for await (const batch of repository.iterate<RunAttributes>({
      type: RUN_TYPE,
      filter: ended,
    })) {
      if (signal.aborted) return [];
      for (const { attributes } of batch) {
        const { spaceId, workflowId } = attributes;
        const key = JSON.stringify([spaceId, workflowId]);
        const counted = counts.get(key) ?? { count: 0, conditions: isOf(attributes) };
        counted.count += 1;
        counts.set(key, counted);
      }
    }
    return [...counts.values()].flatMap(({ count, conditions }) =>
      count > limits.maxCountPerWorkflow ? [conditions] : [],
    );
  }

  /**
   * Makes earlier deletions visible to searches. The start of each iteration of a search does this.
   */
  async #refreshSearches(): Promise<void> {
    const runs = this.#deps.repository.iterate({ type: RUN_TYPE, batchSize: 1 });
    for await (const _ of runs) return;
  }

  /**
   * Counts the ended runs above a limit, and returns the instant after the end of the newest of
   * them.
   */
  async #excess(
    maxCount: number,
    conditions: readonly Filter[],
  ): Promise<{ readonly excess: number; readonly before?: number }> {
    const { repository } = this.#deps;
    const search = {
      type: RUN_TYPE,
      filter: filter.and(filter.isOneOf('status', FINAL_STATUSES), ...conditions),
      sort: [{ field: 'finishedAt', order: 'asc' }],
      perPage: 1,
    } as const;
    const { total } = await repository.find<RunAttributes>(search);
    const excess = total - maxCount;
    if (excess <= 0) return { excess };
    const page = Math.min(excess, MAX_COUNTED);
    const [last] = (await repository.find<RunAttributes>({ ...search, page })).savedObjects;
    const finishedAt = last?.attributes.finishedAt;
    return finishedAt === undefined ? { excess } : { excess, before: Date.parse(finishedAt) + 1 };
  }

  async #deleteEndedBefore(
    instant: number,
    signal: AbortSignal,
    conditions: readonly Filter[] = [],
  ): Promise<number> {
    const { repository, logger } = this.#deps;
    let deleted = 0;
    const ended = repository.iterate<RunAttributes>({
      type: RUN_TYPE,
      filter: filter.and(
        filter.isOneOf('status', FINAL_STATUSES),
        filter.before('finishedAt', new Date(instant)),
        ...conditions,
      ),
      batchSize: RUNS_PER_SLICE,
    });
    for await (const slice of ended) {
      if (signal.aborted) break;
      const ids = slice.map(({ id }) => id);
      for (const type of [JOURNAL_TYPE, VALUE_TYPE]) await this.#deleteRecords(type, ids);
      const before = deleted;
      deleted += await this.#deleteAll(slice);
      if (Math.floor(before / RUNS_PER_LOG_LINE) < Math.floor(deleted / RUNS_PER_LOG_LINE))
        logger.info(`Deleted ${deleted} ended workflow runs so far`);
    }
    return deleted;
  }

  async #deleteRecords(type: string, runIds: readonly string[]): Promise<void> {
    const records = this.#deps.repository.iterate({
      type,
      filter: filter.isOneOf('runId', runIds),
      batchSize: BATCH_SIZES[type] ?? 1,
    });
    for await (const batch of records) await this.#deleteAll(batch);
  }

  async #deleteDefinitions(signal: AbortSignal): Promise<number> {
    const { repository, clock } = this.#deps;
    let deleted = 0;
    const old = repository.iterate({
      type: DEFINITION_TYPE,
      filter: filter.before('updatedAt', new Date(clock.now() - DEFINITION_AGE_MS)),
      batchSize: BATCH_SIZES[DEFINITION_TYPE] ?? 1,
    });
    for await (const batch of old) {
      if (signal.aborted) break;
      const unused: SavedObject<object>[] = [];
      for (const definition of batch) {
        const uses = filter.equals('definitionId', definition.id);
        const { total } = await repository.find({ type: RUN_TYPE, filter: uses, perPage: 1 });
        if (total === 0) unused.push(definition);
      }
      deleted += await this.#deleteAll(unused);
    }
    return deleted;
  }

  /**
   * Deletes objects that have not changed since they were read.
   * @returns number of objects that this process deleted
   */
  async #deleteAll(objects: readonly SavedObject<object>[]): Promise<number> {
    const { repository } = this.#deps;
    let deleted = 0;
    for (let start = 0; start < objects.length; start += CONCURRENCY) {
      const some = objects.slice(start, start + CONCURRENCY).map(async ({ type, id, version }) => {
        const isDeleted = await unlessConflict(async () => {
          await repository.delete(type, id, { version });
          return true;
        }).catch((error: unknown) => {
          // Another process has deleted the object.
          if (isSavedObjectError(error, 'not_found')) return false;
          throw error;
        });
        if (isDeleted === true) deleted += 1;
      });
      await Promise.all(some);
    }
    return deleted;
  }
}

/** Search conditions for the runs of the same workflow. */
function isOf({ spaceId, workflowId }: Pick<RunAttributes, 'spaceId' | 'workflowId'>) {
  const isSame =
    workflowId === undefined
      ? filter.not(filter.exists('workflowId'))
      : filter.equals('workflowId', workflowId);
  return [filter.equals('spaceId', spaceId), isSame];
}
