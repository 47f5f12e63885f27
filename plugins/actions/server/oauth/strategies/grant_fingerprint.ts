import { createHash } from 'node:crypto';
import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../types.ts';

/** 22 base64url characters are 132 bits. */
const LENGTH = 22;

/**
 * Hash of where tokens go and who asks. Stays the same through a rename, a new client secret or another scope, so that those edits keep
 * everybody connected; changes with type, auth type, hosts, client id or EARS provider.
 * @param urlFields config fields that hold the address of the API
 */
export function grantFingerprint(
  connector: DecryptedConnector,
  configuration: OAuthClientConfiguration,
  urlFields: readonly string[],
): string {
  const who =
    configuration.dialect === 'ears'
      ? [configuration.baseUrl, configuration.provider]
      : [
          hostOf(configuration.authorizationEndpoint),
          hostOf(configuration.tokenEndpoint),
          configuration.clientId,
        ];
  const apiHosts = [...urlFields].sort().map((field) => hostOf(connector.config[field]));
  // JSON keeps the parts apart: no value can run into its neighbour.
  const parts = [connector.connectorTypeId, connector.authType, who, apiHosts];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, LENGTH);
}

/** Host and port; anything that is not a URL stands for itself. */
function hostOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  return URL.parse(value)?.host ?? value;
}
