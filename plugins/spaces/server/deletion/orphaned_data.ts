import { DEFAULT_SPACE_ID } from '@latchkey/core/common';
import type { Logger } from '@latchkey/core/server';
import type { SpaceStore } from '../spaces/index.ts';
import type { SpaceDataHandlers } from './data_handlers.ts';
import type { SpaceDeletions } from './space_deletions.ts';

/** Dependencies of {@link deleteOrphanedData}. */
export interface OrphanedDataDeps {
  readonly spaces: SpaceStore;
  readonly handlers: SpaceDataHandlers;
  readonly deletions: Pick<SpaceDeletions, 'closeOrphaned'>;
  readonly logger: Logger;
}

/**
 * Finds data of spaces that no longer exist, and has it removed like the data of a deleted space.
 * Older versions left such data. A crash also leaves it, between a write in a space and the check
 * that the space is still open.
 * @returns the ids of those spaces
 */
export async function deleteOrphanedData(
  { spaces, handlers, deletions, logger }: OrphanedDataDeps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const looked = new Set<string>([DEFAULT_SPACE_ID]);
  const orphaned: string[] = [];
  for (const handler of handlers.list()) {
    for await (const id of handler.spacesInUse?.() ?? []) {
      if (signal.aborted) return orphaned;
      if (looked.has(id)) continue;
      looked.add(id);
      // A closed space already has a deletion.
      if ((await spaces.get(id)) !== undefined) continue;
      if (!(await deletions.closeOrphaned(id))) continue;
      orphaned.push(id);
      logger.warn(
        `Space [${id}] no longer exists, but [${handler.id}] still has data of it. The data will be removed and its grants revoked.`,
      );
    }
  }
  return orphaned;
}
