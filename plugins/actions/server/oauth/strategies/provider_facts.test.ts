import { describe, expect, it } from '@jest/globals';
import type { OAuthProviderFacts } from '@latchkey/connector-specs';
import { createGrantClients } from './grant_clients.ts';
import { registrableHost } from './registrable_host.ts';
import { aConnector, anEarsConnector, someDeps } from './strategies.mock.ts';

const clientOf = (facts: OAuthProviderFacts | undefined, secrets: Record<string, unknown> = {}) =>
  createGrantClients(
    someDeps({ findProviderEntry: () => (facts === undefined ? undefined : { oauth: facts }) }),
  ).forConnector(aConnector({ secrets: { ...aConnector().secrets, ...secrets } }));

describe('facts of the connector type', () => {
  it('name issuer, revocation endpoint, lifetime and idle limit', () => {
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

  it('default to one hour and no idle limit, for EARS too', () => {
    const limits = { defaultLifetimeSeconds: 3600, idleLimitDays: undefined };
    expect(clientOf(undefined)).toMatchObject(limits);
    expect(createGrantClients(someDeps()).forConnector(anEarsConnector())).toMatchObject(limits);
  });

  it('H114: are dropped when the connector points at another provider', () => {
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
});

describe('warnings', () => {
  const TWO_SITES = {
    authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    tokenUrl: 'https://oauth2.googleapis.com/token',
  };

  it('A20: point out endpoints on two sites without an issuer that ties them together', () => {
    expect(clientOf(undefined, TWO_SITES).warnings).toEqual([
      expect.stringMatching(/accounts\.google\.com.*oauth2\.googleapis\.com/),
    ]);
  });

  it('A20: are absent with a declared issuer or with endpoints on one site', () => {
    expect(clientOf({ issuer: 'https://accounts.google.com' }, TWO_SITES).warnings).toEqual([]);
    expect(clientOf(undefined, { tokenUrl: 'https://tokens.example.com/token' }).warnings).toEqual(
      [],
    );
  });
});

describe('registrableHost', () => {
  it.each([
    ['auth.example.com', 'example.com'],
    ['example.com', 'example.com'],
    ['a.b.example.co.uk', 'example.co.uk'],
    ['co.uk', 'co.uk'],
    ['login.example.de', 'example.de'],
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]', '[::1]'],
    ['AUTH.Example.com.', 'example.com'],
  ])('of %s is %s', (hostname, expected) => {
    expect(registrableHost(hostname)).toBe(expected);
  });
});
