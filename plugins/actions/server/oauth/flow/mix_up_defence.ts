import { type ProviderClient, sharedCallbackNeed } from '../strategies/index.ts';
import { type AuthorizationResponse, carriesOnlyError } from './authorization_response.ts';
import { FlowError } from './flow_error.ts';

/**
 * Checks that the client may use the shared callback. There, only the issuer keeps a code of one
 * provider from being sent to the token URL of another (A14 to A16).
 * @param sharedCallbackOrigins origins of token URLs that may use it although their issuer is
 *   unknown
 * @throws FlowError `issuer_unknown`
 */
export function ensureMayShareCallback(
  client: ProviderClient,
  sharedCallbackOrigins: ReadonlySet<string>,
): void {
  if (sharedCallbackNeed(client, sharedCallbackOrigins) === 'refused')
    throw new FlowError('issuer_unknown');
}

/**
 * Checks that a response on the shared callback names its issuer, whatever the provider promises.
 * The browser may have been redirected to another provider.
 * @throws FlowError `issuer_unknown`, `issuer_mismatch`
 */
export function ensureIssuerOnSharedCallback(
  client: ProviderClient,
  response: AuthorizationResponse,
  sharedCallbackOrigins: ReadonlySet<string>,
): void {
  // An error response carries no code that could be misused, and many providers do not name
  // themselves in it.
  if (carriesOnlyError(response)) return;
  ensureMayShareCallback(client, sharedCallbackOrigins);
  const { iss } = response;
  const isNamed = iss !== undefined && iss !== '';
  if (!isNamed && sharedCallbackNeed(client, sharedCallbackOrigins) === 'with_issuer')
    throw new FlowError('issuer_mismatch');
}
