import type { Clock } from '@latchkey/core/server';
import type { Task, TaskClaim, TaskStore } from '../tasks/index.ts';

/** What {@link keepClaim} needs. */
export interface KeepClaimOptions {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly task: Task;
  readonly claim: TaskClaim;
  /** Monotonic instant just before the claim was written. */
  readonly claimedAt: number;
  /** Ends the keeping; the claim stays as it is. */
  readonly stop: AbortSignal;
}

/** Heartbeats per claim: two may fail before the claim is given up. */
const BEATS_PER_CLAIM = 3;

/**
 * Renews a claim every third of its length until told to stop.
 * Resolves to `lost` when another process has the task, or when no heartbeat got through for the length of the claim:
 * from then on others may take the task over, so this process has to let go first. All by the monotonic clock.
 */
export async function keepClaim(options: KeepClaimOptions): Promise<'stopped' | 'lost'> {
  const { clock, claim, stop } = options;
  const pauseMs = claim.ms / BEATS_PER_CLAIM;
  let deadline = options.claimedAt + claim.ms;
  for (;;) {
    if (!(await slept(clock, pauseMs, stop))) return 'stopped';
    const sentAt = clock.monotonic();
    const beat = await renewBefore(deadline - sentAt, options);
    if (stop.aborted) return 'stopped';
    if (beat === 'lost') return 'lost';
    if (beat === 'renewed') deadline = sentAt + claim.ms;
    else if (clock.monotonic() + pauseMs >= deadline) return 'lost';
  }
}

/** One heartbeat. `failed`: the store did not answer in time or not at all, so nothing is known. */
async function renewBefore(
  timeoutMs: number,
  { store, clock, task, claim, stop }: KeepClaimOptions,
): Promise<'renewed' | 'lost' | 'failed'> {
  const responded = new AbortController();
  const renew = async () => {
    try {
      const claimUntil = new Date(clock.now() + claim.ms).toISOString();
      const kept = await store.change(task.id, (stored) =>
        stored.claim?.id === claim.id ? { claimUntil } : undefined,
      );
      return kept === undefined ? 'lost' : 'renewed';
    } catch {
      // The poller reports an unreachable store; here only the deadline counts.
      return 'failed';
    } finally {
      responded.abort();
    }
  };
  const giveUp = async () => {
    await slept(clock, Math.max(0, timeoutMs), AbortSignal.any([responded.signal, stop]));
    return 'failed' as const;
  };
  return Promise.race([renew(), giveUp()]);
}

/** Resolves to `false` when the signal aborted first. */
async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}
