import type { Clock } from '@latchkey/core/server';
import type { ConnectorReader } from '../../../connector_data/index.ts';
import type { ProviderClientFactory } from '../../strategies/index.ts';
import { type AccountChange, accountChangeOf } from '../grants/account_change.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import { type GrantRecord, isUsable, USABLE_STATES } from '../grants/grant_record.ts';
import type { GrantPage, GrantSearch } from '../grants/grant_selection.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import type { ConnectorHealth } from '../refresh/connector_health.ts';
import type { RevocationFailures } from '../revocation/revocation_entries.ts';
import type { RevocationOutbox } from '../revocation/revocation_outbox.ts';
import {
  connectionViewOf,
  outdatedConnectionView,
  type UnreadableReason,
  unreadableConnectionView,
  unreadableReasonOf,
} from './connection_status.ts';
import type { ConnectionView } from './connection_view.ts';
import { NEEDS_ADMINISTRATOR } from './next_step.ts';
import { OutdatedGrantDetector } from './outdated_grants.ts';

/**
 * Email addresses. Labels of accounts may also be names or ids, which providers do not accept as a
 * login hint.
 */
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/;

/** State of one authorization. `none`: its grant was not stored, has ended, or was replaced. */
export type AuthorizationState =
  | { readonly kind: 'connected'; readonly account: string | undefined }
  | { readonly kind: 'held'; readonly change: AccountChange }
  | { readonly kind: 'none'; readonly hasOther: boolean };

type GrantOwner = Extract<GrantKey, { scope: 'per-user' }>;

/**
 * Reads the connections of users. Computes them from the stored grants and the current connectors.
 */
export class Connections {
  readonly #store: GrantStore;
  readonly #revocations: Pick<RevocationOutbox, 'failuresOfUser' | 'countFailures'>;
  readonly #health: Pick<ConnectorHealth, 'currentOf'>;
  readonly #clock: Clock;
  readonly #outdatedGrants: OutdatedGrantDetector;

  constructor(deps: {
    readonly store: GrantStore;
    readonly revocations: Pick<RevocationOutbox, 'failuresOfUser' | 'countFailures'>;
    readonly health: Pick<ConnectorHealth, 'currentOf'>;
    readonly connectors: ConnectorReader;
    readonly clients: ProviderClientFactory;
    readonly clock: Clock;
  }) {
    this.#store = deps.store;
    this.#revocations = deps.revocations;
    this.#health = deps.health;
    this.#clock = deps.clock;
    this.#outdatedGrants = new OutdatedGrantDetector(deps.connectors, deps.clients);
  }

  /**
   * Returns the connections of one user, by connector id, from current documents. Needs one store
   * call, one for the problems of connectors if a refresh failed, and one for each connector that
   * must be compared with its grant and whose `version` is not cached. A connector without a grant
   * has the status `not_connected`. A grant that was authorized for other hosts or another client
   * has the status `needs_reauth`.
   */
  async ofUser(
    profileUid: string,
    connectors: readonly { readonly id: string; readonly version?: string }[],
  ): Promise<ReadonlyMap<string, ConnectionView>> {
    const keys = connectors.map(
      ({ id: connectorId }): GrantOwner => ({ scope: 'per-user', connectorId, profileUid }),
    );
    const versions = new Map(connectors.map(({ id, version }) => [id, version]));
    const [views, failures] = await Promise.all([
      this.#viewsOf(keys, versions),
      this.#revocations.failuresOfUser(profileUid),
    ]);
    const blocked = await this.#blockedConnectors(views, versions);
    return new Map(
      views.map((view) => [
        view.connectorId,
        {
          ...withFailures(view, failures.get(view.connectorId)),
          ...(blocked.has(view.connectorId) ? { needsAdministrator: true } : {}),
        },
      ]),
    );
  }

  /**
   * Returns the ids of the connectors that give the user no token until an administrator corrects
   * them: the access token has expired, and the provider refuses the refresh. After an edit of the
   * connector or a success of another user, the stored error of the grant no longer counts.
   */
  async #blockedConnectors(
    views: readonly ConnectionView[],
    versions: ReadonlyMap<string, string | undefined>,
  ): Promise<ReadonlySet<string>> {
    const nowMs = this.#clock.now();
    const suspected = views.flatMap(({ connectorId: id, status, lastError, expiresAt }) => {
      const version = versions.get(id);
      const isSuspected =
        (status === 'connected' || status === 'expiring') &&
        NEEDS_ADMINISTRATOR.has(lastError?.code ?? '') &&
        (expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) <= nowMs;
      return isSuspected && version !== undefined ? [{ id, version }] : [];
    });
    if (suspected.length === 0) return new Set();
    return new Set((await this.#health.currentOf(suspected)).keys());
  }

  /**
   * Returns one page of the connections of all users of a connector, the oldest first. Includes
   * users who have started, but not finished their authorization.
   */
  async ofConnector(
    connectorId: string,
    page: { readonly page: number; readonly perPage: number },
  ): Promise<{ readonly views: readonly ConnectionView[]; readonly total: number }> {
    const { grants, total } = await this.#store.page(connectorId, page);
    const keys = grants.flatMap(({ key }) => (key.scope === 'per-user' ? [key] : []));
    return { views: await this.#viewsOf(keys, new Map()), total };
  }

  /**
   * Returns one page of the connections of several connectors. Empty if the search contains no
   * connectors or no users.
   */
  async search(
    search: GrantSearch,
    page: GrantPage,
  ): Promise<{ readonly views: readonly ConnectionView[]; readonly total: number }> {
    const { connectorIds, profileUids } = search;
    if (connectorIds.length === 0 || profileUids?.length === 0) return { views: [], total: 0 };
    const { grants, total } = await this.#store.search(search, page);
    const keys = grants.flatMap(({ key }) => (key.scope === 'per-user' ? [key] : []));
    return { views: await this.#viewsOf(keys, new Map()), total };
  }

  /**
   * Reads the current state of one authorization of a user.
   * @param authorization its flow id, and the generation of the grant that it may have stored
   */
  async ofAuthorization(
    owner: { readonly connectorId: string; readonly profileUid: string },
    authorization: { readonly flowId: string; readonly generation: string | undefined },
  ): Promise<AuthorizationState> {
    const { connectorId, profileUid } = owner;
    const [record] = await this.#readAll([{ scope: 'per-user', connectorId, profileUid }]);
    if (typeof record !== 'object') return { kind: 'none', hasOther: false };
    const change = accountChangeOf(record, this.#clock.now());
    if (change?.flowId === authorization.flowId) return { kind: 'held', change };
    const isOwn = record.generation === authorization.generation;
    if (isOwn && isUsable(record)) return { kind: 'connected', account: record.account?.label };
    return { kind: 'none', hasOther: isUsable(record) };
  }

  /**
   * Returns the email address of the account that a user has connected with this client, so that
   * the provider can preselect it. `undefined`: the user is not connected, or with another client,
   * or the label of the account is not an email address.
   */
  async loginHint(
    owner: { readonly connectorId: string; readonly profileUid: string },
    clientFingerprint: string,
  ): Promise<string | undefined> {
    const { connectorId, profileUid } = owner;
    const [record] = await this.#readAll([{ scope: 'per-user', connectorId, profileUid }]);
    if (typeof record !== 'object' || !isUsable(record)) return undefined;
    // Another client may belong to another provider, which must not get to know the address.
    if (record.clientFingerprint !== clientFingerprint) return undefined;
    const label = record.account?.label;
    return label !== undefined && EMAIL.test(label) ? label : undefined;
  }

  /** Counts the users of a connector by the stored states of their grants. */
  async countUsers(connectorId: string): Promise<{
    readonly users: number;
    readonly needReconnect: number;
    readonly revocationPending: number;
  }> {
    const count = (states: readonly GrantRecord['state'][]) =>
      this.#store.countStates(connectorId, states);
    const [users, needReconnect, revocationPending] = await Promise.all([
      count(USABLE_STATES),
      count(['needs_reauth']),
      count(['revocation_pending']),
    ]);
    return { users, needReconnect, revocationPending };
  }

  /**
   * Counts the revocations of all users of a connector that failed permanently in the last 90 days.
   */
  countFailedRevocations(connectorId: string): Promise<number> {
    return this.#revocations.countFailures(connectorId);
  }

  async #viewsOf(
    keys: readonly GrantOwner[],
    versions: ReadonlyMap<string, string | undefined>,
  ): Promise<readonly ConnectionView[]> {
    const nowMs = this.#clock.now();
    const found = await this.#readAll(keys);
    const records = found.filter((record) => typeof record === 'object');
    const compared = await this.#outdatedGrants.compare(records, versions);
    return keys.map((key, index) => {
      const record = found[index];
      if (typeof record === 'string') return unreadableConnectionView(key, record, new Date(nowMs));
      const view = connectionViewOf(key, record, nowMs);
      const comparison = record && compared.get(record);
      if (comparison?.isOutdated === true) return outdatedConnectionView(view, new Date(nowMs));
      const { missingScopes = [], scopeTexts } = comparison ?? {};
      return {
        ...view,
        ...(missingScopes.length === 0 ? {} : { missingScopes }),
        ...(scopeTexts === undefined ? {} : { scopeTexts }),
      };
    });
  }

  async #readAll(
    keys: readonly GrantOwner[],
  ): Promise<readonly (GrantRecord | UnreadableReason | undefined)[]> {
    const found = await this.#store.readMany(keys);
    return found.map((record) => {
      if (!(record instanceof Error)) return record;
      const reason = unreadableReasonOf(record);
      if (reason === undefined) throw record;
      return reason;
    });
  }
}

/**
 * Adds failed revocations to a view. Later authorizations do not remove them. They are also the
 * `lastError` if there is no other error and no grant in use.
 */
function withFailures(
  view: ConnectionView,
  failedRevocations: RevocationFailures | undefined,
): ConnectionView {
  if (failedRevocations === undefined) return view;
  const isFinished = view.status === 'not_connected' || view.status === 'revocation_pending';
  const lastError =
    view.lastError === undefined && isFinished
      ? { code: 'revocation_failed', at: failedRevocations.at }
      : view.lastError;
  return { ...view, lastError, failedRevocations };
}
