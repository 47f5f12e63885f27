import { CONFLICT, retryConflicts } from '../repository/retry_conflicts.ts';
import { SavedObjectError } from '../repository/saved_object_error.ts';

/** Others write to a leased document rarely: a last use, another schedule, a key rotation. */
const MAX_ATTEMPTS = 10;

/** Time as leases need it. The clock of `@latchkey/core` is one. */
export interface LeaseClock {
  /** Wall clock in milliseconds since the epoch. May jump in either direction. */
  now(): number;
  /** Milliseconds since an arbitrary start. Never goes backwards. */
  monotonic(): number;
  /** @throws the reason of the signal when it aborts first */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The lease as its holder writes it into the leased document. */
export interface LeaseStamp {
  /** Random per lease, so that a former holder cannot renew or release a later lease. */
  readonly owner: string;
  /**
   * End of the lease by the wall clock of its holder. Informational: no decision reads it.
   */
  readonly until: Date;
  /** 0 when the lease is taken, one more with each renewal. */
  readonly beat: number;
}

/**
 * A document that can be leased, and how a lease is stored in it.
 * @typeParam D the document at one version
 * @typeParam C changes that may be written together with the lease
 */
export interface LeasedDocument<D, C> {
  /** A real-time read; `undefined`: there is no such document. */
  read(): Promise<D | undefined>;
  /** The lease in a document, dead or alive; `undefined`: none. */
  leaseOf(document: D): Pick<LeaseStamp, 'owner' | 'beat'> | undefined;
  /**
   * One compare-and-set that stores the lease and the changes.
   * @param document `undefined`: creates the document
   * @param stamp `undefined`: removes the lease
   * @returns the document as written; `undefined`: another writer was faster, nothing is written
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
  /** The document as read; `undefined`: it is created. */
  readonly document: D | undefined;
  /** See {@link LeaseStamp.owner}. */
  readonly owner: string;
  /** Life of the lease without a renewal, in milliseconds. */
  readonly ttlMs: number;
  readonly clock: LeaseClock;
  /** Written together with the lease. */
  readonly changes?: C;
}

/**
 * Takes a lease in one compare-and-set, which decides between takers that meet. A lease in
 * `document` is overwritten: ask a `LeaseMonitor` first whether it is dead.
 * @returns `undefined`: the document is no longer the one in `document`; read it again
 * @throws what the store throws; the lease may be taken nevertheless, and then ends by itself
 */
export async function takeLease<D, C>(
  request: TakeLeaseRequest<D, C>,
): Promise<Lease<D, C> | undefined> {
  const { target, document, owner, ttlMs, clock, changes } = request;
  const takenAt = instantOf(clock);
  const stamp = { owner, until: new Date(takenAt.wallMs + ttlMs), beat: 0 };
  const written = await target.write(document, stamp, changes);
  if (written === undefined) return undefined;
  return new Lease({ target, document: written, owner, ttlMs, clock, takenAt });
}

/**
 * A lease that this process took. States: held → released by {@link release}, or lost when another
 * process took over. A process learns of a loss only when it asks: by {@link renew},
 * {@link release} or {@link isStillHeld}.
 *
 * Every write is a compare-and-set. One that fails because another writer changed the document and
 * left the lease alone is repeated on the document as it is then. So is one whose outcome was
 * unknown: the next call finds out.
 */
export class Lease<D, C> {
  readonly owner: string;
  /** Life of the lease without a renewal, in milliseconds. */
  readonly ttlMs: number;
  readonly #target: LeasedDocument<D, C>;
  readonly #clock: LeaseClock;
  #document: D;
  /**
   * When the lease was last known to be held, by both clocks: the monotonic one may stop while a
   * machine sleeps.
   */
  #knownAt: Instant;

  /** Use {@link takeLease}. */
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

  /** The document at its newest version known here. */
  get document(): D {
    return this.#document;
  }

  /** Monotonic instant just before the last write that took or renewed the lease was sent. */
  get renewedAtMs(): number {
    return this.#knownAt.monotonicMs;
  }

  /**
   * Shows other processes that the holder lives.
   * @param changesOf returns the changes to write along, for the document they are written onto
   * @returns `false`: another process holds the lease, or the document was deleted
   * @throws SavedObjectError `contended`, or what the store throws; the lease may still be held
   */
  async renew(changesOf?: (document: D) => C): Promise<boolean> {
    const at = instantOf(this.#clock);
    const isRenewed = await this.#write((document, beat) => ({
      stamp: { owner: this.owner, until: new Date(at.wallMs + this.ttlMs), beat: beat + 1 },
      changes: changesOf?.(document),
    }));
    if (isRenewed) this.#knownAt = at;
    return isRenewed;
  }

  /**
   * Ends the lease.
   * @param changesOf returns the changes to write along, for the document they are written onto
   * @returns `false`: it is no longer held, and nothing is written. That includes a release whose
   * outcome was unknown and that had succeeded
   * @throws SavedObjectError `contended`, or what the store throws; the lease may still be held
   */
  release(changesOf?: (document: D) => C): Promise<boolean> {
    return this.#write((document) => ({ stamp: undefined, changes: changesOf?.(document) }));
  }

  /**
   * Tells if the lease surely is held. Ask right before something that must not happen twice. Costs
   * nothing unless half of the life of the lease has passed since the last renewal, on any clock.
   * Then others may have taken over, and only a renewal can tell, which also keeps them out.
   * @throws what the store throws when it cannot be asked
   */
  async isStillHeld(): Promise<boolean> {
    const now = instantOf(this.#clock);
    const elapsedMs = Math.max(
      now.monotonicMs - this.#knownAt.monotonicMs,
      now.wallMs - this.#knownAt.wallMs,
    );
    return elapsedMs < this.ttlMs / 2 || this.renew();
  }

  /** @returns `false`: the lease is not held any more */
  async #write(
    next: (
      document: D,
      beat: number,
    ) => { readonly stamp: LeaseStamp | undefined; readonly changes: C | undefined },
  ): Promise<boolean> {
    return retryConflicts(
      async (attempt) => {
        if (attempt > 1 && !(await this.#reread())) return false;
        const lease = this.#target.leaseOf(this.#document);
        if (lease?.owner !== this.owner) return false;
        const { stamp, changes } = next(this.#document, lease.beat);
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

  /** Keeps what was known of a document that is leased to another process or deleted. */
  async #reread(): Promise<boolean> {
    const current = await this.#target.read();
    if (current === undefined || this.#target.leaseOf(current)?.owner !== this.owner) return false;
    this.#document = current;
    return true;
  }
}

/** One moment, by both clocks. */
interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

function instantOf(clock: LeaseClock): Instant {
  return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
}
