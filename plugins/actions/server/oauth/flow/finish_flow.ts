import { HttpError, type Principal } from '@latchkey/core/server';
import { OAuthError, type TokenGrant } from '@latchkey/oauth-client';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { DecryptedConnector, GrantClient } from '../../types.ts';
import { ConnectorConfigurationError } from '../strategies/index.ts';
import { TokenUnavailableError } from '../tokens/index.ts';
import { isSameBrowser } from './browser_binding.ts';
import type { FlowDeps } from './flow_deps.ts';
import { FlowError } from './flow_error.ts';
import type { PendingState } from './state_store.ts';

/** What came back from the provider. */
export interface CallbackAnswer {
  readonly code: string | undefined;
  readonly error: string | undefined;
  readonly errorDescription: string | undefined;
  readonly iss: string | undefined;
  /** Last path segment; `undefined` on the shared callback. */
  readonly providerKey: string | undefined;
}

/** A callback with everything its checks look at. */
export interface CallbackRequest {
  readonly profileUid: string;
  readonly principal: Principal;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly answer: CallbackAnswer;
}

const LONGEST_DETAIL = 300;

/**
 * The checks of a callback in their order, on a state that is used up already, so that no outcome can be tried twice. The provider is asked only after
 * all of them.
 * @throws FlowError
 */
export async function finishFlow(
  request: CallbackRequest,
  pending: PendingState,
  deps: FlowDeps,
): Promise<void> {
  ensureCurrent(pending, deps.clock.now());
  ensureOwner(request, pending);
  await ensurePermitted(request, pending, deps);
  if (pending.providerKey !== request.answer.providerKey) throw new FlowError('wrong_provider');
  const { connector, client } = await openConnector(pending, deps);
  ensureIssuer(client, request.answer.iss);
  const code = codeOf(request.answer);
  const grant = await exchange({ client, pending, code });
  await save({ connector, client, profileUid: request.profileUid, grant }, deps);
}

function ensureCurrent(pending: PendingState, nowMs: number): void {
  if (Date.parse(pending.expiresAt) <= nowMs) throw new FlowError('state_expired');
}

function ensureOwner(request: CallbackRequest, pending: PendingState): void {
  if (pending.createdBy !== request.profileUid) throw new FlowError('wrong_user');
  if (!isSameBrowser(request.cookies, pending)) throw new FlowError('wrong_browser');
}

/** The redirect URI names no space, so the right to authorize is asked for where the flow began. */
async function ensurePermitted(
  request: CallbackRequest,
  pending: PendingState,
  deps: FlowDeps,
): Promise<void> {
  try {
    const principal = { ...principalOf(request.principal), spaceId: pending.spaceId };
    await deps.access.ensure(principal, 'execute-oauth', pending.connectorId);
  } catch (error) {
    if (error instanceof HttpError && error.statusCode === 403)
      throw new FlowError('not_permitted', { cause: error });
    throw error;
  }
}

async function openConnector(
  pending: PendingState,
  deps: FlowDeps,
): Promise<{ connector: DecryptedConnector; client: GrantClient }> {
  const connector = await deps.connectors.readDecrypted(pending.connectorId, pending.spaceId);
  if (connector === undefined) throw new FlowError('connector_gone');
  const client = await configured(() => deps.clients.forConnector(connector));
  if (client.fingerprint !== pending.clientFingerprint) throw new FlowError('connector_changed');
  return { connector, client };
}

function ensureIssuer(client: GrantClient, iss: string | undefined): void {
  try {
    client.checkIssuer(iss);
  } catch (error) {
    if (error instanceof OAuthError) throw new FlowError('issuer_mismatch', { cause: error });
    throw error;
  }
}

function codeOf(answer: CallbackAnswer): string {
  if (answer.error !== undefined) {
    const detail = [answer.error, answer.errorDescription].filter(Boolean).join(': ');
    throw new FlowError('provider_refused', { detail: printable(detail) });
  }
  if (answer.code === undefined || answer.code === '') throw new FlowError('code_missing');
  return answer.code;
}

async function exchange(request: {
  readonly client: GrantClient;
  readonly pending: PendingState;
  readonly code: string;
}): Promise<TokenGrant> {
  const { client, pending, code } = request;
  if (pending.codeVerifier === undefined) throw new FlowError('state_used');
  try {
    return await client.exchangeCode({
      code,
      codeVerifier: pending.codeVerifier,
      redirectUri: pending.redirectUri,
    });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    throw new FlowError(
      error.kind === 'misconfigured' ? 'connector_misconfigured' : 'exchange_failed',
      { cause: error },
    );
  }
}

async function save(
  request: Parameters<FlowDeps['grants']['saveGrant']>[0],
  deps: FlowDeps,
): Promise<void> {
  try {
    await deps.grants.saveGrant(request);
  } catch (error) {
    const passes = error instanceof TokenUnavailableError || error instanceof SavedObjectError;
    if (passes) throw new FlowError('not_saved', { cause: error });
    throw error;
  }
}

async function configured<T>(build: () => T): Promise<T> {
  try {
    return build();
  } catch (error) {
    if (error instanceof ConnectorConfigurationError)
      throw new FlowError('connector_misconfigured', { cause: error });
    throw error;
  }
}

function principalOf({ user, requestId }: Principal): Omit<Principal, 'spaceId'> {
  return { user, ...(requestId === undefined ? {} : { requestId }) };
}

/** A provider's words, short and on one line; escaping is the page's job. */
function printable(text: string): string {
  const oneLine = text.replace(/\p{Cc}+/gu, ' ').trim();
  return oneLine.length > LONGEST_DETAIL ? `${oneLine.slice(0, LONGEST_DETAIL)}…` : oneLine;
}
