import type { Clock, Randomness } from '@latchkey/core/server';
import { NO_PROBE, type ProcessLivenessProbe } from '@latchkey/saved-objects/coordination';
import type { GrantRecord, RefreshIntent } from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';

/** How long a lease lives without a heartbeat, and with it how long a crashed holder can delay others. */
const LEASE_TTL_MS = 10_000;
/** Others write to a grant rarely: last use, a key rotation. */
const MAX_TRIES = 5;

/** What this process saw of somebody else's lease. */
interface SeenLease {
  readonly owner: string;
  readonly beat: number;
  /** Since when the beat has stood still while its holder could have moved it. */
  readonly sinceMs: number;
  readonly lookedMs: number;
}

/**
 * Decides if another process still holds the lease on a grant's refresh. In this order:
 * | 1. The holder's process, on the same machine. A process that has ended frees its lease at once.
 * A stopped one keeps it: it may have spent the refresh token and will continue.
 * 2. Its heartbeat, timed by our own monotonic clock while we watch.
 * | The wall clock is never used: it jumps (a machine that slept, an administrator) without the
 * holder having lost any time.
 */
export class LeaseMonitor {
  readonly #instanceId: string;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #watch: ProcessLivenessProbe;
  /** Entries live only while somebody here waits. */
  readonly #seen = new Map<string, SeenLease>();

  constructor(
    instanceId: string,
    clock: Clock,
    ttlMs: number = LEASE_TTL_MS,
    watch: ProcessLivenessProbe = NO_PROBE,
  ) {
    this.#instanceId = instanceId;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#watch = watch;
  }

  /**
   * Whether `intent` still is somebody else's. Call it on every poll: it remembers when the beat last moved. A lease of this very process is left
   * over from a refresh that could not reach the store, because a running one is joined and never judged.
   */
  isHeld(grantId: string, intent: RefreshIntent | undefined): boolean {
    if (intent === undefined) return false;
    if (intent.owner.startsWith(`${this.#instanceId}:`)) return false;
    const holder = this.#watch.stateOf(markOf(intent.owner));
    if (holder === 'ended') return false;
    const nowMs = this.#clock.monotonic();
    const seen = this.#seen.get(grantId);
    // Time counts against the holder only while both sides run: after a standstill of its own or of ours it gets a whole life to move its beat.
    const startsOver =
      seen === undefined ||
      seen.owner !== intent.owner ||
      seen.beat !== intent.beat ||
      holder === 'stopped' ||
      nowMs - seen.lookedMs > this.#ttlMs / 2;
    const sinceMs = startsOver ? nowMs : seen.sinceMs;
    const { owner, beat } = intent;
    this.#seen.set(grantId, { owner, beat, sinceMs, lookedMs: nowMs });
    return nowMs - sinceMs < this.#ttlMs;
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

/** A random owner, so that a stale holder can never release somebody else's lease; with the mark by which its machine knows the process. */
export function newLeaseOwner(
  instanceId: string,
  randomness: Randomness,
  watch: ProcessLivenessProbe = NO_PROBE,
): string {
  return `${instanceId}:${watch.processIdentity}:${randomness.bytes(12).toString('base64url')}`;
}

/** Leases of older builds have no mark. */
function markOf(owner: string): string {
  const [, mark, random] = owner.split(':');
  return random === undefined ? '' : (mark ?? '');
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

/** One moment, by both clocks. */
export interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Now. */
export function instantOf(clock: Clock): Instant {
  return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
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
  /** When the lease was last known to be ours, by both clocks: a monotonic one may stand still while the machine sleeps. */
  #known: Instant;

  /** @param takenAt read before the lease was written; see {@link instantOf} */
  constructor(request: {
    readonly store: GrantStore;
    readonly clock: Clock;
    readonly leased: GrantRecord;
    readonly ttlMs: number;
    readonly takenAt: Instant;
  }) {
    this.#store = request.store;
    this.#clock = request.clock;
    this.#ttlMs = request.ttlMs;
    this.#record = request.leased;
    this.#known = request.takenAt;
    this.#running = this.#beat();
  }

  /**
   * Whether the lease surely is still ours, for the moment before something single-use is spent. Costs nothing unless this process stood still for so
   * long that others may have taken over; then only a write can tell, and it keeps them out at the same time.
   * @throws SavedObjectError when the store cannot be asked
   */
  async stillOurs(): Promise<boolean> {
    const now = instantOf(this.#clock);
    const elapsedMs = Math.max(
      now.monotonicMs - this.#known.monotonicMs,
      now.wallMs - this.#known.wallMs,
    );
    return elapsedMs < this.#ttlMs / 2 || this.#renew();
  }

  /** Stops beating and answers with the record at its newest version known here. */
  async stop(): Promise<GrantRecord> {
    this.#stopped.abort();
    await this.#running;
    return this.#record;
  }

  async #beat(): Promise<void> {
    while (await this.#pause()) {
      try {
        if (!(await this.#renew())) return;
      } catch {
        // The store is away; the next beat tries again, and the final write reports it if it stays away.
      }
    }
  }

  /** Moves the beat; until it is written, nobody else knows that we are there. `false`: the lease is no longer ours. */
  async #renew(): Promise<boolean> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const intent = this.#record.refresh;
      if (intent === undefined) return false;
      const at = instantOf(this.#clock);
      const until = new Date(at.wallMs + this.#ttlMs);
      const renewed = await this.#store.compareAndSet(this.#record, {
        refresh: { ...intent, until, beat: intent.beat + 1 },
      });
      if (renewed !== undefined) {
        this.#record = renewed;
        this.#known = at;
        return true;
      }
      if (!(await this.#reread(intent.owner))) return false;
    }
    return false;
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
