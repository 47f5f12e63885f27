import type { GrantClient, SharedCallback } from '../../types.ts';
import type { FlowDeps } from './flow_deps.ts';
import { FlowError } from './flow_error.ts';

type Settings = Pick<FlowDeps, 'sharedCallbackOrigins'>;

/**
 * Where all providers share one callback, only the issuer keeps a code of one from the token URL of another (attacks 14 to 16).
 * @throws FlowError `issuer_unknown`
 */
export function ensureMayShareCallback(client: GrantClient, settings: Settings): void {
  if (needOf(client, settings) === 'refused') throw new FlowError('issuer_unknown');
}

/**
 * The answer on a shared callback must say whose it is, whatever the provider promises: the provider that was bounced to may be another one.
 * @throws FlowError `issuer_unknown`, `issuer_mismatch`
 */
export function ensureNamedOnSharedCallback(
  client: GrantClient,
  iss: string | undefined,
  settings: Settings,
): void {
  ensureMayShareCallback(client, settings);
  const isNamed = iss !== undefined && iss !== '';
  if (!isNamed && needOf(client, settings) === 'with_issuer')
    throw new FlowError('issuer_mismatch');
}

function needOf(
  { configuration, sharedCallback = 'refused' }: GrantClient,
  { sharedCallbackOrigins }: Settings,
): SharedCallback {
  if (configuration.dialect === 'ears') return 'allowed';
  const origin = URL.parse(configuration.tokenEndpoint)?.origin ?? '';
  return sharedCallbackOrigins.has(origin) ? 'allowed' : sharedCallback;
}
