import { type ProviderEntry, providers } from '@latchkey/oauth-providers';
import { aLocalProvider, type LocalProviderOptions } from '@latchkey/oauth-providers/mocks';
import { describe, expect, it } from 'vitest';
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
  options: LocalProviderOptions | undefined,
  secrets: Record<string, unknown> = {},
  defaults: Record<string, string> | undefined = undefined,
) => {
  const types =
    defaults === undefined ? [] : [{ type: 'oauth_authorization_code', defaults } as const];
  const entry = { provider: aLocalProvider(options), auth: { types } };
  return createProviderClients(
    someDeps({ findConnectorType: () => (options === undefined ? undefined : entry) }),
  ).forConnector(aConnector({ secrets: { ...aConnector().secrets, ...secrets } }));
};

describe('the provider data of a connector type', () => {
  it('set issuer, revocation endpoint, lifetime and idle limit of the client', () => {
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

  it('have one hour and no idle limit as defaults, even for EARS', () => {
    const limits = { defaultLifetimeSeconds: 3600, idleLimitDays: undefined };
    expect(clientOf(undefined)).toMatchObject(limits);
    expect(createProviderClients(someDeps()).forConnector(anEarsConnector())).toMatchObject(limits);
  });

  it('H114: are not used if the connector has endpoints of another provider', () => {
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

  it('H114: are used if the endpoints are those of the type, on any site', () => {
    const endpoints = {
      authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
      tokenUrl: 'https://oauth2.googleapis.com/token',
    };
    const options = {
      issuer: 'https://accounts.google.com',
      revocationUrl: 'https://x.example/revoke',
    };
    expect(clientOf(options, endpoints, endpoints).configuration).toMatchObject({
      issuer: 'https://accounts.google.com',
      revocationEndpoint: 'https://x.example/revoke',
      revocationVoucher: 'connector_type',
    });
  });

  it('H114: are not used if only the authorization URL is on the site of the provider', () => {
    const options = { revocationUrl: 'https://login.example.com/revoke' };
    const client = createProviderClients(
      someDeps({ findConnectorType: () => ({ provider: aLocalProvider(options) }) }),
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

describe('a connector type with a provider definition', () => {
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

  it('uses endpoints, client authentication and body format of the provider', async () => {
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

  it('uses the client authentication that the connector has configured', () => {
    const methodOf = (secrets: object) =>
      clientFor({ provider: 'github' }, { secrets: { ...withoutEndpoints, ...secrets } })
        .configuration;
    expect(methodOf({})).toMatchObject({ tokenEndpointAuthMethod: 'client_secret_post' });
    expect(methodOf({ useBasicAuth: true })).toMatchObject({
      tokenEndpointAuthMethod: 'client_secret_basic',
    });
  });

  it('requests scopes with the separator and the parameter name of the provider', () => {
    const url = clientFor({ provider: 'slack' }).buildAuthorizationUrl({
      redirectUri: 'https://latchkey.example/cb',
      state: 's',
      codeChallenge: 'c',
    });
    expect(new URL(url).searchParams.get('user_scope')).toBe('read,write');
  });

  it('treats tokens without a stated lifetime as permanent if the provider definition says that they do not expire', () => {
    expect(clientFor({ provider: 'notion' }).defaultLifetimeSeconds).toBeUndefined();
    expect(clientFor({ provider: 'google' }).defaultLifetimeSeconds).toBe(3600);
  });

  it('fills the placeholders of the endpoints with values of the config', () => {
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
    ['lacks the config field', {}],
    ['has an invalid config field', { subdomain: 'evil.example.net/' }],
  ])('is refused as incomplete for a connector that %s', (_, config) => {
    expect(() => clientFor({ provider: 'zendesk' }, { config })).toThrow(
      expect.objectContaining({
        code: 'oauth_incomplete',
        message: expect.stringContaining('config field [subdomain]'),
      }),
    );
  });

  it('provides the configuration that the outbox needs for a revocation', () => {
    const { configuration } = clientFor({ provider: 'google' });
    expect(configuration).toMatchObject({ provider: { revocation: { ends: 'all_grants' } } });
    expect(configuration).not.toHaveProperty('provider.failures');
    expect(clientFor({ provider: 'monday' }).configuration).not.toHaveProperty('provider');
  });

  it('provides the table of failures if a refresh token is exchanged before its revocation', async () => {
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

  it('revokes with the stored configuration in the way that the provider requires', async () => {
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
