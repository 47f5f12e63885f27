import type { DecryptedConnector, ProviderClient } from '@latchkey/actions-plugin/server/testing';

/**
 * Returns a connector in the form in which services read it; each user authorizes it. It is not
 * stored.
 */
export function aConnector(
  id: string,
  over: Partial<Omit<DecryptedConnector, 'id'>> = {},
): DecryptedConnector {
  return {
    id,
    spaceId: 'default',
    name: id,
    connectorTypeId: '.custom_api',
    config: {},
    secrets: {},
    authType: 'oauth_authorization_code',
    authMode: 'per-user',
    version: '1',
    ...over,
  };
}

/** Returns a provider client that throws on every request, except those that `over` defines. */
export function aProviderClient(over: Partial<ProviderClient>): ProviderClient {
  const refuse = (): never => {
    throw new Error('not part of this stack');
  };
  return {
    authType: 'oauth_authorization_code',
    fingerprint: 'test-stack',
    providerKey: 'test-stack',
    configuration: {
      dialect: 'standard',
      authorizationEndpoint: 'https://idp.example.com/authorize',
      tokenEndpoint: 'https://idp.example.com/token',
      clientId: 'development-client',
      tokenEndpointAuthMethod: 'none',
    },
    defaultLifetimeSeconds: 3_600,
    idleLimitDays: undefined,
    ensureEndpointsAllowed: () => undefined,
    buildAuthorizationUrl: refuse,
    checkIssuer: () => undefined,
    exchangeCode: refuse,
    refresh: refuse,
    revoke: refuse,
    requestSharedToken: refuse,
    ...over,
  };
}
