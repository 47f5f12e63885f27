import type { Clock, Randomness } from '@latchkey/core/server';
import { NO_PROBE, type ProcessLivenessProbe } from '@latchkey/saved-objects/coordination';
import type { GrantRecord, RefreshIntent } from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';

/**
 * Lifetime of a lease without a heartbeat. A crashed holder delays other processes at most this
 * long.
 */
const LEASE_TTL_MS = 10_000;
/** Attempts of one compare-and-set. Other writes to a grant are rare: last use, key rotation. */
const MAX_ATTEMPTS = 5;

/** The last observation of a lease that another process holds. */
interface ObservedLease {
  readonly owner: string;
  readonly beat: number;
  /**
   * Start of the time in which the heartbeat did not change although the holder could have written
   * one.
   */
  readonly unchangedSinceMs: number;
  readonly checkedAtMs: number;
}

/**
 * Decides whether another process still holds the lease of a grant's refresh. It checks in this
 * order:
 *
 * 1. The state of the holder's process, if it runs on the same machine. A process that has ended
 *   frees its lease at once. A stopped process keeps its lease: it may have spent the refresh token
 *   and will continue.
 * 2. The heartbeat of the lease, timed by the monotonic clock of this process while it waits.
 *
 * The wall clock is never used: it can jump (the machine slept, an administrator set it) without
 * the holder having lost any time.
 */
export class LeaseMonitor {
  readonly #instanceId: string;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #probe: ProcessLivenessProbe;
  /** One entry per grant that a caller in this process waits for. */
  readonly #observed = new Map<string, ObservedLease>();

  constructor(
    instanceId: string,
    clock: Clock,
    ttlMs: number = LEASE_TTL_MS,
    probe: ProcessLivenessProbe = NO_PROBE,
  ) {
    this.#instanceId = instanceId;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#probe = probe;
  }

  /**
   * Tells if another process still holds the lease `intent`. Call it on every poll: it remembers
   * when the heartbeat last changed.
   *
   * Returns false for a lease of this process. Such a lease remains from a refresh that could not
   * reach the store: a running refresh of this process is joined (single flight), so its lease is
   * never checked here.
   */
  isHeld(grantId: string, intent: RefreshIntent | undefined): boolean {
    if (intent === undefined) return false;
    if (intent.owner.startsWith(`${this.#instanceId}:`)) return false;
    const holder = this.#probe.stateOf(processIdentityOf(intent.owner));
    if (holder === 'ended') return false;
    const nowMs = this.#clock.monotonic();
    const observed = this.#observed.get(grantId);
    // Time counts against the holder only while both processes run. After a pause of the holder or
    // of this process, the holder gets a whole lifetime to write a heartbeat.
    const restartsTimer =
      observed === undefined ||
      observed.owner !== intent.owner ||
      observed.beat !== intent.beat ||
      holder === 'stopped' ||
      nowMs - observed.checkedAtMs > this.#ttlMs / 2;
    const sinceMs = restartsTimer ? nowMs : observed.unchangedSinceMs;
    const { owner, beat } = intent;
    this.#observed.set(grantId, { owner, beat, unchangedSinceMs: sinceMs, checkedAtMs: nowMs });
    return nowMs - sinceMs < this.#ttlMs;
  }

  /** Forgets the observed lease. Call it when the caller stops waiting. */
  stopWatching(grantId: string): void {
    this.#observed.delete(grantId);
  }

  /** Number of grants observed now. At most the number of waiting callers. */
  get watched(): number {
    return this.#observed.size;
  }
}

/**
 * Creates the owner of a new lease. It is random, so that a stale holder can never release the
 * lease of another process. It contains the process identity, which lets processes of the same
 * machine check this one.
 */
export function newLeaseOwner(
  instanceId: string,
  randomness: Randomness,
  probe: ProcessLivenessProbe = NO_PROBE,
): string {
  return `${instanceId}:${probe.processIdentity}:${randomness.bytes(12).toString('base64url')}`;
}

/** The process identity inside an owner. Empty for leases of older builds, which have none. */
function processIdentityOf(owner: string): string {
  const [, mark, random] = owner.split(':');
  return random === undefined ? '' : (mark ?? '');
}

/** Creates the intent of a lease taken now, with the heartbeat counter at 0. */
export function newIntent(request: {
  readonly owner: string;
  readonly nowMs: number;
  readonly ttlMs: number;
  readonly spent: string | undefined;
}): RefreshIntent {
  const { owner, nowMs, ttlMs, spent } = request;
  return { owner, until: new Date(nowMs + ttlMs), beat: 0, spent };
}

/** A moment on both clocks, in milliseconds. */
export interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Reads both clocks. */
export function instantOf(clock: Clock): Instant {
  return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
}

/**
 * Keeps a taken lease alive: writes a heartbeat every third of its lifetime until stopped. If
 * another process has taken the lease or the grant has ended, it stops without an error; the final
 * write of the refresh detects that and decides.
 */
export class LeaseHeartbeat {
  readonly #store: GrantStore;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #record: GrantRecord;
  /**
   * When this process last held the lease for certain. Both clocks are needed: the monotonic clock
   * may stop while the machine sleeps.
   */
  #confirmedAt: Instant;

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
    this.#confirmedAt = request.takenAt;
    this.#running = this.#sendHeartbeats();
  }

  /**
   * Tells if this process still holds the lease. Call it before something single-use is spent. It
   * normally needs no request. After a pause so long that another process may have taken over, it
   * writes a heartbeat, which both checks the lease and keeps others out.
   * @throws SavedObjectError when the store cannot be reached
   */
  async isStillHeld(): Promise<boolean> {
    const now = instantOf(this.#clock);
    const elapsedMs = Math.max(
      now.monotonicMs - this.#confirmedAt.monotonicMs,
      now.wallMs - this.#confirmedAt.wallMs,
    );
    return elapsedMs < this.#ttlMs / 2 || this.#renew();
  }

  /** Stops the heartbeat and returns the newest version of the record known here. */
  async stop(): Promise<GrantRecord> {
    this.#stopped.abort();
    await this.#running;
    return this.#record;
  }

  async #sendHeartbeats(): Promise<void> {
    while (await this.#pause()) {
      try {
        if (!(await this.#renew())) return;
      } catch {
        // The store cannot be reached. The next heartbeat tries again. If the store stays
        // unavailable, the final write reports it.
      }
    }
  }

  /** Writes a heartbeat. `false`: this process no longer holds the lease. */
  async #renew(): Promise<boolean> {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
      const intent = this.#record.refresh;
      if (intent === undefined) return false;
      const at = instantOf(this.#clock);
      const until = new Date(at.wallMs + this.#ttlMs);
      const renewed = await this.#store.compareAndSet(this.#record, {
        refresh: { ...intent, until, beat: intent.beat + 1 },
      });
      if (renewed !== undefined) {
        this.#record = renewed;
        this.#confirmedAt = at;
        return true;
      }
      if (!(await this.#reload(intent.owner))) return false;
    }
    return false;
  }

  /**
   * Reads the record again after a conflict (last use, a disconnect). `false`: this process no
   * longer holds the lease.
   */
  async #reload(owner: string): Promise<boolean> {
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
