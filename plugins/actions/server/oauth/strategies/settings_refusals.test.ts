import { describe, expect, it } from 'vitest';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { endpointRefusals } from './authorization_code.ts';
import { createProviderClients } from './provider_clients.ts';
import { aConnector, someDeps } from './strategies.mock.ts';

const withSecrets = (
  over: Readonly<Record<string, unknown>>,
  more: Partial<DecryptedConnector> = {},
): DecryptedConnector => aConnector({ secrets: { ...aConnector().secrets, ...over }, ...more });
const refusalsOf = (connector: DecryptedConnector) =>
  endpointRefusals(connector, undefined, { trustedRevocationOrigins: new Set() }).map(
    ({ code }) => code,
  );
const clientOf = (connector: DecryptedConnector) =>
  createProviderClients(someDeps()).forConnector(connector);
const clientFingerprintOf = (connector: DecryptedConnector) =>
  createProviderClients(someDeps()).resolveRevocationClient(connector).fingerprint;

describe('the path to the access token', () => {
  it.each(['access_token', 'authed_user.access_token', 'data.0.accessToken'])(
    'may be %s, which does not change the fingerprint',
    (accessTokenPath) => {
      const connector = withSecrets({ accessTokenPath });
      expect(refusalsOf(connector)).toEqual([]);
      expect(clientOf(connector).fingerprint).toBe(clientFingerprintOf(aConnector()));
    },
  );

  it.each([
    'refresh_token',
    'data.refresh_token',
    'id_token',
    'token',
    'access_token.refresh_token',
    'my_access_token',
    'access_token.',
  ])('is refused as %s when a connector is saved and when it is used', (accessTokenPath) => {
    const connector = withSecrets({ accessTokenPath });
    expect(refusalsOf(connector)).toEqual(['response_path_refused']);
    expect(() => clientOf(connector)).toThrow(
      expect.objectContaining({ code: 'response_path_refused' }),
    );
  });

  it('changes the fingerprint if it is refused, so that grants which were read with it are not used', () => {
    const before = clientFingerprintOf(withSecrets({ accessTokenPath: 'refresh_token' }));
    expect(before).not.toBe(clientFingerprintOf(aConnector()));
  });

  it('may be any path in the configuration file, which belongs to the operator', () => {
    const connector = withSecrets({ accessTokenPath: 'data.token' }, { isPreconfigured: true });
    expect(clientOf(connector).configuration).toMatchObject({ accessTokenPath: 'data.token' });
    expect(clientOf(connector).fingerprint).toBe(clientFingerprintOf(aConnector()));
  });
});

it.each(['accountIdPath', 'accountLabelPath'])(
  'a connector is refused if its %s leads to a token',
  (name) => {
    const of = (path: string) => withSecrets({ accountIdPath: 'sub', [name]: path });
    for (const path of ['refresh_token', 'authed_user.access_token', 'id_token', 'Token'])
      expect(refusalsOf(of(path))).toEqual(['response_path_refused']);
    for (const path of ['authed_user.id', 'token_owner.id'])
      expect(refusalsOf(of(path))).toEqual([]);
  },
);

describe('an authorization URL that contains scopes', () => {
  const connector = withSecrets({
    authorizationUrl: 'https://auth.example.com/authorize?scope=admin',
    scopeParamName: 'x_scope',
  });

  it('is refused when the connector is saved, with a message that says how to set scopes', () => {
    expect(refusalsOf(connector)).toEqual(['authorization_params_refused']);
    const [refusal] = endpointRefusals(connector, undefined, {
      trustedRevocationOrigins: new Set(),
    });
    expect(refusal?.message).toMatch(/\[scope\].*enter the permissions as scope.*scopeParamName/);
  });

  it('prevents new authorizations and causes a warning, but connected users can still execute', () => {
    const client = clientOf(connector);
    expect(client.warnings).toEqual([expect.stringContaining('[scope]')]);
    expect(() => client.ensureEndpointsAllowed()).toThrow(
      expect.objectContaining({ code: 'authorization_params_refused' }),
    );
    expect(client.fingerprint).toBe(clientFingerprintOf(aConnector()));
  });
});
