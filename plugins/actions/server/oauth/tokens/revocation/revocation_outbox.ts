import type { Clock } from '@latchkey/core/server';
import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import {
  CONFLICT,
  filter,
  retryConflicts,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import type { ProviderClientFactory } from '../../../types.ts';
import { BoundedPool } from '../bounded_pool.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import { GRANT_RETRIES } from '../token_errors.ts';
import {
  type ClientResolver,
  type RevocationClient,
  withCurrentCredentials,
} from './client_resolver.ts';
import { type Revocation, tokensDone, withAdded, withoutTokens } from './pending_revocations.ts';
import { PausedEndpoints, ProviderCircuitBreaker } from './provider_circuit_breaker.ts';
import {
  type EntryAddress,
  entryAddress,
  isCorrupt,
  isReadableElsewhere,
  RevocationEntries,
  type RevocationEntry,
  type RevocationFailures,
  separateAddress,
} from './revocation_entries.ts';
import {
  countFailed,
  endOfReport,
  failedChange,
  isReported,
  sumOf,
} from './revocation_failures.ts';
import { type RevocationFinishedListener, RevocationResults } from './revocation_results.ts';
import {
  afterAttempt,
  earliestAttempt,
  freshRetry,
  isExhausted,
  notBefore,
  retryAfterEnd,
  retryOf,
} from './revocation_retry.ts';
import {
  MAX_PENDING,
  type RevocableGrant,
  type RevocationAttributes,
  type TokenToRevoke,
} from './revocation_type.ts';
import { type GrantResult, revokeGrant, worstResult } from './revoke_grant.ts';
import { RevokedGrants, type RevokedGrantsDeps } from './revoked_grants.ts';

const MAX_ATTEMPTS = 20;
/**
 * Maximum number of entries that one process works on at the same time, for all callers together.
 */
const CONCURRENCY = 10;

export interface RevocationOutboxDeps extends RevokedGrantsDeps {
  readonly repository: SavedObjectsRepository;
  readonly clients: ProviderClientFactory;
  readonly events: GrantEvents;
  readonly clientResolver: ClientResolver;
  readonly clock: Clock;
}

/**
 * Revokes ended grants at their providers, with retries.
 *
 * One encrypted document (entry) per user and connector holds the pending work. It is written
 * before the grant stops working here, so a crash between the two writes loses nothing. A grant of
 * an entry is revoked only after it has stopped working, and not while its revocation would end a
 * new grant.
 *
 * An entry that no server can read is closed as failed. An entry that only other servers can read
 * is left to them; new work of this server then gets a separate entry. Work for which an entry has
 * no room also gets a separate entry.
 *
 * Each grant has its own backoff and its own deadline of one week. An entry without grants keeps
 * the number of failures for 90 days.
 */
export class RevocationOutbox {
  readonly #deps: RevocationOutboxDeps;
  readonly #entries: RevocationEntries;
  readonly #grants: RevokedGrants;
  readonly #pool = new BoundedPool(CONCURRENCY);
  readonly #pausedEndpoints = new PausedEndpoints();
  readonly #results = new RevocationResults();

  constructor(deps: RevocationOutboxDeps) {
    this.#deps = deps;
    this.#entries = new RevocationEntries(deps.repository);
    this.#grants = new RevokedGrants(deps);
  }

  /**
   * Subscribes to the results of grants that revocation jobs ended. See {@link RevocationResults}.
   */
  onFinished(listener: RevocationFinishedListener): void {
    this.#results.subscribe(listener);
  }

  /**
   * Adds a grant to revoke. Grants that already wait under the same key are kept, each with its own
   * client. Two concurrent writers keep both.
   * @throws TokenUnavailableError when other processes keep changing the entry
   */
  put(revocation: Revocation): Promise<void> {
    return this.putAll(revocation.key, [revocation]);
  }

  /**
   * Adds several grants in one write, as {@link put} does. All of them wait until the same grant
   * stops working. The first is revoked first.
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

  /** `false`: the entry has no room for all of them. */
  async #putAt(
    address: EntryAddress,
    grantGeneration: string,
    revocations: readonly Revocation[],
    { dropsOverflow = false } = {},
  ): Promise<boolean> {
    return retryConflicts(async () => {
      const waiting = await this.#read(address);
      const nowMs = this.#deps.clock.now();
      const now = new Date(nowMs).toISOString();
      const row = waiting?.attributes;
      const before = row === undefined ? [] : withOwnRetry(row.pending, row);
      const all = revocations.reduceRight<readonly RevocableGrant[]>(
        (pending, added) => withAdded(pending, added, freshRetry(nowMs)),
        before,
      );
      const overflow = all.slice(MAX_PENDING);
      if (overflow.length > 0 && !dropsOverflow) return false;
      const pending = all.slice(0, MAX_PENDING);
      const changes = {
        grantGeneration,
        pending,
        attempts: 0,
        nextAttemptAt: earliestAttempt(pending, {
          attempts: 0,
          nextAttemptAt: now,
          createdAt: now,
        }),
        createdAt: now,
        ...failedChange(row?.failed, overflow.length, now),
      };
      const written =
        waiting === undefined
          ? await this.#entries.create(address, changes)
          : (await this.#entries.update(waiting, changes)) !== undefined;
      if (!written) return CONFLICT;
      for (const { tokens, revocationJobId } of overflow) {
        await this.#results.publish(revocationJobId, 'failed');
        for (const { kind } of tokens) this.#emitGivenUp(address.key, kind);
      }
      return true;
    }, GRANT_RETRIES);
  }

  /**
   * Attempts every due revocation, ten entries at a time. After several failures of a client, its
   * remaining entries wait until the next call.
   * @param only restricts the work to the entries of one revocation job
   * @returns the number of entries that were read
   * @throws the first error of an entry, after all other entries; the next call retries it
   */
  async processDue(
    signal: AbortSignal,
    only?: { readonly revocationJobId: string },
  ): Promise<number> {
    let done = 0;
    const circuitBreaker = new ProviderCircuitBreaker();
    const due = filter.before('nextAttemptAt', new Date(this.#deps.clock.now() + 1));
    const condition =
      only === undefined
        ? due
        : filter.and(due, filter.equals('revocationJobIds', only.revocationJobId));
    let failure: PromiseRejectedResult | undefined;
    for await (const addresses of this.#entries.iterate(condition)) {
      if (signal.aborted) break;
      const attempts = addresses.map((address) =>
        this.#pool.run(async () => {
          if (!signal.aborted) await this.#attempt(address, signal, circuitBreaker);
        }),
      );
      for (const grantResult of await Promise.allSettled(attempts))
        if (grantResult.status === 'rejected') failure ??= grantResult;
      done += addresses.length;
    }
    if (failure !== undefined) throw failure.reason;
    return done;
  }

  /**
   * Retries all pending revocations of a connector, due or not, after an administrator has
   * corrected the connector. Respects `Retry-After`.
   */
  async retryConnector(connectorId: string, signal: AbortSignal): Promise<void> {
    const circuitBreaker = new ProviderCircuitBreaker();
    for await (const addresses of this.#entries.iterate(
      filter.equals('connectorId', connectorId),
    )) {
      const attempts = addresses.map((address) =>
        this.#pool.run(async () => {
          if (!signal.aborted)
            await this.#attempt(address, signal, circuitBreaker, { evenIfNotDue: true });
        }),
      );
      await Promise.all(attempts);
    }
  }

  /** Revocations of a user that finally failed, by connector. The result may lag by a second. */
  async failuresOfUser(profileUid: string): Promise<ReadonlyMap<string, RevocationFailures>> {
    const all = await this.#entries.failuresOfUser(profileUid, this.#deps.clock.now());
    const byConnector = Map.groupBy(all, ({ connectorId }) => connectorId);
    return new Map([...byConnector].map(([id, ofOne]) => [id, sumOf(ofOne)]));
  }

  /** Number of revocations of all users of a connector that finally failed. */
  async countFailures(connectorId: string): Promise<number> {
    return sumOf(await this.#entries.failuresOfConnector(connectorId, this.#deps.clock.now()))
      .count;
  }

  /**
   * Number of entries that still contain grants of a revocation job. The result may lag by a
   * second.
   */
  countWaiting(revocationJobId: string): Promise<number> {
    return this.#entries.count(filter.equals('revocationJobIds', revocationJobId));
  }

  /**
   * Number as in {@link countWaiting}, exact at the moment of the call. It reads all matching
   * entries.
   */
  async recountWaiting(revocationJobId: string): Promise<number> {
    let waiting = 0;
    for await (const keys of this.#entries.iterate(
      filter.equals('revocationJobIds', revocationJobId),
    ))
      waiting += keys.length;
    return waiting;
  }

  /** Audits that this token was not revoked. */
  #emitGivenUp({ connectorId, ...key }: GrantKey, tokenKind: TokenToRevoke['kind']): void {
    const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
    const outcome = 'failed_permanent';
    this.#deps.events.emit({ type: 'revoked', connectorId, profileUid, outcome, tokenKind });
  }

  /**
   * Attempts the due grants of one entry once. `undefined`: no grant was due. A grant that was
   * replaced counts as revoked. Never reports a failure of the provider as an error.
   * @param options.evenIfNotDue also attempts grants that are not due, until the first request
   *   fails
   */
  attempt(
    key: GrantKey,
    signal?: AbortSignal,
    { evenIfNotDue = false } = {},
  ): Promise<'revoked' | 'waiting' | 'given_up' | undefined> {
    const circuitBreaker = evenIfNotDue
      ? new ProviderCircuitBreaker(1)
      : new ProviderCircuitBreaker();
    return this.#attempt(entryAddress(key), signal, circuitBreaker, { evenIfNotDue });
  }

  async #attempt(
    address: EntryAddress,
    signal: AbortSignal | undefined,
    circuitBreaker: ProviderCircuitBreaker,
    { evenIfNotDue = false } = {},
  ): Promise<'revoked' | 'waiting' | 'given_up' | undefined> {
    const claimed = await this.#claim(address, circuitBreaker, evenIfNotDue);
    if (claimed === undefined) return undefined;
    const { key } = address;
    const { clock } = this.#deps;
    const configurationOf = this.#currentConfigurations(key);
    const grantResults: GrantResult[] = [];
    for (const grant of claimed.ready) {
      const { revocationJobId } = grant;
      const isLast = isExhausted(
        afterAttempt(retryOf(grant, claimed.before), clock.now()),
        clock.now(),
      );
      const leaveToSuccessor = (remaining: readonly TokenToRevoke[]) =>
        this.#grants.leaveToSuccessor(key, { ...grant, tokens: [...remaining] });
      const grantResult = await revokeGrant(this.#deps, {
        key,
        grant,
        configuration: await configurationOf(grant),
        signal,
        circuitBreaker,
        leaveToSuccessor,
        isBlocked: (configuration) =>
          !isLast && (circuitBreaker.isOpen(configuration) || this.#isPaused(configuration)),
        onRetryAfter: (configuration, delayMs) =>
          this.#pausedEndpoints.note(configuration, retryAfterEnd(delayMs, clock.now())),
      });
      const isFinished = grantResult.remaining.length === 0 || isLast;
      const result = grantResult.remaining.length > 0 ? 'failed' : grantResult.result;
      grantResults.push(isFinished ? { ...grantResult, result, remaining: [] } : grantResult);
      // Published before the grant is removed. After a crash between the two writes the result may
      // be counted twice, but it is never counted as revoked.
      if (isFinished && result !== undefined && result !== 'revoked')
        await this.#results.publish(revocationJobId, result);
    }
    await this.#applyResults(address, claimed, grantResults);
    if (grantResults.some(({ remaining }) => remaining.length > 0)) return 'waiting';
    const isFine = grantResults.every(
      ({ result }) => result === 'revoked' || result === 'replaced',
    );
    return isFine ? 'revoked' : 'given_up';
  }

  /**
   * Claims the due grants of an entry by compare-and-set, so that two processes do not work on the
   * same grants. After a conflict it claims only grants that are still due: the other process has
   * claimed the rest, or has only added tokens.
   */
  async #claim(
    address: EntryAddress,
    circuitBreaker: ProviderCircuitBreaker,
    evenIfNotDue: boolean,
  ): Promise<Claim | undefined> {
    return retryConflicts(
      (attempt) => this.#tryClaim(address, circuitBreaker, evenIfNotDue && attempt === 1),
      { attempts: MAX_ATTEMPTS, contended: () => undefined },
    );
  }

  async #tryClaim(
    address: EntryAddress,
    circuitBreaker: ProviderCircuitBreaker,
    evenIfNotDue: boolean,
  ): Promise<Claim | typeof CONFLICT | undefined> {
    const { clock } = this.#deps;
    const entry = await this.#read(address);
    if (entry === undefined) return undefined;
    const { attributes } = entry;
    const nowMs = clock.now();
    if (!evenIfNotDue && Date.parse(attributes.nextAttemptAt) > nowMs) return undefined;
    if (attributes.pending.length === 0) {
      if (!isReported(attributes.failed, nowMs)) await this.#entries.remove(entry);
      return undefined;
    }
    const { stopped, isFinished } = await this.#grants.stoppedGrantsOf(address.key, entry);
    if (isFinished) {
      // Other grants of the entry keep waiting. The entry is due again at once.
      await this.#keepOnly(entry, stopped);
      return undefined;
    }
    this.#loadPauses(attributes.pending, nowMs);
    const isReady = (grant: RevocableGrant): boolean => {
      const retry = retryOf(grant, attributes);
      const { configuration } = grant;
      if (!evenIfNotDue && Date.parse(retry.nextAttemptAt) > nowMs) return false;
      if (isExhausted(afterAttempt(retry, nowMs), nowMs)) return true;
      return !circuitBreaker.isOpen(configuration) && !this.#isPaused(configuration);
    };
    const ready = stopped.filter(isReady);
    if (ready.length === 0) return undefined;
    const pending = withOwnRetry(attributes.pending, attributes).map((grant, index) => {
      const retry = retryOf(grant, attributes);
      const isClaimed = ready.some((one) => one === attributes.pending[index]);
      return isClaimed ? { ...grant, retry: afterAttempt(retry, nowMs) } : grant;
    });
    const claimed = await this.#entries.update(entry, {
      pending,
      attempts: attributes.attempts + 1,
      nextAttemptAt: earliestAttempt(pending, attributes),
    });
    return claimed === undefined ? CONFLICT : { entry: claimed, before: attributes, ready };
  }

  /** Reads the `Retry-After` pauses that other processes stored in the entry. */
  #loadPauses(pending: readonly RevocableGrant[], nowMs: number): void {
    for (const { configuration, retry } of pending) {
      const untilMs = Date.parse(retry?.notBefore ?? '');
      if (untilMs > nowMs) this.#pausedEndpoints.note(configuration, untilMs);
    }
  }

  #isPaused(configuration: OAuthClientConfiguration): boolean {
    return this.#pausedEndpoints.pausedUntil(configuration, this.#deps.clock.now()) !== undefined;
  }

  /** Returns the configuration to use for a grant. Reads the connector once per space. */
  #currentConfigurations(
    key: GrantKey,
  ): (grant: RevocableGrant) => Promise<OAuthClientConfiguration> {
    const clients = new Map<string, Promise<RevocationClient | undefined>>();
    return async ({ configuration, spaceId }) => {
      if (spaceId === undefined) return configuration;
      const current = clients.get(spaceId) ?? this.#deps.clientResolver.current({ key, spaceId });
      clients.set(spaceId, current);
      return withCurrentCredentials(configuration, (await current)?.configuration);
    };
  }

  /**
   * Closes the documents of finished grants, then removes the finished tokens from the entry and
   * keeps what was added meanwhile. After a crash between the two steps the entry is processed once
   * more. The reverse order could leave a document that waits for an entry that does not exist.
   */
  async #applyResults(
    address: EntryAddress,
    { entry: claimed, before }: Claim,
    grantResults: readonly GrantResult[],
  ): Promise<void> {
    const done = new Set(
      grantResults.flatMap(({ grant, remaining }) => tokensDone(grant, remaining)),
    );
    const { grantGeneration } = claimed.attributes;
    const tryApply = async (
      entry: RevocationEntry | undefined,
    ): Promise<undefined | typeof CONFLICT> => {
      const remaining = withoutTokens(entry?.attributes.pending ?? [], done);
      const generationOf = (grant: RevocableGrant) => grant.generation ?? grantGeneration;
      const waiting = new Set(remaining.map(generationOf));
      const byGeneration = Map.groupBy(grantResults, ({ grant }) => generationOf(grant));
      for (const [generation, ofOne] of byGeneration) {
        const result = worstResult(ofOne);
        if (result === undefined) continue;
        if (waiting.has(generation))
          await this.#grants.recordResult(address.key, generation, result);
        else await this.#grants.close(address.key, generation, result);
      }
      if (entry === undefined) return undefined;
      const nowMs = this.#deps.clock.now();
      const retried = remaining.map((grant) => this.#updateRetry(grant, grantResults, before));
      const failures = countFailed(grantResults, entry.attributes.pending);
      const at = new Date(nowMs).toISOString();
      const { failed = entry.attributes.failed } = failedChange(
        entry.attributes.failed,
        failures,
        at,
      );
      return (await this.#keepOnly(entry, retried, failed)) ? undefined : CONFLICT;
    };
    // An entry that other processes keep changing is due again: its tokens are then revoked once
    // more.
    await retryConflicts(
      async (attempt) => tryApply(attempt === 1 ? claimed : await this.#read(address)),
      { attempts: MAX_ATTEMPTS, contended: () => undefined },
    );
  }

  /**
   * Reduces the entry to these grants. Removes it when it has neither grants nor failures to
   * report. `false`: it changed meanwhile.
   */
  async #keepOnly(
    entry: RevocationEntry,
    pending: readonly RevocableGrant[],
    failed = entry.attributes.failed,
  ): Promise<boolean> {
    const nowMs = this.#deps.clock.now();
    if (pending.length > 0) {
      const nextAttemptAt = earliestAttempt(pending, entry.attributes);
      const changes = { pending: [...pending], nextAttemptAt, ...(failed && { failed }) };
      return (await this.#entries.update(entry, changes)) !== undefined;
    }
    if (failed === undefined || !isReported(failed, nowMs)) return this.#entries.remove(entry);
    const nextAttemptAt = endOfReport(failed);
    return (
      (await this.#entries.update(entry, { pending: [], nextAttemptAt, failed })) !== undefined
    );
  }

  /**
   * Sets the retry state of a grant after an attempt. If no request was sent, the backoff does not
   * grow.
   */
  #updateRetry(
    grant: RevocableGrant,
    grantResults: readonly GrantResult[],
    before: Claim['before'],
  ): RevocableGrant {
    const grantResult = grantResults.find(({ remaining }) =>
      remaining.some(({ token }) => grant.tokens.some((own) => own.token === token)),
    );
    if (grantResult === undefined || grant.retry === undefined) return grant;
    const retry = grantResult.isSent ? grant.retry : retryOf(grantResult.grant, before);
    const untilMs = this.#pausedEndpoints.pausedUntil(grant.configuration, this.#deps.clock.now());
    return { ...grant, retry: notBefore(retry, untilMs) };
  }

  /**
   * Reads an entry. Closes it as failed when no server can read it. `undefined`: there is no entry.
   */
  async #read(address: EntryAddress): Promise<RevocationEntry | undefined> {
    let damage: unknown;
    return retryConflicts(
      async () => {
        try {
          return await this.#entries.read(address.id);
        } catch (error) {
          if (!isCorrupt(error)) throw error;
          damage = error;
          await this.#closeCorrupt(address);
          return CONFLICT;
        }
      },
      {
        attempts: MAX_ATTEMPTS,
        contended: () => {
          throw damage;
        },
      },
    );
  }

  /**
   * Closes a corrupt entry. Its tokens are lost: the failure is reported to the user and to the
   * revocation jobs that count on the entry. Then the key is free for new work.
   */
  async #closeCorrupt({ id, key }: EntryAddress): Promise<void> {
    const corrupt = await this.#entries.findCorrupt(id);
    if (corrupt === undefined) return;
    const { revocationJobIds = [], grantGeneration } = corrupt.attributes;
    for (const revocationJobId of revocationJobIds)
      await this.#results.publish(revocationJobId, 'failed');
    await this.#grants.close(key, grantGeneration, 'failed');
    if (!(await this.#entries.remove(corrupt))) return;
    this.#emitGivenUp(key, 'refresh_token');
    const at = new Date(this.#deps.clock.now()).toISOString();
    const failed = { count: (corrupt.attributes.failed?.count ?? 0) + 1, at };
    const nextAttemptAt = endOfReport(failed);
    const report = { grantGeneration, pending: [], attempts: 0, createdAt: at };
    await this.#entries.create({ id, key }, { ...report, nextAttemptAt, failed });
  }
}

/** An entry that this process has claimed. */
interface Claim {
  readonly entry: RevocationEntry;
  /** The attributes as read, before the attempt was recorded. */
  readonly before: RevocationAttributes;
  readonly ready: readonly RevocableGrant[];
}

function withOwnRetry(
  pending: readonly RevocableGrant[],
  row: RevocationAttributes,
): RevocableGrant[] {
  return pending.map((grant) => ({ ...grant, retry: retryOf(grant, row) }));
}
