import { describe, expect, it } from '@jest/globals';
import { type ProviderEntry, providers } from '@latchkey/oauth-providers';
import { aLocalProvider, type LocalProviderFacts } from '@latchkey/oauth-providers/mocks';
import type { OAuthConnectorType } from './connector_provider.ts';
import { createProviderClients } from './provider_clients.ts';
import {
  aConnector,
  anEarsConnector,
  aSharedConnector,
  fakeEgress,
  someDeps,
} from './strategies.mock.ts';

const clientOf = (
  facts: LocalProviderFacts | undefined,
  secrets: Record<string, unknown> = {},
  defaults: Record<string, string> | undefined = undefined,
) => {
  const types =
    defaults === undefined ? [] : [{ type: 'oauth_authorization_code', defaults } as const];
  const entry = { provider: aLocalProvider(facts), auth: { types } };
  return createProviderClients(
    someDeps({ findConnectorType: () => (facts === undefined ? undefined : entry) }),
  ).forConnector(aConnector({ secrets: { ...aConnector().secrets, ...secrets } }));
};

describe('facts of the connector type', () => {
  it('contain issuer, revocation endpoint, lifetime and idle limit', () => {
    const client = clientOf({
      issuer: 'https://auth.example.com',
      revocationUrl: 'https://revoke.example.com/revoke',
      defaultLifetimeSeconds: 600,
      idleLimitDays: 180,
    });
    expect(client.configuration).toMatchObject({
      issuer: 'https://auth.example.com',
      revocationEndpoint: 'https://revoke.example.com/revoke',
    });
    expect(client).toMatchObject({ defaultLifetimeSeconds: 600, idleLimitDays: 180 });
  });

  it('default to one hour and no idle limit, also for EARS', () => {
    const limits = { defaultLifetimeSeconds: 3600, idleLimitDays: undefined };
    expect(clientOf(undefined)).toMatchObject(limits);
    expect(createProviderClients(someDeps()).forConnector(anEarsConnector())).toMatchObject(limits);
  });

  it('H114: are dropped when the connector uses another provider', () => {
    const client = clientOf(
      {
        issuer: 'https://accounts.google.com',
        revocationUrl: 'https://oauth2.googleapis.com/revoke',
      },
      {
        authorizationUrl: 'https://login.self-hosted.net/authorize',
        tokenUrl: 'https://login.self-hosted.net/token',
      },
    );
    expect(client.configuration).toMatchObject({
      issuer: undefined,
      revocationEndpoint: undefined,
    });
  });

  it('H114: are kept when the endpoints are those of the type, on any site', () => {
    const endpoints = {
      authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
      tokenUrl: 'https://oauth2.googleapis.com/token',
    };
    const facts = {
      issuer: 'https://accounts.google.com',
      revocationUrl: 'https://x.example/revoke',
    };
    expect(clientOf(facts, endpoints, endpoints).configuration).toMatchObject({
      issuer: 'https://accounts.google.com',
      revocationEndpoint: 'https://x.example/revoke',
      revocationVoucher: 'connector_type',
    });
  });

  it('H114: are dropped when only the authorization URL is on their site', () => {
    const facts = { revocationUrl: 'https://login.example.com/revoke' };
    const client = createProviderClients(
      someDeps({ findConnectorType: () => ({ provider: aLocalProvider(facts) }) }),
    ).forConnector(
      aConnector({
        isPreconfigured: true,
        secrets: {
          ...aConnector().secrets,
          authorizationUrl: 'https://login.example.com/authorize',
          tokenUrl: 'https://tokens.example.net/token',
        },
      }),
    );
    expect(client.configuration).toMatchObject({ revocationEndpoint: undefined });
  });
});

describe('a connector type that names its provider', () => {
  const signal = new AbortController().signal;
  const withoutEndpoints = {
    authType: 'oauth_authorization_code',
    clientId: 'client-1',
    clientSecret: 'development-secret',
    scope: 'read write',
  };
  const clientFor = (
    type: OAuthConnectorType,
    over: Parameters<typeof aConnector>[0] = {},
    egress = fakeEgress(),
  ) =>
    createProviderClients(someDeps({ egress, findConnectorType: () => type })).forConnector(
      aConnector({ secrets: withoutEndpoints, ...over }),
    );

  it('uses its endpoints, client authentication and body format', async () => {
    const egress = fakeEgress();
    await clientFor({ provider: 'notion' }, {}, egress).refresh('rt-1', signal);
    const [sent] = egress.sent;
    expect(sent?.url).toBe('https://api.notion.com/v1/oauth/token');
    expect(sent?.init.headers).toMatchObject({
      authorization: expect.stringMatching(/^Basic /),
      'content-type': 'application/json',
    });
    expect(JSON.parse(String(sent?.init.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'rt-1',
    });
  });

  it('keeps the client authentication that the connector chose', () => {
    const methodOf = (secrets: object) =>
      clientFor({ provider: 'github' }, { secrets: { ...withoutEndpoints, ...secrets } })
        .configuration;
    expect(methodOf({})).toMatchObject({ tokenEndpointAuthMethod: 'client_secret_post' });
    expect(methodOf({ useBasicAuth: true })).toMatchObject({
      tokenEndpointAuthMethod: 'client_secret_basic',
    });
  });

  it('requests scopes as the provider separates them, in its parameter', () => {
    const url = clientFor({ provider: 'slack' }).buildAuthorizationUrl({
      redirectUri: 'https://latchkey.example/cb',
      state: 's',
      codeChallenge: 'c',
    });
    expect(new URL(url).searchParams.get('user_scope')).toBe('read,write');
  });

  it('assumes no expiry of a token where the provider states none', () => {
    expect(clientFor({ provider: 'notion' }).defaultLifetimeSeconds).toBeUndefined();
    expect(clientFor({ provider: 'google' }).defaultLifetimeSeconds).toBe(3600);
  });

  it('puts the config of the connector into the endpoints', () => {
    const { configuration } = clientFor({ provider: 'zendesk' }, { config: { subdomain: 'acme' } });
    expect(configuration).toMatchObject({
      tokenEndpoint: 'https://acme.zendesk.com/oauth/tokens',
      revocationEndpoint: 'https://acme.zendesk.com/api/v2/oauth/tokens/current',
    });
  });

  it('derives the token endpoint of client credentials from the tenant', async () => {
    const egress = fakeEgress();
    const connector = aSharedConnector({
      config: { tenant: 'Contoso.com' },
      secrets: { ...aSharedConnector().secrets, tokenUrl: undefined },
    });
    await clientFor({ provider: 'microsoft' }, connector, egress).requestSharedToken(signal);
    expect(egress.sent[0]?.url).toBe(
      'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token',
    );
  });

  it.each([
    ['lacks', {}],
    ['has an invalid', { subdomain: 'evil.example.net/' }],
  ])('is incomplete for a connector that %s config field', (_, config) => {
    expect(() => clientFor({ provider: 'zendesk' }, { config })).toThrow(
      expect.objectContaining({
        code: 'oauth_incomplete',
        message: expect.stringContaining('config field [subdomain]'),
      }),
    );
  });

  it('stores what a revocation needs in the outbox', () => {
    const { configuration } = clientFor({ provider: 'google' });
    expect(configuration).toMatchObject({ provider: { revocation: { ends: 'all_grants' } } });
    expect(configuration).not.toHaveProperty('provider.failures');
    expect(clientFor({ provider: 'monday' }).configuration).not.toHaveProperty('provider');
  });

  it('stores the table of failures where a refresh token is exchanged to be revoked', async () => {
    const errors = ['refresh_token_is_gone'];
    const provider: ProviderEntry = {
      ...providers.github,
      failures: {
        ...providers.github.failures,
        rules: [{ when: { errors }, means: 'invalid_grant', reason: 'invented' }],
      },
    };
    const egress = fakeEgress(() => Response.json({ error: errors[0] }));
    const { configuration } = clientFor({ provider });
    const stored = JSON.parse(JSON.stringify(configuration));
    const { revoke } = createProviderClients(someDeps({ egress })).forConfiguration(stored);
    expect(await revoke('rt-1', 'refresh_token')).toBe('revoked');
  });

  it('revokes in the form of the provider from the stored configuration', async () => {
    const egress = fakeEgress();
    const { configuration } = clientFor({ provider: 'github' });
    const stored = JSON.parse(JSON.stringify(configuration));
    const { revoke } = createProviderClients(someDeps({ egress })).forConfiguration(stored);
    expect(await revoke('at-1', 'access_token')).toBe('revoked');
    expect(egress.sent).toMatchObject([
      {
        url: 'https://api.github.com/applications/client-1/grant',
        init: { method: 'DELETE', body: '{"access_token":"at-1"}' },
      },
    ]);
  });
});
