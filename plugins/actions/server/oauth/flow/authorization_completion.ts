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
  SaveAttempts,
  type SavedConnection,
  UnconfirmedGrantError,
} from '../tokens/index.ts';
import { type AuthorizationResponse, codeOf } from './authorization_response.ts';
import { DECISION_MS, isSameBrowser } from './browser_binding.ts';
import { FlowError } from './flow_error.ts';
import { ensureIssuerOnSharedCallback } from './mix_up_defence.ts';
import { isTransient, retrySave } from './retry_save.ts';
import type { PendingState } from './state_store.ts';

/** A principal that has a user. */
export type SignedInPrincipal = Principal & { readonly user: AuthenticatedUser };

/** A response of the provider, with the user and the browser that sent it to the callback. */
export interface ReceivedResponse {
  readonly principal: SignedInPrincipal;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly response: AuthorizationResponse;
}

/** Services and settings of {@link AuthorizationCompletion}. */
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
 * Result of a completed authorization. `connected`: the grant is in use. `held`: the grant belongs
 * to a different account than the connected one, and the user has to decide.
 */
export type CompletedAuthorization =
  | {
      readonly kind: 'connected';
      /** Name of the account at the provider. `undefined`: the provider did not name it. */
      readonly account: string | undefined;
      /** `true`: the user was connected with another account before. */
      readonly accountChanged: boolean;
    }
  | { readonly kind: 'held'; readonly until: Date };

/** The connector and client of a code exchange, and the user for whom the code is exchanged. */
interface Exchange {
  readonly connector: DecryptedConnector;
  readonly client: ProviderClient;
  readonly profileUid: string;
}

/** Why a grant that was just stored is revoked, by the error of the check after storing. */
const REASONS: Partial<Record<FlowError['code'], RevokeReason>> = {
  connector_deleted: 'connector_deleted',
  connector_changed: 'connector_changed',
  not_permitted: 'access_lost',
};

/**
 * Temporary errors: the provider did not respond, or asked for a pause. Nobody has to correct
 * anything.
 */
const TRANSIENT: ReadonlySet<OAuthErrorCode> = new Set([
  'provider_unavailable',
  'rate_limited',
  'network',
  'timeout',
]);

/** Checks the response of a provider whose state was consumed, and stores the grant. */
export class AuthorizationCompletion {
  readonly #options: CompletionOptions;

  constructor(options: CompletionOptions) {
    this.#options = options;
  }

  /**
   * Makes the checks of a callback in order, then exchanges the code and stores the grant. The
   * state is already consumed, so a second attempt with it is impossible. No request is sent to the
   * provider before all checks have passed.
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
    // A held grant needs no check for staleness: it is in the document of the connected grant, so
    // both end together.
    if (accountChange?.flowId === pending.flowId)
      return { kind: 'held', until: accountChange.until };
    await this.#revokeIfStale({ authorization: { generation, client }, pending, profileUid });
    return { kind: 'connected', account: account?.label, accountChanged: isOtherAccount };
  }

  /**
   * Checks the privilege in the space in which the flow started, because the redirect URI contains
   * no space.
   * @throws FlowError `not_permitted`
   */
  async #ensurePermitted(
    user: AuthenticatedUser | undefined,
    { spaceId }: PendingState,
  ): Promise<void> {
    const isAllowed = await this.#options.access.allows({ user, spaceId }, 'execute-oauth');
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
   * Exchanges the code. If the response contains tokens that cannot be used, they are revoked: they
   * are valid, and no other copy exists.
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
   * Reads the connector a second time, after the exchange, for security: if the connector was
   * edited or deleted during the exchange, its grants have ended, and the new grant must not be
   * stored.
   * @throws FlowError after the tokens were put into the outbox
   */
  async #reloadConnector(
    exchange: Exchange,
    fresh: { readonly grant: TokenGrant; readonly pending: PendingState },
  ): Promise<DecryptedConnector> {
    try {
      return (await this.#openConnector(fresh.pending)).connector;
    } catch (error) {
      const { grant } = fresh;
      const accountId = grant.account?.id;
      await this.#options.grants.revokeUnused({ ...exchange, tokens: grant, accountId });
      throw error;
    }
  }

  /**
   * Reads the connector a third time, after the grant was stored, for security. Ends the new grant
   * if the connector was edited or deleted, or the user was removed, between the previous check and
   * the write: the job that ended the other grants may have missed the new one. Ends only this
   * generation, because the user may have authorized the edited connector meanwhile.
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
      // Reads the user again, because the user may have been removed during the exchange.
      await this.#ensurePermitted(await users.getActiveUser(profileUid), pending);
    } catch (error) {
      const reason = error instanceof FlowError ? REASONS[error.code] : undefined;
      // Other errors, for example of the store, do not mean that the grant is stale.
      if (reason === undefined) return;
      const { connectorId } = pending;
      const actor = undefined;
      await grantRevoker.revokeNow({ connectorId, profileUid, reason, actor, authorization });
      throw error;
    }
  }

  /**
   * Stores the grant, and retries transient failures. All attempts use the same generation, because
   * a write whose response was lost may have stored the grant, which may have ended since. Then it
   * is not stored again, because the user may have disconnected.
   */
  async #save(
    fresh: Parameters<GrantService['saveGrant']>[0] & { readonly generation: string },
  ): Promise<SavedConnection> {
    const { grants, clock } = this.#options;
    const attempts = new SaveAttempts();
    try {
      return await retrySave(clock, () => grants.saveGrant({ ...fresh, attempts }));
    } catch (error) {
      const { grant } = fresh;
      await grants.revokeUnused({ ...fresh, tokens: grant, accountId: grant.account?.id });
      if (error instanceof OutdatedClientError)
        throw new FlowError('connector_changed', { cause: error });
      const isUnavailable = isTransient(error) || error instanceof UnconfirmedGrantError;
      throw isUnavailable ? new FlowError('store_unavailable', { cause: error }) : error;
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
 * Refuses a response that arrived in a different response mode than the requested one, because it
 * is forged (A25).
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
  // 502: the provider refused or redirected the request, so the fault is not in this server.
  const isOfProvider = cause.status !== undefined || code === 'redirected';
  const statusCode = isOfProvider ? 502 : undefined;
  return new FlowError('connector_misconfigured', { cause, statusCode });
}
