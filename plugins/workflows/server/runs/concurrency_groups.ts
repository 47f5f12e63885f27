import { createHash } from 'node:crypto';
import type { Clock, Logger } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { ConcurrencyPolicy } from '@latchkey/workflow-language';
import { BackgroundWork } from './background_work.ts';
import { CONCURRENCY_TYPE, type ConcurrencyAttributes } from './concurrency_type.ts';
import { isFinal } from './run_status.ts';
import type { RunStore, StoredRun } from './run_store.ts';
import type { RunAttributes } from './run_types.ts';

/** Dependencies of {@link ConcurrencyGroups}. */
export interface ConcurrencyGroupsDeps {
  readonly repository: SavedObjectsRepository;
  readonly store: Pick<RunStore, 'read' | 'readMany' | 'compareAndSet' | 'queued'>;
  /** Takes a queued run and executes it. `false`: another process was faster. */
  readonly take: (run: StoredRun) => Promise<boolean>;
  readonly cancel: (runId: string) => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Decision about a run that wants to start. */
type Decision =
  | { readonly kind: 'start' }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'wait'; readonly cancelled: readonly string[] };

/** Runs of a group that have not ended. */
interface Members {
  readonly holders: readonly string[];
  readonly queue: readonly string[];
}

/**
 * Groups of `settings.concurrency`. A document per group has the runs that are active and those
 * that wait, in their order. Each look at it leaves out runs that have ended, so a process that
 * ends at any moment leaves no wrong count.
 */
export class ConcurrencyGroups {
  readonly #deps: ConcurrencyGroupsDeps;
  readonly #work: BackgroundWork;

  constructor(deps: ConcurrencyGroupsDeps) {
    this.#deps = deps;
    this.#work = new BackgroundWork(deps.logger);
  }

  /** Starts a queued run, skips it, or lets it wait, as its group demands. */
  async enter(run: StoredRun): Promise<void> {
    const { store, take, cancel } = this.#deps;
    const { concurrency } = run;
    if (concurrency === undefined) return;
    const decision = await this.#decide(run, concurrency);
    if (decision.kind === 'start') await take(run);
    else if (decision.kind === 'skip')
      await store.compareAndSet(run, {
        status: 'skipped',
        finishedAt: new Date(this.#deps.clock.now()).toISOString(),
        error: { type: 'ConcurrencyLimitReached', message: decision.reason },
      });
    else for (const id of decision.cancelled) await cancel(id);
  }

  /** Starts the next runs of the group of a run that has ended. */
  ended({ id, concurrency }: StoredRun): void {
    if (concurrency === undefined) return;
    this.#work.start(`The run after run [${id}] could not be started yet`, () =>
      this.#startNext(concurrency),
    );
  }

  /** Looks at all queued runs: a process may have ended before it started the next one. */
  async repair(): Promise<void> {
    for await (const batch of this.#deps.store.queued())
      for (const { id } of batch) {
        const run = await this.#deps.store.read(id);
        if (run?.status !== 'queued' || run.owner !== undefined) continue;
        await this.enter(run).catch((error: unknown) => {
          this.#deps.logger.warn(`Queued run [${id}] could not be started yet`, { error });
        });
      }
  }

  /** Resolves when no work is done in the background. */
  idle(): Promise<void> {
    return this.#work.idle();
  }

  async #decide(
    { id, createdAt, spaceId }: StoredRun,
    { groupId, ...policy }: NonNullable<RunAttributes['concurrency']>,
  ): Promise<Decision> {
    const waitedMs = this.#deps.clock.now() - Date.parse(createdAt);
    const isExpired = policy.strategy === 'queue' && waitedMs >= policy.queueTtlMs;
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
      decision = isExpired
        ? skip('It waited longer than `queue-ttl`.')
        : decisionOf(policy, { id, holders, queue });
      if (decision.kind === 'skip') return { holders, queue: others };
      return { holders, queue: queue.includes(id) ? queue : [...queue, id] };
    });
    return decision;
  }

  async #startNext({ groupId, max }: NonNullable<RunAttributes['concurrency']>): Promise<void> {
    const { store } = this.#deps;
    let started: readonly string[] = [];
    await this.#change({ groupId }, ({ holders, queue }) => {
      const free = Math.max(0, max - holders.length);
      started = queue.slice(0, free);
      return { holders: [...holders, ...started], queue: queue.slice(free) };
    });
    for (const run of await store.readMany(started)) await this.enter(run);
  }

  /** @param spaceId absent: a group without a document is not created */
  async #change(
    { groupId, spaceId }: { readonly groupId: string; readonly spaceId?: string },
    change: (members: Members) => Members,
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

  async #active({ holders, queue }: Members): Promise<Members> {
    const ids = [...holders, ...queue];
    const runs = ids.length === 0 ? [] : await this.#deps.store.readMany(ids);
    const status = new Map(runs.map((run) => [run.id, run.status]));
    const isActive = (id: string): boolean => {
      const found = status.get(id);
      return found !== undefined && !isFinal(found);
    };
    return {
      holders: holders.filter(isActive),
      queue: queue.filter((id) => status.get(id) === 'queued'),
    };
  }
}

/** The decision for a run whose group is full. */
function decisionOf(
  { strategy, max, queueSize }: ConcurrencyPolicy,
  { id, holders, queue }: Members & { readonly id: string },
): Decision {
  switch (strategy) {
    case 'drop':
      return skip('Another run of its concurrency group is active.');
    case 'cancel-in-progress': {
      const place = queue.indexOf(id);
      const earlier = place === -1 ? queue : queue.slice(0, place);
      const oldest = holders.slice(0, Math.max(0, holders.length + 1 - max));
      return { kind: 'wait', cancelled: [...earlier, ...oldest] };
    }
    case 'queue':
      if (!queue.includes(id) && queue.length >= queueSize)
        return skip('The queue of its concurrency group is full.');
      return { kind: 'wait', cancelled: [] };
    default:
      return strategy satisfies never;
  }
}

function skip(reason: string): Decision {
  return { kind: 'skip', reason };
}

/** Id of the group of a workflow with a key. @param key undefined: all runs of the workflow */
export function concurrencyGroupId(
  { spaceId, workflowId }: { readonly spaceId: string; readonly workflowId: string },
  key: string | undefined,
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([workflowId, key ?? null]))
    .digest('base64url');
  return `${spaceId}:${hash}`;
}
