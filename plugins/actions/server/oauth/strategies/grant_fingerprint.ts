import { createHash } from 'node:crypto';
import type { OAuthClientConfiguration, StandardClient } from '@latchkey/oauth-client';
import { urlConfigFields } from '../../connector_types/index.ts';
import type { DecryptedConnector } from '../../types.ts';
import type { ProviderEntry } from './provider_facts.ts';

/** 22 base64url characters are 132 bits. */
const LENGTH = 22;

/**
 * Hash of where tokens go and who asks. Stays the same through a rename, a new client secret or another scope, so that those edits keep
 * everybody connected; changes with type, auth type, hosts, client id or EARS provider.
 * @param entry of the connector type: says which config fields hold the address of the API
 */
export function grantFingerprint(
  connector: DecryptedConnector,
  configuration: OAuthClientConfiguration,
  entry: ProviderEntry | undefined,
): string {
  const who =
    configuration.dialect === 'ears'
      ? [configuration.baseUrl, configuration.provider]
      : standardClient(configuration);
  const urlFields = entry === undefined ? [] : urlConfigFields(entry);
  const apiHosts = urlFields.sort().map((field) => hostOf(connector.config[field]));
  // JSON keeps the parts apart: no value can run into its neighbour.
  const parts = [connector.connectorTypeId, connector.authType, who, apiHosts];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, LENGTH);
}

/**
 * Tokens also go to the revocation endpoint. Mostly it is a host named already; a further one counts, or an edit of that one field would carry
 * everybody's tokens to another machine of the same site.
 */
function standardClient(configuration: StandardClient): string[] {
  const { authorizationEndpoint, tokenEndpoint, revocationEndpoint, clientId } = configuration;
  const hosts = [hostOf(authorizationEndpoint), hostOf(tokenEndpoint)];
  const revocationHost = hostOf(revocationEndpoint);
  const isFurther = revocationHost !== '' && !hosts.includes(revocationHost);
  return [...hosts, clientId, ...(isFurther ? [revocationHost] : [])];
}

/** Host and port; anything that is not a URL stands for itself. */
function hostOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  return URL.parse(value)?.host ?? value;
}
