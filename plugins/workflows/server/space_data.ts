import { filter, type SavedObjectsRepository, unlessConflict } from '@latchkey/saved-objects';
import type { SpaceDataHandler, SpaceDataRequest } from '@latchkey/spaces-plugin/server';
import { RUN_TYPE, SPACE_RUN_TYPES } from './runs/index.ts';
import { WORKFLOW_TYPE } from './workflows/index.ts';

/** Types with data of a space. Workflows first, so that no new run starts. */
const TYPES = [WORKFLOW_TYPE, ...SPACE_RUN_TYPES];

/** Names of the removed objects in the progress of a deletion. Other types are not shown. */
const KINDS: Readonly<Record<string, string>> = {
  [WORKFLOW_TYPE]: 'workflows',
  [RUN_TYPE]: 'workflow_executions',
};

/** Deletes workflows and their runs with their space. */
export function spaceDataHandler(
  repository: () => Promise<SavedObjectsRepository>,
): SpaceDataHandler {
  return {
    id: 'workflows',
    types: TYPES,
    deleteData: async (request) => removeAll(await repository(), request),
    countData: async (spaceId) => {
      const all = await repository();
      const counts = Object.entries(KINDS).map(async ([type, kind]) => {
        const condition = filter.equals('spaceId', spaceId);
        return [kind, (await all.find({ type, filter: condition, perPage: 1 })).total] as const;
      });
      return Object.fromEntries(await Promise.all(counts));
    },
    spacesInUse: async function* () {
      const all = await repository();
      for (const type of TYPES)
        for await (const batch of all.iterate<{ spaceId: string }>({ type }))
          for (const { attributes } of batch) yield attributes.spaceId;
    },
  };
}

async function removeAll(
  repository: SavedObjectsRepository,
  { spaceId, signal, ensureCurrent }: SpaceDataRequest,
) {
  const removed: Record<string, number> = {};
  let remaining = 0;
  for (const type of TYPES) {
    const all = repository.iterate({ type, filter: filter.equals('spaceId', spaceId) });
    for await (const batch of all) {
      if (signal.aborted) return { removed, remaining: remaining + 1 };
      await ensureCurrent();
      const results = await Promise.all(
        batch.map(({ id, version }) =>
          unlessConflict(async () => {
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
