import { type Clock, createLruCache } from '@latchkey/core/server';
import { EXECUTION_STATUSES } from '../../../common/index.ts';
import { WorkflowError } from '../../workflows/index.ts';
import { isOfHandlers, quotaOwner } from '../store/quota_owner.ts';
import { isFinal } from '../store/run_status.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';

/** Maximum number of users whose numbers of runs are kept. */
const KNOWN_USERS = 10_000;
/** Milliseconds for which a counted number of runs of a user is used. */
const KNOWN_MS = 5_000;
/** Minimum milliseconds between two complete counts for a user who has reached a limit. */
const RECOUNT_MS = 250;
/** Maximum number of counts for one refusal, while runs change during each count. */
const MAX_COUNTS = 4;

const ACTIVE: readonly string[] = ['pending', 'queued', 'running'];
const WAITING: readonly string[] = EXECUTION_STATUSES.filter(
  (status) => !isFinal(status) && !ACTIVE.includes(status),
);

/** Maximum numbers of runs of one owner. */
interface RunLimits {
  /** Maximum number of runs that are executed or queued. */
  readonly maxActivePerUser: number;
  readonly maxWaitingPerUser: number;
}

/** Dependencies of {@link RunQuota}. */
export interface RunQuotaDeps {
  readonly store: Pick<RunStore, 'countOf'>;
  readonly limits: RunLimits;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
}

/** Numbers of active and of waiting runs, or changes of these numbers. */
interface Numbers {
  active: number;
  waiting: number;
}

/**
 * Numbers of runs of an owner when they were counted, with the changes that this process has made
 * since.
 */
interface Counted extends Numbers {
  /** Instant at which the count began, in milliseconds. */
  readonly begunAt: number;
  /** Instant at which the count ended, in milliseconds. */
  readonly countedAt: number;
  /** `false`: the count may lack changes of the last second. */
  readonly isComplete: boolean;
  /** `false`: runs may be counted twice, because they changed during the count. */
  readonly isExact: boolean;
}

/** Run that was accepted and whose end of the start is not known yet. */
interface Start {
  isFailed: boolean;
}

/** Changes in this process during a count, which the searches of the count may or may not see. */
interface CountInProgress {
  /** Runs that were accepted, and not stored yet when the count began. */
  readonly starts: Set<Start>;
  /** Sums of all changes, and of those that make a number larger. */
  readonly net: Numbers;
  readonly rise: Numbers;
  isExact: boolean;
}

/** Reports that an accepted run is stored (true), or that no new run will be stored. */
export type SettleRun = (isStored: boolean) => void;

/**
 * Limits the runs of each user, and the runs of each author's handlers, in all processes together.
 * The store is not asked for each run, and searches miss runs of the last moments, so these runs
 * can exceed a limit. A run is refused only after a complete count that began after its request.
 * The count is repeated if it may have counted runs twice.
 */
export class RunQuota {
  readonly #deps: RunQuotaDeps;
  readonly #counted = createLruCache<string, Counted>(KNOWN_USERS);
  /** Counts in progress, by owner. Runs that start meanwhile wait for the same count. */
  readonly #counting = new Map<string, Promise<Counted>>();
  readonly #inProgress = new Map<string, CountInProgress>();
  /** Runs that were accepted and are not stored yet, by owner. */
  readonly #unstored = new Map<string, Set<Start>>();

  constructor(deps: RunQuotaDeps) {
    this.#deps = deps;
  }

  /**
   * Counts a new run.
   * @param owner user or author's handlers, see `quotaOwner`
   * @returns a function to call when the run is stored, or will not be stored
   * @throws WorkflowError `too_many_active_executions`, `too_many_waiting_executions`
   */
  async add(owner: string): Promise<SettleRun> {
    const { maxActivePerUser, maxWaitingPerUser } = this.#deps.limits;
    const askedAt = this.#deps.clock.monotonic();
    let counted = await this.#known(owner);
    const isFull = () => counted.active >= maxActivePerUser || counted.waiting >= maxWaitingPerUser;
    // Some runs may have ended in other processes since they were counted.
    if (isFull()) counted = await this.#countedSince(owner, askedAt);
    for (let counts = 1; counts < MAX_COUNTS && isFull() && !counted.isExact; counts += 1)
      counted = await this.#countedSince(owner, counted.countedAt);
    const subject = isOfHandlers(owner) ? 'The failure handlers of this author have' : 'You have';
    if (counted.active >= maxActivePerUser)
      throw new WorkflowError(
        'too_many_active_executions',
        `${subject} ${maxActivePerUser} active executions. Wait until some have ended.`,
      );
    if (counted.waiting >= maxWaitingPerUser)
      throw new WorkflowError(
        'too_many_waiting_executions',
        `${subject} ${maxWaitingPerUser} waiting executions. Respond to some, or cancel them.`,
      );
    counted.active += 1;
    return this.#accept(owner);
  }

  #accept(owner: string): SettleRun {
    const unstored = this.#unstored.get(owner) ?? new Set();
    const start: Start = { isFailed: false };
    this.#unstored.set(owner, unstored.add(start));
    this.#inProgress.get(owner)?.starts.add(start);
    return (isStored) => {
      unstored.delete(start);
      if (unstored.size === 0 && this.#unstored.get(owner) === unstored)
        this.#unstored.delete(owner);
      start.isFailed = !isStored;
      const counting = this.#inProgress.get(owner);
      if (isStored && counting !== undefined) counting.isExact = false;
      const counted = this.#counted.get(owner);
      if (!isStored && counted !== undefined) counted.active = Math.max(0, counted.active - 1);
    };
  }

  /** Call it when this process has changed the status of a run. */
  changed(run: StoredRun, before: StoredRun['status']): void {
    const owner = quotaOwner(run);
    const change = (statuses: readonly string[]): number =>
      Number(statuses.includes(run.status)) - Number(statuses.includes(before));
    const changes = { active: change(ACTIVE), waiting: change(WAITING) };
    const counting = this.#inProgress.get(owner);
    const counted = this.#counted.get(owner);
    for (const name of ['active', 'waiting'] as const) {
      if (changes[name] === 0) continue;
      if (counted !== undefined) counted[name] = Math.max(0, counted[name] + changes[name]);
      if (counting === undefined) continue;
      counting.isExact = false;
      counting.net[name] += changes[name];
      counting.rise[name] += Math.max(0, changes[name]);
    }
  }

  #known(owner: string): Promise<Counted> | Counted {
    const known = this.#counted.get(owner);
    const isKnown =
      known !== undefined && this.#deps.clock.monotonic() - known.countedAt < KNOWN_MS;
    return isKnown ? known : this.#count(owner, { isComplete: false });
  }

  /** Complete count that began at an instant or later. */
  async #countedSince(owner: string, since: number): Promise<Counted> {
    for (;;) {
      const counted = await this.#count(owner, { isComplete: true });
      if (counted.isComplete && counted.begunAt >= since) return counted;
    }
  }

  #count(owner: string, options: Pick<Counted, 'isComplete'>): Promise<Counted> {
    const counting =
      this.#counting.get(owner) ??
      this.#countNow(owner, options).finally(() => this.#counting.delete(owner));
    this.#counting.set(owner, counting);
    return counting;
  }

  async #countNow(owner: string, { isComplete }: Pick<Counted, 'isComplete'>): Promise<Counted> {
    const { store, clock } = this.#deps;
    const known = this.#counted.get(owner);
    if (isComplete && known?.isComplete === true) {
      const pauseMs = known.begunAt + RECOUNT_MS - clock.monotonic();
      if (pauseMs > 0) await clock.sleep(pauseMs);
    }
    const begunAt = clock.monotonic();
    const counting: CountInProgress = {
      starts: new Set(this.#unstored.get(owner)),
      net: { active: 0, waiting: 0 },
      rise: { active: 0, waiting: 0 },
      isExact: true,
    };
    this.#inProgress.set(owner, counting);
    try {
      // The first search makes all writes visible to the second one as well.
      const active = await store.countOf(owner, ACTIVE, { seesAllWrites: isComplete });
      const waiting = await store.countOf(owner, WAITING);
      const started = [...counting.starts].filter(({ isFailed }) => !isFailed).length;
      // A change during the count may or may not be in the results of the searches. A complete
      // count adds only changes that make a number larger: it may be too high, but never too low,
      // so no run above a limit is accepted.
      const changes = isComplete ? counting.rise : counting.net;
      const counted = {
        begunAt,
        countedAt: clock.monotonic(),
        isComplete,
        isExact: counting.isExact,
        active: Math.max(0, active + started + changes.active),
        waiting: Math.max(0, waiting + changes.waiting),
      };
      this.#counted.set(owner, counted);
      return counted;
    } finally {
      this.#inProgress.delete(owner);
    }
  }
}
