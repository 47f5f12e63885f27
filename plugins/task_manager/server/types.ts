import type { Logger } from '@latchkey/core/server';

/** What one run of a task sees. */
export interface TaskRunContext {
  readonly taskId: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** As returned by the previous run; `{}` at first. */
  readonly state: Readonly<Record<string, unknown>>;
  /** Aborts at the timeout, at shutdown, and when the claim was lost to another process. */
  readonly signal: AbortSignal;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly logger: Logger;
}

/** What a run leaves for the next one. */
export interface TaskRunResult {
  readonly state?: Readonly<Record<string, unknown>>;
  /** When to run next; overrides the interval. A one-off task without it is done and removed. */
  readonly runAt?: Date;
}

/** A kind of task. */
export interface TaskDefinition {
  /** For example `actions:oauth_state_cleanup`. */
  readonly type: string;
  readonly title: string;
  /** A run longer than this is aborted, and its claim may be taken over. Default 5 minutes. */
  readonly timeoutMs?: number;
  /** Tries of one run before it waits for its next interval (recurring) or is given up and logged (one-off). Default 3. */
  readonly maxAttempts?: number;
  run(context: TaskRunContext): Promise<TaskRunResult | undefined>;
}

/** What the task manager offers while plugins set up. */
export interface TaskManagerSetup {
  /** Call in `setup`. @throws Error on a duplicate type or after start */
  registerTaskDefinition(definition: TaskDefinition): void;
}

/** What the task manager offers once started. */
export interface TaskManagerStart {
  /** Creates the recurring task unless it exists; a changed interval takes effect. Runs are spread by jitter, so processes and tasks never fire together. */
  ensureScheduled(task: {
    readonly id: string;
    readonly taskType: string;
    readonly intervalMs: number;
    readonly params?: Readonly<Record<string, unknown>>;
  }): Promise<void>;
  /** Queues a one-off task; an existing id is left alone. */
  schedule(task: {
    readonly id: string;
    readonly taskType: string;
    readonly params?: Readonly<Record<string, unknown>>;
    readonly runAt?: Date;
  }): Promise<void>;
  /** Makes a task due now, if it exists and is not running. */
  runSoon(taskId: string): Promise<void>;
}
