import { createHash } from 'node:crypto';
import type { Clock, Logger } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { ConcurrencyPolicy } from '@latchkey/workflow-language';
import { CONCURRENCY_TYPE, type ConcurrencyAttributes } from '../store/concurrency_type.ts';
import { isFinal } from '../store/run_status.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import type { RunAttributes } from '../store/run_types.ts';
import { BackgroundWork } from './background_work.ts';

/** Dependencies of {@link ConcurrencyGroups}. */
export interface ConcurrencyGroupsDeps {
  readonly repository: SavedObjectsRepository;
  readonly store: Pick<RunStore, 'read' | 'readMany' | 'compareAndSet' | 'queued'>;
  /** Takes a queued run and executes it. `false`: another process has taken the run. */
  readonly take: (run: StoredRun) => Promise<boolean>;
  readonly cancel: (runId: string) => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

type Concurrency = NonNullable<RunAttributes['concurrency']>;

/** A run that belongs to a concurrency group. */
type Limited = StoredRun & { readonly concurrency: Concurrency };

const EXPIRED = 'The run waited longer than `queue-ttl`.';

/** Decision about a run that wants to start. */
type Decision =
  | { readonly kind: 'start' }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'wait'; readonly cancelled: readonly string[] };

/** Ids of the runs of a group that have not ended. */
interface Members {
  /** Active runs. */
  readonly holders: readonly string[];
  /** Waiting runs, in the order in which they will start. */
  readonly queue: readonly string[];
}

/** Members of a group, and the documents of the active ones. */
interface ActiveMembers extends Members {
  readonly runs: ReadonlyMap<string, StoredRun>;
}

/**
 * Concurrency groups (`settings.concurrency`). Each group has a document with the ids of its active
 * runs, and of its waiting runs in their order. Each read of the document removes runs that have
 * ended, so a process that ends at any moment leaves no wrong count.
 */
export class ConcurrencyGroups {
  readonly #deps: ConcurrencyGroupsDeps;
  readonly #work: BackgroundWork;

  constructor(deps: ConcurrencyGroupsDeps) {
    this.#deps = deps;
    this.#work = new BackgroundWork(deps.logger);
  }

  /** Starts a queued run, skips it, or lets it wait, as the policy of its group demands. */
  async enter(run: StoredRun): Promise<void> {
    const { take, cancel } = this.#deps;
    const { concurrency } = run;
    if (concurrency === undefined) return;
    const decision = await this.#decide(run, concurrency);
    if (decision.kind === 'start') await take(run);
    else if (decision.kind === 'skip') await this.#skip(run, decision.reason);
    else for (const id of decision.cancelled) await cancel(id);
  }

  /** Call it when a run has ended. Starts the next runs of its group. */
  ended({ id, concurrency }: StoredRun): void {
    if (concurrency === undefined) return;
    this.#work.start(
      `The next queued run after run [${id}] could not be started; it will be retried`,
      () => this.#startNext(concurrency),
    );
  }

  /** Checks all queued runs of groups: a process may have ended before it started the next run. */
  async repair(): Promise<void> {
    const groups = new Map<string, Limited[]>();
    for await (const batch of this.#deps.store.queued())
      for (const run of batch) {
        if (!isLimited(run) || run.owner !== undefined) continue;
        const { groupId } = run.concurrency;
        const runs = groups.get(groupId) ?? [];
        runs.push(run);
        groups.set(groupId, runs);
      }
    for (const [groupId, runs] of groups)
      await this.#repairGroup(groupId, runs).catch((error: unknown) => {
        this.#deps.logger.warn(
          `Queued runs of group [${groupId}] could not be checked; this will be retried`,
          {
            error,
          },
        );
      });
  }

  /**
   * Reads a group once. Skips runs that have waited too long, and enters only those runs that can
   * start.
   */
  async #repairGroup(groupId: string, runs: readonly Limited[]): Promise<void> {
    const { store, logger } = this.#deps;
    const byId = new Map(runs.map((run) => [run.id, run]));
    const expired = new Map(runs.filter((run) => this.#isExpired(run)).map((run) => [run.id, run]));
    let members: Members = { holders: [], queue: [] };
    await this.#change({ groupId }, ({ holders, queue }) => {
      members = { holders, queue: queue.filter((id) => !expired.has(id)) };
      return members;
    });
    const { holders, queue } = members;
    for (const id of holders) expired.delete(id);
    for (const [id, run] of expired) {
      byId.delete(id);
      await this.#skip(run, EXPIRED);
    }
    for (const id of undecided(byId, { holders, queue })) {
      const run = await store.read(id);
      if (run?.status !== 'queued' || run.owner !== undefined) continue;
      await this.enter(run).catch((error: unknown) => {
        logger.warn(`Queued run [${id}] could not be started; it will be retried`, { error });
      });
    }
  }

  /** Resolves when all work in the background has ended. */
  idle(): Promise<void> {
    return this.#work.idle();
  }

  async #decide(
    { id, createdAt, spaceId }: StoredRun,
    concurrency: Concurrency,
  ): Promise<Decision> {
    const { groupId, ...policy } = concurrency;
    const isExpired = this.#isExpired({ createdAt, concurrency });
    let decision: Decision = { kind: 'start' };
    await this.#change({ groupId, spaceId }, (members) => {
      const { holders, queue } = members;
      if (holders.includes(id)) {
        decision = { kind: 'start' };
        return members;
      }
      const others = queue.filter((each) => each !== id);
      const isNext = queue.length === 0 || queue[0] === id;
      if (holders.length < policy.max && isNext && !isExpired) {
        decision = { kind: 'start' };
        return { holders: [...holders, id], queue: others };
      }
      decision = isExpired ? skip(EXPIRED) : decisionOf(policy, { id, holders, queue });
      if (decision.kind === 'skip') return { holders, queue: others };
      return { holders, queue: queue.includes(id) ? queue : [...queue, id] };
    });
    return decision;
  }

  #isExpired({ createdAt, concurrency }: Pick<Limited, 'createdAt' | 'concurrency'>): boolean {
    const waitedMs = this.#deps.clock.now() - Date.parse(createdAt);
    return concurrency.strategy === 'queue' && waitedMs >= concurrency.queueTtlMs;
  }

  /** Ends a queued run as skipped, unless the run has changed since it was read. */
  async #skip(run: StoredRun, reason: string): Promise<void> {
    await this.#deps.store.compareAndSet(run, {
      status: 'skipped',
      finishedAt: new Date(this.#deps.clock.now()).toISOString(),
      error: { type: 'ConcurrencyLimitReached', message: reason },
    });
  }

  async #startNext({ groupId, max }: Concurrency): Promise<void> {
    const { store } = this.#deps;
    let started: readonly string[] = [];
    let expired: readonly StoredRun[] = [];
    await this.#change({ groupId }, ({ holders, queue, runs }) => {
      expired = queue.flatMap((id) => {
        const run = runs.get(id);
        return run !== undefined && isLimited(run) && this.#isExpired(run) ? [run] : [];
      });
      const waiting = queue.filter((id) => !expired.some((run) => run.id === id));
      const free = Math.max(0, max - holders.length);
      started = waiting.slice(0, free);
      return { holders: [...holders, ...started], queue: waiting.slice(free) };
    });
    for (const run of expired) await this.#skip(run, EXPIRED);
    for (const run of await store.readMany(started)) await this.enter(run);
  }

  /**
   * Changes the document of a group.
   * @param spaceId absent: a group without a document is not created
   */
  async #change(
    { groupId, spaceId }: { readonly groupId: string; readonly spaceId?: string },
    change: (members: ActiveMembers) => Members,
  ): Promise<void> {
    await this.#deps.repository.mutate<ConcurrencyAttributes>(
      CONCURRENCY_TYPE,
      groupId,
      async (stored) => {
        const { holders = [], queue = [] } = stored?.attributes ?? {};
        const { attributes } = stored ?? {};
        const next = change(await this.#active({ holders, queue }));
        if (next.holders.length + next.queue.length === 0) return 'remove';
        const isSame =
          JSON.stringify([holders, queue]) === JSON.stringify([next.holders, next.queue]);
        const owner = attributes?.spaceId ?? spaceId;
        if (isSame || owner === undefined) return 'skip';
        return { spaceId: owner, holders: [...next.holders], queue: [...next.queue] };
      },
    );
  }

  async #active({ holders, queue }: Members): Promise<ActiveMembers> {
    const ids = [...holders, ...queue];
    const runs = ids.length === 0 ? [] : await this.#deps.store.readMany(ids);
    const byId = new Map(runs.map((run) => [run.id, run]));
    const isActive = (id: string): boolean => {
      const found = byId.get(id);
      return found !== undefined && !isFinal(found.status);
    };
    return {
      holders: holders.filter(isActive),
      queue: queue.filter((id) => byId.get(id)?.status === 'queued'),
      runs: byId,
    };
  }
}

function isLimited(run: StoredRun): run is Limited {
  return run.concurrency !== undefined;
}

/**
 * Ids of the queued runs that can start, or that must cancel other runs. In the order of the group:
 * runs with a place, runs without a decision, and the first runs of the queue.
 */
function undecided(
  runs: ReadonlyMap<string, Limited>,
  { holders, queue }: Members,
): readonly string[] {
  const waiting = new Set(queue);
  const others = [...runs.keys()].filter((id) => !waiting.has(id));
  const free = (runs.get(queue[0] ?? '')?.concurrency.max ?? 0) - holders.length;
  const next = queue.slice(0, Math.max(0, free));
  // With `cancel-in-progress`, the last run cancels all runs before it.
  const last = queue.slice(next.length).slice(-1);
  const cancelling = last.filter(
    (id) => runs.get(id)?.concurrency.strategy === 'cancel-in-progress',
  );
  return [...others, ...next, ...cancelling];
}

/** Decision about a run whose group is full. */
function decisionOf(
  { strategy, max, queueSize }: ConcurrencyPolicy,
  { id, holders, queue }: Members & { readonly id: string },
): Decision {
  switch (strategy) {
    case 'drop':
      return skip('Another run of the concurrency group is active.');
    case 'cancel-in-progress': {
      const place = queue.indexOf(id);
      const earlier = place === -1 ? queue : queue.slice(0, place);
      const oldest = holders.slice(0, Math.max(0, holders.length + 1 - max));
      return { kind: 'wait', cancelled: [...earlier, ...oldest] };
    }
    case 'queue':
      if (!queue.includes(id) && queue.length >= queueSize)
        return skip('The queue of the concurrency group is full.');
      return { kind: 'wait', cancelled: [] };
    default:
      return strategy satisfies never;
  }
}

function skip(reason: string): Decision {
  return { kind: 'skip', reason };
}

/**
 * Id of the concurrency group for a workflow and a key.
 * @param key rendered key; `undefined`: all runs of the workflow are in one group
 */
export function concurrencyGroupId(
  { spaceId, workflowId }: { readonly spaceId: string; readonly workflowId: string },
  key: string | undefined,
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([workflowId, key ?? null]))
    .digest('base64url');
  return `${spaceId}:${hash}`;
}
