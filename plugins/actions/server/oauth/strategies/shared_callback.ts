import { authTypeEntryOf } from '@latchkey/connector-specs';
import { dialectOf, type StandardClient } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { OAuthConnectorType } from './connector_provider.ts';
import { isCheckOf } from './issuer_check.ts';
import type { ProviderClient, SharedCallback } from './provider_client.ts';
import { isSameOrigin } from './same_site.ts';

/**
 * Returns on which condition a connector may use the callback that all providers share (RFC 9700
 * §4.4.2). The attack: a user who may create connectors enters an authorization URL that forwards
 * to an honest provider, and a token URL of their own, which would receive the code. With one
 * callback per provider, the code would not arrive.
 */
export function sharedCallbackOf(
  connector: DecryptedConnector,
  configuration: StandardClient,
  entry: OAuthConnectorType | undefined,
): SharedCallback {
  const { issuer, authorizationEndpoint, tokenEndpoint } = configuration;
  const ends = { authorizationUrl: authorizationEndpoint, tokenUrl: tokenEndpoint };
  // The endpoints are those of the connector type, so no editor can change where the code is sent.
  if (isOfType(ends, connector.authType, entry)) return 'allowed';
  if (issuer === undefined) return 'refused';
  const check = connector.issuerCheck;
  const isConfirmed = check?.isConfirmed === true && isCheckOf(check, { issuer, ...ends });
  // The issuer must own the token URL or confirm it in its metadata, because a malicious connector
  // may name any issuer.
  return isConfirmed || isSameOrigin(issuer, tokenEndpoint) ? 'with_issuer' : 'refused';
}

/**
 * Returns the condition that applies on this server. If the operator trusts the origin of the token
 * URL, responses need not name the issuer.
 */
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
  entry: OAuthConnectorType | undefined,
): boolean {
  const defaults = authTypeEntryOf(entry ?? {}, authType)?.defaults;
  return (
    defaults !== undefined &&
    defaults['authorizationUrl'] === authorizationUrl &&
    defaults['tokenUrl'] === tokenUrl
  );
}
