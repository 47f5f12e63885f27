import { type Clock, networkOf, operatorNetworkOf } from '@latchkey/core/server';
import { LRUCache } from 'lru-cache';
import { SecurityError } from '../security_error.ts';
import {
  afterFailure,
  type FailureCount,
  type FailureRule,
  presentFailures,
  waitMs,
} from './failure_rule.ts';
import { bucketOf, type FailureKind, type FailureStore } from './failure_store.ts';

const MAX_UNSAVED = 10_000;
const MAX_KNOWN_ADDRESSES = 10_000;
const KNOWN_ADDRESS_MS = 24 * 60 * 60_000;

/** The user who tries to sign in, and their origin. */
export interface LoginSource {
  readonly username: string;
  readonly address: string;
  /** Id of the browser, if it proved that this user signed in with it before. */
  readonly deviceId: string | undefined;
}

/** One password check under way; exactly one of its methods is called when it ends. */
export interface LoginAttempt {
  /** Never throws: the password was right, even if the counts cannot be updated. */
  succeeded(): Promise<void>;
  /** @throws SavedObjectError when the failure could not be stored; then this process counts it */
  failed(): Promise<void>;
  /** Ended without a result, for example because the store was down. Counts nothing. */
  abandoned(): void;
}

/** Settings of `xpack.security.loginThrottle`; durations in milliseconds. */
export interface LoginThrottleLimits {
  readonly maxFailures: number;
  readonly window: number;
  readonly user: { readonly maxFailures: number; readonly delay: number };
  readonly network: { readonly maxFailures: number; readonly delay: number };
}

export interface LoginThrottleDeps {
  readonly store: Pick<FailureStore, 'read' | 'readRecent' | 'add' | 'clear'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly limits: LoginThrottleLimits;
}

/** One count that limits an attempt. */
interface Counter {
  readonly id: string;
  readonly rule: FailureRule;
}

/**
 * Slows down password guessing. Counts failed attempts in the store, by:
 * - `address`: one user from one address. Locks for a while.
 * - `user`: one user from all addresses. Delays, so that nobody can lock another user out.
 * - `network`: all users from one network. Delays, so that one password cannot be tried on all
 *   users.
 * - `device`: a browser with which this user signed in before. It has a count of its own and skips
 *   the other three, so that a user under attack can still sign in. Locks; a locked device counts
 *   like an unknown browser.
 * | Attempts under way count as failures in this process until they end.
 */
export class LoginThrottle {
  readonly #deps: LoginThrottleDeps;
  readonly #rules: Readonly<Record<FailureKind, FailureRule>>;
  /** Number of attempts under way per bucket. */
  readonly #pending = new Map<string, number>();
  /** Failures that could not be stored; they count in this process. */
  readonly #unsaved = new LRUCache<string, FailureCount>({ max: MAX_UNSAVED });
  /** Pairs of user and address with a recent login, with their expiry on the monotonic clock. */
  readonly #knownAddresses = new LRUCache<string, number>({ max: MAX_KNOWN_ADDRESSES });

  constructor(deps: LoginThrottleDeps) {
    this.#deps = deps;
    const { maxFailures, window, user, network } = deps.limits;
    const lock: FailureRule = { type: 'lock', maxFailures, windowMs: window };
    this.#rules = {
      address: lock,
      device: lock,
      user: { type: 'delay', maxFailures: user.maxFailures, delayMs: user.delay },
      network: { type: 'delay', maxFailures: network.maxFailures, delayMs: network.delay },
    };
  }

  /**
   * Tells if a password that was verified a moment ago may be used without another check.
   * @throws SecurityError `login_throttled` with the seconds to wait
   */
  async check(source: LoginSource): Promise<void> {
    const { device, address, broad } = this.#countersOf(source);
    const recent = (ids: readonly string[]) => this.#deps.store.readRecent(ids);
    if (device !== undefined && (await this.#isOpen(device, recent))) return;
    // A user who recently signed in from this address passes. The caller has already checked the
    // password.
    const applicable = this.#isKnownAddress(source) ? [address] : [address, ...broad];
    this.#refuse(applicable, await this.#counts(applicable, recent), () => 0);
  }

  /** @throws SecurityError `login_throttled` with the seconds to wait */
  async begin(source: LoginSource): Promise<LoginAttempt> {
    const { device, address, broad } = this.#countersOf(source);
    const read = (ids: readonly string[]) => this.#deps.store.read(ids);
    if (device !== undefined) {
      const release = this.#reserve([device]);
      const isOpen = await this.#isOpen(device, read, 1).catch((error: unknown) => {
        release();
        throw error;
      });
      if (isOpen) return this.#attempt({ source, counters: [device], release, resets: device });
      release();
    }
    const counters = [address, ...broad];
    const release = this.#reserve(counters);
    try {
      const counts = await this.#counts(counters, read);
      const checked = this.#isKnownAddress(source)
        ? counters.filter(({ rule }) => rule !== this.#rules.user)
        : counters;
      this.#refuse(checked, counts, ({ id }) => this.#pendingOf(id) - 1);
      const resets = counts.get(address.id) === undefined ? undefined : address;
      return this.#attempt({ source, counters, release, resets });
    } catch (error) {
      release();
      throw error;
    }
  }

  #attempt(attempt: {
    readonly source: LoginSource;
    readonly counters: readonly Counter[];
    readonly release: () => void;
    /** The count that a success clears; `undefined`: none. */
    readonly resets: Counter | undefined;
  }): LoginAttempt {
    const { source, counters, release, resets } = attempt;
    return {
      succeeded: async () => {
        release();
        this.#rememberAddress(source);
        if (resets !== undefined) await this.#clear(resets.id);
      },
      failed: async () => {
        try {
          await this.#countFailure(counters);
        } finally {
          // Released here, so that no parallel guess starts between the end of this attempt and its
          // count.
          release();
        }
      },
      abandoned: release,
    };
  }

  async #countFailure(counters: readonly Counter[]): Promise<void> {
    const outcomes = await Promise.allSettled(
      counters.map(({ id, rule }) => this.#deps.store.add(id, rule)),
    );
    const now = this.#deps.clock.now();
    for (const [index, { id, rule }] of counters.entries()) {
      if (outcomes[index]?.status !== 'rejected') continue;
      this.#unsaved.set(id, afterFailure(rule, this.#unsaved.get(id), now));
    }
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #clear(id: string): Promise<void> {
    this.#unsaved.delete(id);
    try {
      await this.#deps.store.clear(id);
    } catch {
      // The user is signed in. In the worst case old failures count until their window ends.
    }
  }

  #countersOf({ username, address, deviceId }: LoginSource) {
    const counter = (kind: FailureKind, key: string): Counter => ({
      id: bucketOf(kind, key),
      rule: this.#rules[kind],
    });
    return {
      device: deviceId === undefined ? undefined : counter('device', deviceId),
      address: counter('address', addressKey(username, address)),
      broad: [counter('user', username), counter('network', operatorNetworkOf(address))],
    };
  }

  /** @param ownPending reservations of the caller itself, which do not count against it */
  async #isOpen(
    counter: Counter,
    read: (ids: readonly string[]) => Promise<readonly (FailureCount | undefined)[]>,
    ownPending = 0,
  ): Promise<boolean> {
    const counts = await this.#counts([counter], read);
    const pending = this.#pendingOf(counter.id) - ownPending;
    return waitMs(counter.rule, counts.get(counter.id), pending, this.#deps.clock.now()) === 0;
  }

  async #counts(
    counters: readonly Counter[],
    read: (ids: readonly string[]) => Promise<readonly (FailureCount | undefined)[]>,
  ): Promise<ReadonlyMap<string, FailureCount>> {
    const stored = await read(counters.map(({ id }) => id));
    const counts = new Map<string, FailureCount>();
    for (const [index, counter] of counters.entries()) {
      const count = this.#withUnsaved(counter, stored[index]);
      if (count !== undefined) counts.set(counter.id, count);
    }
    return counts;
  }

  #withUnsaved({ id, rule }: Counter, stored: FailureCount | undefined): FailureCount | undefined {
    const unsaved = this.#unsaved.get(id);
    if (unsaved === undefined) return stored;
    const now = this.#deps.clock.now();
    const failures = presentFailures(rule, unsaved, now) + presentFailures(rule, stored, now);
    if (failures === 0) return stored;
    return rule.type === 'lock'
      ? { failures, lastFailureAt: Math.max(unsaved.lastFailureAt, stored?.lastFailureAt ?? 0) }
      : { failures, lastFailureAt: now };
  }

  #refuse(
    counters: readonly Counter[],
    counts: ReadonlyMap<string, FailureCount>,
    pendingOf: (counter: Counter) => number,
  ): void {
    const now = this.#deps.clock.now();
    const waits = counters.map((counter) =>
      waitMs(counter.rule, counts.get(counter.id), pendingOf(counter), now),
    );
    const longestMs = Math.max(...waits);
    if (longestMs === 0) return;
    // The same text for all counts, so that a client cannot learn which of them refused.
    throw new SecurityError('login_throttled', 'Too many failed logins. Try again later.', {
      retryAfterSeconds: Math.ceil(longestMs / 1000),
    });
  }

  /** Counts an attempt under way. The returned function takes it back, once. */
  #reserve(counters: readonly Counter[]): () => void {
    for (const { id } of counters) this.#pending.set(id, this.#pendingOf(id) + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      for (const { id } of counters) {
        const left = this.#pendingOf(id) - 1;
        if (left === 0) this.#pending.delete(id);
        else this.#pending.set(id, left);
      }
    };
  }

  #pendingOf(id: string): number {
    return this.#pending.get(id) ?? 0;
  }

  #rememberAddress({ username, address }: LoginSource): void {
    const until = this.#deps.clock.monotonic() + KNOWN_ADDRESS_MS;
    this.#knownAddresses.set(addressKey(username, address), until);
  }

  #isKnownAddress({ username, address }: LoginSource): boolean {
    const until = this.#knownAddresses.get(addressKey(username, address));
    return until !== undefined && this.#deps.clock.monotonic() < until;
  }
}

/** No address contains NUL, so no two pairs share a key. */
const addressKey = (username: string, address: string): string =>
  `${networkOf(address)}\0${username}`;
