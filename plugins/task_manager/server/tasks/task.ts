import type { SavedObject } from '@latchkey/saved-objects';
import type { TaskAttributes } from './task_type.ts';

/** A stored task at one version. */
export interface Task {
  readonly id: string;
  /** Version of the row; a write with an older one is refused. */
  readonly version: string;
  readonly taskType: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>>;
  /** `undefined`: one-off. */
  readonly intervalMs: number | undefined;
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
  const { taskType, params, state, intervalMs, runAt, status, attempts } = attributes;
  return {
    id,
    version,
    taskType,
    params,
    state,
    intervalMs,
    runAt: new Date(runAt),
    status,
    attempts,
    claim: toClaim(attributes),
  };
}

function toClaim({ claimId, ownerId, claimMs }: TaskAttributes): TaskClaim | undefined {
  if (claimId === undefined || ownerId === undefined || claimMs === undefined) return undefined;
  return { id: claimId, ownerId, ms: claimMs };
}
