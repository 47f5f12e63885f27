import { describe, expect, it } from 'vitest';
import { createProviderClients } from './provider_clients.ts';
import {
  aConnector,
  anEarsConnector,
  aSharedConnector,
  fakeEgress,
  someDeps,
} from './strategies.mock.ts';

describe('the client of a provider', () => {
  it('depends on the auth type of the connector', () => {
    const clients = createProviderClients(someDeps());
    expect(clients.forConnector(aConnector()).configuration.dialect).toBe('standard');
    expect(clients.forConnector(anEarsConnector()).configuration.dialect).toBe('ears');
    expect(clients.forConnector(aSharedConnector()).authType).toBe('oauth_client_credentials');
  });

  it.each(['none', 'basic', 'bearer', 'constructor', ''])(
    'does not exist for the auth type %o, which has no OAuth grant',
    (authType) => {
      expect(() =>
        createProviderClients(someDeps()).forConnector(aConnector({ authType })),
      ).toThrow(expect.objectContaining({ code: 'not_oauth', connectorId: 'connector-1' }));
    },
  );

  it('H114: revokes tokens at the endpoint that was stored with them, even after the connector has changed', async () => {
    const egress = fakeEgress(() => new Response(null, { status: 200 }));
    const { revoke } = createProviderClients(someDeps({ egress })).forConfiguration({
      dialect: 'standard',
      authorizationEndpoint: 'https://old.example.com/authorize',
      tokenEndpoint: 'https://old.example.com/token',
      revocationEndpoint: 'https://old.example.com/revoke',
      clientId: 'old-client',
      tokenEndpointAuthMethod: 'none',
    });
    expect(await revoke('rt', 'refresh_token')).toBe('revoked');
    expect(egress.sent.map(({ url }) => url)).toEqual(['https://old.example.com/revoke']);
  });
});
