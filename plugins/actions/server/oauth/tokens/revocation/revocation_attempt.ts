import type { Clock } from '@latchkey/core/server';
import type { OAuthClientConfiguration, RevocationFailureCause } from '@latchkey/oauth-client';
import { CONFLICT, needsAnotherKey, retryConflicts } from '@latchkey/saved-objects';
import type { ProviderClientFactory } from '../../strategies/index.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { TokenToRevoke } from '../grants/held_grant.ts';
import {
  type ClientResolver,
  type RevocationClient,
  withCurrentCredentials,
} from './client_resolver.ts';
import type { EntryReader } from './entry_reader.ts';
import {
  afterAttempt,
  earliestAttempt,
  isExhausted,
  notBefore,
  retryAfterEnd,
  retryOf,
  withOwnRetry,
  withoutTokens,
  withReplaced,
} from './pending_grants.ts';
import type { PausedEndpoints, ProviderCircuitBreaker } from './provider_circuit_breaker.ts';
import {
  type EntryAddress,
  failuresAfter,
  isReported,
  type RevocationEntries,
  type RevocationEntry,
} from './revocation_entries.ts';
import {
  emitRevoked,
  type GrantResult,
  type RevocationResults,
  worstResult,
} from './revocation_results.ts';
import type { RevocableGrant, RevocationAttributes } from './revocation_type.ts';
import type { RevokedGrants } from './revoked_grants.ts';

/**
 * Retry limit for conflicts. After too many conflicts, the entry stays unchanged and is attempted
 * again when it is due.
 */
const UNTIL_DUE = { attempts: 20, contended: () => undefined };

/** Services of all attempts of one process. */
export interface RevocationAttemptDeps {
  readonly entries: RevocationEntries;
  readonly reader: EntryReader;
  readonly grants: RevokedGrants;
  readonly clients: Pick<ProviderClientFactory, 'forConfiguration'>;
  readonly clientResolver: Pick<ClientResolver, 'current'>;
  readonly results: RevocationResults;
  readonly pausedEndpoints: PausedEndpoints;
  readonly events: GrantEvents;
  readonly clock: Clock;
}

/** The entry to attempt, and options of the attempt. */
export interface RevocationAttemptRequest {
  readonly address: EntryAddress;
  readonly circuitBreaker: ProviderCircuitBreaker;
  /** Ends the attempt early when it is aborted. `undefined`: the attempt always runs to its end. */
  readonly signal: AbortSignal | undefined;
  /** `true`: grants that are not due are attempted too. */
  readonly evenIfNotDue: boolean;
}

/** State of the attempted grants together. `revoked`: all were revoked or replaced. */
export type RevocationAttemptOutcome = 'revoked' | 'waiting' | 'given_up';

/** The grants of an entry that this attempt has claimed. */
interface Claim {
  readonly entry: RevocationEntry;
  /** Attributes of the entry before the claim was recorded in them. */
  readonly attributesBefore: RevocationAttributes;
  readonly grants: readonly RevocableGrant[];
}

/**
 * One attempt to revoke the due grants of one entry. It claims the grants by compare-and-set, sends
 * one request per token, publishes the results, closes the documents of finished grants and removes
 * their tokens from the entry.
 */
export class RevocationAttempt {
  readonly #deps: RevocationAttemptDeps;
  readonly #request: RevocationAttemptRequest;
  readonly #currentClients = new Map<string, Promise<RevocationClient | undefined>>();
  /** Generations of the grants whose documents this attempt has closed. */
  readonly #closed = new Set<string>();

  constructor(deps: RevocationAttemptDeps, request: RevocationAttemptRequest) {
    this.#deps = deps;
    this.#request = request;
  }

  /**
   * Makes the attempt. Must be called only once.
   * @returns `undefined` if no grant was due. A failure of the provider is an outcome, not an error
   * @throws SavedObjectError when the store is unavailable; or when this server lacks the key of a
   * client, after all other grants of the entry were attempted
   */
  async run(): Promise<RevocationAttemptOutcome | undefined> {
    const claim = await this.#claim();
    if (claim === undefined) return undefined;
    const results: GrantResult[] = [];
    let missingKey: unknown;
    for (const grant of claim.grants) {
      const revoked = await this.#revoke(grant, claim.attributesBefore).catch((error) => {
        if (!needsAnotherKey(error)) throw error;
        missingKey = error;
      });
      if (revoked === undefined) continue;
      results.push(revoked);
      const { result, remaining } = revoked;
      // Published before the grant is removed. A crash between the two writes may cause a result to
      // be counted twice, but never a failure to be counted as revoked.
      if (remaining.length === 0 && result !== undefined && result !== 'revoked')
        await this.#deps.results.publish(grant.revocationJobId, result);
    }
    await this.#apply(claim, results);
    if (missingKey !== undefined) throw missingKey;
    if (results.some(({ remaining }) => remaining.length > 0)) return 'waiting';
    const isFine = results.every(({ result }) => result === 'revoked' || result === 'replaced');
    return isFine ? 'revoked' : 'given_up';
  }

  /**
   * Claims the due grants, so that two processes do not work on the same grants. After a conflict,
   * claims only grants that are still due, because the other process may have claimed some.
   */
  #claim(): Promise<Claim | undefined> {
    const { evenIfNotDue } = this.#request;
    return retryConflicts<Claim | undefined>(
      (attempt) => this.#tryClaim(evenIfNotDue && attempt === 1),
      UNTIL_DUE,
    );
  }

  async #tryClaim(evenIfNotDue: boolean): Promise<Claim | typeof CONFLICT | undefined> {
    const { entries, reader, grants, pausedEndpoints, clock } = this.#deps;
    const { address, circuitBreaker } = this.#request;
    const entry = await reader.read(address);
    if (entry === undefined) return undefined;
    const { attributes } = entry;
    const nowMs = clock.now();
    if (!evenIfNotDue && Date.parse(attributes.nextAttemptAt) > nowMs) return undefined;
    if (attributes.pending.length === 0) {
      if (!isReported(attributes.failed, nowMs)) await entries.remove(entry);
      return undefined;
    }
    const { ended, isDisconnectAbandoned } = await grants.endedGrantsOf(address.key, entry);
    if (isDisconnectAbandoned) {
      // Removes the grants that were not ended. The others stay, and the entry is due again
      // immediately.
      await entries.keepOnly(entry, { pending: ended }, nowMs);
      return undefined;
    }
    pausedEndpoints.load(attributes.pending, nowMs);
    const canAttempt = (grant: RevocableGrant): boolean => {
      const retry = retryOf(grant, attributes);
      if (!evenIfNotDue && Date.parse(retry.nextAttemptAt) > nowMs) return false;
      if (isExhausted(afterAttempt(retry, nowMs), nowMs)) return true;
      return !circuitBreaker.isOpen(grant.configuration) && !this.#isPaused(grant.configuration);
    };
    const attempted = ended.filter(canAttempt);
    if (attempted.length === 0) {
      await this.#postpone(entry, ended);
      return undefined;
    }
    const pending = withOwnRetry(attributes.pending, attributes).map((grant, index) => {
      const retry = retryOf(grant, attributes);
      const isClaimed = attempted.some((one) => one === attributes.pending[index]);
      return isClaimed ? { ...grant, retry: afterAttempt(retry, nowMs) } : grant;
    });
    const claimed = await entries.update(entry, {
      pending,
      attempts: attributes.attempts + 1,
      nextAttemptAt: earliestAttempt(pending, attributes),
    });
    return claimed === undefined
      ? CONFLICT
      : { entry: claimed, attributesBefore: attributes, grants: attempted };
  }

  /**
   * Stores the pause that the provider has requested with the grants that wait for it. Otherwise
   * only the process that received `Retry-After` would respect the pause, until its restart. Grants
   * whose circuit is open stay due. A conflict does no harm, because the entry is read again when
   * it is due.
   */
  async #postpone(entry: RevocationEntry, ended: readonly RevocableGrant[]): Promise<void> {
    const { entries, pausedEndpoints, clock } = this.#deps;
    const { attributes } = entry;
    const nowMs = clock.now();
    let isChanged = false;
    const pending = attributes.pending.map((grant) => {
      const untilMs = pausedEndpoints.pausedUntil(grant.configuration, nowMs);
      const retry = retryOf(grant, attributes);
      if (untilMs === undefined || !ended.includes(grant)) return { ...grant, retry };
      if (Date.parse(retry.nextAttemptAt) >= untilMs) return { ...grant, retry };
      isChanged = true;
      return { ...grant, retry: notBefore(retry, untilMs) };
    });
    if (!isChanged) return;
    await entries.update(entry, { pending, nextAttemptAt: earliestAttempt(pending, attributes) });
  }

  /**
   * Revokes one grant. After the last attempt, no tokens are left to retry, even if this server
   * lacks the encryption key with which the client is stored: no server had this key in the week
   * of attempts.
   * @throws SavedObjectError `store_unavailable` when this server lacks the key, except in the last
   * attempt
   */
  async #revoke(
    grant: RevocableGrant,
    attributesBefore: RevocationAttributes,
  ): Promise<GrantResult> {
    const nowMs = this.#deps.clock.now();
    const isLast = isExhausted(afterAttempt(retryOf(grant, attributesBefore), nowMs), nowMs);
    let sent: GrantResult = { grant, remaining: grant.tokens, result: undefined, isSent: false };
    try {
      sent = await this.#send(grant, await this.#configurationOf(grant, isLast), isLast);
    } catch (error) {
      if (!isLast || !needsAnotherKey(error)) throw error;
    }
    return isLast && sent.remaining.length > 0
      ? { ...sent, result: 'failed', remaining: [], replacements: new Map() }
      : sent;
  }

  /**
   * Sends one revocation request per token, in order (RFC 7009).
   * @param isLast `true`: sends the requests even if the circuit is open or the endpoint is paused
   */
  async #send(
    grant: RevocableGrant,
    configuration: OAuthClientConfiguration,
    isLast: boolean,
  ): Promise<GrantResult> {
    const { clients, grants, events, pausedEndpoints, clock } = this.#deps;
    const { key } = this.#request.address;
    const { circuitBreaker, signal } = this.#request;
    const client = clients.forConfiguration(configuration);
    const onRetryAfter = (delayMs: number) =>
      pausedEndpoints.note(configuration, retryAfterEnd(delayMs, clock.now()));
    let isSent = false;
    let result: GrantResult['result'];
    const remaining: TokenToRevoke[] = [];
    const replacements = new Map<string, TokenToRevoke>();
    for (const [index, token] of grant.tokens.entries()) {
      if (!isLast && (circuitBreaker.isOpen(configuration) || this.#isPaused(configuration))) {
        remaining.push(token);
        continue;
      }
      // Checked before each request, because the user may authorize again while the provider
      // responds slowly to the previous one.
      const unsent = [...remaining, ...grant.tokens.slice(index)];
      if (await grants.leaveToSuccessor(key, { ...grant, tokens: unsent }))
        return { grant, remaining: [], result: result ?? 'replaced', isSent };
      isSent = true;
      let cause: RevocationFailureCause | undefined;
      const outcome = await client.revoke(token.token, token.kind, {
        signal,
        onRetryAfter,
        onReplaced: (next) => replacements.set(token.token, { token: next.token, kind: next.hint }),
        onFailure: (known) => {
          cause = known;
        },
      });
      circuitBreaker.record(configuration, outcome);
      emitRevoked(events, key, { outcome, tokens: [token], cause });
      // The result of the first token counts: after the refresh token is revoked, the access token
      // expires by itself.
      if (outcome === 'failed_transient') remaining.push(replacements.get(token.token) ?? token);
      else result ??= outcome === 'failed_permanent' ? 'failed' : outcome;
    }
    if (result === undefined && remaining.length === 0) result = 'failed';
    return { grant, remaining, replacements, result, isSent };
  }

  /**
   * Closes the documents of finished grants, then removes the finished tokens from the entry. Keeps
   * grants that were added meanwhile. After a crash between the two steps, the entry is processed
   * once more. In the reverse order, a document could wait for ever for an entry that no longer
   * exists.
   */
  async #apply(claim: Claim, results: readonly GrantResult[]): Promise<void> {
    const { entries, reader, clock } = this.#deps;
    const { address } = this.#request;
    const replacements = replacementsOf(results);
    const done = finishedTokens(results);
    await retryConflicts(async (attempt) => {
      const entry = attempt === 1 ? claim.entry : await reader.read(address);
      const pendingNow = withReplaced(entry?.attributes.pending ?? [], replacements);
      const remaining = withoutTokens(pendingNow, done);
      await this.#updateGrants(claim, results, remaining);
      if (entry === undefined) return undefined;
      const nowMs = clock.now();
      const pending = remaining.map((grant) =>
        this.#updateRetry(grant, results, claim.attributesBefore),
      );
      const failed = failuresAfter(entry.attributes, results, nowMs);
      return (await entries.keepOnly(entry, { pending, failed }, nowMs)) ? undefined : CONFLICT;
    }, UNTIL_DUE);
  }

  /**
   * Records the results in the documents of the grants.
   * @param remaining grants that stay in the entry
   */
  async #updateGrants(
    { entry }: Claim,
    results: readonly GrantResult[],
    remaining: readonly RevocableGrant[],
  ): Promise<void> {
    const { grants } = this.#deps;
    const { key } = this.#request.address;
    const { grantGeneration } = entry.attributes;
    const generationOf = (grant: RevocableGrant) => grant.generation ?? grantGeneration;
    const waiting = new Set(remaining.map(generationOf));
    const byGeneration = Map.groupBy(results, ({ grant }) => generationOf(grant));
    for (const [generation, ofOne] of byGeneration) {
      const result = worstResult(ofOne);
      if (result === undefined) continue;
      // This code is repeated after a conflict. Closing a document twice would count its result
      // twice.
      if (this.#closed.has(generation)) continue;
      if (waiting.has(generation)) {
        await grants.recordResult(key, generation, result);
      } else {
        await grants.close(key, generation, result);
        this.#closed.add(generation);
      }
    }
  }

  /**
   * Returns a grant with its retry state after the attempt. If no request was sent, the backoff
   * does not grow.
   */
  #updateRetry(
    grant: RevocableGrant,
    results: readonly GrantResult[],
    attributesBefore: RevocationAttributes,
  ): RevocableGrant {
    const attempted = results.find(({ remaining }) =>
      remaining.some(({ token }) => grant.tokens.some((own) => own.token === token)),
    );
    if (attempted === undefined || grant.retry === undefined) return grant;
    const { pausedEndpoints, clock } = this.#deps;
    const retry = attempted.isSent ? grant.retry : retryOf(attempted.grant, attributesBefore);
    const untilMs = pausedEndpoints.pausedUntil(grant.configuration, clock.now());
    return { ...grant, retry: notBefore(retry, untilMs) };
  }

  #isPaused(configuration: OAuthClientConfiguration): boolean {
    const { pausedEndpoints, clock } = this.#deps;
    return pausedEndpoints.pausedUntil(configuration, clock.now()) !== undefined;
  }

  /**
   * Returns the configuration with which a grant is revoked. Reads the connector once per attempt
   * and space, even if the request that ended the grant has just read it: an entry may wait for
   * days, and an administrator may have corrected the secret meanwhile.
   * @param isLast `true`: uses the stored configuration if this server lacks the key of the current
   * one
   * @throws SavedObjectError `store_unavailable` when this server lacks that key
   */
  async #configurationOf(
    { configuration, spaceId }: RevocableGrant,
    isLast: boolean,
  ): Promise<OAuthClientConfiguration> {
    if (spaceId === undefined) return configuration;
    const { key } = this.#request.address;
    const current =
      this.#currentClients.get(spaceId) ?? this.#deps.clientResolver.current({ key, spaceId });
    this.#currentClients.set(spaceId, current);
    try {
      return withCurrentCredentials(configuration, (await current)?.configuration);
    } catch (error) {
      if (isLast && needsAnotherKey(error)) return configuration;
      throw error;
    }
  }
}

function finishedTokens(results: readonly GrantResult[]): ReadonlySet<string> {
  const tokens = results.flatMap(({ grant, remaining }) =>
    grant.tokens.filter(({ token }) => !remaining.some((left) => left.token === token)),
  );
  return new Set(tokens.map(({ token }) => token));
}

function replacementsOf(results: readonly GrantResult[]): ReadonlyMap<string, TokenToRevoke> {
  return new Map(results.flatMap(({ replacements }) => [...(replacements ?? [])]));
}
