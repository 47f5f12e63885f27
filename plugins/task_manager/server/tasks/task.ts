import type { SavedObject } from '@latchkey/saved-objects';
import type { Calendar } from './rrule.ts';
import type { TaskAttributes } from './task_type.ts';

/** A stored task at one version. */
export interface Task {
  readonly id: string;
  /** Version of the row. A write with an older version is refused. */
  readonly version: string;
  readonly taskType: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>>;
  /** Interval in milliseconds. `undefined`: a one-off task or a calendar task. */
  readonly intervalMs: number | undefined;
  /** Calendar of the task. `undefined`: not a calendar task. */
  readonly calendar: Calendar | undefined;
  readonly runAt: Date;
  readonly status: TaskAttributes['status'];
  /** Number of attempts of the run, including the current one. 0 before the first one. */
  readonly attempts: number;
  /** Claim of the process that runs the task. `undefined`: the task is not running. */
  readonly claim: TaskClaim | undefined;
}

/** The claim of a running task. */
interface TaskClaim {
  readonly id: string;
  readonly ownerId: string;
  /** Lifetime of the claim without a heartbeat, in milliseconds. */
  readonly ms: number;
}

/** Converts a row to a task. */
export function toTask({ id, version, attributes }: SavedObject<TaskAttributes>): Task {
  const { taskType, params, state, runAt, status, attempts } = attributes;
  const calendar = toCalendar(attributes);
  return {
    id,
    version,
    taskType,
    params,
    state,
    intervalMs: calendar === undefined ? attributes.intervalMs : undefined,
    calendar,
    runAt: new Date(runAt),
    status,
    attempts,
    claim: toClaim(attributes),
  };
}

function toCalendar({ rrule, rruleStart, intervalMs }: TaskAttributes): Calendar | undefined {
  if (rruleStart === undefined) return undefined;
  const start = new Date(rruleStart);
  if (rrule !== undefined) return { rrule, start };
  return intervalMs === undefined ? undefined : { everyMs: intervalMs, start };
}

function toClaim({ claimId, ownerId, claimMs }: TaskAttributes): TaskClaim | undefined {
  if (claimId === undefined || ownerId === undefined || claimMs === undefined) return undefined;
  return { id: claimId, ownerId, ms: claimMs };
}
