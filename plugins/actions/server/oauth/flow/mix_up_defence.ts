import { type ProviderClient, sharedCallbackNeed } from '../strategies/index.ts';
import { type AuthorizationResponse, carriesOnlyError } from './authorization_response.ts';
import { FlowError } from './flow_error.ts';

/**
 * Checks that the client may use the shared callback. On a shared callback, only a check of the
 * issuer ensures that a code of one provider is not sent to the token URL of another (A14 to A16).
 * @param sharedCallbackOrigins origins of token URLs that may use the callback although their
 * issuer is unknown
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
 * Checks that a response on the shared callback names its issuer, even if the provider does not
 * promise to do so, because the browser may come from another provider.
 * @throws FlowError `issuer_unknown`, `issuer_mismatch`
 */
export function ensureIssuerOnSharedCallback(
  client: ProviderClient,
  response: AuthorizationResponse,
  sharedCallbackOrigins: ReadonlySet<string>,
): void {
  // An error response contains no code that could be misused, and many providers do not name their
  // issuer in it.
  if (carriesOnlyError(response)) return;
  ensureMayShareCallback(client, sharedCallbackOrigins);
  const { iss } = response;
  const isNamed = iss !== undefined && iss !== '';
  if (!isNamed && sharedCallbackNeed(client, sharedCallbackOrigins) === 'with_issuer')
    throw new FlowError('issuer_mismatch');
}
