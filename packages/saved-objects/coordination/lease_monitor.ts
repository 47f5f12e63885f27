import type { LeaseClock } from './lease.ts';
import { NO_PROBE, type ProcessLivenessProbe } from './process_liveness_probe.ts';

/** Random bytes in a name. The whole name fits into the 64 characters of `rotationId`. */
const OWNER_BYTES = 12;

/** Source of the random part in the names of owners. */
export interface OwnerRandomness {
  bytes(length: number): Buffer;
}

/** A lease as read from its document. */
export interface ObservedLease {
  readonly owner: string;
  /**
   * A value that every heartbeat changes: the number of renewals, or the version of the document.
   */
  readonly renewals: string | number;
  /** Lifetime of the lease without a renewal, in milliseconds. */
  readonly ttlMs: number;
}

/** Options of a {@link LeaseMonitor}. */
export interface LeaseMonitorOptions {
  readonly clock: Pick<LeaseClock, 'monotonic'>;
  /**
   * How to count a gap between two checks that is longer than half of the lifetime. During the gap,
   * this process may have been suspended together with the holder.
   * - `start_over`: the gap is ignored and the holder gets a whole lifetime again. For watchers
   *   that check often.
   * - `count_half`: the gap counts as half a lifetime. For watchers that may check less often than
   *   a lifetime.
   */
  readonly afterGap: 'start_over' | 'count_half';
  /** Probe of the processes that hold leases. Default: the state of every process is unknown. */
  readonly probe?: ProcessLivenessProbe;
  /**
   * Instance id of this process, without a colon. A stored lease of this instance remains from
   * earlier work and counts as free. Default: leases of this process are watched like any other
   * lease.
   */
  readonly instanceId?: string;
}

/** The last observation of a lease. */
interface Observation {
  readonly owner: string;
  readonly renewals: string | number;
  /** Observed time without a change of `renewals`, in milliseconds. Gaps count as configured. */
  readonly watchedMs: number;
  readonly observedAtMs: number;
}

/**
 * Tells if the holder of a lease is alive. It checks in this order:
 * 1. The process of the holder, if it is on this machine. If the process has ended, the lease is
 *    free. If the process is stopped, the lease is held, because the process can continue.
 * 2. The heartbeat. If `renewals` did not change for the lifetime of the lease, the holder is dead.
 *    The time is of the monotonic clock of this process and counts while this process watches.
 *
 * Wall clocks are never compared, so a jump of a clock or a difference between machines cannot end
 * a lease. Time in which this process or its machine was suspended does not count. So a lease of a
 * process that died long ago is still watched for a whole lifetime.
 */
export class LeaseMonitor {
  readonly #options: LeaseMonitorOptions;
  readonly #observations = new Map<string, Observation>();

  constructor(options: LeaseMonitorOptions) {
    this.#options = options;
  }

  /**
   * Number of leases in memory. Tests use it to show that none stays after its caller stopped
   * waiting.
   */
  get watched(): number {
    return this.#observations.size;
  }

  /**
   * Returns the name of the owner of a new lease. It contains the instance and the identity of the
   * process, so that processes of the same machine can probe it.
   * @param randomness makes the name unique per lease
   */
  newOwner(randomness: OwnerRandomness): string {
    const { instanceId = '', probe = NO_PROBE } = this.#options;
    const unique = randomness.bytes(OWNER_BYTES).toString('base64url');
    return `${instanceId}:${probe.processIdentity}:${unique}`;
  }

  /**
   * Returns `true` if a lease is held. Call it after each read of the document, because it measures
   * how long `renewals` does not change.
   * @param key names the document
   * @param lease `undefined`: the document has no lease
   */
  isHeld(key: string, lease: ObservedLease | undefined): boolean {
    if (lease === undefined || this.#isOwn(lease.owner)) return false;
    const { probe = NO_PROBE, clock } = this.#options;
    const process = probe.stateOf(identityOf(lease.owner));
    if (process === 'ended') return false;
    const nowMs = clock.monotonic();
    const watchedMs = process === 'stopped' ? 0 : this.#watchedMs(key, lease, nowMs);
    const { owner, renewals, ttlMs } = lease;
    this.#observations.set(key, { owner, renewals, watchedMs, observedAtMs: nowMs });
    return watchedMs < ttlMs;
  }

  /** Removes the observation of a lease. Call it when the caller stops waiting. */
  forget(key: string): void {
    this.#observations.delete(key);
  }

  /** Removes the observations of all leases except those of `keys`. */
  retain(keys: ReadonlySet<string>): void {
    for (const key of this.#observations.keys()) {
      if (!keys.has(key)) this.#observations.delete(key);
    }
  }

  #watchedMs(key: string, { owner, renewals, ttlMs }: ObservedLease, nowMs: number): number {
    const last = this.#observations.get(key);
    if (last === undefined || last.owner !== owner || last.renewals !== renewals) return 0;
    const gapMs = nowMs - last.observedAtMs;
    if (gapMs <= ttlMs / 2) return last.watchedMs + gapMs;
    return this.#options.afterGap === 'start_over' ? 0 : last.watchedMs + ttlMs / 2;
  }

  #isOwn(owner: string): boolean {
    const { instanceId } = this.#options;
    return instanceId !== undefined && owner.startsWith(`${instanceId}:`);
  }
}

/**
 * Returns the process identity in the name of an owner. Empty: the name contains none, because an
 * older build or another kind of lease wrote it.
 */
function identityOf(owner: string): string {
  const [, identity, random] = owner.split(':');
  return random === undefined ? '' : (identity ?? '');
}
