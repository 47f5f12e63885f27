import type { Principal } from '@latchkey/core/server';
import { type Filter, filter, type SavedObjectsRepository } from '@latchkey/saved-objects';
import { WORKFLOW_AGGREGATIONS } from '../../common/index.ts';
import { SearchTurns } from './search_turns.ts';
import { SharedScan } from './shared_scan.ts';
import {
  LISTED_FIELDS,
  type ListedAttributes,
  type ListedWorkflow,
  toListedWorkflows,
  workflowIdOf,
} from './stored_workflow.ts';
import { WORKFLOW_TYPE, type WorkflowAttributes } from './workflow_type.ts';

/** Maximum number of values of one field that are counted. The rarest ones are left out. */
const MAX_VALUES = 1_000;
/**
 * Number of workflows that a count reads in one call. SQLite blocks the process during a call, for
 * about 1 ms per megabyte of YAML, which it has to skip.
 */
const WORKFLOWS_PER_READ = 25;
/** Attributes whose values can be counted. */
const COUNTED_FIELDS = ['tags', 'createdBy', 'enabled', 'triggerTypes'] as const;
/** Attributes of a {@link WorkflowUse}, and the space. */
const USE_FIELDS = ['spaceId', 'name', 'enabled', 'scheduleKeys', 'runsAs'] as const;

/** Indexed attributes by which a list can be sorted, by their names in requests. */
const SORT_FIELDS = {
  name: 'sortName',
  enabled: 'enabled',
  lastUpdatedAt: 'lastUpdatedAt',
} as const;

type CountedAttributes = Pick<WorkflowAttributes, (typeof COUNTED_FIELDS)[number]>;
type UseAttributes = Pick<WorkflowAttributes, (typeof USE_FIELDS)[number]>;

/** A workflow that uses a connector. */
export type WorkflowUse = UseAttributes & { readonly id: string };

type InSpace = Pick<Principal, 'spaceId'>;

type Field = (typeof WORKFLOW_AGGREGATIONS)[number];

/** Conditions and order of a list of workflows. */
export interface WorkflowQuery {
  /** Number of the page, counted from 1. */
  readonly page: number;
  /** Maximum number of workflows on a page. */
  readonly size: number;
  /** Beginnings of words that a workflow must contain. */
  readonly query?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
  readonly createdBy?: readonly string[] | undefined;
  readonly sort: keyof typeof SORT_FIELDS;
  readonly order?: 'asc' | 'desc' | undefined;
}

/** A value and the number of workflows that have it. */
export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** Numbers of workflows. */
export interface WorkflowCounts {
  readonly total: number;
  readonly enabled: number;
  readonly disabled: number;
  readonly invalid: number;
}

/**
 * Searches and counts the workflows of a space. May miss changes of the last second. Only few
 * searches run at the same time, because SQLite has to skip the YAML of each workflow.
 */
export class WorkflowSearch {
  readonly #repository: SavedObjectsRepository;
  readonly #turns = new SearchTurns();
  readonly #values = new SharedScan((spaceId) => this.#countValues(spaceId));

  constructor(repository: SavedObjectsRepository) {
    this.#repository = repository;
  }

  /**
   * Returns one page of workflows.
   * @throws WorkflowError `too_many_searches`
   */
  async list(
    { spaceId, user }: Pick<Principal, 'spaceId' | 'user'>,
    { page, size, query, tags, enabled, createdBy, sort, order }: WorkflowQuery,
  ): Promise<{ readonly workflows: readonly ListedWorkflow[]; readonly total: number }> {
    const conditions: Filter[] = [filter.equals('spaceId', spaceId)];
    if (query !== undefined) conditions.push(filter.matches('searchText', query));
    if (tags !== undefined) conditions.push(filter.isOneOf('tags', tags));
    if (enabled !== undefined) conditions.push(filter.equals('enabled', enabled));
    if (createdBy !== undefined) conditions.push(filter.isOneOf('createdBy', createdBy));
    const direction = order ?? (sort === 'lastUpdatedAt' ? 'desc' : 'asc');
    return this.#turns.run(user?.profileUid ?? '', async () => {
      const { savedObjects, total } = await this.#repository.find<ListedAttributes>({
        type: WORKFLOW_TYPE,
        fields: LISTED_FIELDS,
        filter: filter.and(...conditions),
        sort: [{ field: SORT_FIELDS[sort], order: direction }],
        page,
        perPage: size,
      });
      await letOthersRun();
      return { workflows: await toListedWorkflows(this.#repository, savedObjects), total };
    });
  }

  /**
   * Finds workflows whose steps name one of the connectors, sorted by name. Returns at most `limit`
   * workflows; `total` counts all.
   */
  async usesOf(
    { spaceId }: InSpace,
    connectors: readonly string[],
    limit: number,
  ): Promise<{ readonly workflows: readonly WorkflowUse[]; readonly total: number }> {
    const { savedObjects, total } = await this.#repository.find<UseAttributes>({
      type: WORKFLOW_TYPE,
      fields: USE_FIELDS,
      filter: filter.and(
        filter.equals('spaceId', spaceId),
        filter.isOneOf('connectors', connectors),
      ),
      sort: [{ field: 'sortName', order: 'asc' }],
      perPage: limit,
    });
    const workflows = savedObjects.map(({ id, attributes }) => ({
      ...attributes,
      id: workflowIdOf(id, attributes),
    }));
    return { workflows, total };
  }

  async count({ spaceId }: InSpace): Promise<WorkflowCounts> {
    const count = async (...conditions: readonly Filter[]): Promise<number> => {
      const all = filter.and(filter.equals('spaceId', spaceId), ...conditions);
      return (await this.#repository.find({ type: WORKFLOW_TYPE, filter: all, perPage: 0 })).total;
    };
    const [total, enabled, invalid] = await Promise.all([
      count(),
      count(filter.equals('enabled', true)),
      count(filter.equals('valid', false)),
    ]);
    return { total, enabled, disabled: total - enabled, invalid };
  }

  /**
   * Counts the values of fields, the most frequent first. Reads all workflows of the space.
   * Requests that arrive meanwhile share the result.
   * @throws WorkflowError `too_many_searches`
   */
  async values(
    { spaceId }: InSpace,
    fields: readonly Field[],
  ): Promise<Readonly<Record<string, readonly ValueCount[]>>> {
    const counts = await this.#values.result(spaceId);
    return Object.fromEntries(fields.map((field) => [field, counts.get(field) ?? []]));
  }

  #countValues(spaceId: string): Promise<ReadonlyMap<Field, readonly ValueCount[]>> {
    const counts = new Map(
      WORKFLOW_AGGREGATIONS.map((field) => [field, new Map<string, number>()]),
    );
    return this.#turns.run(`space ${spaceId}`, async () => {
      const all = this.#repository.iterate<CountedAttributes>({
        type: WORKFLOW_TYPE,
        fields: COUNTED_FIELDS,
        filter: filter.equals('spaceId', spaceId),
        batchSize: WORKFLOWS_PER_READ,
      });
      for await (const batch of all) {
        for (const { attributes } of batch)
          for (const [field, values] of counts)
            for (const value of new Set(valuesOf(attributes, field)))
              values.set(value, (values.get(value) ?? 0) + 1);
        await letOthersRun();
      }
      return new Map([...counts].map(([field, values]) => [field, mostFrequent(values)]));
    });
  }
}

/**
 * Waits for a moment, so that other requests get a turn between two calls that block the process.
 */
function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function valuesOf(
  { tags, createdBy, enabled, triggerTypes }: CountedAttributes,
  field: Field,
): readonly string[] {
  switch (field) {
    case 'tags':
      return tags;
    case 'createdBy':
      return [createdBy];
    case 'enabled':
      return [String(enabled)];
    case 'triggers':
      return triggerTypes;
    default:
      return field satisfies never;
  }
}

function mostFrequent(values: ReadonlyMap<string, number>): readonly ValueCount[] {
  return [...values]
    .map(([value, count]) => ({ value, count }))
    .sort((one, other) => other.count - one.count || one.value.localeCompare(other.value))
    .slice(0, MAX_VALUES);
}
