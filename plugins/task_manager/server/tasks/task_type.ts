import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import { rrule } from './rrule.ts';

/** Name of the saved-object type. */
export const TASK_TYPE = 'task';

const json = z.record(z.string(), z.unknown());

const attributes = {
  taskType: z.string().min(1).max(200),
  params: json,
  /** What the last successful run returned. */
  state: json,
  /** Absent for one-off tasks. Decides nothing beside `rrule`. */
  intervalMs: z.number().int().positive().optional(),
  /** ISO instant from which an idle task is due. */
  runAt: z.string().max(64),
  /**
   * `idle` → `running` (claim) → `idle` (next run, retry, release) or deleted (one-off done) or `failed` (one-off given up).
   * Only the owner of the claim, or whoever takes a dead claim over, leaves `running`.
   */
  status: z.enum(['idle', 'running', 'failed']),
  /** Tries of the current run, the present one included; 0 while none has begun. */
  attempts: z.number().int().nonnegative(),
  /** The four below exist exactly while `running`. Instance of the process that runs it. */
  ownerId: z.string().max(128).optional(),
  /** Random per claim: tells a claim from a later one of the same process. */
  claimId: z.string().max(64).optional(),
  /** How long the claim lasts without a heartbeat. */
  claimMs: z.number().int().positive().optional(),
  /** ISO instant, by the owner's clock, for people who look; nothing is decided by it. */
  claimUntil: z.string().max(64).optional(),
  /** ISO instant at which the last run began. */
  startedAt: z.string().max(64).optional(),
};

const attributesV2 = {
  ...attributes,
  /**
   * Absent: the task follows no calendar. Builds of version 1 ignore it, so `intervalMs` is set
   * beside it: without an interval they would delete the task after a run.
   */
  rrule: rrule.optional(),
  /** ISO instant, see {@link Calendar}. Present exactly with `rrule`. */
  rruleStart: z.string().max(64).optional(),
};

const create = z.strictObject(attributesV2);

/** Attributes of a stored task. */
export type TaskAttributes = z.infer<typeof create>;

/** One row per task; its id is the task's id, so scheduling twice cannot make two. */
export const taskSavedObjectType: SavedObjectsType = {
  name: TASK_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: {
    properties: {
      taskType: { type: 'keyword' },
      status: { type: 'keyword' },
      runAt: { type: 'date' },
    },
  },
  modelVersions: {
    1: {
      changes: [],
      schemas: {
        create: z.strictObject(attributes),
        forwardCompatibility: z.object(attributes),
      },
    },
    2: { changes: [], schemas: { create, forwardCompatibility: z.object(attributesV2) } },
  },
};
