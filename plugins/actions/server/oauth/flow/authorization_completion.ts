import type { AuthenticatedUser, Clock, Principal } from '@latchkey/core/server';
import { OAuthError, type OAuthErrorCode, type TokenGrant } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { ProviderClient } from '../strategies/index.ts';
import {
  type AccountHold,
  type GrantService,
  OutdatedClientError,
  SaveAttempts,
  type SavedConnection,
  UnconfirmedGrantError,
} from '../tokens/index.ts';
import { type AuthorizationResponse, codeOf } from './authorization_response.ts';
import { DECISION_MS, isSameBrowser } from './browser_binding.ts';
import { FlowError } from './flow_error.ts';
import type { GrantCheck } from './grant_check.ts';
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
  readonly grants: Pick<GrantService, 'revokeUnused' | 'saveGrant'>;
  readonly grantCheck: Pick<GrantCheck, 'ensurePermitted' | 'openConnector' | 'run'>;
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
    const { grantCheck } = this.#options;
    const { profileUid } = principal.user;
    ensureCurrent(pending, this.#options.clock.now());
    ensureOwner(received, pending);
    // In the space in which the flow started, because the redirect URI contains no space.
    await grantCheck.ensurePermitted(principal.user, pending.spaceId);
    if (pending.providerKey !== response.providerKey) throw new FlowError('wrong_provider');
    ensureResponseMode(response, pending);
    const { client, connector: requested } = await grantCheck.openConnector(pending);
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
    // A held grant needs no check: it is in the document of the connected grant, so both end
    // together.
    if (accountChange?.flowId === pending.flowId)
      return { kind: 'held', until: accountChange.until };
    const { connectorId, spaceId, clientFingerprint } = pending;
    const stored = { connectorId, spaceId, profileUid, generation, client, clientFingerprint };
    await grantCheck.run(stored);
    return { kind: 'connected', account: account?.label, accountChanged: isOtherAccount };
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
      return (await this.#options.grantCheck.openConnector(fresh.pending)).connector;
    } catch (error) {
      const { grant } = fresh;
      const accountId = grant.account?.id;
      await this.#options.grants.revokeUnused({ ...exchange, tokens: grant, accountId });
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
