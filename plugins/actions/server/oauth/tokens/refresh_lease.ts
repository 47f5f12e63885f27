import type { Clock, Randomness } from '@latchkey/core/server';
import type { GrantRecord, RefreshIntent } from './grant_record.ts';
import type { GrantStore } from './grant_store.ts';

/** How long a lease lives without a heartbeat, and with it how long a crashed holder can delay others. */
export const LEASE_TTL_MS = 10_000;
/** A wall clock may be wrong by minutes; a lease older than this is dead by anybody's clock. */
const LONG_DEAD_MS = 10 * 60_000;

/**
 * Who holds the lease on a grant's refresh. Leases of other processes are judged by their heartbeat on our own monotonic clock,
 * so neither a jump of the wall clock nor a difference between machines can free a live lease or keep a dead one.
 */
export class LeaseJudge {
  readonly #instanceId: string;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  /** What this process saw of other owners' leases; entries live only while somebody here waits. */
  readonly #seen = new Map<string, { owner: string; beat: number; sinceMs: number }>();

  constructor(instanceId: string, clock: Clock, ttlMs: number = LEASE_TTL_MS) {
    this.#instanceId = instanceId;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  /**
   * Whether `intent` still is somebody else's. Call it on every poll: it remembers when the beat last moved. A lease of this very process is left
   * over from a refresh that could not reach the store, because a running one is joined and never judged.
   */
  isHeld(grantId: string, intent: RefreshIntent | undefined): boolean {
    if (intent === undefined || intent.until.getTime() + LONG_DEAD_MS < this.#clock.now())
      return false;
    if (intent.owner.startsWith(`${this.#instanceId}:`)) return false;
    const seen = this.#seen.get(grantId);
    if (seen === undefined || seen.owner !== intent.owner || seen.beat !== intent.beat) {
      this.#seen.set(grantId, {
        owner: intent.owner,
        beat: intent.beat,
        sinceMs: this.#clock.monotonic(),
      });
      return true;
    }
    return this.#clock.monotonic() - seen.sinceMs < this.#ttlMs;
  }

  /** Drops what was remembered, when the wait is over. */
  forget(grantId: string): void {
    this.#seen.delete(grantId);
  }

  /** Grants being watched now; bounded by the number of callers that wait. */
  get watched(): number {
    return this.#seen.size;
  }
}

/** A random owner, so that a stale holder can never release somebody else's lease. */
export function newLeaseOwner(instanceId: string, randomness: Randomness): string {
  return `${instanceId}:${randomness.bytes(12).toString('base64url')}`;
}

/** The intent of a lease taken now. */
export function newIntent(request: {
  readonly owner: string;
  readonly nowMs: number;
  readonly ttlMs: number;
  readonly spent: string | undefined;
}): RefreshIntent {
  const { owner, nowMs, ttlMs, spent } = request;
  return { owner, until: new Date(nowMs + ttlMs), beat: 0, spent };
}

/**
 * Keeps a taken lease alive by moving its beat every third of its time-to-live until stopped. Loses it silently when the document
 * moved on: the final write finds that out and decides.
 */
export class LeaseHeartbeat {
  readonly #store: GrantStore;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #record: GrantRecord;

  constructor(store: GrantStore, clock: Clock, leased: GrantRecord, ttlMs: number = LEASE_TTL_MS) {
    this.#store = store;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#record = leased;
    this.#running = this.#beat();
  }

  /** Stops beating and answers with the record at its newest version known here. */
  async stop(): Promise<GrantRecord> {
    this.#stopped.abort();
    await this.#running;
    return this.#record;
  }

  async #beat(): Promise<void> {
    while (await this.#pause()) {
      const intent = this.#record.refresh;
      if (intent === undefined) return;
      const until = new Date(this.#clock.now() + this.#ttlMs);
      try {
        const renewed = await this.#store.compareAndSet(this.#record, {
          refresh: { ...intent, until, beat: intent.beat + 1 },
        });
        if (renewed === undefined && !(await this.#reread(intent.owner))) return;
        if (renewed !== undefined) this.#record = renewed;
      } catch {
        // The store is away; the next beat tries again, and the final write reports it if it stays away.
      }
    }
  }

  /** Somebody wrote in between (last use, a disconnect). `false`: the lease is no longer ours. */
  async #reread(owner: string): Promise<boolean> {
    const current = await this.#store.read(this.#record.key);
    if (current?.refresh?.owner !== owner) return false;
    this.#record = current;
    return true;
  }

  async #pause(): Promise<boolean> {
    try {
      await this.#clock.sleep(this.#ttlMs / 3, this.#stopped.signal);
      return !this.#stopped.signal.aborted;
    } catch {
      return false;
    }
  }
}
