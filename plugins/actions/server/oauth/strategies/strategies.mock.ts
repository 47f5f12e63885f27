import { createLoggerMock } from '@latchkey/core/server/mocks';
import type { Egress, EgressFetchInit } from '@latchkey/egress';
import type { DecryptedConnector, IssuerCheck } from '../../connector_data/index.ts';
import { endpointsHash } from './issuer_check.ts';
import type { ProviderClientDeps } from './protocol_calls.ts';

/** A request that the fake egress received. */
export interface SentRequest {
  readonly url: string;
  readonly init: EgressFetchInit;
}

/**
 * Creates an egress that responds from memory, allows the hosts of `example.com`, and sends
 * browsers to a fake provider.
 */
export function fakeEgress(
  response: () => Response = () => Response.json({ access_token: 'at', token_type: 'bearer' }),
): Egress & { readonly sent: SentRequest[]; readonly checked: string[] } {
  const sent: SentRequest[] = [];
  const checked: string[] = [];
  return {
    sent,
    checked,
    ensureUriAllowed: (uri) => {
      checked.push(uri);
    },
    browserUrl: (uri) => uri.replace('https://stood-in.example.com', 'http://localhost:4010'),
    fetch: async (url, init = {}) => {
      sent.push({ url: String(url), init });
      return response();
    },
    createClient: () => {
      throw new Error('This fake does not implement the operation.');
    },
    createAxiosInstance: () => {
      throw new Error('This fake does not implement the operation.');
    },
    close: async () => {},
  };
}

/** Dependencies with EARS enabled, and with connector types whose providers follow the RFCs. */
export const someDeps = (over: Partial<ProviderClientDeps> = {}): ProviderClientDeps => ({
  egress: fakeEgress(),
  ears: { url: 'https://ears.example.com/', enabled: true },
  findConnectorType: () => undefined,
  trustedRevocationOrigins: new Set(),
  now: () => new Date('2030-01-01T00:00:00Z'),
  logger: createLoggerMock(),
  ...over,
});

/** A connector with per-user authorization and its own OAuth app. */
export const aConnector = (over: Partial<DecryptedConnector> = {}): DecryptedConnector => ({
  id: 'connector-1',
  spaceId: 'default',
  name: 'Files',
  connectorTypeId: '.files',
  config: { authType: 'oauth_authorization_code', siteUrl: 'https://files.example.com/site' },
  secrets: {
    authType: 'oauth_authorization_code',
    authorizationUrl: 'https://auth.example.com/authorize',
    tokenUrl: 'https://auth.example.com/token',
    clientId: 'client-1',
    clientSecret: 'development-secret',
    scope: 'read write',
  },
  authType: 'oauth_authorization_code',
  authMode: 'per-user',
  version: 'v1',
  ...over,
});

/** A check of an issuer whose metadata contains the endpoints of {@link aConnector}. */
export const aCheck = (over: Partial<IssuerCheck> = {}): IssuerCheck => ({
  issuer: 'https://auth.example.com',
  endpoints: endpointsHash({
    authorizationUrl: 'https://auth.example.com/authorize',
    tokenUrl: 'https://auth.example.com/token',
  }),
  isConfirmed: true,
  issuerRequiredInResponse: false,
  warnings: [],
  ...over,
});

/** A connector that uses EARS. */
export const anEarsConnector = (over: Partial<DecryptedConnector> = {}): DecryptedConnector =>
  aConnector({
    authType: 'ears',
    config: { authType: 'ears' },
    secrets: { authType: 'ears', provider: 'google', scope: 'drive.readonly' },
    ...over,
  });

/** A connector whose application has one token for all users. */
export const aSharedConnector = (over: Partial<DecryptedConnector> = {}): DecryptedConnector =>
  aConnector({
    authType: 'oauth_client_credentials',
    authMode: 'shared',
    config: {},
    secrets: {
      authType: 'oauth_client_credentials',
      tokenUrl: 'https://auth.example.com/token',
      clientId: 'client-1',
      clientSecret: 'development-secret',
      scope: 'api',
    },
    ...over,
  });
