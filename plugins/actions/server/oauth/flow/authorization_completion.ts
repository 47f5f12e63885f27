import type { AuthenticatedUser, Clock, Principal } from '@latchkey/core/server';
import { OAuthError, type OAuthErrorCode, type TokenGrant } from '@latchkey/oauth-client';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { AccessControl } from '../../audit/index.ts';
import {
  type ConnectorReader,
  type DecryptedConnector,
  requireReadable,
} from '../../connector_data/index.ts';
import {
  ConnectorConfigurationError,
  type ProviderClient,
  type ProviderClientFactory,
} from '../strategies/index.ts';
import {
  type AccountHold,
  type GrantRevoker,
  type GrantService,
  OutdatedClientError,
  type RevokeReason,
  type SavedConnection,
} from '../tokens/index.ts';
import { type AuthorizationResponse, codeOf } from './authorization_response.ts';
import { DECISION_MS, isSameBrowser } from './browser_binding.ts';
import { FlowError } from './flow_error.ts';
import { ensureIssuerOnSharedCallback } from './mix_up_defence.ts';
import { isTransient, retrySave } from './retry_save.ts';
import type { PendingState } from './state_store.ts';

/** A principal with a user. */
export type SignedInPrincipal = Principal & { readonly user: AuthenticatedUser };

/** A response of a provider, and the user and browser with which it arrived. */
export interface ReceivedResponse {
  readonly principal: SignedInPrincipal;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly response: AuthorizationResponse;
}

/** Collaborators of {@link AuthorizationCompletion}. */
interface CompletionOptions {
  readonly connectors: ConnectorReader;
  readonly clients: ProviderClientFactory;
  readonly grants: Pick<GrantService, 'revokeUnused' | 'saveGrant'>;
  readonly grantRevoker: Pick<GrantRevoker, 'revokeNow'>;
  readonly access: AccessControl;
  readonly users: Pick<SecurityStart, 'getActiveUser'>;
  readonly sharedCallbackOrigins: ReadonlySet<string>;
  readonly clock: Clock;
}

/**
 * A stored grant. `held`: it belongs to another account than the connected one, and the user has to
 * decide.
 */
export type CompletedAuthorization =
  | {
      readonly kind: 'connected';
      /** Label of the account. `undefined`: the provider did not name it. */
      readonly account: string | undefined;
      /** `true`: another account was connected before. */
      readonly accountChanged: boolean;
    }
  | { readonly kind: 'held'; readonly until: Date };

/** A client and the user for whom it exchanges a code. */
interface Exchange {
  readonly connector: DecryptedConnector;
  readonly client: ProviderClient;
  readonly profileUid: string;
}

/** Reasons to revoke a grant that was just stored. */
const REASONS: Partial<Record<FlowError['code'], RevokeReason>> = {
  connector_deleted: 'connector_deleted',
  connector_changed: 'connector_changed',
  not_permitted: 'access_lost',
};

/**
 * Errors of a provider that did not respond or asked for a pause. They are temporary and need no
 * correction.
 */
const TRANSIENT: ReadonlySet<OAuthErrorCode> = new Set([
  'provider_unavailable',
  'rate_limited',
  'network',
  'timeout',
]);

/** Checks the response of a provider to a consumed state, and stores the grant. */
export class AuthorizationCompletion {
  readonly #options: CompletionOptions;

  constructor(options: CompletionOptions) {
    this.#options = options;
  }

  /**
   * Runs the checks of a callback in order. The state is already consumed, so each outcome can be
   * tried only once. The provider is called only after all checks.
   * @throws FlowError
   */
  async run(received: ReceivedResponse, pending: PendingState): Promise<CompletedAuthorization> {
    const { response, principal } = received;
    const { profileUid } = principal.user;
    ensureCurrent(pending, this.#options.clock.now());
    ensureOwner(received, pending);
    await this.#ensurePermitted(principal.user, pending);
    if (pending.providerKey !== response.providerKey) throw new FlowError('wrong_provider');
    ensureResponseMode(response, pending);
    const { client, connector: requested } = await this.#openConnector(pending);
    ensureIssuer(client, response.iss);
    if (pending.providerKey === undefined)
      ensureIssuerOnSharedCallback(client, response, this.#options.sharedCallbackOrigins);
    const code = codeOf(response);
    const exchange = { connector: requested, client, profileUid };
    const grant = await this.#exchangeCode(exchange, { code, callback: response.others }, pending);
    const connector = await this.#reloadConnector(exchange, { grant, pending });
    const hold = holdFor(pending, this.#options.clock);
    const { scope, generation } = pending;
    const fresh = { connector, client, profileUid, grant, scope, generation, hold };
    const { accountChange, account, isOtherAccount } = await this.#save(fresh);
    // Stored together with the connected grant, so both end together.
    if (accountChange?.flowId === pending.flowId)
      return { kind: 'held', until: accountChange.until };
    await this.#revokeIfStale({ authorization: { generation, client }, pending, profileUid });
    return { kind: 'connected', account: account?.label, accountChanged: isOtherAccount };
  }

  /**
   * The redirect URI names no space, so the privilege is checked in the space where the flow
   * started.
   */
  async #ensurePermitted(
    user: AuthenticatedUser | undefined,
    { spaceId }: PendingState,
  ): Promise<void> {
    const isAllowed = await this.#options.access.holds({ user, spaceId }, 'execute-oauth');
    if (!isAllowed) throw new FlowError('not_permitted');
  }

  async #openConnector(
    pending: PendingState,
  ): Promise<{ readonly connector: DecryptedConnector; readonly client: ProviderClient }> {
    const { connectors, clients } = this.#options;
    const found = await connectors.find(pending.connectorId, pending.spaceId);
    const connector = requireReadable(found);
    if (connector === undefined) throw new FlowError('connector_deleted');
    const client = configured(() => clients.forConnector(connector));
    if (client.fingerprint !== pending.clientFingerprint) throw new FlowError('connector_changed');
    return { connector, client };
  }

  /**
   * Exchanges the code. Tokens that arrive but cannot be used are revoked, because they are valid
   * and no other copy exists.
   * @throws FlowError
   */
  async #exchangeCode(
    { connector, client, profileUid }: Exchange,
    {
      code,
      callback,
    }: { readonly code: string; readonly callback: Readonly<Record<string, string>> },
    { codeVerifier, redirectUri }: PendingState,
  ): Promise<TokenGrant> {
    const { grants } = this.#options;
    if (codeVerifier === undefined) throw new FlowError('state_used');
    try {
      return await client.exchangeCode({ code, codeVerifier, redirectUri, callback });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const tokens = error.issuedTokens();
      if (tokens !== undefined)
        await grants.revokeUnused({ connector, client, profileUid, tokens });
      throw exchangeFailure(error);
    }
  }

  /**
   * Revokes a grant that will not be stored.
   * @param generation the generation under which it may have been stored after all
   */
  async #discardGrant(
    { connector, client, profileUid }: Exchange,
    { accessToken, refreshToken, account }: TokenGrant,
    generation?: string,
  ): Promise<void> {
    const tokens = { accessToken, refreshToken };
    const accountId = account?.id;
    const owner = { connector, client, profileUid };
    await this.#options.grants.revokeUnused({ ...owner, tokens, generation, accountId });
  }

  /**
   * Reads the connector a second time, as a security rule: an edit or a deletion during the
   * exchange ended all existing grants, and the new grant must not be stored after that.
   */
  async #reloadConnector(
    exchange: Exchange,
    fresh: { readonly grant: TokenGrant; readonly pending: PendingState },
  ): Promise<DecryptedConnector> {
    try {
      return (await this.#openConnector(fresh.pending)).connector;
    } catch (error) {
      await this.#discardGrant(exchange, fresh.grant);
      throw error;
    }
  }

  /**
   * Reads the connector a third time, as a security rule: ends the new grant if an edit, a deletion
   * or the removal of the user happened between the last check and the write. The job that ended
   * the other grants may have missed this one. Ends this grant only, because the user may have
   * authorized the edited connector meanwhile.
   */
  async #revokeIfStale(saved: {
    readonly authorization: { readonly generation: string; readonly client: ProviderClient };
    readonly pending: PendingState;
    readonly profileUid: string;
  }): Promise<void> {
    const { authorization, pending, profileUid } = saved;
    const { grantRevoker, users } = this.#options;
    try {
      await this.#openConnector(pending);
      // The current user, who may have been removed during the exchange.
      await this.#ensurePermitted(await users.getActiveUser(profileUid), pending);
    } catch (error) {
      const reason = error instanceof FlowError ? REASONS[error.code] : undefined;
      // Any other error says nothing about the stored grant, so it stays.
      if (reason === undefined) return;
      const { connectorId } = pending;
      const actor = undefined;
      await grantRevoker.revokeNow({ connectorId, profileUid, reason, actor, authorization });
      throw error;
    }
  }

  /**
   * Stores the grant, with retries. All tries use the same generation: a try without a response may
   * have been written, and its grant ended, before the next try.
   */
  async #save(
    fresh: Parameters<GrantService['saveGrant']>[0] & { readonly generation: string },
  ): Promise<SavedConnection> {
    const { grants, clock } = this.#options;
    try {
      return await retrySave(clock, () => grants.saveGrant(fresh));
    } catch (error) {
      await this.#discardGrant(fresh, fresh.grant, fresh.generation);
      if (error instanceof OutdatedClientError)
        throw new FlowError('connector_changed', { cause: error });
      throw isTransient(error) ? new FlowError('store_unavailable', { cause: error }) : error;
    }
  }
}

function holdFor(
  { flowId, browserBinding, kibanaReturnUrl: returnUrl }: PendingState,
  clock: Clock,
): AccountHold {
  return { flowId, browserBinding, returnUrl, until: new Date(clock.now() + DECISION_MS) };
}

function ensureCurrent(pending: PendingState, nowMs: number): void {
  if (Date.parse(pending.expiresAt) <= nowMs) throw new FlowError('state_expired');
}

function ensureOwner({ principal, cookies }: ReceivedResponse, pending: PendingState): void {
  if (pending.createdBy !== principal.user.profileUid) throw new FlowError('wrong_user');
  if (!isSameBrowser(cookies, pending)) throw new FlowError('wrong_browser');
}

/**
 * A response that arrives by another response mode than the requested one is forged (A25).
 */
function ensureResponseMode(
  { responseMode }: AuthorizationResponse,
  { responseMode: requested = 'query' }: PendingState,
): void {
  if (responseMode !== requested) throw new FlowError('wrong_response_mode');
}

function ensureIssuer(client: ProviderClient, iss: string | undefined): void {
  try {
    client.checkIssuer(iss);
  } catch (error) {
    if (error instanceof OAuthError) throw new FlowError('issuer_mismatch', { cause: error });
    throw error;
  }
}

function configured<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof ConnectorConfigurationError)
      throw new FlowError('connector_misconfigured', { cause: error });
    throw error;
  }
}

function exchangeFailure(cause: OAuthError): FlowError {
  const { code, kind, retryAfterMs } = cause;
  if (
    code === 'endpoint_not_allowed' ||
    code === 'grant_fact_refused' ||
    code === 'grant_fact_missing'
  )
    return new FlowError(code, { cause });
  if (TRANSIENT.has(code)) return new FlowError('provider_unavailable', { cause, retryAfterMs });
  if (kind !== 'misconfigured') return new FlowError('exchange_failed', { cause });
  // The provider refused, so the fault is not in this server.
  const statusCode = cause.status === undefined ? undefined : 502;
  return new FlowError('connector_misconfigured', { cause, statusCode });
}
