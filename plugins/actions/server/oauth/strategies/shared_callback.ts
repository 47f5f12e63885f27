import { dialectOf, type StandardClient } from '@latchkey/oauth-client';
import type { DecryptedConnector, ProviderClient, SharedCallback } from '../../types.ts';
import { isCheckOf } from './issuer_check.ts';
import type { ProviderEntry } from './provider_facts.ts';
import { isSameOrigin } from './same_site.ts';

/**
 * What it takes to use one callback for all providers (RFC 9700 §4.4.2). A person who may create connectors may point one at an authorization URL
 * that forwards to an honest provider, and its token URL at themselves; on a callback of its own the code would not even arrive.
 */
export function sharedCallbackOf(
  connector: DecryptedConnector,
  configuration: StandardClient,
  entry: ProviderEntry | undefined,
): SharedCallback {
  const { issuer, authorizationEndpoint, tokenEndpoint } = configuration;
  const ends = { authorizationUrl: authorizationEndpoint, tokenUrl: tokenEndpoint };
  // The code goes where the connector type says, which nobody who edits connectors can change.
  if (isOfType(ends, connector.authType, entry)) return 'allowed';
  if (issuer === undefined) return 'refused';
  const check = connector.issuerCheck;
  const isConfirmed = check?.isConfirmed === true && isCheckOf(check, { issuer, ...ends });
  // Only an issuer that owns the token URL says anything about where the code goes: a malicious connector may state anybody's.
  return isConfirmed || isSameOrigin(issuer, tokenEndpoint) ? 'with_issuer' : 'refused';
}

/** What it takes here: an operator may list origins of token URLs whose providers are trusted without being named. */
export function sharedCallbackNeed(
  { configuration, sharedCallback = 'refused' }: ProviderClient,
  trustedOrigins: ReadonlySet<string>,
): SharedCallback {
  const origin = URL.parse(dialectOf(configuration).tokenEndpoint)?.origin ?? '';
  return trustedOrigins.has(origin) ? 'allowed' : sharedCallback;
}

function isOfType(
  { authorizationUrl, tokenUrl }: { readonly authorizationUrl: string; readonly tokenUrl: string },
  authType: string,
  entry: ProviderEntry | undefined,
): boolean {
  return (entry?.auth?.types ?? []).some(
    (one) =>
      typeof one !== 'string' &&
      one.type === authType &&
      one.defaults['authorizationUrl'] === authorizationUrl &&
      one.defaults['tokenUrl'] === tokenUrl,
  );
}
