import { type Clock, createLruCache, networkOf, operatorNetworkOf } from '@latchkey/core/server';
import { SecurityError } from '../security_error.ts';
import {
  afterFailure,
  type FailureCount,
  type FailureRule,
  presentFailures,
  sumOf,
  waitMs,
} from './failure_rule.ts';
import type { FailureStore } from './failure_store.ts';
import { countKey, type FailureKind } from './failures_type.ts';
import type { AddressOfUser, KnownAddresses } from './known_addresses.ts';
import type { ThrottleSecret } from './throttle_secret.ts';
import { turnAmongAddresses, turnWithinNetwork } from './turn.ts';
import { WaitingClients } from './waiting_clients.ts';

const MAX_UNSAVED = 10_000;

/** The user and the address of a login. */
export interface LoginSource extends AddressOfUser {
  /**
   * Id of the browser if its cookie proves an earlier login of this user. `undefined`: no valid
   * proof.
   */
  readonly deviceId: string | undefined;
}

/**
 * A password check in progress. When it ends, the caller must call exactly one of these methods.
 */
export interface LoginAttempt {
  /** Call it if the password is correct. Never throws, even if the counts cannot be updated. */
  succeeded(): Promise<void>;
  /**
   * Call it if the password is wrong.
   * @throws SavedObjectError when the failure could not be stored; this process then counts it in
   *   memory
   */
  failed(): Promise<void>;
  /**
   * Call it if the check had no result, for example because the store was unavailable. Counts
   * nothing.
   */
  abandoned(): void;
}

/** Settings of `xpack.security.loginThrottle`; durations in milliseconds. */
interface LoginThrottleLimits {
  readonly maxFailures: number;
  readonly window: number;
  readonly user: { readonly maxFailures: number; readonly delay: number };
  readonly network: { readonly maxFailures: number; readonly delay: number };
}

/** Collaborators and settings of {@link LoginThrottle}. */
export interface LoginThrottleDeps {
  readonly store: Pick<FailureStore, 'read' | 'readRecent' | 'add' | 'clear'>;
  readonly known: Pick<KnownAddresses, 'has' | 'remember'>;
  readonly secret: Pick<ThrottleSecret, 'mac'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'sleep'>;
  readonly limits: LoginThrottleLimits;
  /** Maximum milliseconds for which a request is held until its turn instead of being refused. */
  readonly maxHoldMs: number;
}

/** One count that limits an attempt. */
interface Counter {
  readonly kind: FailureKind;
  readonly key: string;
}

/** The counts to which a failure is added, and the counts that may refuse the attempt. */
interface CountersOfAttempt {
  readonly counted: readonly Counter[];
  readonly checked: readonly Counter[];
}

/** Why an attempt is refused, and for how long. */
interface Refusal {
  readonly waitMs: number;
  /** `true`: the attempt is refused by a lock. `false`: by a delay. */
  readonly isLocked: boolean;
}

type ReadCounts = (keys: readonly string[]) => Promise<readonly (FailureCount | undefined)[]>;

/**
 * Slows down password guessing. Counts failed attempts in the store, by:
 * - `address`: one user from one address. Locks for a while.
 * - `user`: one user from all addresses. Delays, so that an attacker cannot lock the user out.
 * - `network`: all users from one network. Delays, so that one password cannot be tried on all
 *   users.
 * - `device`: a browser with which this user signed in before. It has its own count and skips
 *   the other three, so that a user under attack can still sign in. Locks; a locked device counts
 *   like an unknown browser.
 *
 * An address from which the user signed in before skips `user` and `network` too, but its failures
 * still count there. All other clients that a delay refuses take turns (`turn.ts`); a request that
 * arrives shortly before its turn is held.
 *
 * Running attempts count as failures in this process until they end.
 */
export class LoginThrottle {
  readonly #deps: LoginThrottleDeps;
  readonly #rules: Readonly<Record<FailureKind, FailureRule>>;
  readonly #waiting: WaitingClients;
  /** Number of attempts in progress, by key of the count. */
  readonly #pending = new Map<string, number>();
  /** Failures that could not be stored, by key. They count only in this process. */
  readonly #unsaved = createLruCache<string, FailureCount>(MAX_UNSAVED);

  constructor(deps: LoginThrottleDeps) {
    this.#deps = deps;
    this.#waiting = new WaitingClients(deps.clock);
    const { maxFailures, window, user, network } = deps.limits;
    const lock: FailureRule = { type: 'lock', maxFailures, windowMs: window };
    this.#rules = {
      address: lock,
      device: lock,
      user: { type: 'delay', maxFailures: user.maxFailures, delayMs: user.delay },
      network: { type: 'delay', maxFailures: network.maxFailures, delayMs: network.delay },
    };
  }

  /** Returns `true` if a recently verified password may be used without another check. */
  async admits(source: LoginSource): Promise<boolean> {
    const { device, address, broad } = this.#countersOf(source);
    const isOpen = async (counters: readonly Counter[]) =>
      this.#refusal(source, counters, await this.#counts(counters, this.#readRecent)) === undefined;
    if (device !== undefined && (await isOpen([device]))) return true;
    return isOpen((await this.#deps.known.has(source)) ? [address] : [address, ...broad]);
  }

  /**
   * Begins a login attempt.
   * @throws SecurityError `login_throttled` with the seconds to wait
   */
  async begin(source: LoginSource): Promise<LoginAttempt> {
    const { device, address, broad } = this.#countersOf(source);
    if (device !== undefined) {
      const begun = await this.#tryToBegin(source, { counted: [device], checked: [device] });
      if ('failed' in begun) return begun;
    }
    const counted = [address, ...broad];
    const checked = (await this.#deps.known.has(source)) ? [address] : counted;
    return this.#beginInTurn(source, { counted, checked });
  }

  /** Begins a login attempt, after waiting if the turn of the request comes soon. */
  async #beginInTurn(source: LoginSource, counters: CountersOfAttempt): Promise<LoginAttempt> {
    const { clock, maxHoldMs } = this.#deps;
    const until = clock.monotonic() + maxHoldMs;
    const isTooLong = ({ isLocked, waitMs: ms }: Refusal) =>
      isLocked || clock.monotonic() + ms > until;
    // Reads cached counts, so that a flood of refused requests does not cause a flood of store
    // calls.
    const { checked } = counters;
    const counts = await this.#counts(checked, this.#readRecent);
    const expected = this.#refusal(source, checked, counts);
    if (expected !== undefined && isTooLong(expected)) throw this.#throttled(expected);
    for (;;) {
      const begun = await this.#tryToBegin(source, counters);
      if ('failed' in begun) return begun;
      if (isTooLong(begun) || !(await this.#waiting.wait(source.address, begun.waitMs))) {
        throw this.#throttled(begun);
      }
    }
  }

  async #tryToBegin(
    source: LoginSource,
    { counted, checked }: CountersOfAttempt,
  ): Promise<LoginAttempt | Refusal> {
    const release = this.#reserve(counted);
    try {
      const counts = await this.#counts(counted, (keys) => this.#deps.store.read(keys));
      const refusal = this.#refusal(source, checked, counts, 1);
      if (refusal === undefined) {
        const [own] = counted;
        const resets = own !== undefined && counts.has(own.key) ? own : undefined;
        return this.#attempt({ source, counters: counted, release, resets });
      }
      release();
      return refusal;
    } catch (error) {
      release();
      throw error;
    }
  }

  #attempt(attempt: {
    readonly source: LoginSource;
    readonly counters: readonly Counter[];
    readonly release: () => void;
    /** The count that a success sets to zero. `undefined`: none. */
    readonly resets: Counter | undefined;
  }): LoginAttempt {
    const { source, counters, release, resets } = attempt;
    return {
      succeeded: async () => {
        release();
        // The user is signed in anyway. At worst, this address must wait once more, or old failures
        // count until their window ends.
        await this.#deps.known.remember(source).catch(() => undefined);
        if (resets !== undefined) await this.#clear(resets.key).catch(() => undefined);
      },
      failed: async () => {
        try {
          await this.#countFailure(counters);
        } finally {
          // Released only after the count was changed, so that no parallel guess can start between
          // the two.
          release();
        }
      },
      abandoned: release,
    };
  }

  async #countFailure(counters: readonly Counter[]): Promise<void> {
    const outcomes = await Promise.allSettled(
      counters.map(({ kind, key }) => this.#deps.store.add(key, this.#rules[kind])),
    );
    const now = this.#deps.clock.now();
    for (const [index, { kind, key }] of counters.entries()) {
      if (outcomes[index]?.status !== 'rejected') continue;
      this.#unsaved.set(key, afterFailure(this.#rules[kind], this.#unsaved.get(key), now));
    }
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #clear(key: string): Promise<void> {
    this.#unsaved.delete(key);
    await this.#deps.store.clear(key);
  }

  #countersOf({ username, address, deviceId }: LoginSource) {
    const counter = (kind: FailureKind, ...subject: readonly string[]): Counter => ({
      kind,
      key: countKey(this.#deps.secret, kind, subject),
    });
    return {
      device: deviceId === undefined ? undefined : counter('device', deviceId),
      address: counter('address', networkOf(address), username),
      broad: [counter('user', username), counter('network', operatorNetworkOf(address))],
    };
  }

  readonly #readRecent: ReadCounts = (keys) => this.#deps.store.readRecent(keys);

  async #counts(
    counters: readonly Counter[],
    read: ReadCounts,
  ): Promise<ReadonlyMap<string, FailureCount>> {
    const stored = await read(counters.map(({ key }) => key));
    const counts = new Map<string, FailureCount>();
    for (const [index, counter] of counters.entries()) {
      const count = this.#withUnsaved(counter, stored[index]);
      if (count !== undefined) counts.set(counter.key, count);
    }
    return counts;
  }

  #withUnsaved({ kind, key }: Counter, stored: FailureCount | undefined): FailureCount | undefined {
    const unsaved = this.#unsaved.get(key);
    if (unsaved === undefined) return stored;
    const rule = this.#rules[kind];
    const isFinished = presentFailures(rule, unsaved, this.#deps.clock.now()) === 0;
    return isFinished ? stored : sumOf(rule, unsaved, stored);
  }

  /**
   * The refusal with the longest wait. `undefined`: the attempt is allowed.
   * @param ownPending number of reservations of the caller itself, which do not count
   */
  #refusal(
    source: LoginSource,
    counters: readonly Counter[],
    counts: ReadonlyMap<string, FailureCount>,
    ownPending = 0,
  ): Refusal | undefined {
    const now = this.#deps.clock.now();
    const waits = counters.map((counter) => {
      const rule = this.#rules[counter.kind];
      const count = counts.get(counter.key);
      const pending = Math.max(0, this.#pendingOf(counter.key) - ownPending);
      const turn = this.#turnOf(source, counter, count);
      return { rule, waitMs: waitMs(rule, count, { pending, now, turn }) };
    });
    const maxMs = Math.max(...waits.map((wait) => wait.waitMs));
    if (maxMs === 0) return undefined;
    const isLocked = waits.some((wait) => wait.rule.type === 'lock' && wait.waitMs > 0);
    return { waitMs: maxMs, isLocked };
  }

  #turnOf({ address }: LoginSource, { kind, key }: Counter, count: FailureCount | undefined) {
    if (count === undefined) return 1;
    const waitedFor = { key, lastFailureAt: count.lastFailureAt };
    return kind === 'network'
      ? turnWithinNetwork(this.#deps.secret, waitedFor, address)
      : turnAmongAddresses(this.#deps.secret, waitedFor, address);
  }

  #throttled({ waitMs: ms, isLocked }: Refusal): SecurityError {
    // A client that waits for its turn is told to return a little early, so that it can be held
    // until the exact time.
    const retryMs = isLocked ? ms : Math.max(1000, ms - this.#deps.maxHoldMs / 2);
    // The text is the same for all counts, so that a client cannot learn which of them refused.
    return new SecurityError('login_throttled', 'Too many failed logins. Try again later.', {
      retryAfterSeconds: Math.ceil(retryMs / 1000),
    });
  }

  /**
   * Counts an attempt in progress. The returned function ends this; further calls of it have no
   * effect.
   */
  #reserve(counters: readonly Counter[]): () => void {
    for (const { key } of counters) this.#pending.set(key, this.#pendingOf(key) + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      for (const { key } of counters) {
        const left = this.#pendingOf(key) - 1;
        if (left === 0) this.#pending.delete(key);
        else this.#pending.set(key, left);
      }
    };
  }

  #pendingOf(key: string): number {
    return this.#pending.get(key) ?? 0;
  }
}
