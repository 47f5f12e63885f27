import type { Clock } from '@latchkey/core/server';
import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import { filter, type SavedObjectsRepository } from '@latchkey/saved-objects';
import type { ProviderClientFactory } from '../../../types.ts';
import { BoundedPool } from '../bounded_pool.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import { tooContended } from '../token_errors.ts';
import { type Revocation, tokensDone, withAdded, withoutTokens } from './pending_revocations.ts';
import { ProviderCircuitBreaker, QuietEndpoints } from './provider_circuit_breaker.ts';
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
import type { RevocationClient, RevocationJobLinks } from './revocation_job_links.ts';
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
import {
  type GrantResult,
  revokeGrant,
  withPresentCredentials,
  worstResult,
} from './revoke_grant.ts';
import { RevokedGrants, type RevokedGrantsDeps } from './revoked_grants.ts';

const MAX_ATTEMPTS = 20;
/** Entries that one process works on at once, whoever asked for it. */
const CONCURRENCY = 10;

/** What {@link RevocationOutbox} works with. */
export interface RevocationOutboxDeps extends RevokedGrantsDeps {
  readonly repository: SavedObjectsRepository;
  readonly clients: ProviderClientFactory;
  readonly events: GrantEvents;
  readonly revocationJobs: Pick<RevocationJobLinks, 'recordResult'>;
  /** The client of a connector as it is now; `undefined`: gone, or incomplete. */
  readonly presentClient: (of: {
    readonly key: GrantKey;
    readonly spaceId: string;
  }) => Promise<RevocationClient | undefined>;
  readonly clock: Clock;
}

/**
 * Revokes ended grants at their providers, with retries. One encrypted document per user and
 * connector holds the pending work. It is written before the grant stops working here, so a crash
 * in between loses nothing. A grant in it is revoked only once it has stopped working, and not
 * while its revocation would end a new one. An entry that no server can read is closed as failed.
 * An entry that only other servers can read is left to them; new work here then gets an entry of
 * its own, and so does what finds no room. Each grant has its own backoff and its own week. An
 * entry without grants keeps the number of failures for 90 days.
 */
export class RevocationOutbox {
  readonly #deps: RevocationOutboxDeps;
  readonly #entries: RevocationEntries;
  readonly #grants: RevokedGrants;
  readonly #pool = new BoundedPool(CONCURRENCY);
  readonly #quiet = new QuietEndpoints();

  constructor(deps: RevocationOutboxDeps) {
    this.#deps = deps;
    this.#entries = new RevocationEntries(deps.repository);
    this.#grants = new RevokedGrants(deps);
  }

  /**
   * Records what to revoke. Grants already waiting under the same key stay, each with its own client; two writers that meet keep both.
   * @throws TokenUnavailableError when others keep changing the entry
   */
  put(revocation: Revocation): Promise<void> {
    return this.putAll(revocation.key, [revocation]);
  }

  /**
   * As {@link put}, in one write. All of them wait for the same grant to stop. The first is revoked
   * first.
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

  /** `false`: there is no room for all of them. */
  async #putAt(
    address: EntryAddress,
    grantGeneration: string,
    revocations: readonly Revocation[],
    { dropsOverflow = false } = {},
  ): Promise<boolean> {
    for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
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
      if (!written) continue;
      for (const { tokens, revocationJobId } of overflow) {
        if (revocationJobId !== undefined)
          await this.#deps.revocationJobs.recordResult(revocationJobId, 'failed');
        for (const { kind } of tokens) this.#emitGivenUp(address.key, kind);
      }
      return true;
    }
    throw tooContended();
  }

  /**
   * Works off everything due, ten at a time; a provider in trouble is left alone until the next round. Resolves to how many entries were looked at.
   * @param only the run whose entries are meant
   * @throws what the first of those that failed threw, after all others: the next round finds them due
   */
  async workOff(signal: AbortSignal, only?: { readonly revocationJobId: string }): Promise<number> {
    let done = 0;
    const timeout = new ProviderCircuitBreaker();
    const due = filter.before('nextAttemptAt', new Date(this.#deps.clock.now() + 1));
    const wanted =
      only === undefined
        ? due
        : filter.and(due, filter.equals('revocationJobIds', only.revocationJobId));
    let failure: PromiseRejectedResult | undefined;
    for await (const addresses of this.#entries.walk(wanted)) {
      if (signal.aborted) break;
      const attempts = addresses.map((address) =>
        this.#pool.run(async () => {
          if (!signal.aborted) await this.#attempt(address, signal, timeout);
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
   * Tries everything of a connector that waits, due or not, after an administrator corrected the
   * connector. `Retry-After` is honoured.
   */
  async retryConnector(connectorId: string, signal: AbortSignal): Promise<void> {
    const timeout = new ProviderCircuitBreaker();
    for await (const addresses of this.#entries.walk(filter.equals('connectorId', connectorId))) {
      const attempts = addresses.map((address) =>
        this.#pool.run(async () => {
          if (!signal.aborted)
            await this.#attempt(address, signal, timeout, { evenIfNotDue: true });
        }),
      );
      await Promise.all(attempts);
    }
  }

  /** Revocations of a user that failed for good, by connector. May lag behind by a second. */
  async failuresOfUser(profileUid: string): Promise<ReadonlyMap<string, RevocationFailures>> {
    const all = await this.#entries.failuresOfUser(profileUid, this.#deps.clock.now());
    const byConnector = Map.groupBy(all, ({ connectorId }) => connectorId);
    return new Map([...byConnector].map(([id, ofOne]) => [id, sumOf(ofOne)]));
  }

  /** Revocations of all users of a connector that failed for good. */
  async countFailures(connectorId: string): Promise<number> {
    return sumOf(await this.#entries.failuresOfConnector(connectorId, this.#deps.clock.now()))
      .count;
  }

  /** How many entries still hold grants of a run. May lag behind by a second. */
  countWaiting(revocationJobId: string): Promise<number> {
    return this.#entries.count(filter.equals('revocationJobIds', revocationJobId));
  }

  /** As {@link countWaiting}, exact at the moment of the call, at the price of a walk. */
  async recountWaiting(revocationJobId: string): Promise<number> {
    let waiting = 0;
    for await (const keys of this.#entries.walk(filter.equals('revocationJobIds', revocationJobId)))
      waiting += keys.length;
    return waiting;
  }

  /** Nobody may believe that it was revoked. */
  #emitGivenUp({ connectorId, ...key }: GrantKey, tokenKind: TokenToRevoke['kind']): void {
    const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
    const outcome = 'failed_permanent';
    this.#deps.events.emit({ type: 'revoked', connectorId, profileUid, outcome, tokenKind });
  }

  /**
   * One attempt at what is due of one entry; `undefined`: nothing was. What was replaced counts as
   * revoked. Never reports a provider's failure as an error.
   * @param options.evenIfNotDue also what is not due, until the first request that fails
   */
  attempt(
    key: GrantKey,
    signal?: AbortSignal,
    { evenIfNotDue = false } = {},
  ): Promise<'revoked' | 'waiting' | 'given_up' | undefined> {
    const timeout = evenIfNotDue ? new ProviderCircuitBreaker(1) : new ProviderCircuitBreaker();
    return this.#attempt(entryAddress(key), signal, timeout, { evenIfNotDue });
  }

  async #attempt(
    address: EntryAddress,
    signal: AbortSignal | undefined,
    timeout: ProviderCircuitBreaker,
    { evenIfNotDue = false } = {},
  ): Promise<'revoked' | 'waiting' | 'given_up' | undefined> {
    const claimed = await this.#claim(address, timeout, evenIfNotDue);
    if (claimed === undefined) return undefined;
    const { key } = address;
    const { clock } = this.#deps;
    const configurationOf = this.#presentConfigurations(key);
    const grantResults: GrantResult[] = [];
    for (const grant of claimed.ready) {
      const { revocationJobId } = grant;
      const isLast = isExhausted(
        afterAttempt(retryOf(grant, claimed.before), clock.now()),
        clock.now(),
      );
      const postpone = (left: readonly TokenToRevoke[]) =>
        this.#grants.postpone(key, { ...grant, tokens: [...left] });
      const grantResult = await revokeGrant(this.#deps, {
        key,
        grant,
        configuration: await configurationOf(grant),
        signal,
        timeout,
        postpone,
        isBlocked: (configuration) =>
          !isLast && (timeout.isLost(configuration) || this.#isQuiet(configuration)),
        onRetryAfter: (configuration, delayMs) =>
          this.#quiet.note(configuration, retryAfterEnd(delayMs, clock.now())),
      });
      const isFinished = grantResult.left.length === 0 || isLast;
      const result = grantResult.left.length > 0 ? 'failed' : grantResult.result;
      grantResults.push(isFinished ? { ...grantResult, result, left: [] } : grantResult);
      // Counted before it is forgotten: after a crash in between it may be counted twice, never taken for revoked.
      if (
        isFinished &&
        result !== undefined &&
        result !== 'revoked' &&
        revocationJobId !== undefined
      )
        await this.#deps.revocationJobs.recordResult(revocationJobId, result);
    }
    await this.#settle(address, claimed, grantResults);
    if (grantResults.some(({ left }) => left.length > 0)) return 'waiting';
    const isFine = grantResults.every(
      ({ result }) => result === 'revoked' || result === 'replaced',
    );
    return isFine ? 'revoked' : 'given_up';
  }

  /**
   * Takes what is due of an entry by compare-and-set, so that two processes do not both work on it.
   * After a lost race only what is still due: the winner has the rest, or has only added tokens.
   */
  async #claim(
    address: EntryAddress,
    timeout: ProviderCircuitBreaker,
    evenIfNotDue: boolean,
  ): Promise<Claim | undefined> {
    for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
      const claim = await this.#tryClaim(address, timeout, evenIfNotDue && tries === 0);
      if (claim !== 'raced') return claim;
    }
    return undefined;
  }

  async #tryClaim(
    address: EntryAddress,
    timeout: ProviderCircuitBreaker,
    evenIfNotDue: boolean,
  ): Promise<Claim | 'raced' | undefined> {
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
    const { stopped, isFinished } = await this.#grants.stoppedOf(address.key, entry);
    if (isFinished) {
      // Others that wait under the same key go on to wait: the entry is due again at once.
      await this.#leave(entry, stopped);
      return undefined;
    }
    this.#learnQuiet(attributes.pending, nowMs);
    const isReady = (grant: RevocableGrant): boolean => {
      const retry = retryOf(grant, attributes);
      const { configuration } = grant;
      if (!evenIfNotDue && Date.parse(retry.nextAttemptAt) > nowMs) return false;
      if (isExhausted(afterAttempt(retry, nowMs), nowMs)) return true;
      return !timeout.isLost(configuration) && !this.#isQuiet(configuration);
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
    return claimed === undefined ? 'raced' : { entry: claimed, before: attributes, ready };
  }

  /** Another process may have been told to wait. */
  #learnQuiet(pending: readonly RevocableGrant[], nowMs: number): void {
    for (const { configuration, retry } of pending) {
      const untilMs = Date.parse(retry?.notBefore ?? '');
      if (untilMs > nowMs) this.#quiet.note(configuration, untilMs);
    }
  }

  #isQuiet(configuration: OAuthClientConfiguration): boolean {
    return this.#quiet.quietUntil(configuration, this.#deps.clock.now()) !== undefined;
  }

  /** The connector is read once per space. */
  #presentConfigurations(
    key: GrantKey,
  ): (grant: RevocableGrant) => Promise<OAuthClientConfiguration> {
    const clients = new Map<string, Promise<RevocationClient | undefined>>();
    return async ({ configuration, spaceId }) => {
      if (spaceId === undefined) return configuration;
      const present = clients.get(spaceId) ?? this.#deps.presentClient({ key, spaceId });
      clients.set(spaceId, present);
      return withPresentCredentials(configuration, (await present)?.configuration);
    };
  }

  /**
   * Closes the documents of grants that are over, then takes out of the entry what was done, whatever was added meanwhile. In this order: a crash in between
   * leaves an entry that is worked off once more, never a document that waits for an entry that is gone.
   */
  async #settle(
    address: EntryAddress,
    { entry: claimed, before }: Claim,
    grantResults: readonly GrantResult[],
  ): Promise<void> {
    const done = new Set(grantResults.flatMap(({ grant, left }) => tokensDone(grant, left)));
    const { grantGeneration } = claimed.attributes;
    let entry: RevocationEntry | undefined = claimed;
    for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
      const left = withoutTokens(entry?.attributes.pending ?? [], done);
      const generationOf = (grant: RevocableGrant) => grant.generation ?? grantGeneration;
      const waiting = new Set(left.map(generationOf));
      const byGeneration = Map.groupBy(grantResults, ({ grant }) => generationOf(grant));
      for (const [generation, ofOne] of byGeneration) {
        const result = worstResult(ofOne);
        if (result === undefined) continue;
        if (waiting.has(generation))
          await this.#grants.recordResult(address.key, generation, result);
        else await this.#grants.close(address.key, generation, result);
      }
      if (entry === undefined) return;
      const nowMs = this.#deps.clock.now();
      const retried = left.map((grant) => this.#withRetry(grant, grantResults, before));
      const failures = countFailed(grantResults, entry.attributes.pending);
      const at = new Date(nowMs).toISOString();
      const { failed = entry.attributes.failed } = failedChange(
        entry.attributes.failed,
        failures,
        at,
      );
      if (await this.#leave(entry, retried, failed)) return;
      entry = await this.#read(address);
    }
  }

  /** Leaves only these grants in the entry. `false`: it changed meanwhile. */
  async #leave(
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

  /** What was not sent was not tried either, so its backoff does not grow. */
  #withRetry(
    grant: RevocableGrant,
    grantResults: readonly GrantResult[],
    before: Claim['before'],
  ): RevocableGrant {
    const grantResult = grantResults.find(({ left }) =>
      left.some(({ token }) => grant.tokens.some((own) => own.token === token)),
    );
    if (grantResult === undefined || grant.retry === undefined) return grant;
    const retry = grantResult.isSent ? grant.retry : retryOf(grantResult.grant, before);
    const untilMs = this.#quiet.quietUntil(grant.configuration, this.#deps.clock.now());
    return { ...grant, retry: notBefore(retry, untilMs) };
  }

  /** `undefined`: nothing waits, or nothing that could ever be read again. */
  async #read(address: EntryAddress): Promise<RevocationEntry | undefined> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#entries.read(address.id);
      } catch (error) {
        if (!isCorrupt(error) || tries >= MAX_ATTEMPTS) throw error;
        await this.#abandon(address);
      }
    }
  }

  /** The tokens of a damaged entry are lost: its owner, and the runs that count on it, are told, and it is in nobody's way any more. */
  async #abandon({ id, key }: EntryAddress): Promise<void> {
    const damaged = await this.#entries.findDamaged(id);
    if (damaged === undefined) return;
    const { revocationJobIds = [], grantGeneration } = damaged.attributes;
    for (const revocationJobId of revocationJobIds)
      await this.#deps.revocationJobs.recordResult(revocationJobId, 'failed');
    await this.#grants.close(key, grantGeneration, 'failed');
    if (!(await this.#entries.remove(damaged))) return;
    this.#emitGivenUp(key, 'refresh_token');
    const at = new Date(this.#deps.clock.now()).toISOString();
    const failed = { count: (damaged.attributes.failed?.count ?? 0) + 1, at };
    const nextAttemptAt = endOfReport(failed);
    const report = { grantGeneration, pending: [], attempts: 0, createdAt: at };
    await this.#entries.create({ id, key }, { ...report, nextAttemptAt, failed });
  }
}

/** An entry that this process works on. */
interface Claim {
  readonly entry: RevocationEntry;
  /** As read, before the attempt was recorded. */
  readonly before: RevocationAttributes;
  readonly ready: readonly RevocableGrant[];
}

function withOwnRetry(
  pending: readonly RevocableGrant[],
  row: RevocationAttributes,
): RevocableGrant[] {
  return pending.map((grant) => ({ ...grant, retry: retryOf(grant, row) }));
}
