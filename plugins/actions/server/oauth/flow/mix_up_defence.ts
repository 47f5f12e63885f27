import type { ProviderClient } from '../../types.ts';
import { sharedCallbackNeed } from '../strategies/index.ts';
import { type AuthorizationResponse, carriesOnlyError } from './authorization_response.ts';
import type { FlowDeps } from './flow_deps.ts';
import { FlowError } from './flow_error.ts';

type Settings = Pick<FlowDeps, 'sharedCallbackOrigins'>;

/**
 * Where all providers share one callback, only the issuer keeps a code of one from the token URL of another (attacks 14 to 16).
 * @throws FlowError `issuer_unknown`
 */
export function ensureMayShareCallback(client: ProviderClient, settings: Settings): void {
  if (sharedCallbackNeed(client, settings.sharedCallbackOrigins) === 'refused')
    throw new FlowError('issuer_unknown');
}

/**
 * The answer on a shared callback must say whose it is, whatever the provider promises: the provider that was bounced to may be another one.
 * @throws FlowError `issuer_unknown`, `issuer_mismatch`
 */
export function ensureNamedOnSharedCallback(
  client: ProviderClient,
  response: AuthorizationResponse,
  settings: Settings,
): void {
  // A refusal has no code that could go astray, and many providers that refuse do not name themselves.
  if (carriesOnlyError(response)) return;
  ensureMayShareCallback(client, settings);
  const { iss } = response;
  const isNamed = iss !== undefined && iss !== '';
  if (!isNamed && sharedCallbackNeed(client, settings.sharedCallbackOrigins) === 'with_issuer')
    throw new FlowError('issuer_mismatch');
}
