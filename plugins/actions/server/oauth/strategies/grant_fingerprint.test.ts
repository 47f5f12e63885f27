import { addMeta } from '@latchkey/connector-specs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { createProviderClients } from './provider_clients.ts';
import { aConnector, anEarsConnector, someDeps } from './strategies.mock.ts';

const clientFingerprintOf = (connector: DecryptedConnector, earsUrl = 'https://ears.example.com') =>
  createProviderClients(
    someDeps({
      ears: { url: earsUrl, enabled: true },
      findConnectorType: () => ({ validateUrls: { fields: ['siteUrl'] } }),
    }),
  ).resolveRevocationClient(connector).fingerprint;
const withSecrets = (over: Record<string, unknown>) =>
  aConnector({ secrets: { ...aConnector().secrets, ...over } });

const BASE = clientFingerprintOf(aConnector());

describe('the fingerprint of a grant', () => {
  it('is short and safe to store', () => {
    expect(BASE).toMatch(/^[\w-]{22}$/);
  });

  it.each([
    ['name', aConnector({ name: 'Renamed', version: 'v2' })],
    ['id or the space', aConnector({ id: 'other', spaceId: 'b' })],
    ['client secret', withSecrets({ clientSecret: 'development-rotated' })],
    ['scope', withSecrets({ scope: 'read write more' })],
    ['path of the token URL', withSecrets({ tokenUrl: 'https://auth.example.com/v2/token' })],
    ['path of the API', aConnector({ config: { siteUrl: 'https://files.example.com/other' } })],
    [
      'path of a revocation URL at the token host',
      withSecrets({ revocationUrl: 'https://auth.example.com/revoke' }),
    ],
    ['authentication method', withSecrets({ tokenEndpointAuthMethod: 'client_secret_post' })],
  ])('stays the same when only the %s changes', (_what, connector) => {
    expect(clientFingerprintOf(connector)).toBe(BASE);
  });

  it.each([
    ['connector type', aConnector({ connectorTypeId: '.other' })],
    ['authorize host', withSecrets({ authorizationUrl: 'https://evil.example/authorize' })],
    ['token host', withSecrets({ tokenUrl: 'https://evil.example/token' })],
    ['port of the token host', withSecrets({ tokenUrl: 'https://auth.example.com:8443/token' })],
    ['revocation host', withSecrets({ revocationUrl: 'https://collector.example.com/revoke' })],
    [
      'port of the revocation host',
      withSecrets({ revocationUrl: 'https://auth.example.com:8443/revoke' }),
    ],
    ['client id', withSecrets({ clientId: 'client-2' })],
    ['host of the API', aConnector({ config: { siteUrl: 'https://evil.example/site' } })],
    ['auth type', anEarsConnector()],
  ])('C48: changes with the %s', (_what, connector) => {
    expect(clientFingerprintOf(connector)).not.toBe(BASE);
  });

  it('stays the same when the connector type is renamed', () => {
    const entry = { validateUrls: { fields: ['siteUrl'] } };
    const renamed = createProviderClients(
      someDeps({ findConnectorType: () => ({ ...entry, formerId: '.files' }) }),
    );
    const connector = aConnector({ connectorTypeId: '.renamed' });
    expect(renamed.forConnector(connector).fingerprint).toBe(BASE);
  });

  it('C48: changes with the host of the API even if only the config field marks it as a host', () => {
    const field = addMeta(z.string(), { validate: { allowedHosts: true } });
    const entry = { schema: z.strictObject({ siteUrl: field }) };
    const clients = createProviderClients(someDeps({ findConnectorType: () => entry }));
    const [here, there] = ['https://files.example.com', 'https://evil.example'].map(
      (siteUrl) => clients.forConnector(aConnector({ config: { siteUrl } })).fingerprint,
    );
    expect(here).not.toBe(there);
  });

  it('C48: changes with base URL and provider of EARS', () => {
    const base = clientFingerprintOf(anEarsConnector());
    expect(clientFingerprintOf(anEarsConnector(), 'https://ears.example.com/')).toBe(base);
    expect(clientFingerprintOf(anEarsConnector(), 'https://other.example.com')).not.toBe(base);
    expect(clientFingerprintOf(anEarsConnector({ secrets: { provider: 'microsoft' } }))).not.toBe(
      base,
    );
  });
});

describe('the fingerprint of a grant whose endpoints are derived from a tenant', () => {
  const ofTenant = (tenant: string, secrets = {}, over = {}) =>
    createProviderClients(
      someDeps({ findConnectorType: () => ({ provider: 'microsoft' }) }),
    ).resolveRevocationClient(
      aConnector({
        config: { tenant },
        secrets: {
          authType: 'oauth_authorization_code',
          clientId: 'c',
          clientSecret: 'development',
          ...secrets,
        },
        ...over,
      }),
    ).fingerprint;

  it('C118: changes with the tenant, but not with its spelling', () => {
    expect(ofTenant('contoso.com')).not.toBe(ofTenant('fabrikam.com'));
    expect(ofTenant('contoso.com')).not.toBe(ofTenant('organizations'));
    expect(ofTenant('contoso.com')).toBe(ofTenant('Contoso.com'));
  });

  it('C48: changes with a config value in the origin of the API, even if the endpoints are entered', () => {
    const atHost = (host: string) =>
      createProviderClients(
        someDeps({ findConnectorType: () => ({ apiOrigins: ['https://{config.host}'] }) }),
      ).resolveRevocationClient(aConnector({ config: { host } })).fingerprint;
    expect(atHost('git.example.com')).not.toBe(atHost('evil.example'));
  });

  it('F157: changes with the hosts that entered grant facts may name in the URL of the API', () => {
    const withHosts = (hosts: readonly string[], url = 'https://{grant.base}/v1') => {
      const fact = { name: 'base', from: 'token_response', path: 'base', kind: 'origin', hosts };
      const data = JSON.stringify({ grantFacts: [fact] });
      const type = { validateUrls: { fields: ['url'] }, providerDataField: 'data' };
      return createProviderClients(
        someDeps({ findConnectorType: () => type }),
      ).resolveRevocationClient(aConnector({ config: { url, data } })).fingerprint;
    };
    expect(withHosts(['*.example.com'])).not.toBe(withHosts(['*.evil.example']));
    const fixed = 'https://api.example.com/v1';
    expect(withHosts(['*.example.com'], fixed)).toBe(withHosts(['*.evil.example'], fixed));
  });

  it('F158: changes with what is read as an entered grant fact that a header contains', () => {
    const withFact = (path: string, headers: Readonly<Record<string, string>>) => {
      const fact = { name: 'id', from: 'token_response', path, kind: 'text' };
      const data = JSON.stringify({ grantFacts: [fact], api: { headers } });
      const type = { validateUrls: { fields: ['url'] }, providerDataField: 'data' };
      return createProviderClients(
        someDeps({ findConnectorType: () => type }),
      ).resolveRevocationClient(aConnector({ config: { url: 'https://api.example.com', data } }))
        .fingerprint;
    };
    const header = { 'x-id': '{grant.id}' };
    expect(withFact('tenant', header)).not.toBe(withFact('other', header));
    expect(withFact('tenant', header)).not.toBe(withFact('tenant', {}));
    expect(withFact('tenant', {})).toBe(withFact('other', {}));
  });

  it('stays the same when the tenant changes but the connector does not use it', () => {
    const { secrets } = aConnector();
    expect(ofTenant('contoso.com', secrets)).toBe(ofTenant('fabrikam.com', secrets));
    const ears = anEarsConnector();
    expect(ofTenant('contoso.com', ears.secrets, { authType: 'ears' })).toBe(
      ofTenant('fabrikam.com', ears.secrets, { authType: 'ears' }),
    );
  });
});
