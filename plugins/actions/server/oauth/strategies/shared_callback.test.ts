import { aLocalProvider } from '@latchkey/oauth-providers/mocks';
import { describe, expect, it } from 'vitest';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { OAuthConnectorType } from './connector_provider.ts';
import { createProviderClients } from './provider_clients.ts';
import { aCheck, aConnector, anEarsConnector, someDeps } from './strategies.mock.ts';

const HONEST = 'https://honest.example.org';
const TYPE_ENDPOINTS = {
  authorizationUrl: 'https://auth.example.com/authorize',
  tokenUrl: 'https://auth.example.com/token',
};
const aType = (defaults: object): OAuthConnectorType => ({
  auth: { types: ['none', { type: 'oauth_authorization_code', defaults: { ...defaults } }] },
});
const needOf = (connector: DecryptedConnector, entry?: OAuthConnectorType) =>
  createProviderClients(someDeps({ findConnectorType: () => entry })).forConnector(connector)
    .sharedCallback;
const withSecrets = (
  over: Readonly<Record<string, unknown>>,
  more: Partial<DecryptedConnector> = {},
) => aConnector({ secrets: { ...aConnector().secrets, ...over }, ...more });

describe('a callback shared by all providers', () => {
  it('A14: is allowed for endpoints of the connector type, and for EARS', () => {
    expect(needOf(aConnector(), aType(TYPE_ENDPOINTS))).toBe('allowed');
    expect(needOf(anEarsConnector())).toBe('allowed');
  });

  it.each(['authorizationUrl', 'tokenUrl'])(
    'A14: is refused for a connector whose %s differs from that of its type',
    (name) => {
      const entry = aType({ ...TYPE_ENDPOINTS, [name]: `${HONEST}/other` });
      expect(needOf(aConnector(), entry)).toBe('refused');
    },
  );

  it('A14: is refused for a connector without an issuer', () => {
    expect(needOf(aConnector())).toBe('refused');
  });

  it('A14: requires `iss` in responses if the issuer owns the token URL', () => {
    expect(needOf(withSecrets({ issuer: 'https://auth.example.com/tenant' }))).toBe('with_issuer');
    const entry = { provider: aLocalProvider({ issuer: 'https://auth.example.com' }) };
    expect(needOf(aConnector(), entry)).toBe('with_issuer');
  });

  it('A14: requires `iss` in responses if the metadata of the issuer names the endpoints', () => {
    const issuerCheck = aCheck({ issuer: HONEST });
    expect(needOf(withSecrets({ issuer: HONEST }, { issuerCheck }))).toBe('with_issuer');
  });

  it.each([
    ['was never checked', undefined],
    ['could not be checked', aCheck({ issuer: HONEST, isConfirmed: false })],
    ['was checked for other endpoints', aCheck({ issuer: HONEST, endpoints: 'other' })],
    ['differs from the checked one', aCheck()],
  ])('A14: is refused if the issuer is on another origin and %s', (_what, issuerCheck) => {
    expect(needOf(withSecrets({ issuer: HONEST }, { issuerCheck }))).toBe('refused');
  });

  it('A14: is refused if the token URL has a different port or scheme than the issuer', () => {
    for (const issuer of ['https://auth.example.com:8443', 'http://auth.example.com'])
      expect(needOf(withSecrets({ issuer }))).toBe('refused');
  });
});
