import { createLoggerMock } from '@latchkey/core/server/mocks';
import { aLocalProvider, aProvider } from '@latchkey/oauth-providers/mocks';
import { describe, expect, it } from 'vitest';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { ProviderClientDeps } from './protocol_calls.ts';
import type { ProviderClient } from './provider_client.ts';
import { createProviderClients } from './provider_clients.ts';
import { aCheck, aConnector, fakeEgress, someDeps } from './strategies.mock.ts';

const REQUEST = {
  redirectUri: 'https://latchkey.example/cb/key',
  state: 'state-1',
  codeChallenge: 'challenge-1',
};
const clientOf = (
  connector: DecryptedConnector,
  deps: Partial<ProviderClientDeps> = {},
): ProviderClient => createProviderClients(someDeps(deps)).forConnector(connector);
const withSecrets = (over: Record<string, unknown>): DecryptedConnector =>
  aConnector({ secrets: { ...aConnector().secrets, ...over } });
const without = (...names: string[]): DecryptedConnector =>
  aConnector({
    secrets: Object.fromEntries(
      Object.entries(aConnector().secrets).filter(([name]) => !names.includes(name)),
    ),
  });

describe('the settings of an OAuth app', () => {
  it('are read from the secrets, and from the config if the secrets lack them', () => {
    const connector = aConnector({
      config: {
        authorizationUrl: 'https://config.example.com/authorize',
        tokenUrl: 'https://config.example.com/token',
        scope: 'from-config',
      },
      secrets: {
        tokenUrl: 'https://secrets.example.com/token',
        authorizationUrl: '',
        clientId: 'c',
        clientSecret: 'development-secret',
      },
    });
    expect(clientOf(connector).configuration).toMatchObject({
      authorizationEndpoint: 'https://config.example.com/authorize',
      tokenEndpoint: 'https://secrets.example.com/token',
      scope: 'from-config',
    });
  });

  it('never contain a client secret from the config, because users can see the config', () => {
    const connector = { ...without('clientSecret'), config: { clientSecret: 'development-shown' } };
    expect(() => clientOf(connector)).toThrow(
      expect.objectContaining({
        code: 'oauth_incomplete',
        message: 'Connector [connector-1] lacks OAuth settings: clientSecret.',
      }),
    );
  });

  it.each([
    [{}, 'client_secret_basic'],
    [{ useBasicAuth: true }, 'client_secret_basic'],
    [{ useBasicAuth: false }, 'client_secret_post'],
    [{ tokenEndpointAuthMethod: 'client_secret_post' }, 'client_secret_post'],
    [
      { tokenEndpointAuthMethod: 'client_secret_basic', useBasicAuth: false },
      'client_secret_basic',
    ],
    [{ tokenEndpointAuthMethod: 'client_secret_post', useBasicAuth: true }, 'client_secret_post'],
    [{ tokenEndpointAuthMethod: 'none' }, 'none'],
    [{ privateKey: 'development-key' }, 'private_key_jwt'],
    [{ tokenEndpointAuthMethod: 'private_key_jwt', privateKey: 'k' }, 'private_key_jwt'],
    [{ tokenEndpointAuthMethod: 'client_secret_post', privateKey: 'k' }, 'client_secret_post'],
  ])('with %j select the client authentication %s', (secrets, method) => {
    expect(clientOf(withSecrets(secrets)).configuration).toMatchObject({
      tokenEndpointAuthMethod: method,
    });
  });

  it('need no secret for a public client', () => {
    const { secrets } = without('clientSecret');
    const connector = aConnector({ secrets: { ...secrets, tokenEndpointAuthMethod: 'none' } });
    expect(clientOf(connector).configuration).not.toHaveProperty('clientSecret');
  });

  it('describe the client assertion if the client has a key instead of a secret', () => {
    const settings = {
      privateKey: 'development-key',
      keyId: 'k1',
      signingAlgorithm: 'ES256',
      assertionIssuer: 'team-1',
      assertionAudience: 'https://auth.example.com',
      assertionParameter: 'client_secret',
    };
    expect(clientOf(withSecrets(settings)).configuration).toMatchObject({
      clientAssertion: {
        privateKey: 'development-key',
        keyId: 'k1',
        algorithm: 'ES256',
        issuer: 'team-1',
        audience: 'https://auth.example.com',
        parameter: 'client_secret',
      },
    });
    expect(clientOf(withSecrets(settings)).configuration).not.toHaveProperty('clientSecret');
  });

  it('C51: are refused if the audience of the client assertion is another server', () => {
    const settings = { privateKey: 'development-key', assertionAudience: 'https://bank.example' };
    expect(() => clientOf(withSecrets(settings))).toThrow(
      expect.objectContaining({ code: 'endpoints_not_confirmed' }),
    );
  });

  it.each([
    ['lacks it', {}],
    ['has it in config, which is shown to users', { privateKey: 'development-key' }],
  ])('are refused without the key of the client when the connector %s', (_, config) => {
    const method = { tokenEndpointAuthMethod: 'private_key_jwt' };
    expect(() => clientOf({ ...withSecrets(method), config })).toThrow(
      expect.objectContaining({
        code: 'oauth_incomplete',
        message: 'Connector [connector-1] lacks OAuth settings: privateKey.',
      }),
    );
  });

  it('contain token response paths, and extra fields that are stored as JSON text', () => {
    const connector = withSecrets({
      scopeQueryParam: 'user_scope',
      accessTokenPath: 'authed_user.access_token',
      tokenTypePath: 'authed_user.token_type',
      tokenType: 'Bearer',
      additionalFields: '{"audience":"api"}',
    });
    expect(clientOf(connector).configuration).toMatchObject({
      scopeParamName: 'user_scope',
      accessTokenPath: 'authed_user.access_token',
      tokenTypePath: 'authed_user.token_type',
      tokenType: 'Bearer',
      additionalFields: { audience: 'api' },
    });
  });

  it('are refused with a message that contains all missing settings and the connector', () => {
    expect(() => clientOf(without('authorizationUrl', 'tokenUrl'))).toThrow(
      'Connector [connector-1] lacks OAuth settings: authorizationUrl, tokenUrl.',
    );
  });

  it.each([
    { tokenUrl: 'file:///etc/passwd' },
    { tokenUrl: 'canary-not-a-url' },
    { authorizationUrl: 'javascript:canary()' },
    { clientId: 5 },
    { additionalFields: 'canary' },
    { tokenEndpointAuthMethod: 'canary' },
  ])('C41: are refused with the name but without the value of %j', (secrets) => {
    const [name = ''] = Object.keys(secrets);
    try {
      clientOf(withSecrets(secrets));
    } catch (error) {
      expect(error).toMatchObject({ code: 'oauth_incomplete' });
      expect(String(error)).toContain(name);
      expect(String(error)).not.toContain('canary');
      return;
    }
    throw new Error('expected a refusal');
  });
});

describe('the authorization with an OAuth app', () => {
  it('sends the browser to the provider with its parameters and without any secret', () => {
    const connector = withSecrets({
      authorizationUrl: 'https://stood-in.example.com/authorize?x=1',
    });
    const url = clientOf(connector, {
      findConnectorType: () => ({
        provider: aLocalProvider({ authorizationParams: { access_type: 'offline' } }),
      }),
    }).buildAuthorizationUrl(REQUEST);
    expect(url).toMatch(/^http:\/\/localhost:4010\/authorize\?x=1&access_type=offline&/);
    expect(new URL(url).searchParams.get('scope')).toBe('read write');
    expect(url).not.toContain('development-secret');
  });

  it('reports a reserved scope parameter as a configuration error', () => {
    const client = clientOf(withSecrets({ scopeParamName: 'redirect_uri' }));
    expect(() => client.buildAuthorizationUrl(REQUEST)).toThrow(
      expect.objectContaining({ name: 'ConnectorConfigurationError', code: 'oauth_incomplete' }),
    );
  });

  it('checks the host of every URL that receives a browser, a code or a token', () => {
    const egress = fakeEgress();
    clientOf(aConnector(), {
      egress,
      findConnectorType: () => ({
        provider: aLocalProvider({ revocationUrl: 'https://auth.example.com/revoke' }),
      }),
    }).ensureEndpointsAllowed();
    expect(egress.checked).toEqual([
      'https://auth.example.com/authorize',
      'https://auth.example.com/token',
      'https://auth.example.com/revoke',
    ]);
  });

  it('A17: compares the issuer in a response with the issuer of the connector type', () => {
    const client = clientOf(aConnector(), {
      findConnectorType: () => ({
        provider: aLocalProvider({ issuer: 'https://auth.example.com' }),
      }),
    });
    client.checkIssuer('https://auth.example.com');
    expect(() => client.checkIssuer('https://evil.example')).toThrow(
      expect.objectContaining({ code: 'issuer_mismatch' }),
    );
  });

  it('A17: compares the configured issuer, and does not require `iss` if the connector type requires it for another issuer', () => {
    const client = clientOf(withSecrets({ issuer: 'https://auth.example.com/realms/people' }), {
      findConnectorType: () => ({
        provider: aLocalProvider({
          issuer: 'https://auth.example.com',
          issuerRequiredInResponse: true,
        }),
      }),
    });
    client.checkIssuer('https://auth.example.com/realms/people');
    client.checkIssuer(undefined);
    expect(() => client.checkIssuer('https://auth.example.com')).toThrow(
      expect.objectContaining({ code: 'issuer_mismatch' }),
    );
  });

  it('A18: requires `iss` in responses if the connector type requires it for the configured issuer', () => {
    const client = clientOf(withSecrets({ issuer: 'https://auth.example.com' }), {
      findConnectorType: () => ({
        provider: aLocalProvider({
          issuer: 'https://auth.example.com',
          issuerRequiredInResponse: true,
        }),
      }),
    });
    expect(() => client.checkIssuer(undefined)).toThrow(
      expect.objectContaining({ code: 'issuer_missing' }),
    );
  });

  it('A18: requires `iss` in responses only if the metadata of the configured issuer promises it', () => {
    const issuer = 'https://auth.example.com/realms/people';
    const issuerCheck = aCheck({ issuer, issuerRequiredInResponse: true });
    const promised = { ...withSecrets({ issuer }), issuerCheck };
    expect(() => clientOf(promised).checkIssuer(undefined)).toThrow(
      expect.objectContaining({ code: 'issuer_missing' }),
    );
    const other = { ...withSecrets({ issuer: 'https://auth.example.com' }), issuerCheck };
    clientOf(other).checkIssuer(undefined);
  });

  it('has the same fingerprint after an administrator has added the issuer', () => {
    const connector = aConnector();
    const named = withSecrets({ issuer: 'https://auth.example.com' });
    expect(clientOf(named).fingerprint).toBe(clientOf(connector).fingerprint);
  });

  it('A14: has one provider key per origin of the token endpoint', () => {
    const keyOf = (tokenUrl: string) =>
      clientOf(withSecrets({ tokenUrl, authorizationUrl: tokenUrl })).providerKey;
    const key = keyOf('https://auth.example.com/token');
    expect(key).toMatch(/^[\w-]{16}$/);
    expect(keyOf('https://auth.example.com:443/other?x=1')).toBe(key);
    expect(keyOf('https://auth.example.com:8443/token')).not.toBe(key);
    expect(keyOf('https://auth.example.org/token')).not.toBe(key);
  });
});

describe('requests to the provider of an OAuth app', () => {
  it('do not follow redirects of the token endpoint, and limit the size of its response', async () => {
    const egress = fakeEgress();
    const client = clientOf(aConnector(), { egress });
    await client.exchangeCode({ code: 'c', codeVerifier: 'v', redirectUri: REQUEST.redirectUri });
    await client.refresh('rt', new AbortController().signal);
    expect(egress.sent).toHaveLength(2);
    for (const { url, init } of egress.sent) {
      expect(url).toBe('https://auth.example.com/token');
      expect(init).toMatchObject({ redirect: 'refuse', maxResponseBytes: 524_288, method: 'POST' });
      expect(init).not.toHaveProperty('clientCertificate');
    }
  });

  it('accept a list of sites as large as a token response, and report that the list was shortened', async () => {
    const logger = createLoggerMock();
    const sites = Array.from({ length: 201 }, (_, index) => ({ id: `c${index}` }));
    const egress: ReturnType<typeof fakeEgress> = fakeEgress(() =>
      Response.json(egress.sent.length === 1 ? { access_token: 'a', token_type: 'bearer' } : sites),
    );
    const url = 'https://auth.example.com/sites';
    const provider = aProvider({
      grantFacts: [{ name: 'cloudId', from: 'request', url, path: '*.id', kind: 'text' }],
    });
    const client = clientOf(aConnector(), {
      egress,
      logger,
      findConnectorType: () => ({ provider }),
    });
    const exchange = { code: 'c', codeVerifier: 'v', redirectUri: REQUEST.redirectUri };
    expect((await client.exchangeCode(exchange)).sites).toHaveLength(200);
    expect(egress.sent[1]).toMatchObject({ url, init: { maxResponseBytes: 524_288 } });
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('covers 201 sites') }),
    );
  });

  it('are aborted by the signal of the caller', async () => {
    const egress = fakeEgress();
    const { signal } = new AbortController();
    await clientOf(aConnector(), { egress }).refresh('rt', signal);
    expect(egress.sent[0]?.init.signal).toBe(signal);
  });

  it('E63: are logged only with operation, outcome and request id', async () => {
    const logger = createLoggerMock();
    const egress = fakeEgress(() =>
      Response.json(
        { error: 'invalid_grant', error_description: 'canary-body' },
        { status: 400, headers: { 'x-request-id': 'req-1' } },
      ),
    );
    const client = clientOf(aConnector(), { egress, logger });
    await expect(client.refresh('canary-rt', new AbortController().signal)).rejects.toMatchObject({
      kind: 'reauthorize',
    });
    const logged = JSON.stringify(logger.lines);
    expect(logged).toContain('req-1');
    expect(logged).toContain('invalid_grant');
    expect(logged).not.toMatch(/canary|development-secret/);
  });

  it('fail without a user', async () => {
    await expect(
      clientOf(aConnector()).requestSharedToken(new AbortController().signal),
    ).rejects.toMatchObject({ code: 'invalid_request', kind: 'misconfigured' });
  });
});
