import { filter, type SavedObjectsRepository, unlessConflict } from '@latchkey/saved-objects';
import type { SpaceDataHandler, SpaceDataRequest } from '@latchkey/spaces-plugin/server';
import { BATCH_SIZES, RUN_TYPE, SPACE_RUN_TYPES } from './runs/index.ts';
import type { ScheduleTasks } from './schedules/index.ts';
import { WORKFLOW_TYPE, type WorkflowAttributes, workflowIdOf } from './workflows/index.ts';

/**
 * Types whose objects are deleted with their space. Workflows come first, so that no new run
 * starts.
 */
const TYPES = [WORKFLOW_TYPE, ...SPACE_RUN_TYPES];

/** Names of deleted objects in the progress of a deletion. Objects of other types are not shown. */
const KINDS: Readonly<Record<string, string>> = {
  [WORKFLOW_TYPE]: 'workflows',
  [RUN_TYPE]: 'workflow_executions',
};

/** Services that {@link spaceDataHandler} uses. */
export interface SpaceDataServices {
  readonly repository: SavedObjectsRepository;
  readonly schedules: Pick<ScheduleTasks, 'remove'>;
}

/** Deletes workflows and their runs with their space. */
export function spaceDataHandler(services: () => Promise<SpaceDataServices>): SpaceDataHandler {
  return {
    id: 'workflows',
    types: TYPES,
    deleteData: async (request) => removeAll(await services(), request),
    countData: async (spaceId) => {
      const { repository: all } = await services();
      const counts = Object.entries(KINDS).map(async ([type, kind]) => {
        const condition = filter.equals('spaceId', spaceId);
        return [kind, (await all.find({ type, filter: condition, perPage: 0 })).total] as const;
      });
      return Object.fromEntries(await Promise.all(counts));
    },
    spacesInUse: async function* () {
      const { repository: all } = await services();
      for (const type of TYPES)
        for await (const batch of all.iterate<{ spaceId: string }>({
          type,
          fields: ['spaceId'],
          ...batchOf(type),
        }))
          for (const { attributes } of batch) yield attributes.spaceId;
    },
  };
}

async function removeAll(
  { repository, schedules }: SpaceDataServices,
  { spaceId, signal, ensureCurrent }: SpaceDataRequest,
) {
  const removed: Record<string, number> = {};
  let remaining = 0;
  for (const type of TYPES) {
    const all = repository.iterate<Pick<WorkflowAttributes, 'spaceId' | 'scheduleKeys'>>({
      type,
      fields: type === WORKFLOW_TYPE ? ['spaceId', 'scheduleKeys'] : [],
      filter: filter.equals('spaceId', spaceId),
      ...batchOf(type),
    });
    for await (const batch of all) {
      if (signal.aborted) return { removed, remaining: remaining + 1 };
      await ensureCurrent();
      const results = await Promise.all(
        batch.map(({ id, version, attributes }) =>
          unlessConflict(async () => {
            if (type === WORKFLOW_TYPE) {
              const workflowId = workflowIdOf(id, attributes);
              await schedules.remove({ spaceId, workflowId }, attributes);
            }
            await repository.delete(type, id, { version });
            return true;
          }),
        ),
      );
      const kind = KINDS[type] ?? 'workflow_records';
      const count = results.filter((result) => result === true).length;
      if (count > 0) removed[kind] = (removed[kind] ?? 0) + count;
      remaining += results.length - count;
    }
  }
  return { removed, remaining };
}

/**
 * Number of workflows that are deleted together. Each has up to 1 MB of YAML, which SQLite has to
 * skip.
 */
const WORKFLOWS_PER_BATCH = 20;

function batchOf(type: string): { readonly batchSize?: number } {
  const batchSize = type === WORKFLOW_TYPE ? WORKFLOWS_PER_BATCH : BATCH_SIZES[type];
  return batchSize === undefined ? {} : { batchSize };
}
