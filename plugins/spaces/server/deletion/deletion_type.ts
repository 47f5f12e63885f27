import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Name of the saved-object type. The id of a document is the id of the space. */
export const SPACE_DELETION_TYPE = 'space_deletion';

const count = z.number().int().nonnegative();
const instant = z.iso.datetime();
const id = z.string().min(1).max(512);

const step = z.strictObject({
  /** Id of the handler. */
  id: z.string().min(1).max(64),
  /** Number of removed objects, by kind. */
  removed: z.record(z.string().max(64), count),
  /** Number of unfinished pieces of work that the handler reported last. */
  remaining: count,
  /** Code of the last failure. Absent: the last call succeeded. */
  errorCode: z.string().max(64).optional(),
});

const attributes = z.strictObject({
  spaceName: z.string().max(1000),
  /**
   * Value of `deletingSince` of the space. It distinguishes this deletion from other deletions of a
   * space with the same id.
   */
  deletingSince: instant,
  /** `orphaned`: the space no longer existed, and data of the space was found. */
  reason: z.enum(['requested', 'orphaned']),
  /** `completed`: all data of the space was removed, and its id can be used again. */
  state: z.enum(['running', 'completed']),
  requestedBy: z
    .strictObject({
      username: z.string().max(1024),
      profileUid: id,
      roles: z.array(z.string().max(1024)).max(1000),
      authenticationType: z.enum(['session', 'basic', 'api_key', 'deferred']),
      spaceId: z.string().max(64),
      requestId: z.string().max(256).optional(),
    })
    .optional(),
  /** One step per handler that was called, in the order of the calls. */
  steps: z.array(step).max(100),
  finishedAt: instant.optional(),
});

/** Attributes of `space_deletion`. */
export type DeletionAttributes = z.infer<typeof attributes>;

/** Progress of one handler. */
export type DeletionStep = DeletionAttributes['steps'][number];

/** Progress of the deletion of a space. It is kept for a month after the end of the deletion. */
export const spaceDeletionType: SavedObjectsType = {
  name: SPACE_DELETION_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { state: { type: 'keyword' }, finishedAt: { type: 'date' } } },
  modelVersions: {
    1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
  },
};
