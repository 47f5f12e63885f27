import type { Clock, Logger, Principal } from '@latchkey/core/server';
import { dialectOf } from '@latchkey/oauth-client';
import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import type { ConnectorReader, ProviderClientFactory, RevokeReason } from '../../../types.ts';
import { ConnectorConfigurationError } from '../../strategies/index.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import {
  CONNECTOR_CHANGED,
  type GrantFailure,
  type GrantRecord,
  isUsable,
} from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import { tooContended } from '../token_errors.ts';
import type { Revocation } from './pending_revocations.ts';
import type { RevocationClient, RevocationJobLinks } from './revocation_job_links.ts';
import type { RevocationOutbox } from './revocation_outbox.ts';
import { heldTokens, tokensOf } from './superseded_grants.ts';

const MAX_ATTEMPTS = 20;

/** What {@link GrantRevoker} works with. */
export interface GrantRevokerDeps {
  readonly store: GrantStore;
  readonly outbox: RevocationOutbox;
  readonly clients: ProviderClientFactory;
  readonly connectors: ConnectorReader;
  readonly revocationJobs: Pick<RevocationJobLinks, 'formerClient'>;
  readonly events: GrantEvents;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Which grant to end, and who says so. */
export interface RevokeRequest {
  readonly key: GrantKey;
  readonly reason: RevokeReason;
  readonly actor: Principal | undefined;
  /** The run this is part of. */
  readonly revocationJobId?: string;
  /** Asked of what is stored at the moment of ending; `false` spares it. Default: whatever is there is ended. */
  readonly matches?: (record: GrantRecord) => boolean | Promise<boolean>;
  /** Knows clients that were looked up before; default: looks them up. */
  readonly resolveRevocationClient?: (record: GrantRecord) => Promise<RevocationClient | undefined>;
}

/**
 * `absent`: nothing to end. `spared`: not meant. `ended`: its tokens are on their way to be revoked. `unrevocable`: it is over here, and nobody can be told:
 * its client is unknown by now, or its provider has no revocation.
 */
export type RevokeOutcome = 'absent' | 'spared' | 'ended' | 'unrevocable';

/** Ends one grant at a time, as every way of ending does in the end. */
export class GrantRevoker {
  readonly #deps: GrantRevokerDeps;

  constructor(deps: GrantRevokerDeps) {
    this.#deps = deps;
  }

  /**
   * Outbox first, then the grant's document: a crash in between leaves an entry that acts only once the grant has stopped. Every lost race starts
   * over with the tokens that are stored now, so a refresh in progress cannot bring the grant back.
   * @throws TokenUnavailableError when others keep changing it
   */
  async end(request: RevokeRequest): Promise<RevokeOutcome> {
    const { key, reason, actor, matches = () => true } = request;
    const { store, clock, events } = this.#deps;
    for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
      const record = await this.readOrClear(key);
      if (record === undefined || !isUsable(record)) return 'absent';
      if (!(await matches(record))) return 'spared';
      const isQueued = await this.queueRevocation(record, request);
      const isHeldQueued = await this.queueHeld(record, request);
      const now = new Date(clock.now());
      const ended = await store.compareAndSet(record, {
        ...NOTHING_LEFT,
        state: isQueued ? 'revocation_pending' : 'ended',
        stateSince: now,
        lastError: revokeErrorOf(reason, isQueued, now),
      });
      if (ended === undefined) continue;
      const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
      events.emit({ type: 'ended', connectorId: key.connectorId, profileUid, reason, actor });
      if (!isQueued)
        this.emitUnrevocable(key, [{ tokens: tokensOf(record) }, ...record.supersededGrants]);
      if (!isHeldQueued && record.held !== undefined)
        this.emitUnrevocable(key, heldTokens(record.held));
      return isQueued ? 'ended' : 'unrevocable';
    }
    throw tooContended();
  }

  /** Puts the tokens of a grant that is about to end or to be replaced into the outbox. `false`: nobody can revoke them. */
  async queueRevocation(
    record: GrantRecord,
    how: Pick<RevokeRequest, 'revocationJobId' | 'resolveRevocationClient'> = {},
  ): Promise<boolean> {
    const own = { accountId: record.account?.id, tokens: tokensOf(record) };
    const revocationClient = await (
      how.resolveRevocationClient ?? ((one) => this.resolveRevocationClient(one))
    )(record);
    const { revocationJobId } = how;
    // A run counts the grants that it ends, without the grants that they superseded.
    return this.queueTokens(record, revocationClient, [
      { ...own, ...(revocationJobId === undefined ? {} : { revocationJobId }) },
      ...record.supersededGrants,
    ]);
  }

  /**
   * Puts tokens of a grant, or kept by it, into the outbox. None is sent before that grant has
   * ended or was replaced. `false`: they cannot be revoked.
   */
  async queueTokens(
    record: GrantRecord,
    revocationClient: RevocationClient | undefined,
    grants: readonly Pick<Revocation, 'accountId' | 'tokens' | 'revocationJobId'>[],
  ): Promise<boolean> {
    // Tokens of another client must never be shown to this one (attack 114).
    const isTheirs = revocationClient?.fingerprint === record.clientFingerprint;
    const selected = grants.filter(({ tokens }) => tokens.length > 0);
    if (!isTheirs || selected.length === 0 || !canRevoke(revocationClient)) return false;
    const { key, generation, spaceId } = record;
    const { configuration } = revocationClient;
    await this.#deps.outbox.putAll(
      key,
      selected.map((grant) => ({ ...grant, key, generation, configuration, spaceId })),
    );
    return true;
  }

  /**
   * As {@link queueRevocation}, for the grant that is held beside it. Not counted by the run, which
   * counts one grant per document.
   */
  async queueHeld(
    record: GrantRecord,
    how: Pick<RevokeRequest, 'resolveRevocationClient'> = {},
  ): Promise<boolean> {
    const { held } = record;
    if (held === undefined) return false;
    const revocationClient = await (
      how.resolveRevocationClient ?? ((one) => this.resolveRevocationClient(one))
    )(record);
    // Held only beside a grant of the same client.
    if (revocationClient?.fingerprint !== record.clientFingerprint || !canRevoke(revocationClient))
      return false;
    const { key, spaceId } = record;
    const { generation } = held;
    const { configuration } = revocationClient;
    await this.#deps.outbox.putAll(
      key,
      heldTokens(held).map((grant) => ({ ...grant, key, generation, configuration, spaceId })),
    );
    return true;
  }

  /** The client that made the grant: the connector's present one, or the one it had before an edit or its deletion. `undefined`: nobody knows it any more. */
  async resolveRevocationClient(record: GrantRecord): Promise<RevocationClient | undefined> {
    const { key, clientFingerprint } = record;
    const present = await this.presentClient(record);
    if (present?.fingerprint === clientFingerprint) return present;
    return this.#deps.revocationJobs.formerClient(key.connectorId, clientFingerprint);
  }

  /** `undefined`: the connector is gone, incomplete, or nobody can read its secrets. */
  async presentClient({
    key,
    spaceId,
  }: Pick<GrantRecord, 'key' | 'spaceId'>): Promise<RevocationClient | undefined> {
    try {
      const connector = await this.#deps.connectors.readDecrypted(key.connectorId, spaceId);
      return connector && this.#deps.clients.resolveRevocationClient(connector);
    } catch (error) {
      if (error instanceof ConnectorConfigurationError) return undefined;
      if (error instanceof SavedObjectError && error.code === 'undecryptable') return undefined;
      throw error;
    }
  }

  /**
   * A damaged row holds nothing worth keeping once its owner or an administrator acts on it. One under a key that this server lacks does.
   * @throws SavedObjectError `store_unavailable` for the latter
   */
  async readOrClear(key: GrantKey): Promise<GrantRecord | undefined> {
    try {
      return await this.#deps.store.read(key);
    } catch (error) {
      if (!(error instanceof SavedObjectError && error.code === 'undecryptable')) throw error;
      if (needsAnotherKey(error)) throw missingKeyError(error);
      this.#deps.logger.warn(`Removed unreadable tokens of connector [${key.connectorId}]`, {
        error,
      });
      await this.#deps.store.deleteUnreadable(key);
      return undefined;
    }
  }

  /** The record must not suggest that these tokens were revoked. */
  emitUnrevocable(
    { connectorId, ...key }: GrantKey,
    grants: readonly Pick<Revocation, 'tokens'>[],
  ): void {
    const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
    for (const { kind } of grants.flatMap(({ tokens }) => tokens)) {
      const outcome = 'unsupported';
      this.#deps.events.emit({
        type: 'revoked',
        connectorId,
        profileUid,
        outcome,
        tokenKind: kind,
      });
    }
  }
}

/**
 * The notice that the user has to authorize again has precedence over the result of the revocation,
 * which runs count.
 */
function revokeErrorOf(
  reason: RevokeReason,
  isQueued: boolean,
  at: Date,
): GrantFailure | undefined {
  if (reason === 'connector_changed') return { code: CONNECTOR_CHANGED, at };
  return isQueued ? undefined : { code: 'revocation_unsupported', at };
}

/** What an ended grant loses. */
const NOTHING_LEFT = {
  accessToken: undefined,
  refreshToken: undefined,
  supersededGrants: [],
  expiresAt: undefined,
  refreshTokenExpiresAt: undefined,
  nextAttemptAt: undefined,
  refresh: undefined,
  held: undefined,
} as const;

/** Tells if the provider can revoke tokens. */
export function canRevoke({ configuration }: RevocationClient): boolean {
  return dialectOf(configuration).revocationEndpoint !== undefined;
}

/** For this server the object is as good as in a store that is away: it passes once the key is configured. */
function missingKeyError(error: SavedObjectError): SavedObjectError {
  return new SavedObjectError(
    'store_unavailable',
    `${error.message}: this server lacks its key. List it under xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys.`,
    error.details,
    { cause: error },
  );
}
