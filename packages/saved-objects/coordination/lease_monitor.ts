import type { LeaseClock } from './lease.ts';
import { NO_PROBE, type ProcessLivenessProbe } from './process_liveness_probe.ts';

/** A lease as read from its document. */
export interface SeenLease {
  readonly owner: string;
  /** Changes with every sign of life of the holder: the beat, or the version of the document. */
  readonly pulse: string | number;
  /** Life of the lease without a sign of life, in milliseconds. */
  readonly ttlMs: number;
}

/** Options of a {@link LeaseMonitor}. */
export interface LeaseMonitorOptions {
  readonly clock: Pick<LeaseClock, 'monotonic'>;
  /**
   * How the time between two looks counts when it is longer than half of the life of the lease:
   * then this process may have been suspended, and the holder with it.
   * - `start_over`: not at all. The holder gets a whole life again. For watchers who look often.
   * - `count_half`: as half a life. For watchers who may look more rarely than a lease lives.
   */
  readonly afterGap: 'start_over' | 'count_half';
  /** Default: nothing is known of other processes. */
  readonly probe?: ProcessLivenessProbe;
  /**
   * Instance id of this process. A stored lease of its own is left over from earlier work and counts
   * as free. Default: leases of this process are watched like any other.
   */
  readonly instanceId?: string;
}

/** The last look at a lease. */
interface Sighting {
  readonly owner: string;
  readonly pulse: string | number;
  /** How long the pulse stood still while the holder could have moved it, in milliseconds. */
  readonly watchedMs: number;
  readonly lookedAtMs: number;
}

/**
 * Tells if the holder of a lease lives. It decides in this order:
 * 1. The holder's process, when it is on this machine. One that has ended frees the lease at once.
 *    A stopped one keeps it: it will continue where it was, with what it received meanwhile.
 * 2. The pulse, timed by the monotonic clock of this process while it watches. The holder is dead
 *    when the pulse stood still for the life of the lease.
 *
 * Wall clocks are never compared, so neither a jump nor a difference between machines ends a lease.
 * Time in which this process or its machine was suspended does not count against the holder. So a
 * lease that a dead process left long ago is watched for its whole life once more.
 */
export class LeaseMonitor {
  readonly #options: LeaseMonitorOptions;
  readonly #sightings = new Map<string, Sighting>();

  constructor(options: LeaseMonitorOptions) {
    this.#options = options;
  }

  /** Number of leases being watched. */
  get watched(): number {
    return this.#sightings.size;
  }

  /**
   * Call it with each read of the document: it remembers since when the pulse stands still.
   * @param key names the document
   * @param lease `undefined`: the document has none
   */
  isHeld(key: string, lease: SeenLease | undefined): boolean {
    if (lease === undefined || this.#isOwn(lease.owner)) return false;
    const { probe = NO_PROBE, clock } = this.#options;
    const process = probe.stateOf(identityOf(lease.owner));
    if (process === 'ended') return false;
    const nowMs = clock.monotonic();
    const watchedMs = process === 'stopped' ? 0 : this.#watchedMs(key, lease, nowMs);
    const { owner, pulse, ttlMs } = lease;
    this.#sightings.set(key, { owner, pulse, watchedMs, lookedAtMs: nowMs });
    return watchedMs < ttlMs;
  }

  /** Removes what was seen of a lease. Call it when the caller stops waiting. */
  forget(key: string): void {
    this.#sightings.delete(key);
  }

  /** Removes what was seen of all leases but these. */
  retain(keys: ReadonlySet<string>): void {
    for (const key of this.#sightings.keys()) if (!keys.has(key)) this.#sightings.delete(key);
  }

  #watchedMs(key: string, { owner, pulse, ttlMs }: SeenLease, nowMs: number): number {
    const seen = this.#sightings.get(key);
    if (seen === undefined || seen.owner !== owner || seen.pulse !== pulse) return 0;
    const gapMs = nowMs - seen.lookedAtMs;
    if (gapMs <= ttlMs / 2) return seen.watchedMs + gapMs;
    return this.#options.afterGap === 'start_over' ? 0 : seen.watchedMs + ttlMs / 2;
  }

  #isOwn(owner: string): boolean {
    const { instanceId } = this.#options;
    return instanceId !== undefined && owner.startsWith(`${instanceId}:`);
  }
}

/**
 * Name of the owner of a lease. It contains the identity by which its machine knows the process.
 * @param instanceId of this process; without a colon
 * @param random unique per lease; without a colon
 */
export function leaseOwner(instanceId: string, random: string, probe = NO_PROBE): string {
  return `${instanceId}:${probe.processIdentity}:${random}`;
}

/** Empty for names without an identity, of older builds or other kinds of leases. */
function identityOf(owner: string): string {
  const [, identity, random] = owner.split(':');
  return random === undefined ? '' : (identity ?? '');
}
