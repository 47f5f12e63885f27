import { fillPath } from '@latchkey/core/common';
import { type CookieToSet, HttpError, type Principal } from '@latchkey/core/server';
import { EgressError } from '@latchkey/egress';
import { createPkcePair, createState } from '@latchkey/oauth-client';
import { finishAuthorization } from '../../../common/index.ts';
import { connectorNotFound } from '../../connectors/index.ts';
import type { DecryptedConnector, ProviderClient } from '../../types.ts';
import { ConnectorConfigurationError } from '../strategies/index.ts';
import { bindBrowser } from './browser_binding.ts';
import type { FlowDeps } from './flow_deps.ts';
import { FlowError } from './flow_error.ts';
import { ensureMayShareCallback } from './mix_up_defence.ts';
import { checkReturnUrl } from './return_url.ts';
import { flowIdOf, STATE_LIFETIME_MS } from './state_store.ts';

/** A started flow: URL for the browser and cookie to set. */
export interface StartedFlow {
  readonly authorizationUrl: string;
  readonly state: string;
  readonly flowId: string;
  readonly cookie: CookieToSet;
}

/**
 * Starts an authorization. Checks privilege, rate, connector, configuration and hosts, then stores
 * the state.
 * @param request.returnUrl where the browser ends; `undefined`: on the result page
 * @param request.connectorVersion the version the user was shown; another one fails with
 * `connector_changed`
 * @throws HttpError 400, 401, 403; ConnectorError `not_found`; FlowError;
 * ConnectorConfigurationError
 */
export async function startFlow(
  request: {
    readonly principal: Principal;
    readonly connectorId: string;
    readonly returnUrl: string | undefined;
    readonly connectorVersion?: string;
  },
  deps: FlowDeps,
): Promise<StartedFlow> {
  const { principal, connectorId } = request;
  const about = { operation: 'oauth-start', connectorId } as const;
  const profileUid = await ensureMayAuthorize(principal, connectorId, deps);
  try {
    await deps.limiter.hit('authorize', profileUid);
    const { connector, client } = await openForAuthorization(principal, connectorId, deps);
    const { connectorVersion = connector.version, returnUrl } = request;
    if (connectorVersion !== connector.version) throw new FlowError('connector_changed');
    const started = await startAtProvider({ connector, client, profileUid, returnUrl }, deps);
    deps.access.record(principal, { ...about, outcome: 'success' });
    return started;
  } catch (error) {
    deps.access.record(principal, { ...about, outcome: 'failure', errorCode: codeOf(error) });
    throw error;
  }
}

/**
 * Checks that the principal may authorize the connector.
 * @returns profile uid of the user who will own the authorization
 * @throws HttpError 401, 403; FlowError `api_key_not_allowed`
 */
export async function ensureMayAuthorize(
  principal: Principal,
  connectorId: string,
  { access }: Pick<FlowDeps, 'access'>,
): Promise<string> {
  if (principal.user === undefined) throw new HttpError(401, 'Sign in to authorize a connector.');
  if (isApiKey(principal)) {
    const errorCode = 'api_key_not_allowed';
    const event = { operation: 'execute-oauth', outcome: 'failure', connectorId } as const;
    access.record(principal, { ...event, errorCode });
    throw new FlowError(errorCode);
  }
  await access.ensure(principal, 'execute-oauth', connectorId);
  return principal.user.profileUid;
}

/**
 * An authorization needs a user with a browser. An API key only uses grants that its owner has
 * authorized: the holder of a key must not choose the account for calls.
 */
export function isApiKey({ user }: Pick<Principal, 'user'>): boolean {
  return user?.authenticationType === 'api_key';
}

/**
 * Reads a connector with per-user authorization and its client, and checks both.
 * @throws ConnectorError `not_found`; FlowError `endpoint_not_allowed`; ConnectorConfigurationError
 * `not_oauth` and others
 */
export async function openForAuthorization(
  { spaceId }: Pick<Principal, 'spaceId'>,
  connectorId: string,
  deps: Pick<FlowDeps, 'connectors' | 'clients'>,
): Promise<{ readonly connector: DecryptedConnector; readonly client: ProviderClient }> {
  const connector = await deps.connectors.readDecrypted(connectorId, spaceId);
  if (connector === undefined) throw connectorNotFound(connectorId);
  if (connector.authMode !== 'per-user') {
    throw new ConnectorConfigurationError(
      'not_oauth',
      connectorId,
      `Connector [${connectorId}] uses no per-user authorization, so there is nothing to authorize.`,
    );
  }
  const client = deps.clients.forConnector(connector);
  ensureEndpointsAllowed(client);
  return { connector, client };
}

async function startAtProvider(
  request: {
    readonly connector: DecryptedConnector;
    readonly client: ProviderClient;
    readonly profileUid: string;
    readonly returnUrl: string | undefined;
  },
  deps: FlowDeps,
): Promise<StartedFlow> {
  const { connector, client, profileUid } = request;
  const { publicBaseUrl } = deps.urls;
  if (publicBaseUrl === undefined) throw new FlowError('public_base_url_missing');
  const kibanaReturnUrl =
    request.returnUrl === undefined ? undefined : checkReturnUrl(request.returnUrl, publicBaseUrl);
  const bytes = (length: number) => deps.randomness.bytes(length);
  const state = createState(bytes);
  const pkce = await createPkcePair(bytes);
  const flowId = flowIdOf(state);
  const { cookie, hash } = bindBrowser(flowId, deps.randomness);
  const providerKey = deps.redirectUri === 'shared' ? undefined : client.providerKey;
  if (providerKey === undefined) ensureMayShareCallback(client, deps);
  const redirectUri = deps.urls.publicUrl(fillPath(finishAuthorization.path, { providerKey }));
  // Built before the first write, so that an invalid configuration stores nothing.
  const authorizationUrl = client.buildAuthorizationUrl({
    redirectUri,
    state,
    codeChallenge: pkce.codeChallenge,
  });
  await deps.states.create(state, {
    codeVerifier: pkce.codeVerifier,
    connectorId: connector.id,
    spaceId: connector.spaceId,
    createdBy: profileUid,
    ...(kibanaReturnUrl === undefined ? {} : { kibanaReturnUrl }),
    redirectUri,
    ...(providerKey === undefined ? {} : { providerKey }),
    browserBinding: hash,
    clientFingerprint: client.fingerprint,
    ...(client.configuration.scope === undefined ? {} : { scope: client.configuration.scope }),
    ...(client.responseMode === undefined ? {} : { responseMode: client.responseMode }),
  });
  const until = new Date(deps.clock.now() + STATE_LIFETIME_MS);
  await deps.grants.markPending({ connector, profileUid, until });
  return { authorizationUrl, state, flowId, cookie };
}

function ensureEndpointsAllowed(client: ProviderClient): void {
  try {
    client.ensureEndpointsAllowed();
  } catch (error) {
    if (error instanceof EgressError) throw new FlowError('endpoint_not_allowed', { cause: error });
    throw error;
  }
}

function codeOf(error: unknown): string {
  const hasCode = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return hasCode ? String(error.code) : 'unexpected';
}
