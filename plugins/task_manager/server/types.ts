import type { Logger } from '@latchkey/core/server';

/** Input of one run of a task. */
export interface TaskRunContext {
  readonly taskId: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** State returned by the previous run; `{}` at first. */
  readonly state: Readonly<Record<string, unknown>>;
  /**
   * Signal that is aborted at the timeout, at shutdown, and when another process has taken the
   * claim.
   */
  readonly signal: AbortSignal;
  /** Number of this attempt. The first one is 1. */
  readonly attempt: number;
  /**
   * Occurrence for which a calendar task runs. It is the same for each attempt until the next
   * occurrence has come. After missed occurrences, it is the first of them. `undefined`: the task
   * is not a calendar task, or `runSoon` was called before its first occurrence.
   */
  readonly occurrence: Date | undefined;
  readonly logger: Logger;
}

/** Result that a task returns: its state, and the time of its next run. */
export interface TaskRunResult {
  readonly state?: Readonly<Record<string, unknown>>;
  /**
   * Time of the next run, which replaces the one of the interval. A one-off task that returns none
   * is done and removed.
   */
  readonly runAt?: Date;
  /** `true`: the task is removed, even if it recurs. */
  readonly remove?: boolean;
}

/** A kind of task. */
export interface TaskDefinition {
  /** Type of the task, for example `actions:oauth_state_cleanup`. */
  readonly type: string;
  readonly title: string;
  /**
   * Maximum milliseconds of a run. A longer run is aborted, and its claim may be taken over.
   * Default: 5 minutes.
   */
  readonly timeoutMs?: number;
  /**
   * Maximum attempts of one run. After the last one, a recurring task waits for its next interval;
   * a one-off task is given up, which is logged. Default: 3.
   */
  readonly maxAttempts?: number;
  /**
   * Code of the task. If it returns `undefined`, the state is kept and the schedule decides about
   * the next run.
   */
  run(context: TaskRunContext): Promise<TaskRunResult | undefined>;
}

/** Setup contract of the task manager. */
export interface TaskManagerSetup {
  /** Call in `setup`. @throws Error on a duplicate type or after start */
  registerTaskDefinition(definition: TaskDefinition): void;
}

/**
 * Recurrence rule of RFC 5545, with the names of Kibana. Local times are those of `tzid`, even when
 * daylight saving time begins or ends. A local time that the clock skips runs later by the skipped
 * time. A repeated local time runs only the first time.
 */
export interface Rrule {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  /** Every n-th day, week or month, counted from `dtstart`. 1 to 1000. Default 1. */
  readonly interval?: number | undefined;
  /** IANA name of a time zone. Default `UTC`. */
  readonly tzid?: string | undefined;
  /**
   * Instant before which there is no occurrence. It also gives the values that the rule does not
   * name: hour, minute and second; with `WEEKLY` the weekday, with `MONTHLY` the day. Default: the
   * minute in which the task is first scheduled, or the full hour if `byhour` is given without
   * `byminute`.
   */
  readonly dtstart?: Date | undefined;
  /** Hours of the day, 0 to 23. */
  readonly byhour?: readonly number[] | undefined;
  /** Minutes of the hour, 0 to 59. */
  readonly byminute?: readonly number[] | undefined;
  readonly byweekday?: readonly ('MO' | 'TU' | 'WE' | 'TH' | 'FR' | 'SA' | 'SU')[] | undefined;
  /**
   * Days from 1 to 31, or from -1 to -31 counted from the end of the month. Months without the day
   * are skipped.
   */
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
  /**
   * Time of the next run, which may be a retry. While the task runs: time at which this run began.
   */
  readonly runAt: Date;
  /** Number of attempts of the run, including the current one. 0 before the first one. */
  readonly attempts: number;
  /** Interval in milliseconds. `undefined`: a one-off task, or a task with a rule. */
  readonly intervalMs: number | undefined;
  /** Rule of a calendar task. `undefined`: the task has none. */
  readonly rrule: Rrule | undefined;
}

/** Start contract of the task manager. */
export interface TaskManagerStart {
  /**
   * Creates a recurring task, or changes the interval of an existing one. Jitter spreads the runs,
   * so that tasks and processes do not all run at the same moment.
   * @throws Error when the task type is not registered
   */
  ensureScheduled(task: {
    readonly id: string;
    readonly taskType: string;
    readonly intervalMs: number;
    readonly params?: Readonly<Record<string, unknown>>;
  }): Promise<void>;
  /**
   * Creates a task that runs at the occurrences of a calendar rule, without jitter, or changes the
   * rule of an existing one. The schedule is stored with the task. Occurrences that were missed,
   * because no server ran or the task took too long, cause one run as soon as possible.
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
   * without drift, or changes the interval of an existing one; a changed interval counts from now.
   * It is a calendar task, so missed occurrences cause one run.
   * @throws Error when the task type is not registered
   */
  runEvery(task: {
    readonly id: string;
    readonly taskType: string;
    readonly intervalMs: number;
    readonly params?: Readonly<Record<string, unknown>>;
  }): Promise<void>;
  /**
   * Schedules a one-off task. Does nothing when a task with the id exists, unless this task was
   * given up.
   * @throws Error when the task type is not registered
   */
  schedule(task: {
    readonly id: string;
    readonly taskType: string;
    readonly params?: Readonly<Record<string, unknown>>;
    readonly runAt?: Date;
  }): Promise<void>;
  /** Makes a task due now, if the task exists and is not running. */
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
