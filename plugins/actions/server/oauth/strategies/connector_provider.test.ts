import { describe, expect, it } from '@jest/globals';
import { aLocalProvider, type LocalProviderFacts } from '@latchkey/oauth-providers/mocks';
import { createProviderClients } from './provider_clients.ts';
import { aConnector, anEarsConnector, someDeps } from './strategies.mock.ts';

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
