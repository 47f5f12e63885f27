import { isDeepStrictEqual } from 'node:util';
import type { Clock, Randomness } from '@latchkey/core/server';
import type {
  Calendar,
  Task,
  TaskAttributes,
  TaskChanges,
  TaskDefinitions,
  TaskStore,
} from '../tasks/index.ts';
import type { ScheduledTask, TaskManagerStart } from '../types.ts';
import {
  type CalendarSchedule,
  everyFrom,
  intervalForOlderBuilds,
  scheduleOf,
  toRrule,
  toStoredRrule,
} from './calendar.ts';
import { firstDelayMs, nextDelayMs, nextRunAt } from './run_times.ts';

/**
 * Milliseconds. Running processes poll every few seconds, so a task that is overdue for longer
 * shows that no process was running.
 */
const LONG_OVERDUE_MS = 60_000;

const NO_CALENDAR = { rrule: undefined, rruleStart: undefined } as const;

/** Dependencies of {@link TaskScheduler}. */
export interface TaskSchedulerDeps {
  readonly store: TaskStore;
  readonly definitions: TaskDefinitions;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Makes the local poller poll immediately. */
  readonly wake: () => void;
}

/**
 * Creates tasks and changes their run times. Of a running task, only interval and params are
 * changed.
 */
export class TaskScheduler implements TaskManagerStart {
  readonly #deps: TaskSchedulerDeps;

  constructor(deps: TaskSchedulerDeps) {
    this.#deps = deps;
  }

  /**
   * Schedules a recurring task, or changes its interval if it exists.
   * @throws Error when the task type is not registered
   */
  async ensureScheduled(task: Parameters<TaskManagerStart['ensureScheduled']>[0]): Promise<void> {
    const { store, randomness } = this.#deps;
    this.#requireRegistered(task.taskType);
    const created = await store.create(task.id, {
      ...this.#aFreshTask(task.taskType, task.params),
      intervalMs: task.intervalMs,
      runAt: this.#instant(firstDelayMs(task.intervalMs, randomness)),
    });
    if (!created) await store.change(task.id, (stored) => this.#adjustments(stored, task));
  }

  /**
   * Schedules a task by a calendar rule.
   * @throws Error when the task type is not registered; TaskScheduleError
   */
  async runAt(task: Parameters<TaskManagerStart['runAt']>[0]): Promise<void> {
    const fresh = scheduleOf(toStoredRrule(task.rrule), this.#deps.clock.now());
    await this.#onCalendar(task, fresh);
  }

  /**
   * Schedules a task at an exact interval.
   * @throws Error when the task type is not registered
   */
  async runEvery(task: Parameters<TaskManagerStart['runEvery']>[0]): Promise<void> {
    await this.#onCalendar(task, everyFrom(task.intervalMs, this.#deps.clock.now()));
  }

  async #onCalendar(
    task: Pick<Parameters<TaskManagerStart['runAt']>[0], 'id' | 'taskType' | 'params'>,
    fresh: CalendarSchedule,
  ): Promise<void> {
    const { store } = this.#deps;
    this.#requireRegistered(task.taskType);
    const created = await store.create(task.id, {
      ...this.#aFreshTask(task.taskType, task.params),
      ...onCalendar(fresh),
      runAt: fresh.runAt.toISOString(),
    });
    if (!created) {
      await store.change(task.id, (stored) =>
        this.#calendarAdjustments(stored, { ...task, fresh }),
      );
    }
  }

  /**
   * Schedules a task that runs once.
   * @throws Error when the task type is not registered
   */
  async schedule(task: Parameters<TaskManagerStart['schedule']>[0]): Promise<void> {
    const { store, clock, wake } = this.#deps;
    this.#requireRegistered(task.taskType);
    const fresh = {
      ...this.#aFreshTask(task.taskType, task.params),
      runAt: (task.runAt ?? new Date(clock.now())).toISOString(),
    };
    const created = await store.create(task.id, fresh);
    // A task that was given up is scheduled again.
    if (!created) {
      await store.change(task.id, ({ status }) =>
        status === 'failed' ? { ...fresh, ...NO_CALENDAR, intervalMs: undefined } : undefined,
      );
    }
    if (task.runAt === undefined) wake();
  }

  async runSoon(taskId: string): Promise<void> {
    const due = await this.#deps.store.change(taskId, ({ status }) =>
      status === 'running' ? undefined : { status: 'idle', attempts: 0, runAt: this.#instant(0) },
    );
    if (due !== undefined) this.#deps.wake();
  }

  /** Reads a task. `undefined`: it does not exist, or is done. */
  async get(taskId: string): Promise<ScheduledTask | undefined> {
    const task = await this.#deps.store.get(taskId);
    return task && toScheduledTask(task);
  }

  async getMany(taskIds: readonly string[]): Promise<ReadonlyMap<string, ScheduledTask>> {
    const tasks = await this.#deps.store.getMany(taskIds);
    return new Map(tasks.map((task) => [task.id, toScheduledTask(task)]));
  }

  cancel(taskId: string): Promise<boolean> {
    return this.#deps.store.removeAny(taskId);
  }

  /** Changes that make an existing task match the wanted one. `undefined`: none. */
  #adjustments(
    stored: Task,
    wanted: Parameters<TaskManagerStart['ensureScheduled']>[0],
  ): TaskChanges | undefined {
    const { taskType, intervalMs, params = {} } = wanted;
    const changes: { -readonly [K in keyof TaskChanges]: TaskChanges[K] } = {};
    if (stored.taskType !== taskType) changes.taskType = taskType;
    if (stored.intervalMs !== intervalMs) changes.intervalMs = intervalMs;
    if (stored.calendar !== undefined) Object.assign(changes, NO_CALENDAR);
    if (!isDeepStrictEqual(stored.params, params)) changes.params = { ...params };
    if (stored.status === 'failed') Object.assign(changes, { status: 'idle', attempts: 0 });
    // A shorter interval takes effect now. If the wall clock was set back, no run waits longer than
    // an interval.
    const latest = this.#deps.clock.now() + nextDelayMs(intervalMs, this.#deps.randomness);
    const isTooLate = stored.runAt.getTime() > latest + intervalMs * 0.2;
    if (stored.status !== 'running' && isTooLate) changes.runAt = new Date(latest).toISOString();
    if (stored.status === 'idle' && this.#isLongOverdue(stored)) {
      changes.runAt = this.#instant(firstDelayMs(intervalMs, this.#deps.randomness));
    }
    return Object.keys(changes).length === 0 ? undefined : changes;
  }

  /** Changes that make an existing task match the wanted calendar. `undefined`: none. */
  #calendarAdjustments(
    stored: Task,
    wanted: Pick<Parameters<TaskManagerStart['runAt']>[0], 'taskType' | 'params'> & {
      readonly fresh: CalendarSchedule;
    },
  ): TaskChanges | undefined {
    const { taskType, params = {}, fresh } = wanted;
    const known = sameCalendar(stored, wanted);
    const runAt = known && nextRunAt(stored, this.#deps.clock.now(), this.#deps.randomness);
    const latest = runAt ?? fresh.runAt;
    const changes: { -readonly [K in keyof TaskChanges]: TaskChanges[K] } = {};
    if (stored.taskType !== taskType) changes.taskType = taskType;
    if (!isDeepStrictEqual(stored.params, params)) changes.params = { ...params };
    if (stored.status === 'failed') Object.assign(changes, { status: 'idle', attempts: 0 });
    if (known === undefined) Object.assign(changes, onCalendar(fresh));
    // A missed occurrence of an unchanged calendar stays due. If the wall clock was set back, the
    // next occurrence must not be delayed.
    const isWrong = known === undefined || stored.runAt > latest;
    if (stored.status !== 'running' && isWrong) changes.runAt = latest.toISOString();
    return Object.keys(changes).length === 0 ? undefined : changes;
  }

  /**
   * Returns `true` if the task was due for so long that no process can have been running. After a
   * downtime this is true for all tasks, which must not begin together.
   */
  #isLongOverdue({ runAt }: Task): boolean {
    return this.#deps.clock.now() - runAt.getTime() > LONG_OVERDUE_MS;
  }

  #aFreshTask(taskType: string, params: Readonly<Record<string, unknown>> = {}) {
    return {
      taskType,
      params: { ...params },
      state: {},
      status: 'idle',
      attempts: 0,
    } satisfies Partial<TaskAttributes>;
  }

  #instant(delayMs: number): string {
    return new Date(this.#deps.clock.now() + delayMs).toISOString();
  }

  #requireRegistered(taskType: string): void {
    if (this.#deps.definitions.find(taskType) === undefined) {
      throw new Error(`Task type [${taskType}] is not registered`);
    }
  }
}

/**
 * The stored calendar, if the wanted one has the same rule. Its start is kept, because another
 * start would change the following occurrences. A start that this server chose and that is in the
 * future shows that the wall clock was set back; it is not kept.
 */
function sameCalendar(
  { calendar }: Task,
  { fresh }: { readonly fresh: CalendarSchedule },
): Calendar | undefined {
  if (calendar === undefined) return undefined;
  const { start: _, ...wanted } = fresh.calendar;
  const { start, ...rule } = calendar;
  if (!isDeepStrictEqual(rule, wanted)) return undefined;
  const isOurStart = !('rrule' in calendar) || calendar.rrule.dtstart === undefined;
  return isOurStart && start > fresh.calendar.start ? undefined : calendar;
}

function onCalendar({ calendar }: CalendarSchedule) {
  const rruleStart = calendar.start.toISOString();
  if ('everyMs' in calendar) return { intervalMs: calendar.everyMs, rrule: undefined, rruleStart };
  const { rrule } = calendar;
  return { intervalMs: intervalForOlderBuilds(rrule), rrule, rruleStart };
}

function toScheduledTask({ version: _, claim: __, calendar, ...task }: Task): ScheduledTask {
  if (calendar === undefined) return { ...task, rrule: undefined };
  if ('everyMs' in calendar) return { ...task, intervalMs: calendar.everyMs, rrule: undefined };
  return { ...task, rrule: toRrule(calendar.rrule) };
}
