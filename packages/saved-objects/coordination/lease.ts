import { CONFLICT, retryConflicts } from '../repository/retry_conflicts.ts';
import { SavedObjectError } from '../repository/saved_object_error.ts';

/**
 * Maximum number of attempts to write. Other processes change a leased document rarely, for example
 * when they use a token or rotate a key.
 */
const MAX_ATTEMPTS = 10;

/** The clock of leases. The clock of `@latchkey/core` implements it. */
export interface LeaseClock {
  /** Wall clock in milliseconds since the epoch. It can jump in both directions. */
  now(): number;
  /** Milliseconds since an arbitrary start. The value never decreases. */
  monotonic(): number;
  /**
   * Resolves after `ms` milliseconds.
   * @throws the reason of the signal when it aborts first
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The lease that its holder writes into the leased document. */
export interface LeaseStamp {
  /** Unique per lease, so that a former holder cannot renew or release a later lease. */
  readonly owner: string;
  /** End of the lease by the wall clock of its holder. For information only. */
  readonly until: Date;
  /** Number of heartbeats that renewed the lease. 0 when it is taken. */
  readonly renewals: number;
}

/**
 * A document that can be leased. Implementations define how the lease is stored in it.
 * @typeParam D the document at one version
 * @typeParam C changes that can be written together with the lease
 */
export interface LeasedDocument<D, C> {
  /**
   * Reads the document in real time. `undefined`: it does not exist.
   * @throws the error of the store
   */
  read(): Promise<D | undefined>;
  /**
   * Returns the stored lease of a document, even if its holder has exited. `undefined`: the
   * document has no lease.
   */
  leaseOf(document: D): Pick<LeaseStamp, 'owner' | 'renewals'> | undefined;
  /**
   * Stores the lease and the changes in one compare-and-set.
   * @throws the error of the store; the write may have succeeded
   * @param document `undefined`: creates the document
   * @param stamp `undefined`: removes the lease
   * @returns the written document; `undefined`: nothing was written, because another writer changed
   * the document
   */
  write(
    document: D | undefined,
    stamp: LeaseStamp | undefined,
    changes: C | undefined,
  ): Promise<D | undefined>;
}

/** Arguments of {@link takeLease}. */
export interface TakeLeaseRequest<D, C> {
  readonly target: LeasedDocument<D, C>;
  /** The document that was read. `undefined`: the document is created. */
  readonly document: D | undefined;
  /** Unique name of the new lease, as in {@link LeaseStamp.owner}. */
  readonly owner: string;
  /** Lifetime of the lease without a renewal, in milliseconds. */
  readonly ttlMs: number;
  readonly clock: LeaseClock;
  /** Changes to write together with the lease. */
  readonly changes?: C;
}

/**
 * Takes a lease in one compare-and-set, so only one of several processes succeeds. It overwrites a
 * lease in `document`: check with a `LeaseMonitor` first that its holder is dead.
 * @returns `undefined`: the document changed since it was read; read it again
 * @throws the error of the store; the lease may have been taken, and then expires
 */
export async function takeLease<D, C>(
  request: TakeLeaseRequest<D, C>,
): Promise<Lease<D, C> | undefined> {
  const { target, document, owner, ttlMs, clock, changes } = request;
  const takenAt = instantOf(clock);
  const stamp = { owner, until: new Date(takenAt.wallMs + ttlMs), renewals: 0 };
  const written = await target.write(document, stamp, changes);
  if (written === undefined) return undefined;
  return new Lease({ target, document: written, owner, ttlMs, clock, takenAt });
}

/**
 * A lease that this process took. States: held → released by {@link release}, or lost when another
 * process takes over. The process finds out about a loss only in {@link renew}, {@link release} or
 * {@link isStillHeld}.
 *
 * Every write is a compare-and-set. If another writer changed the document but not the lease, the
 * write is repeated on the changed document. If the result of a write is unknown, the next call
 * finds it out.
 */
export class Lease<D, C> {
  readonly owner: string;
  /** Lifetime of the lease without a renewal, in milliseconds. */
  readonly ttlMs: number;
  readonly #target: LeasedDocument<D, C>;
  readonly #clock: LeaseClock;
  #document: D;
  /**
   * Instant when the lease was last known to be held. It is measured by both clocks, because the
   * monotonic clock can stop while the machine is suspended.
   */
  #knownAt: Instant;

  /** Do not call this: {@link takeLease} creates leases. */
  constructor(held: {
    readonly target: LeasedDocument<D, C>;
    readonly document: D;
    readonly owner: string;
    readonly ttlMs: number;
    readonly clock: LeaseClock;
    readonly takenAt: Instant;
  }) {
    this.#target = held.target;
    this.#document = held.document;
    this.owner = held.owner;
    this.ttlMs = held.ttlMs;
    this.#clock = held.clock;
    this.#knownAt = held.takenAt;
  }

  /** The document in the newest version that this process knows. */
  get document(): D {
    return this.#document;
  }

  /** Monotonic instant just before the last successful write of the lease was sent. */
  get renewedAtMs(): number {
    return this.#knownAt.monotonicMs;
  }

  /**
   * Renews the lease, which shows other processes that the holder is alive.
   * @param changesOf returns changes to write together with the lease, for the current document
   * @returns `false`: another process holds the lease, or the document was deleted
   * @throws SavedObjectError `contended`, or the error of the store; the lease may still be held
   */
  async renew(changesOf?: (document: D) => C): Promise<boolean> {
    const at = instantOf(this.#clock);
    const isRenewed = await this.#write((document, renewals) => ({
      stamp: {
        owner: this.owner,
        until: new Date(at.wallMs + this.ttlMs),
        renewals: renewals + 1,
      },
      changes: changesOf?.(document),
    }));
    if (isRenewed) this.#knownAt = at;
    return isRenewed;
  }

  /**
   * Ends the lease.
   * @param changesOf returns changes to write together with the end, for the current document
   * @returns `false`: the lease was not held, and nothing was written. This is also the result if
   * an earlier release threw an error but had succeeded
   * @throws SavedObjectError `contended`, or the error of the store; the lease may still be held
   */
  release(changesOf?: (document: D) => C): Promise<boolean> {
    return this.#write((document) => ({ stamp: undefined, changes: changesOf?.(document) }));
  }

  /**
   * Returns `true` if the lease is certainly held. Call it right before an action that must not
   * happen twice. It accesses the store only if, by either clock, half of the lifetime has passed
   * since the last renewal. Then it renews the lease, which fails if another process took over.
   * @throws the error of the store
   */
  async isStillHeld(): Promise<boolean> {
    const now = instantOf(this.#clock);
    const elapsedMs = Math.max(
      now.monotonicMs - this.#knownAt.monotonicMs,
      now.wallMs - this.#knownAt.wallMs,
    );
    return elapsedMs < this.ttlMs / 2 || this.renew();
  }

  /**
   * Writes the stamp and the changes that `next` returns, and repeats the write while only other
   * writers changed the document.
   * @returns `false`: the lease is no longer held
   */
  async #write(
    next: (
      document: D,
      renewals: number,
    ) => { readonly stamp: LeaseStamp | undefined; readonly changes: C | undefined },
  ): Promise<boolean> {
    return retryConflicts(
      async (attempt) => {
        if (attempt > 1 && !(await this.#reread())) return false;
        const lease = this.#target.leaseOf(this.#document);
        if (lease?.owner !== this.owner) return false;
        const { stamp, changes } = next(this.#document, lease.renewals);
        const written = await this.#target.write(this.#document, stamp, changes);
        if (written === undefined) return CONFLICT;
        this.#document = written;
        return true;
      },
      {
        attempts: MAX_ATTEMPTS,
        contended: () => {
          throw new SavedObjectError(
            'contended',
            `A leased document was changed by other writers on each of ${MAX_ATTEMPTS} attempts.`,
            { type: 'lease' },
          );
        },
      },
    );
  }

  /**
   * Reads the document again.
   * @returns `false`: the lease is no longer held
   */
  async #reread(): Promise<boolean> {
    const current = await this.#target.read();
    if (current === undefined || this.#target.leaseOf(current)?.owner !== this.owner) return false;
    this.#document = current;
    return true;
  }
}

/** One instant, measured by both clocks. */
interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

function instantOf(clock: LeaseClock): Instant {
  return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
}
