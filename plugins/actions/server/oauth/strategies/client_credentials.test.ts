import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createProviderClients } from './provider_clients.ts';
import { aSharedConnector, fakeEgress, someDeps } from './strategies.mock.ts';

const { signal } = new AbortController();

describe('client credentials connectors', () => {
  it('request a token with scope and additional fields', async () => {
    const egress = fakeEgress();
    const secrets = { ...aSharedConnector().secrets, additionalFields: { audience: 'api' } };
    const client = createProviderClients(someDeps({ egress })).forConnector(
      aSharedConnector({ secrets }),
    );
    expect(await client.requestSharedToken(signal)).toMatchObject({ accessToken: 'at' });
    expect(String(egress.sent[0]?.init.body)).toBe(
      'audience=api&scope=api&grant_type=client_credentials',
    );
  });

  it('send id and secret in the body for connectors in the format of Kibana, and by HTTP Basic otherwise', async () => {
    const { tokenUrl, clientId, clientSecret } = aSharedConnector().secrets;
    const ofKibana = aSharedConnector({
      config: {
        authType: 'webhook-oauth2-client-credentials',
        accessTokenUrl: tokenUrl,
        clientId,
      },
      secrets: { clientSecret },
    });
    for (const [connector, isInBody] of [
      [ofKibana, true],
      [aSharedConnector(), false],
    ] as const) {
      const egress = fakeEgress();
      await createProviderClients(someDeps({ egress }))
        .forConnector(connector)
        .requestSharedToken(signal);
      const { body, headers } = egress.sent[0]?.init ?? {};
      expect(new Headers(headers).has('authorization')).toBe(!isInBody);
      const form = new URLSearchParams(String(body));
      expect([form.get('client_id'), form.get('client_secret')]).toEqual(
        isInBody ? ['client-1', 'development-secret'] : [null, null],
      );
    }
  });

  it('authenticate the client with a key for the auth type of Kibana', async () => {
    const { tokenUrl, clientId } = aSharedConnector().secrets;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const egress = fakeEgress();
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const connector = aSharedConnector({
      authType: 'oauth_client_credentials_private_key_jwt',
      secrets: { tokenUrl, clientId, privateKey: pem },
    });
    const client = createProviderClients(someDeps({ egress })).forConnector(connector);
    expect(client.authType).toBe('oauth_client_credentials_private_key_jwt');
    await client.requestSharedToken(signal);
    const form = new URLSearchParams(String(egress.sent[0]?.init.body));
    expect(form.get('client_assertion')?.split('.')).toHaveLength(3);
    expect(form.has('client_secret')).toBe(false);
  });

  it('C51: are refused if the audience of the client assertion is another server', () => {
    const secrets = {
      ...aSharedConnector().secrets,
      privateKey: 'development-key',
      assertionAudience: 'https://bank.example',
    };
    expect(() =>
      createProviderClients(someDeps()).forConnector(aSharedConnector({ secrets })),
    ).toThrow(expect.objectContaining({ code: 'endpoints_not_confirmed' }));
  });

  it('require only that the host of the token endpoint is allowed', () => {
    const egress = fakeEgress();
    createProviderClients(someDeps({ egress }))
      .forConnector(aSharedConnector())
      .ensureEndpointsAllowed();
    expect(egress.checked).toEqual(['https://auth.example.com/token']);
  });

  it('cannot be authorized by a user', async () => {
    const client = createProviderClients(someDeps()).forConnector(aSharedConnector());
    const refusal = expect.objectContaining({ code: 'invalid_request', kind: 'misconfigured' });
    const request = { redirectUri: 'https://l.example', state: 's', codeChallenge: 'c' };
    expect(() => client.buildAuthorizationUrl(request)).toThrow(refusal);
    expect(() => client.checkIssuer(undefined)).toThrow(refusal);
    await expect(
      client.exchangeCode({ code: 'c', codeVerifier: 'v', redirectUri: 'https://l.example' }),
    ).rejects.toEqual(refusal);
  });

  it('are refused with a message that contains the missing settings', () => {
    expect(() =>
      createProviderClients(someDeps()).forConnector(aSharedConnector({ secrets: {} })),
    ).toThrow('Connector [connector-1] lacks OAuth settings: tokenUrl.');
  });
});
