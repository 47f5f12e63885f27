import type { Clock, Principal } from '@latchkey/core/server';
import { CONFLICT, retryConflicts } from '@latchkey/saved-objects';
import { BoundedPool } from '../limits/index.ts';
import type { ProviderClient } from '../strategies/index.ts';
import { type AccountChange, type AccountHold, accountChangeOf } from './grants/account_change.ts';
import type { GrantEvents } from './grants/grant_events.ts';
import type { GrantKey } from './grants/grant_key.ts';
import {
  type GrantChanges,
  type GrantRecord,
  isRevokedByEdit,
  isUsable,
  withUnrevoked,
} from './grants/grant_record.ts';
import type { GrantStore } from './grants/grant_store.ts';
import type { HeldGrant, TokenToRevoke } from './grants/held_grant.ts';
import { GRANT_RETRIES } from './grants/token_errors.ts';
import type { ClientResolver, RevocationClient } from './revocation/client_resolver.ts';
import type { GrantRevoker, ReleasedGrant } from './revocation/grant_revoker.ts';
import type { RevocationOutbox } from './revocation/revocation_outbox.ts';
import { revocationEndsBoth, tokensOf } from './revocation/superseded_grants.ts';

const CONCURRENCY = 10;
/**
 * Maximum number of tokens that are kept from earlier authorizations of the same account about
 * which the user did not decide. Together with the tokens of the held grant, they fit into one
 * entry of the outbox. Older ones are revoked.
 */
const MAX_EARLIER_TOKENS = 98;

/**
 * State of revoking a grant that the user did not accept. `waiting`: the revocation is tried again
 * until the provider accepts it. `unsupported`: the provider cannot revoke the grant.
 * `with_connected`: revoking the grant would end the connected grant too, so both are revoked
 * together later.
 */
export type ReleasedRevocation = 'revoked' | 'waiting' | 'unsupported' | 'with_connected';

/** A change of account about which the user has decided. */
export type DecidedAccountChange = AccountChange & {
  /** State of revoking the new grant. Present if the connected account was kept. */
  readonly revocation?: ReleasedRevocation;
};

/** Dependencies of {@link AccountChangeService}. */
export interface AccountChangeServiceDeps {
  readonly store: GrantStore;
  readonly grantRevoker: GrantRevoker;
  readonly clientResolver: Pick<ClientResolver, 'resolve'>;
  readonly outbox: Pick<RevocationOutbox, 'attemptInBackground' | 'attemptNow'>;
  readonly events: GrantEvents;
  readonly clock: Clock;
}

/** A new grant as it would be stored if the user were not connected. */
export type FreshGrant = GrantChanges & Pick<GrantRecord, 'generation'>;

/**
 * Holds grants of a different account than the connected one, or of an unknown account, until the
 * user decides. Then the held grant is used or revoked. States of a connection: connected → held →
 * connected with the new account, or connected as before. The held grant is in the document of the
 * grant in use, so a change that ends the grant in use ends both.
 */
export class AccountChangeService {
  readonly #deps: AccountChangeServiceDeps;

  constructor(deps: AccountChangeServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Returns `true` if a new grant belongs, or may belong, to a different account than the
   * connection, because the provider named another account or, this time, none. Applies to
   * connections that work and to those whose user must authorize again.
   */
  isChange(previous: GrantRecord, client: ProviderClient, fresh: FreshGrant): boolean {
    if (!isUsable(previous) || previous.clientFingerprint !== client.fingerprint) return false;
    const [before, now] = [previous.account?.id, fresh.account?.id];
    // `now` is `undefined` when the provider named no account this time. This is a change, too.
    return before !== undefined && before !== now;
  }

  /**
   * Stores a new grant as held. `undefined`: the grant in use was changed since it was read; read
   * it again.
   */
  async hold(
    previous: GrantRecord,
    fresh: FreshGrant,
    { hold, client }: { readonly hold: AccountHold; readonly client: RevocationClient },
  ): Promise<GrantRecord | undefined> {
    const held = heldGrant(previous, fresh, hold);
    if (held === undefined) return undefined;
    const { changes, isQueued, unrevocable } = await this.#releaseEarlier(previous, held, client);
    const saved = await this.#deps.store.compareAndSet(previous, {
      ...changes,
      held,
      ...this.#unrevoked(previous, unrevocable),
    });
    if (saved === undefined) return undefined;
    this.#emit(previous, 'account_held', held, undefined);
    this.#deps.grantRevoker.emitUnrevocable(previous.key, unrevocable);
    if (isQueued) this.#deps.outbox.attemptInBackground(previous.key);
    return saved;
  }

  /** Puts the tokens of an earlier held grant into the outbox when a new held grant replaces it. */
  async #releaseEarlier(
    previous: GrantRecord,
    held: HeldGrant,
    client: RevocationClient,
  ): Promise<ReleasedGrant> {
    const { grantRevoker } = this.#deps;
    const { held: earlier } = previous;
    const accountId = held.account?.id;
    if (earlier === undefined || accountId === undefined || !isOfSameAccount(earlier, held))
      return grantRevoker.releaseHeld(previous, {
        client,
        keptAccounts: [previous.account?.id, accountId],
      });
    const tokens = tokensOfEarlier(earlier).slice(MAX_EARLIER_TOKENS);
    const overflow = tokens.length === 0 ? [] : [{ accountId, tokens }];
    if (revocationEndsBoth({ accountId }, { client, accountId }))
      return { changes: {}, isQueued: false, unrevocable: [] };
    const holder = { ...previous, generation: earlier.generation };
    const isQueued = await grantRevoker.queueTokens(holder, client, overflow);
    return { changes: {}, isQueued, unrevocable: isQueued ? [] : overflow };
  }

  /**
   * Returns the change that waits for the user's decision. `undefined`: no change is waiting, or
   * its deadline has passed.
   */
  async find(of: {
    readonly connectorId: string;
    readonly profileUid: string;
  }): Promise<AccountChange | undefined> {
    const record = await this.#deps.grantRevoker.readOrClear({ scope: 'per-user', ...of });
    return record && accountChangeOf(record, this.#deps.clock.now());
  }

  /**
   * Carries out the decision about the held grant of a flow: `change` uses the held grant and
   * revokes the old one, `keep` revokes the held one. If several callers decide at the same time,
   * one succeeds.
   * @returns the decided change. `undefined`: no change is waiting any more
   */
  async decide(
    request: {
      readonly connectorId: string;
      readonly profileUid: string;
      readonly flowId: string;
      readonly actor: Principal;
    } & (
      | { readonly decision: 'keep' }
      | { readonly decision: 'change'; readonly client: RevocationClient }
    ),
  ): Promise<DecidedAccountChange | undefined> {
    const { connectorId, profileUid, flowId, decision, actor } = request;
    const key: GrantKey = { scope: 'per-user', connectorId, profileUid };
    return retryConflicts(async () => {
      const record = await this.#deps.grantRevoker.readOrClear(key);
      const change = record && accountChangeOf(record, this.#deps.clock.now());
      if (record?.held === undefined || change?.flowId !== flowId) return undefined;
      if (decision === 'keep') {
        const revocation = await this.#discard(record, 'user', actor);
        if (revocation !== undefined) return { ...change, revocation };
      } else {
        // After an edit of the connector, the held grant may belong to another client and cannot be
        // used.
        if (record.clientFingerprint !== request.client.fingerprint) return undefined;
        if (await this.#replace(record, record.held, request)) return change;
      }
      return CONFLICT;
    }, GRANT_RETRIES);
  }

  /**
   * Revokes held grants whose deadline for a decision has passed.
   * @throws the first error, after all other grants were processed
   */
  async discardExpired(signal: AbortSignal): Promise<void> {
    const { store, grantRevoker, clock } = this.#deps;
    const discard = async ({ key }: GrantRecord): Promise<void> => {
      // Reads the grant again, because the iteration does not decrypt tokens.
      const record = await grantRevoker.readOrClear(key);
      const isDue = record?.held !== undefined && record.held.until.getTime() <= clock.now();
      if (isDue) await this.#discard(record, 'expired', undefined);
    };
    const expired = store.iterate({ heldUntilBefore: new Date(clock.now() + 1) });
    await new BoundedPool(CONCURRENCY).forEach(expired, discard, signal);
  }

  /**
   * Removes the held grant and revokes its tokens. Writes the outbox before the grant. After a
   * crash between the two writes, the entry of the outbox waits until the grant is no longer held.
   * @returns the state of the revocation, after a few seconds. `undefined`: the grant in use was
   * changed since it was read; read it again
   */
  async #discard(
    record: GrantRecord,
    reason: 'user' | 'expired',
    actor: Principal | undefined,
  ): Promise<ReleasedRevocation | undefined> {
    const { held } = record;
    if (held === undefined) return 'with_connected';
    const { grantRevoker, clientResolver, store } = this.#deps;
    const client = await clientResolver.resolve(record);
    const keptAccounts = [record.account?.id];
    const released = await grantRevoker.releaseHeld(record, { client, keptAccounts });
    const saved = await store.compareAndSet(record, {
      ...released.changes,
      held: undefined,
      ...this.#unrevoked(record, released.unrevocable),
    });
    if (saved === undefined) return undefined;
    this.#emit(record, 'account_kept', held, actor, reason);
    grantRevoker.emitUnrevocable(record.key, released.unrevocable);
    if (released.unrevocable.length > 0) return 'unsupported';
    return released.isQueued ? this.#revocationOf(record.key) : 'with_connected';
  }

  /**
   * Returns the changes that count the held grant as not revoked, if its tokens cannot be revoked.
   */
  #unrevoked(record: GrantRecord, unrevocable: ReleasedGrant['unrevocable']) {
    const added = unrevocable.length > 0 ? 1 : 0;
    return withUnrevoked(record, added, new Date(this.#deps.clock.now()));
  }

  /**
   * Attempts the revocation and returns its state. If the attempt takes long, it continues in the
   * background.
   */
  async #revocationOf(key: GrantKey): Promise<ReleasedRevocation> {
    const outcome = await this.#deps.outbox.attemptNow(key);
    if (outcome === 'given_up') return 'unsupported';
    return outcome === 'revoked' ? 'revoked' : 'waiting';
  }

  /**
   * Uses the held grant instead of the old one. As in {@link #discard}, the outbox is written
   * first; the old grant is revoked when it is no longer in use. Earlier tokens of the new account
   * are kept with the new grant.
   */
  async #replace(
    record: GrantRecord,
    held: HeldGrant,
    { actor, client }: { readonly actor: Principal | undefined; readonly client: RevocationClient },
  ): Promise<boolean> {
    const { store, grantRevoker, outbox, clock, events } = this.#deps;
    const accountId = held.account?.id;
    // Only held grants of a known account have tokens of earlier authorizations.
    const earlier =
      accountId === undefined || held.earlierTokens.length === 0
        ? []
        : [{ accountId, tokens: [...held.earlierTokens] }];
    const { kept, isQueued, unrevoked } = await grantRevoker.supersede(
      { ...record, held: undefined, supersededGrants: [...earlier, ...record.supersededGrants] },
      { client, accountId: comparableAccountId(record, held) },
    );
    const { generation, accessToken, refreshToken, issuedAt, expiresAt } = held;
    const { refreshTokenExpiresAt, scopes, requestedScopes, authorizedAt } = held;
    const { account, accountSource, facts } = held;
    const saved = await store.compareAndSet(record, {
      generation,
      accessToken,
      refreshToken,
      issuedAt,
      expiresAt,
      refreshTokenExpiresAt,
      scopes,
      requestedScopes,
      account,
      accountSource,
      facts,
      // The instant of the authorization, not of the decision: a revocation job that started in
      // between must end the grant.
      authorizedAt,
      state: 'connected',
      stateSince: new Date(clock.now()),
      lastUsedAt: undefined,
      lastError: undefined,
      failures: 0,
      nextAttemptAt: undefined,
      pendingUntil: undefined,
      refresh: undefined,
      held: undefined,
      lifetimeStartedAt: issuedAt,
      supersededGrants: kept,
      ...withUnrevoked(record, unrevoked, new Date(clock.now())),
    });
    if (saved === undefined) return false;
    this.#emit(record, 'account_changed', held, actor);
    const { connectorId } = record.key;
    const profileUid = record.key.scope === 'per-user' ? record.key.profileUid : undefined;
    events.emit({ type: 'connected', connectorId, profileUid, actor });
    if (isQueued) outbox.attemptInBackground(record.key);
    return true;
  }

  #emit(
    { key, account }: GrantRecord,
    type: 'account_held' | 'account_changed' | 'account_kept',
    held: HeldGrant,
    actor: Principal | undefined,
    reason: 'user' | 'expired' = 'user',
  ): void {
    const { connectorId } = key;
    const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
    const about = { connectorId, profileUid, actor, from: account?.id ?? '', to: held.account?.id };
    if (type === 'account_kept') this.#deps.events.emit({ ...about, type, reason });
    else this.#deps.events.emit({ ...about, type });
  }
}

/** Converts a new grant to a held grant. `undefined`: the new grant contains no access token. */
function heldGrant(
  { held: earlier }: GrantRecord,
  fresh: FreshGrant,
  hold: AccountHold,
): HeldGrant | undefined {
  const { generation, accessToken, issuedAt, account, authorizedAt } = fresh;
  if (accessToken === undefined || issuedAt === undefined) return undefined;
  // Earlier tokens of the same account are kept, because a provider may have only one grant per
  // user and client, and revoking them could end the new grant too.
  const isSame = earlier !== undefined && isOfSameAccount(earlier, { account });
  const earlierTokens = isSame ? tokensOfEarlier(earlier) : [];
  return {
    ...hold,
    generation,
    accessToken,
    refreshToken: fresh.refreshToken,
    issuedAt,
    expiresAt: fresh.expiresAt,
    refreshTokenExpiresAt: fresh.refreshTokenExpiresAt,
    scopes: fresh.scopes,
    requestedScopes: fresh.requestedScopes,
    account,
    accountSource: fresh.accountSource,
    facts: fresh.facts,
    authorizedAt: authorizedAt ?? issuedAt,
    earlierTokens: earlierTokens.slice(0, MAX_EARLIER_TOKENS),
  };
}

/**
 * Returns the id of an account if it can be compared with the account of `record`. `undefined`: the
 * account is unknown, or the ids come from different sources, so that different ids need not mean
 * different accounts.
 */
export function comparableAccountId(
  record: Pick<GrantRecord, 'accountSource'> | undefined,
  { account, accountSource }: Pick<GrantChanges, 'account' | 'accountSource'>,
): string | undefined {
  const before = record?.accountSource;
  const isOther = before !== undefined && accountSource !== undefined && before !== accountSource;
  return isOther ? undefined : account?.id;
}

/** Returns `true` if a grant replaces a connection whose account is known and different. */
export function isOtherAccount(
  previous: GrantRecord | undefined,
  grant: Pick<GrantChanges, 'account' | 'accountSource'>,
): boolean {
  if (previous?.account === undefined) return false;
  if (!isUsable(previous) && !isRevokedByEdit(previous)) return false;
  const accountId = comparableAccountId(previous, grant);
  return accountId !== undefined && accountId !== previous.account.id;
}

/** Returns `true` if both accounts are known and equal. */
function isOfSameAccount(
  one: Pick<HeldGrant, 'account'>,
  other: Pick<HeldGrant, 'account'>,
): boolean {
  return one.account !== undefined && one.account.id === other.account?.id;
}

/** Returns the tokens of an earlier held grant, the newest first. */
function tokensOfEarlier(earlier: HeldGrant): TokenToRevoke[] {
  return [...tokensOf(earlier), ...earlier.earlierTokens];
}
