import type { SavedObject } from '@latchkey/saved-objects';
import type { Calendar } from './rrule.ts';
import type { TaskAttributes } from './task_type.ts';

/** A stored task at one version. */
export interface Task {
  readonly id: string;
  /** Version of the row; a write with an older one is refused. */
  readonly version: string;
  readonly taskType: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>>;
  /** `undefined`: one-off, or the task follows a calendar. */
  readonly intervalMs: number | undefined;
  /** `undefined`: the task follows no calendar. */
  readonly calendar: Calendar | undefined;
  readonly runAt: Date;
  readonly status: TaskAttributes['status'];
  readonly attempts: number;
  /** `undefined` unless running. */
  readonly claim: TaskClaim | undefined;
}

/** Who runs a task. */
export interface TaskClaim {
  readonly id: string;
  readonly ownerId: string;
  /** Length without a heartbeat. */
  readonly ms: number;
}

/** Row to task. */
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

function toCalendar({ rrule, rruleStart }: TaskAttributes): Calendar | undefined {
  if (rrule === undefined || rruleStart === undefined) return undefined;
  return { rrule, start: new Date(rruleStart) };
}

function toClaim({ claimId, ownerId, claimMs }: TaskAttributes): TaskClaim | undefined {
  if (claimId === undefined || ownerId === undefined || claimMs === undefined) return undefined;
  return { id: claimId, ownerId, ms: claimMs };
}
