import { type Clock, createLruCache } from '@latchkey/core/server';
import { EXECUTION_STATUSES } from '../../../common/index.ts';
import { WorkflowError } from '../../workflows/index.ts';
import { isOfHandlers } from '../store/quota_owner.ts';
import { isFinal } from '../store/run_status.ts';
import type { RunStore } from '../store/run_store.ts';

/** Maximum number of users whose numbers of runs are kept. */
const KNOWN_USERS = 10_000;
/** Milliseconds for which a counted number of runs of a user is used. */
const KNOWN_MS = 5_000;
/** Minimum milliseconds between two counts for a user who has reached a limit. */
const RECOUNT_MS = 250;

const ACTIVE = ['pending', 'queued', 'running'];
const WAITING = EXECUTION_STATUSES.filter((status) => !isFinal(status) && !ACTIVE.includes(status));

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
  readonly clock: Pick<Clock, 'monotonic'>;
}

interface Counted {
  /** Instant at which the count ended, in milliseconds. */
  readonly countedAt: number;
  /**
   * Number of active runs when they were counted, plus those that this process has started since.
   */
  active: number;
  readonly waiting: number;
}

/**
 * Limits the runs of each user, and the runs of each author's handlers, in all processes together.
 * The store is not asked for each run, and searches miss runs of the last moments, so these runs
 * can exceed a limit.
 */
export class RunQuota {
  readonly #deps: RunQuotaDeps;
  readonly #counted = createLruCache<string, Counted>(KNOWN_USERS);
  /** Counts in progress, by owner. Runs that start meanwhile wait for the same count. */
  readonly #counting = new Map<string, Promise<Counted>>();

  constructor(deps: RunQuotaDeps) {
    this.#deps = deps;
  }

  /**
   * Counts a new run.
   * @param owner user or author's handlers, see `quotaOwner`
   * @throws WorkflowError `too_many_active_executions`, `too_many_waiting_executions`
   */
  async add(owner: string): Promise<void> {
    const { maxActivePerUser, maxWaitingPerUser } = this.#deps.limits;
    let counted = await this.#count(owner, KNOWN_MS);
    const isFull = () => counted.active >= maxActivePerUser || counted.waiting >= maxWaitingPerUser;
    // The number may be outdated: some runs may have ended since it was counted.
    if (isFull()) counted = await this.#count(owner, RECOUNT_MS);
    const subject = isOfHandlers(owner)
      ? 'The workflows that this author lets handle failures of other users have'
      : 'You have';
    if (counted.active >= maxActivePerUser)
      throw new WorkflowError(
        'too_many_active_executions',
        `${subject} ${maxActivePerUser} executions that have not ended. Wait until some have ended.`,
      );
    if (counted.waiting >= maxWaitingPerUser)
      throw new WorkflowError(
        'too_many_waiting_executions',
        `${subject} ${maxWaitingPerUser} executions that wait. Respond to some, or cancel them.`,
      );
    counted.active += 1;
  }

  async #count(owner: string, maxAgeMs: number): Promise<Counted> {
    const { clock } = this.#deps;
    const known = this.#counted.get(owner);
    const now = clock.monotonic();
    if (known !== undefined && now - known.countedAt < maxAgeMs) return known;
    const counting = this.#counting.get(owner) ?? this.#countNow(owner);
    this.#counting.set(owner, counting);
    return counting;
  }

  async #countNow(owner: string): Promise<Counted> {
    const { store, clock } = this.#deps;
    const known = this.#counted.get(owner);
    const before = known?.active ?? 0;
    try {
      const [active, waiting] = await Promise.all([
        store.countOf(owner, ACTIVE),
        store.countOf(owner, WAITING),
      ]);
      // The count may not include runs that started while it was in progress.
      const started = (known?.active ?? 0) - before;
      const counted = { countedAt: clock.monotonic(), active: active + started, waiting };
      this.#counted.set(owner, counted);
      return counted;
    } finally {
      this.#counting.delete(owner);
    }
  }
}
