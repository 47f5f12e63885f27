import { describe, expect, it } from 'vitest';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { endpointRefusals } from './authorization_code.ts';
import type { OAuthConnectorType } from './connector_provider.ts';
import { endpointsHash } from './issuer_check.ts';
import type { ProviderClientDeps } from './protocol_calls.ts';
import { createProviderClients } from './provider_clients.ts';
import { aCheck, aConnector, someDeps } from './strategies.mock.ts';

const ENDPOINTS = {
  authorizationUrl: 'https://auth.example.com/authorize',
  tokenUrl: 'https://auth.example.com/token',
};
const API: OAuthConnectorType = { apiOrigins: ['https://api.example.net'] };

const withSecrets = (
  over: Readonly<Record<string, unknown>>,
  more: Partial<DecryptedConnector> = {},
): DecryptedConnector =>
  aConnector({ secrets: { ...aConnector().secrets, ...ENDPOINTS, ...over }, ...more });
const configurationOf = (connector: DecryptedConnector, entry?: OAuthConnectorType) => {
  const deps: Partial<ProviderClientDeps> = { findConnectorType: () => entry };
  return createProviderClients(someDeps(deps)).forConnector(connector).configuration;
};
const refusalsOf = (connector: DecryptedConnector, entry?: OAuthConnectorType) =>
  endpointRefusals(connector, entry, { trustedRevocationOrigins: new Set() }).map(
    ({ code }) => code,
  );

describe('a userinfo URL', () => {
  it.each([
    ['the token URL', 'https://auth.example.com/userinfo', undefined],
    ['the API of the connector', 'https://api.example.net/me', API],
  ])('is used on the origin of %s', (_what, userinfoUrl, entry) => {
    const connector = withSecrets({ userinfoUrl });
    expect(refusalsOf(connector, entry)).toEqual([]);
    expect(configurationOf(connector, entry)).toMatchObject({ userinfoEndpoint: userinfoUrl });
  });

  it.each([
    ['another site', 'https://evil.example/userinfo'],
    ['another host of the site', 'https://collector.example.com/userinfo'],
    ['another port', 'https://auth.example.com:8443/userinfo'],
    ['http', 'http://auth.example.com/userinfo'],
    ['another host of the API', 'https://other.example.net/me'],
  ])('H114: is refused, and gets no token, on %s', (_what, userinfoUrl) => {
    const connector = withSecrets({ userinfoUrl });
    expect(refusalsOf(connector, API)).toEqual(['userinfo_url_refused']);
    expect(configurationOf(connector, API)).not.toHaveProperty('userinfoEndpoint');
  });

  it('is used on any origin if it is in the configuration file of the operator', () => {
    const userinfoUrl = 'https://elsewhere.example/me';
    const connector = withSecrets({ userinfoUrl }, { isPreconfigured: true });
    expect(configurationOf(connector)).toMatchObject({ userinfoEndpoint: userinfoUrl });
  });
});

describe('the userinfo endpoint of an issuer', () => {
  const userinfoEndpoint = 'https://me.example.com/userinfo';
  const issuer = 'https://auth.example.com';
  const checked = (isConfirmed: boolean, over = {}, check = {}) =>
    withSecrets(
      { issuer, ...over },
      {
        issuerCheck: aCheck({
          issuer,
          endpoints: endpointsHash(ENDPOINTS),
          isConfirmed,
          userinfoEndpoint,
          ...check,
        }),
      },
    );

  it('is used if the metadata confirms the endpoints, whether an editor entered it or not', () => {
    for (const connector of [checked(true), checked(true, { userinfoUrl: userinfoEndpoint })]) {
      expect(refusalsOf(connector)).toEqual([]);
      expect(configurationOf(connector)).toMatchObject({ userinfoEndpoint });
    }
  });

  it('H114: is not used on a different site than the token URL, except on an origin of the API', () => {
    const foreign = (at: string) =>
      checked(true, {}, { userinfoEndpoint: at, issuerRequiredInResponse: true });
    expect(configurationOf(foreign('https://evil.example/me'), API)).not.toHaveProperty(
      'userinfoEndpoint',
    );
    expect(configurationOf(foreign('https://api.example.net/me'), API)).toMatchObject({
      userinfoEndpoint: 'https://api.example.net/me',
    });
  });

  it('H114: is not used if the metadata does not confirm the endpoints', () => {
    expect(configurationOf(checked(false))).not.toHaveProperty('userinfoEndpoint');
    expect(refusalsOf(checked(false, { userinfoUrl: userinfoEndpoint }))).toEqual([
      'userinfo_url_refused',
    ]);
  });
});
