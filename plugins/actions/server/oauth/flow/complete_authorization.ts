import type { Clock, Principal } from '@latchkey/core/server';
import { OAuthError, type TokenGrant } from '@latchkey/oauth-client';
import { SavedObjectError } from '@latchkey/saved-objects';
import type {
  AccountHold,
  ConnectionView,
  DecryptedConnector,
  ProviderClient,
  RevokeReason,
} from '../../types.ts';
import { ConnectorConfigurationError } from '../strategies/index.ts';
import { TokenUnavailableError } from '../tokens/index.ts';
import { type AuthorizationResponse, codeOf } from './authorization_response.ts';
import { DECISION_MS, isSameBrowser } from './browser_binding.ts';
import { discardGrant, type Exchange, exchangeCode } from './code_exchange.ts';
import type { FlowDeps } from './flow_deps.ts';
import { FlowError } from './flow_error.ts';
import { ensureIssuerOnSharedCallback } from './mix_up_defence.ts';
import type { PendingState } from './state_store.ts';

/** A callback request with all data that its checks use. */
export interface CallbackRequest {
  /** The user who came back, and the space of the request. */
  readonly principal: Principal;
  readonly profileUid: string;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly response: AuthorizationResponse;
}

/**
 * Pauses between tries to store a grant, in milliseconds. The code is used already, so a short
 * store outage would force the user to authorize again.
 */
const SAVE_PAUSES_MS = [200, 1000, 2000];
/** Reasons to revoke a grant that was just stored. */
const REASONS: Partial<Record<FlowError['code'], RevokeReason>> = {
  connector_deleted: 'connector_deleted',
  connector_changed: 'connector_changed',
  not_permitted: 'access_lost',
};

/**
 * Runs the checks of a callback in order. The state is already consumed, so each outcome can be
 * tried only once. The provider is called only after all checks.
 * @returns `held`: the grant belongs to another account than the connected one, and the user has to
 * decide
 * @throws FlowError
 */
export async function completeAuthorization(
  request: CallbackRequest,
  pending: PendingState,
  deps: FlowDeps,
): Promise<'connected' | 'held'> {
  ensureCurrent(pending, deps.clock.now());
  ensureOwner(request, pending);
  await ensurePermitted(request.principal, pending, deps);
  if (pending.providerKey !== request.response.providerKey) throw new FlowError('wrong_provider');
  ensureResponseMode(request.response, pending);
  const { client, connector: requested } = await openConnector(pending, deps);
  ensureIssuer(client, request.response.iss);
  if (pending.providerKey === undefined)
    ensureIssuerOnSharedCallback(client, request.response, deps);
  const code = codeOf(request.response);
  const { profileUid } = request;
  const exchange = { connector: requested, client, profileUid };
  const grant = await exchangeCode(exchange, { code, pending }, deps);
  const connector = await reloadConnector(exchange, { grant, pending }, deps);
  const hold = holdFor(pending, deps.clock);
  const { scope } = pending;
  const saved = await save({ connector, client, profileUid, grant, scope, hold }, deps);
  // Stored together with the connected grant, so both end together.
  if (saved.view.accountChange?.flowId === pending.flowId) return 'held';
  const { generation } = saved;
  await revokeIfStale({ authorization: { generation, client }, pending, profileUid }, deps);
  return 'connected';
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

function ensureOwner(request: CallbackRequest, pending: PendingState): void {
  if (pending.createdBy !== request.profileUid) throw new FlowError('wrong_user');
  if (!isSameBrowser(request.cookies, pending)) throw new FlowError('wrong_browser');
}

/**
 * A response that arrives by another response mode than the requested one is forged (attack 25).
 */
function ensureResponseMode(
  { responseMode }: AuthorizationResponse,
  { responseMode: requested = 'query' }: PendingState,
): void {
  if (responseMode !== requested) throw new FlowError('wrong_response_mode');
}

/**
 * The redirect URI names no space, so the privilege is checked in the space where the flow started.
 */
async function ensurePermitted(
  { user }: Principal,
  { spaceId }: PendingState,
  deps: FlowDeps,
): Promise<void> {
  const isAllowed = await deps.access.holds({ user, spaceId }, 'execute-oauth');
  if (!isAllowed) throw new FlowError('not_permitted');
}

async function openConnector(
  pending: PendingState,
  deps: FlowDeps,
): Promise<{ readonly connector: DecryptedConnector; readonly client: ProviderClient }> {
  const connector = await deps.connectors.readDecrypted(pending.connectorId, pending.spaceId);
  if (connector === undefined) throw new FlowError('connector_deleted');
  const client = configured(() => deps.clients.forConnector(connector));
  if (client.fingerprint !== pending.clientFingerprint) throw new FlowError('connector_changed');
  return { connector, client };
}

function ensureIssuer(client: ProviderClient, iss: string | undefined): void {
  try {
    client.checkIssuer(iss);
  } catch (error) {
    if (error instanceof OAuthError) throw new FlowError('issuer_mismatch', { cause: error });
    throw error;
  }
}

/**
 * An edit or a deletion during the exchange ended all existing grants. The new grant must not be
 * stored after that.
 */
async function reloadConnector(
  exchange: Exchange,
  fresh: { readonly grant: TokenGrant; readonly pending: PendingState },
  deps: FlowDeps,
): Promise<DecryptedConnector> {
  try {
    return (await openConnector(fresh.pending, deps)).connector;
  } catch (error) {
    await discardGrant(exchange, fresh, deps);
    throw error;
  }
}

/**
 * Ends the new grant if an edit, a deletion or the removal of the user happened between the last
 * check and the write. The job that ended the other grants may have missed this one. Ends this
 * grant only, because the user may have authorized the edited connector meanwhile.
 */
async function revokeIfStale(
  saved: {
    readonly authorization: { readonly generation: string; readonly client: ProviderClient };
    readonly pending: PendingState;
    readonly profileUid: string;
  },
  deps: FlowDeps,
): Promise<void> {
  const { authorization, pending, profileUid } = saved;
  try {
    await openConnector(pending, deps);
    await ensureStillPermitted(profileUid, pending, deps);
  } catch (error) {
    const reason = error instanceof FlowError ? REASONS[error.code] : undefined;
    // Any other error says nothing about the stored grant, so it stays.
    if (reason === undefined) return;
    const { connectorId } = pending;
    const actor = undefined;
    await deps.grants.revokeGrantOf({ connectorId, profileUid, reason, actor, authorization });
    throw error;
  }
}

/** Checks the current user, who may have been removed during the exchange. */
async function ensureStillPermitted(
  profileUid: string,
  pending: PendingState,
  deps: FlowDeps,
): Promise<void> {
  const user = await deps.users.getActiveUser(profileUid);
  await ensurePermitted({ user, spaceId: pending.spaceId }, pending, deps);
}

/**
 * Stores the grant, with retries. All tries use the same generation: a try without a response may
 * have been written, and its grant ended, before the next try.
 * @returns the connected account, and the generation of the grant
 */
async function save(
  fresh: Parameters<FlowDeps['grants']['saveGrant']>[0],
  { grants, clock, randomness }: FlowDeps,
): Promise<{ readonly view: ConnectionView; readonly generation: string }> {
  const generation = randomness.uuid();
  const request = { ...fresh, generation };
  for (let tries = 0; ; tries += 1) {
    try {
      const view = await grants.saveGrant(request);
      return { view, generation };
    } catch (error) {
      const isTransient =
        error instanceof TokenUnavailableError || error instanceof SavedObjectError;
      const pauseMs = SAVE_PAUSES_MS[tries];
      if (!isTransient || pauseMs === undefined) {
        await discardGrant(fresh, { grant: fresh.grant, generation }, { grants });
        throw isTransient ? new FlowError('store_unavailable', { cause: error }) : error;
      }
      await clock.sleep(pauseMs);
    }
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
