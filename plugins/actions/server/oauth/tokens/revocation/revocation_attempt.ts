import { CONFLICT, needsAnotherKey, retryConflicts } from '@latchkey/saved-objects';
import { isExchanging, withExchanges } from './exchanged_tokens.ts';
import {
  afterAttempt,
  earliestAttempt,
  isExhausted,
  notBefore,
  retryOf,
  withOwnRetry,
  withoutTokens,
} from './pending_grants.ts';
import { failuresAfter, isReported, type RevocationEntry } from './revocation_entries.ts';
import { type GrantResult, type RevocationResults, worstResult } from './revocation_results.ts';
import {
  RevocationSender,
  type RevocationSenderDeps,
  type RevocationSenderRequest,
} from './revocation_sender.ts';
import type { RevocableGrant, RevocationAttributes } from './revocation_type.ts';

/**
 * Retry limit for conflicts. After too many conflicts, the entry stays unchanged and is attempted
 * again when it is due.
 */
const UNTIL_DUE = { attempts: 20, contended: () => undefined };

/** Services of all attempts of one process. */
export interface RevocationAttemptDeps extends RevocationSenderDeps {
  readonly results: RevocationResults;
}

/** The entry to attempt, and options of the attempt. */
export interface RevocationAttemptRequest extends RevocationSenderRequest {
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
  readonly #sender: RevocationSender;
  /** Generations of the grants whose documents this attempt has closed. */
  readonly #closed = new Set<string>();

  constructor(deps: RevocationAttemptDeps, request: RevocationAttemptRequest) {
    this.#deps = deps;
    this.#request = request;
    this.#sender = new RevocationSender(deps, request);
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
    const { address } = this.#request;
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
      // Another attempt may be about to store the tokens of an exchange.
      if (isExchanging(grant, nowMs)) return false;
      const retry = retryOf(grant, attributes);
      if (!evenIfNotDue && Date.parse(retry.nextAttemptAt) > nowMs) return false;
      if (isExhausted(afterAttempt(retry, nowMs), nowMs)) return true;
      return !this.#sender.isBlocked(grant.configuration);
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
      sent = await this.#sender.send(grant, isLast);
    } catch (error) {
      if (!isLast || !needsAnotherKey(error)) throw error;
    }
    return isLast && sent.remaining.length > 0
      ? { ...sent, result: 'failed', remaining: [] }
      : sent;
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
    const done = finishedTokens(results);
    await retryConflicts(async (attempt) => {
      const entry = attempt === 1 ? claim.entry : await reader.read(address);
      const pendingNow = withAllExchanges(entry?.attributes.pending ?? [], results);
      const remaining = withoutTokens(pendingNow, done);
      await this.#updateGrants(claim, results, remaining);
      if (entry === undefined) return undefined;
      const nowMs = clock.now();
      const pending = remaining.map((grant) =>
        this.#updateRetry(grant, results, claim.attributesBefore),
      );
      const before = { pending: pendingNow, failed: entry.attributes.failed };
      const failed = failuresAfter(before, results, nowMs);
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
}

function finishedTokens(results: readonly GrantResult[]): ReadonlySet<string> {
  const tokens = results.flatMap(({ grant, remaining }) =>
    grant.tokens.filter(({ token }) => !remaining.some((left) => left.token === token)),
  );
  return new Set(tokens.map(({ token }) => token));
}

/** Applies the results of all exchanges to pending grants. */
function withAllExchanges(
  pending: RevocableGrant[],
  results: readonly GrantResult[],
): RevocableGrant[] {
  return results.reduce(
    (grants, { exchanges }) =>
      exchanges === undefined
        ? grants
        : grants.map((grant) => ({ ...grant, tokens: withExchanges(grant.tokens, exchanges) })),
    pending,
  );
}
