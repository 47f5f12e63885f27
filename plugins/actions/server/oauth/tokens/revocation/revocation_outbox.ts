import type { Clock } from '@latchkey/core/server';
import { filter, type SavedObjectsRepository } from '@latchkey/saved-objects';
import type { GrantClients } from '../../../types.ts';
import { BoundedPool } from '../bounded_pool.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import { tooContended } from '../token_errors.ts';
import { EndedGrants, type EndedGrantsDeps } from './ended_grants.ts';
import type { EndingLinks } from './ending_links.ts';
import { type Revocation, tokensDone, withAdded, withoutTokens } from './pending_revocations.ts';
import { ProviderPatience } from './provider_patience.ts';
import {
  type EntryAddress,
  entryAddress,
  isDamage,
  isForOthers,
  RevocationEntries,
  type RevocationEntry,
  separateAddress,
} from './revocation_entries.ts';
import { MOST_PENDING, type RevocableGrant, type TokenToRevoke } from './revocation_type.ts';
import { type GrantResult, revokeGrant, worstFate } from './revoke_grant.ts';

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 60 * 60_000;
/** After this long the provider is given up on and the person is told to revoke there. */
const GIVE_UP_AFTER_MS = 7 * 24 * 60 * 60_000;
/**
 * Minimum number of attempts as well, a day's work: a machine that slept for a week, or a clock
 * that jumped, has tried nothing meanwhile.
 */
const LEAST_ATTEMPTS = 24;
const MOST_TRIES = 20;
/** Entries that one process works on at once, whoever asked for it. */
const AT_ONCE = 10;

/** What {@link RevocationOutbox} works with. */
export interface RevocationOutboxDeps extends EndedGrantsDeps {
  readonly repository: SavedObjectsRepository;
  readonly clients: GrantClients;
  readonly events: GrantEvents;
  readonly endings: Pick<EndingLinks, 'noteFate'>;
  readonly clock: Clock;
}

/**
 * Revokes ended grants at their providers, with retries. One encrypted document per user and
 * connector holds the pending work. It is written before the grant stops working here, so a crash
 * in between loses nothing. A grant in it is revoked only once it has stopped working, and not
 * while its revocation would end a new one. An entry that no server can read is closed as failed.
 * An entry that only other servers can read is left to them; new work here then gets an entry of
 * its own.
 */
export class RevocationOutbox {
  readonly #deps: RevocationOutboxDeps;
  readonly #entries: RevocationEntries;
  readonly #grants: EndedGrants;
  readonly #pool = new BoundedPool(AT_ONCE);

  constructor(deps: RevocationOutboxDeps) {
    this.#deps = deps;
    this.#entries = new RevocationEntries(deps.repository);
    this.#grants = new EndedGrants(deps);
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
    try {
      await this.#putAt(entryAddress(key), first.generation, revocations);
    } catch (error) {
      if (!isForOthers(error)) throw error;
      await this.#putAt(separateAddress(key, first.generation), first.generation, revocations);
    }
  }

  async #putAt(
    address: EntryAddress,
    grantGeneration: string,
    revocations: readonly Revocation[],
  ): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const waiting = await this.#read(address);
      const now = new Date(this.#deps.clock.now()).toISOString();
      const all = revocations.reduceRight<readonly RevocableGrant[]>(
        withAdded,
        waiting?.attributes.pending ?? [],
      );
      const changes = {
        grantGeneration,
        pending: all.slice(0, MOST_PENDING),
        attempts: 0,
        nextAttemptAt: now,
        createdAt: now,
      };
      const written =
        waiting === undefined
          ? await this.#entries.create(address, changes)
          : (await this.#entries.update(waiting, changes)) !== undefined;
      if (!written) continue;
      for (const { tokens } of all.slice(MOST_PENDING))
        for (const { kind } of tokens) this.#emitGivenUp(address.key, kind);
      return;
    }
    throw tooContended();
  }

  /**
   * Works off everything due, ten at a time; a provider in trouble is left alone until the next round. Resolves to how many entries were looked at.
   * @param only the run whose entries are meant
   * @throws what the first of those that failed threw, after all others: the next round finds them due
   */
  async workOff(signal: AbortSignal, only?: { readonly endingId: string }): Promise<number> {
    let done = 0;
    const patience = new ProviderPatience();
    const due = filter.before('nextAttemptAt', new Date(this.#deps.clock.now() + 1));
    const wanted =
      only === undefined ? due : filter.and(due, filter.equals('endingIds', only.endingId));
    let failure: PromiseRejectedResult | undefined;
    for await (const addresses of this.#entries.walk(wanted)) {
      if (signal.aborted) break;
      const attempts = addresses.map((address) =>
        this.#pool.run(async () => {
          if (!signal.aborted) await this.#attempt(address, signal, patience);
        }),
      );
      for (const result of await Promise.allSettled(attempts))
        if (result.status === 'rejected') failure ??= result;
      done += addresses.length;
    }
    if (failure !== undefined) throw failure.reason;
    return done;
  }

  /** How many entries still hold grants of a run. May lag behind by a second. */
  countWaiting(endingId: string): Promise<number> {
    return this.#entries.count(filter.equals('endingIds', endingId));
  }

  /** As {@link countWaiting}, exact at the moment of the call, at the price of a walk. */
  async recountWaiting(endingId: string): Promise<number> {
    let waiting = 0;
    for await (const keys of this.#entries.walk(filter.equals('endingIds', endingId)))
      waiting += keys.length;
    return waiting;
  }

  /** Nobody may believe that it was revoked. */
  #emitGivenUp({ connectorId, ...key }: GrantKey, tokenKind: TokenToRevoke['kind']): void {
    const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
    const outcome = 'failed_permanent';
    this.#deps.events.emit({ type: 'revoked', connectorId, profileUid, outcome, tokenKind });
  }

  /** One attempt at one entry; `undefined`: nothing was due. What was replaced counts as revoked. Never reports a provider's failure as an error. */
  attempt(
    key: GrantKey,
    signal?: AbortSignal,
    { evenIfNotDue = false } = {},
  ): Promise<'revoked' | 'waiting' | 'given_up' | undefined> {
    return this.#attempt(entryAddress(key), signal, new ProviderPatience(), evenIfNotDue);
  }

  async #attempt(
    address: EntryAddress,
    signal: AbortSignal | undefined,
    patience: ProviderPatience,
    evenIfNotDue = false,
  ): Promise<'revoked' | 'waiting' | 'given_up' | undefined> {
    const claimed = await this.#claim(address, patience, evenIfNotDue);
    if (claimed === undefined) return undefined;
    const { key } = address;
    const isExhausted = this.#isExhausted(claimed.entry);
    const results: GrantResult[] = [];
    for (const grant of claimed.ready) {
      const { endingId } = grant;
      const postpone = (left: readonly TokenToRevoke[]) =>
        this.#grants.postpone(key, { ...grant, tokens: [...left] });
      const result = await revokeGrant(this.#deps, { key, grant, signal, patience, postpone });
      const isOver = result.left.length === 0 || isExhausted;
      const fate = result.left.length > 0 ? 'failed' : result.fate;
      results.push(isOver ? { ...result, fate, left: [] } : result);
      // Counted before it is forgotten: after a crash in between it may be counted twice, never taken for revoked.
      if (isOver && fate !== undefined && fate !== 'revoked' && endingId !== undefined)
        await this.#deps.endings.noteFate(endingId, fate);
    }
    await this.#settle(address, claimed.entry, results);
    if (results.some(({ left }) => left.length > 0)) return 'waiting';
    const isFine = results.every(({ fate }) => fate === 'revoked' || fate === 'replaced');
    return isFine ? 'revoked' : 'given_up';
  }

  /** Takes what is due of an entry by compare-and-set, so that two processes do not both work on it. */
  async #claim(
    address: EntryAddress,
    patience: ProviderPatience,
    evenIfNotDue: boolean,
  ): Promise<{ entry: RevocationEntry; ready: readonly RevocableGrant[] } | undefined> {
    const { clock } = this.#deps;
    const entry = await this.#read(address);
    if (entry === undefined) return undefined;
    if (!evenIfNotDue && Date.parse(entry.attributes.nextAttemptAt) > clock.now()) return undefined;
    const { stopped, isOver } = await this.#grants.stoppedOf(address.key, entry);
    if (isOver) {
      // Others that wait under the same key go on to wait: the entry is due again at once.
      await this.#leave(entry, stopped);
      return undefined;
    }
    const isExhausted = this.#isExhausted(entry);
    const ready = stopped.filter(
      ({ configuration }) => isExhausted || !patience.isLost(configuration),
    );
    if (ready.length === 0) return undefined;
    const attempts = entry.attributes.attempts + 1;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 10));
    const claimed = await this.#entries.update(entry, {
      attempts,
      nextAttemptAt: new Date(clock.now() + pause).toISOString(),
    });
    return claimed && { entry: claimed, ready };
  }

  /** Tells if one more failure is the last. */
  #isExhausted({ attributes: { createdAt, attempts } }: RevocationEntry): boolean {
    const ageMs = this.#deps.clock.now() - Date.parse(createdAt);
    return ageMs >= GIVE_UP_AFTER_MS && attempts >= LEAST_ATTEMPTS;
  }

  /**
   * Closes the documents of grants that are over, then takes out of the entry what was done, whatever was added meanwhile. In this order: a crash in between
   * leaves an entry that is worked off once more, never a document that waits for an entry that is gone.
   */
  async #settle(
    address: EntryAddress,
    claimed: RevocationEntry,
    results: readonly GrantResult[],
  ): Promise<void> {
    const done = new Set(results.flatMap(({ grant, left }) => tokensDone(grant, left)));
    const { grantGeneration } = claimed.attributes;
    let entry: RevocationEntry | undefined = claimed;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const left = withoutTokens(entry?.attributes.pending ?? [], done);
      const generationOf = (grant: RevocableGrant) => grant.generation ?? grantGeneration;
      const waiting = new Set(left.map(generationOf));
      const byGeneration = Map.groupBy(results, ({ grant }) => generationOf(grant));
      for (const [generation, ofOne] of byGeneration) {
        const fate = worstFate(ofOne);
        if (fate === undefined) continue;
        if (waiting.has(generation)) await this.#grants.noteFate(address.key, generation, fate);
        else await this.#grants.close(address.key, generation, fate);
      }
      if (entry === undefined || (await this.#leave(entry, left))) return;
      entry = await this.#read(address);
    }
  }

  /** Leaves only these grants in the entry. `false`: it changed meanwhile. */
  async #leave(entry: RevocationEntry, pending: readonly RevocableGrant[]): Promise<boolean> {
    if (pending.length === 0) return this.#entries.remove(entry);
    return (await this.#entries.update(entry, { pending: [...pending] })) !== undefined;
  }

  /** `undefined`: nothing waits, or nothing that could ever be read again. */
  async #read(address: EntryAddress): Promise<RevocationEntry | undefined> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#entries.read(address.id);
      } catch (error) {
        if (!isDamage(error) || tries >= MOST_TRIES) throw error;
        await this.#abandon(address);
      }
    }
  }

  /** The tokens of a damaged entry are lost: its owner, and the runs that count on it, are told, and it is in nobody's way any more. */
  async #abandon({ id, key }: EntryAddress): Promise<void> {
    const damaged = await this.#entries.findDamaged(id);
    if (damaged === undefined) return;
    const { endingIds = [], grantGeneration } = damaged.attributes;
    for (const endingId of endingIds) await this.#deps.endings.noteFate(endingId, 'failed');
    await this.#grants.close(key, grantGeneration, 'failed');
    if (await this.#entries.remove(damaged)) this.#emitGivenUp(key, 'refresh_token');
  }
}
