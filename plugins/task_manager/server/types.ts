import type { Logger } from '@latchkey/core/server';

/** Input of one run of a task. */
export interface TaskRunContext {
  readonly taskId: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** State returned by the previous run; `{}` at first. */
  readonly state: Readonly<Record<string, unknown>>;
  /** Aborts at the timeout, at shutdown, and when another process took the claim. */
  readonly signal: AbortSignal;
  /** Number of this attempt. The first one is 1. */
  readonly attempt: number;
  /**
   * Occurrence for which a calendar task runs, the same for each of its attempts until the next
   * occurrence has come. After missed occurrences: the first of them. `undefined`: not a calendar
   * task, or `runSoon` was called before its first occurrence.
   */
  readonly occurrence: Date | undefined;
  readonly logger: Logger;
}

/** Result that a task returns: its state, and the time of its next run. */
export interface TaskRunResult {
  readonly state?: Readonly<Record<string, unknown>>;
  /**
   * Time of the next run; overrides the interval. A one-off task without it is done and removed.
   */
  readonly runAt?: Date;
  /** `true`: removes the task, also one that recurs. */
  readonly remove?: boolean;
}

/** A kind of task. */
export interface TaskDefinition {
  /** Type of the task, for example `actions:oauth_state_cleanup`. */
  readonly type: string;
  readonly title: string;
  /** A longer run is aborted, and its claim may be taken over. Default: 5 minutes. */
  readonly timeoutMs?: number;
  /**
   * Attempts of one run. After the last one a recurring task waits for its next interval; a one-off
   * task is given up and logged. Default: 3.
   */
  readonly maxAttempts?: number;
  /**
   * Code of the task. `undefined`: keeps the state, and the schedule decides about the next run.
   */
  run(context: TaskRunContext): Promise<TaskRunResult | undefined>;
}

/** Setup contract of the task manager. */
export interface TaskManagerSetup {
  /** Call in `setup`. @throws Error on a duplicate type or after start */
  registerTaskDefinition(definition: TaskDefinition): void;
}

/**
 * Recurrence rule of RFC 5545, with the names of Kibana. Local times are those of `tzid`, across
 * changes of daylight saving time. A local time that the clock skips runs later by the skipped
 * time. A repeated local time runs only the first time.
 */
export interface Rrule {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  /** Every n-th day, week or month, counted from `dtstart`. 1 to 1000. Default 1. */
  readonly interval?: number | undefined;
  /** IANA name of a time zone. Default `UTC`. */
  readonly tzid?: string | undefined;
  /**
   * No occurrence is earlier. Provides the values that the rule does not name: hour, minute,
   * second, with `WEEKLY` the weekday, with `MONTHLY` the day. Default: the minute in which the
   * task is scheduled first, or the full hour when `byhour` is given without `byminute`.
   */
  readonly dtstart?: Date | undefined;
  /** Hours of the day, 0 to 23. */
  readonly byhour?: readonly number[] | undefined;
  /** Minutes of the hour, 0 to 59. */
  readonly byminute?: readonly number[] | undefined;
  readonly byweekday?: readonly ('MO' | 'TU' | 'WE' | 'TH' | 'FR' | 'SA' | 'SU')[] | undefined;
  /** 1 to 31, or -1 to -31 counted from the end of the month. Skips months without the day. */
  readonly bymonthday?: readonly number[] | undefined;
}

/** Public view of a stored task. */
export interface ScheduledTask {
  readonly id: string;
  readonly taskType: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** State returned by the last successful run; `{}` at first. */
  readonly state: Readonly<Record<string, unknown>>;
  /** `failed`: a one-off task that was given up. It is kept for 30 days. */
  readonly status: 'idle' | 'running' | 'failed';
  /** Start of the next run, retries included. While the task runs: start of this run. */
  readonly runAt: Date;
  /** Attempts of the current run, including the present one; 0 before the first. */
  readonly attempts: number;
  /** Interval in milliseconds. `undefined`: a one-off task, or a task with a rule. */
  readonly intervalMs: number | undefined;
  /** Rule of a calendar task. `undefined`: none. */
  readonly rrule: Rrule | undefined;
}

/** Start contract of the task manager. */
export interface TaskManagerStart {
  /**
   * Creates the recurring task unless it exists. A changed interval takes effect. Runs are spread
   * by jitter, so processes and tasks never run at the same moment.
   * @throws Error when the task type is not registered
   */
  ensureScheduled(task: {
    readonly id: string;
    readonly taskType: string;
    readonly intervalMs: number;
    readonly params?: Readonly<Record<string, unknown>>;
  }): Promise<void>;
  /**
   * Creates a task that runs at the occurrences of a calendar rule, without jitter, unless it
   * exists. A changed rule takes effect. The schedule is stored with the task. Missed occurrences,
   * because no server ran or the task took too long, cause one run, as soon as possible.
   * @throws Error when the task type is not registered
   * @throws TaskScheduleError `invalid_rrule`, or `rrule_never_occurs`
   */
  runAt(task: {
    readonly id: string;
    readonly taskType: string;
    readonly rrule: Rrule;
    readonly params?: Readonly<Record<string, unknown>>;
  }): Promise<void>;
  /**
   * Creates a task that runs after each full interval since its creation, without jitter and
   * without drift, unless it exists. It is a calendar task: a changed interval takes effect and
   * counts from now, and missed occurrences cause one run.
   * @throws Error when the task type is not registered
   */
  runEvery(task: {
    readonly id: string;
    readonly taskType: string;
    readonly intervalMs: number;
    readonly params?: Readonly<Record<string, unknown>>;
  }): Promise<void>;
  /**
   * Queues a one-off task. Does nothing when the id exists, unless that task was given up.
   * @throws Error when the task type is not registered
   */
  schedule(task: {
    readonly id: string;
    readonly taskType: string;
    readonly params?: Readonly<Record<string, unknown>>;
    readonly runAt?: Date;
  }): Promise<void>;
  /** Makes a task due now, if it exists and is not running. */
  runSoon(taskId: string): Promise<void>;
  /** Reads one task. `undefined`: it does not exist, for example because a one-off task is done. */
  get(taskId: string): Promise<ScheduledTask | undefined>;
  /** Reads tasks by their ids. Tasks that do not exist are left out. */
  getMany(taskIds: readonly string[]): Promise<ReadonlyMap<string, ScheduledTask>>;
  /**
   * Deletes a task, so that it does not run again. A run in progress is aborted at its next
   * heartbeat, within a third of `claim_duration`, whichever process runs it.
   * @returns `false` when the task does not exist
   */
  cancel(taskId: string): Promise<boolean>;
}
