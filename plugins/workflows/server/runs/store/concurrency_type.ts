import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Name of the saved-object type of concurrency groups. */
export const CONCURRENCY_TYPE = 'workflow_concurrency';

const runIds = z.array(z.string().max(512)).max(100_000);

const attributes = z.strictObject({
  spaceId: z.string().min(1).max(64),
  /** Ids of the active runs, the oldest first. Some of them may have ended meanwhile. */
  holders: runIds,
  /** Ids of the runs that wait, in the order in which they start. */
  queue: runIds,
});

/** Attributes of `workflow_concurrency`. */
export type ConcurrencyAttributes = z.infer<typeof attributes>;

/** Concurrency groups that have runs that have not ended. */
export const concurrencyType: SavedObjectsType = {
  name: CONCURRENCY_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: { spaceId: { type: 'keyword' } } },
  modelVersions: {
    1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
  },
};
