import { plainSchemas, type SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import { rrule } from './rrule.ts';

/** Name of the saved-object type. */
export const TASK_TYPE = 'task';

const json = z.record(z.string(), z.unknown());

const attributes = {
  taskType: z.string().min(1).max(200),
  params: json,
  /** State that the last successful run returned. */
  state: json,
  /** Interval in milliseconds. Absent for one-off tasks. Ignored if `rrule` is set. */
  intervalMs: z.number().int().positive().optional(),
  /** ISO instant from which an idle task is due. */
  runAt: z.string().max(64),
  /**
   * `idle` → `running` (claimed) → `idle` (next run, retry, or release), deleted (one-off task
   * done) or `failed` (one-off task given up). Only the owner of the claim, or a process that takes
   * over a dead claim, changes the status of a running task.
   */
  status: z.enum(['idle', 'running', 'failed']),
  /** Number of attempts of the run, including the current one. 0 before the first one. */
  attempts: z.number().int().nonnegative(),
  /**
   * Instance id of the process that runs the task. This attribute and the next three exist only
   * while the status is `running`.
   */
  ownerId: z.string().max(128).optional(),
  /** Random id of the claim, which distinguishes it from a later claim of the same process. */
  claimId: z.string().max(64).optional(),
  /** Lifetime of the claim without a heartbeat, in milliseconds. */
  claimMs: z.number().int().positive().optional(),
  /**
   * ISO instant by the clock of the owner, as information for operators. No decision depends on it.
   */
  claimUntil: z.string().max(64).optional(),
  /** ISO instant at which the last run began. */
  startedAt: z.string().max(64).optional(),
};

const attributesV2 = {
  ...attributes,
  /**
   * Rule of a calendar task. Absent: not a calendar task. Builds that know only version 1 ignore
   * it, so `intervalMs` is set too: without an interval they would delete the task after a run.
   */
  rrule: rrule.optional(),
  /**
   * ISO instant, see {@link Calendar}. Present together with `rrule`. Present without `rrule` if
   * the interval is exact: builds that do not know exact intervals then run the task with jitter.
   */
  rruleStart: z.string().max(64).optional(),
};

const create = z.strictObject(attributesV2);

/** Attributes of a stored task. */
export type TaskAttributes = z.infer<typeof create>;

/**
 * One row per task. The id of the row is the id of the task, so scheduling a task twice cannot
 * create two rows.
 */
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
      schemas: plainSchemas(attributes),
    },
    2: { changes: [], schemas: { create, forwardCompatibility: z.object(attributesV2) } },
  },
};
