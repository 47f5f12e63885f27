import type { Clock, Logger } from '@latchkey/core/server';
import {
  CONFLICT,
  type Filter,
  filter,
  retryConflicts,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import { BoundedPool } from '../../limits/index.ts';
import type { ProviderClientFactory } from '../../strategies/index.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import { GRANT_RETRIES } from '../grants/token_errors.ts';
import type { ClientResolver } from './client_resolver.ts';
import { EntryReader } from './entry_reader.ts';
import { earliestAttempt, type Revocation, withAdded, withOwnRetry } from './pending_grants.ts';
import { PausedEndpoints, ProviderCircuitBreaker } from './provider_circuit_breaker.ts';
import {
  RevocationAttempt,
  type RevocationAttemptDeps,
  type RevocationAttemptOutcome,
} from './revocation_attempt.ts';
import {
  addFailures,
  type EntryAddress,
  entryAddress,
  isReadableElsewhere,
  RevocationEntries,
  type RevocationFailures,
  separateAddress,
  sumOf,
} from './revocation_entries.ts';
import {
  emitRevoked,
  type RevocationFinishedListener,
  RevocationResults,
} from './revocation_results.ts';
import { MAX_PENDING, type RevocableGrant } from './revocation_type.ts';
import { RevokedGrants } from './revoked_grants.ts';

/** Maximum number of entries that one process works on at the same time, over all callers. */
const CONCURRENCY = 10;

/** Maximum time for which a user waits for the response of a provider, in milliseconds. */
const MAX_WAIT_MS = 3000;

/** Dependencies of {@link RevocationOutbox}. */
export interface RevocationOutboxDeps {
  readonly repository: SavedObjectsRepository;
  readonly store: GrantStore;
  readonly clients: Pick<ProviderClientFactory, 'forConfiguration'>;
  readonly clientResolver: ClientResolver;
  readonly events: GrantEvents;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Revokes ended grants at their providers, with retries.
 *
 * Tokens to revoke are stored in one encrypted document (entry) per user and connector. The entry
 * is written before the grant ends here, so a crash between the two writes loses no token. A grant
 * of an entry is revoked only after it has ended, and not while its revocation would end a newer
 * grant.
 *
 * An entry that no server can read is closed as failed. An entry that only other servers can read
 * stays unchanged, and new tokens get a separate entry. Tokens for which an entry has no room get a
 * separate entry too.
 *
 * Each grant has its own backoff, and is given up after a week. An entry without grants reports the
 * number of failures for 90 days.
 */
export class RevocationOutbox {
  readonly #attempts: RevocationAttemptDeps;
  readonly #pool = new BoundedPool(CONCURRENCY);
  readonly #logger: Logger;
  readonly #running = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor(deps: RevocationOutboxDeps) {
    const { repository, store, clients, clientResolver, events, clock, logger } = deps;
    const entries = new RevocationEntries(repository);
    const grants = new RevokedGrants(store, clientResolver, clock);
    const results = new RevocationResults();
    const reader = new EntryReader({ entries, grants, results, events, clock });
    const pausedEndpoints = new PausedEndpoints();
    const work = { entries, reader, grants, results, pausedEndpoints };
    this.#logger = logger;
    this.#attempts = { ...work, clients, clientResolver, events, clock };
  }

  /**
   * Subscribes to the results of grants that revocation jobs have ended; see {@link
   * RevocationResults}.
   */
  onFinished(listener: RevocationFinishedListener): void {
    this.#attempts.results.subscribe(listener);
  }

  /**
   * Adds a grant to revoke. Keeps waiting grants of the same user and connector, each with its own
   * client. Two simultaneous calls keep both grants.
   * @throws TokenUnavailableError when other processes change the entry again and again
   */
  put(revocation: Revocation): Promise<void> {
    return this.putAll(revocation.key, [revocation]);
  }

  /**
   * Adds several grants with one write, as {@link put} does. All of them wait until the same grant
   * has ended. They are revoked in their order.
   * @throws TokenUnavailableError, SavedObjectError as {@link put}
   */
  async putAll(key: GrantKey, revocations: readonly Revocation[]): Promise<void> {
    const [first] = revocations;
    if (first === undefined) return;
    const separate = separateAddress(key, first.generation);
    try {
      if (await this.#putAt(entryAddress(key), first.generation, revocations)) return;
    } catch (error) {
      if (!isReadableElsewhere(error)) throw error;
    }
    await this.#putAt(separate, first.generation, revocations, { dropsOverflow: true });
  }

  /** Adds revocations to an entry. `false`: the entry has no room for all of them. */
  async #putAt(
    address: EntryAddress,
    grantGeneration: string,
    revocations: readonly Revocation[],
    { dropsOverflow = false } = {},
  ): Promise<boolean> {
    const { entries, reader, results, events, clock } = this.#attempts;
    return retryConflicts(async () => {
      const entry = await reader.read(address);
      const nowMs = clock.now();
      const now = new Date(nowMs).toISOString();
      const before =
        entry === undefined ? [] : withOwnRetry(entry.attributes.pending, entry.attributes);
      const all = revocations.reduceRight<readonly RevocableGrant[]>(
        (pending, added) => withAdded(pending, added, nowMs),
        before,
      );
      const overflow = all.slice(MAX_PENDING);
      if (overflow.length > 0 && !dropsOverflow) return false;
      const pending = all.slice(0, MAX_PENDING);
      const retry = { attempts: 0, nextAttemptAt: now, createdAt: now };
      const changes = {
        ...retry,
        grantGeneration,
        pending,
        nextAttemptAt: earliestAttempt(pending, retry),
        ...addFailures(entry?.attributes.failed, overflow.length, now),
      };
      // Published before the entry is written without these grants. A crash or a conflict may cause
      // a result to be counted twice, but never a failure to be counted as revoked.
      for (const { revocationJobId } of overflow) await results.publish(revocationJobId, 'failed');
      const written =
        entry === undefined
          ? await entries.create(address, changes)
          : (await entries.update(entry, changes)) !== undefined;
      if (!written) return CONFLICT;
      for (const { tokens } of overflow)
        emitRevoked(events, address.key, { outcome: 'failed_permanent', tokens });
      return true;
    }, GRANT_RETRIES);
  }

  /**
   * Attempts all due revocations, ten entries at a time. After several failures of a client, its
   * other entries wait until the next call.
   * @param only attempts only the entries of one revocation job
   * @returns number of entries that were read
   * @throws the first error of an entry, after all other entries; the next call tries it again
   */
  processDue(signal: AbortSignal, only?: { readonly revocationJobId: string }): Promise<number> {
    const due = filter.before('nextAttemptAt', new Date(this.#attempts.clock.now() + 1));
    const condition = only === undefined ? due : filter.and(due, isOfJob(only.revocationJobId));
    return this.#attemptAll(condition, { signal, evenIfNotDue: false });
  }

  /**
   * Attempts all pending revocations of a connector, even those that are not due, because an
   * administrator has corrected the connector. Respects `Retry-After`.
   * @throws as {@link processDue}
   */
  async retryConnector(connectorId: string, signal: AbortSignal): Promise<void> {
    const condition = filter.equals('connectorId', connectorId);
    await this.#attemptAll(condition, { signal, evenIfNotDue: true });
  }

  #attemptAll(
    condition: Filter,
    how: { readonly signal: AbortSignal; readonly evenIfNotDue: boolean },
  ): Promise<number> {
    const circuitBreaker = new ProviderCircuitBreaker();
    const addresses = this.#attempts.entries.iterate(condition);
    const attempt = (address: EntryAddress) =>
      new RevocationAttempt(this.#attempts, { ...how, address, circuitBreaker }).run();
    return this.#pool.forEach(addresses, attempt, how.signal);
  }

  /**
   * Attempts the due grants of one entry once.
   * @param options `evenIfNotDue`: also attempts grants that are not due, until the first request
   * fails
   * @returns `undefined` if no grant was due. A failure of the provider is an outcome, not an error
   */
  attempt(
    key: GrantKey,
    signal?: AbortSignal,
    { evenIfNotDue = false } = {},
  ): Promise<RevocationAttemptOutcome | undefined> {
    const circuitBreaker = new ProviderCircuitBreaker(evenIfNotDue ? 1 : undefined);
    const request = { address: entryAddress(key), signal, circuitBreaker, evenIfNotDue };
    return new RevocationAttempt(this.#attempts, request).run();
  }

  /**
   * Calls `revoke` and tracks it as work in the background, which is aborted when the server stops.
   * Tokens that are not revoked by then stay in the outbox. The returned promise never rejects: an
   * error is logged.
   */
  inBackground<T>(revoke: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const work: Promise<T | undefined> = revoke(this.#stopping.signal)
      .catch((error) => {
        this.#logger.warn('A revocation failed and will be tried again', { error });
        return undefined;
      })
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
    return work;
  }

  /** Starts an attempt to revoke the due grants of one user and connector. */
  attemptInBackground(key: GrantKey): void {
    this.inBackground((signal) => this.attempt(key, signal));
  }

  /**
   * Starts an attempt, and waits for its outcome for at most {@link MAX_WAIT_MS}. `undefined`: the
   * attempt continues in the background, no grant was due, or the attempt failed.
   * @param options as for {@link attempt}
   */
  async attemptNow(
    key: GrantKey,
    options?: { readonly evenIfNotDue: boolean },
  ): Promise<RevocationAttemptOutcome | undefined> {
    const attempt = this.inBackground((signal) => this.attempt(key, signal, options));
    return this.#atMost(MAX_WAIT_MS, attempt);
  }

  /**
   * Waits for work in the background, for at most `timeoutMs`, and then aborts it. Called when the
   * server stops.
   */
  async drain(timeoutMs: number): Promise<void> {
    await this.#atMost(timeoutMs, Promise.allSettled([...this.#running]));
    this.#stopping.abort();
    await Promise.allSettled([...this.#running]);
  }

  /** Waits for `work`, for at most `timeoutMs`. `undefined`: it has not ended by then. */
  async #atMost<T>(timeoutMs: number, work: Promise<T>): Promise<T | undefined> {
    const done = new AbortController();
    const timeout = this.#attempts.clock
      .sleep(timeoutMs, done.signal)
      .then(() => undefined)
      .catch(() => undefined);
    const result = await Promise.race([work, timeout]);
    done.abort();
    return result;
  }

  /**
   * Returns the revocations of a user that failed permanently, by connector. May miss changes of
   * the last second.
   */
  async failuresOfUser(profileUid: string): Promise<ReadonlyMap<string, RevocationFailures>> {
    const { entries, clock } = this.#attempts;
    const all = await entries.failuresOfUser(profileUid, clock.now());
    const byConnector = Map.groupBy(all, ({ connectorId }) => connectorId);
    return new Map([...byConnector].map(([id, ofOne]) => [id, sumOf(ofOne)]));
  }

  /** Counts the revocations of all users of a connector that failed permanently. */
  async countFailures(connectorId: string): Promise<number> {
    const { entries, clock } = this.#attempts;
    return sumOf(await entries.failuresOfConnector(connectorId, clock.now())).count;
  }

  /**
   * Counts the entries that contain grants of a revocation job. Sees all writes, because a missing
   * entry would count as a revoked grant.
   */
  countWaiting(revocationJobId: string): Promise<number> {
    return this.#attempts.entries.count(isOfJob(revocationJobId));
  }

  /** Counts as {@link countWaiting}, but by reading all matching entries. */
  async recountWaiting(revocationJobId: string): Promise<number> {
    let waiting = 0;
    for await (const addresses of this.#attempts.entries.iterate(isOfJob(revocationJobId)))
      waiting += addresses.length;
    return waiting;
  }
}

function isOfJob(revocationJobId: string): Filter {
  return filter.equals('revocationJobIds', revocationJobId);
}
