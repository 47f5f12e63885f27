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

/** Runs whose documents are deleted together. */
const RUNS_PER_SLICE = 100;
/** Documents that are deleted at the same time. */
const CONCURRENCY = 10;
/** Runs that one pass deletes because of their number. A search cannot count further. */
const MAX_COUNTED = 10_000;
/** A run that ended a moment ago is kept, because searches may lack its last documents. */
const MIN_AGE_MS = 10 * 60_000;
/** A definition that is not in use is kept for this time. Runs renew it once a day. */
const DEFINITION_AGE_MS = 48 * 3_600_000;
/** Deleted runs between two lines of the log. */
const RUNS_PER_LOG_LINE = 1_000;

/** Limits of the ended runs. */
interface RetentionLimits {
  /** Milliseconds after which a run is deleted. */
  readonly maxAge: number;
  /** The oldest runs of one workflow above this number are deleted. */
  readonly maxCountPerWorkflow: number;
  /** The oldest runs of all spaces above this number are deleted. */
  readonly maxCount: number;
}

/** Dependencies of {@link RunRetention}. */
export interface RunRetentionDeps {
  readonly repository: SavedObjectsRepository;
  readonly limits: RetentionLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Numbers of deleted documents of a pass. */
export interface RetentionResult {
  /** Number of deleted runs. */
  readonly runs: number;
  /** Number of deleted definitions. */
  readonly definitions: number;
  /** True: there are still too many runs. */
  readonly hasMore: boolean;
}

/**
 * Deletes ended runs, and YAML that no run refers to. The document of a run is deleted last, so
 * that another pass finds the rest after a crash. Two passes at the same time do no harm. Runs that
 * wait have not ended, so they are kept.
 */
export class RunRetention {
  readonly #deps: RunRetentionDeps;

  constructor(deps: RunRetentionDeps) {
    this.#deps = deps;
  }

  /** @param signal ends the pass between two slices */
  async run(signal: AbortSignal): Promise<RetentionResult> {
    // First, because the runs of this pass are still found by their definition.
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
    // First, so that a busy workflow does not displace the runs of the others.
    for (const conditions of await this.#busyWorkflows(signal)) {
      if (signal.aborted) break;
      await reduce(limits.maxCountPerWorkflow, conditions);
    }
    // The count must lack the runs that were deleted before.
    if (runs > 0) await this.#refreshSearches();
    if (!signal.aborted) await reduce(limits.maxCount, []);
    if (runs + definitions > 0)
      logger.info(`Deleted ${runs} ended workflow runs and ${definitions} unused definitions`);
    return { runs, definitions, hasMore };
  }

  /**
   * Conditions of the workflows with too many ended runs. The runs of YAML that is not stored count
   * as one workflow of each space. Reads no runs unless one workflow can have too many.
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

  /** Makes the deletions visible to later searches, as each start of an iteration does. */
  async #refreshSearches(): Promise<void> {
    const runs = this.#deps.repository.iterate({ type: RUN_TYPE, batchSize: 1 });
    for await (const _ of runs) return;
  }

  /** Number of ended runs above the limit, and the instant after the end of the last of them. */
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

  /** Deletes objects that have not changed. @returns number of those that this process deleted */
  async #deleteAll(objects: readonly SavedObject<object>[]): Promise<number> {
    const { repository } = this.#deps;
    let deleted = 0;
    for (let start = 0; start < objects.length; start += CONCURRENCY) {
      const some = objects.slice(start, start + CONCURRENCY).map(async ({ type, id, version }) => {
        const isDeleted = await unlessConflict(async () => {
          await repository.delete(type, id, { version });
          return true;
        }).catch((error: unknown) => {
          // Another process was faster.
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

/** Conditions for the runs of the same workflow. */
function isOf({ spaceId, workflowId }: Pick<RunAttributes, 'spaceId' | 'workflowId'>) {
  const isSame =
    workflowId === undefined
      ? filter.not(filter.exists('workflowId'))
      : filter.equals('workflowId', workflowId);
  return [filter.equals('spaceId', spaceId), isSame];
}
