import axios, { type AxiosInstance, type InternalAxiosRequestConfig } from 'axios';
import { describe, expect, it } from 'vitest';
import { ConnectorAuthorizationError } from '../contract/errors.ts';
import type { AuthContext, AuthTypeEntry, GetTokenOptions } from '../contract/types.ts';
import { getSchemaForAuthType } from '../schema/index.ts';
import { apiKeyHeaderNames } from './api_key_header.ts';
import { AUTH_MODE_BY_AUTH_TYPE_ID, AuthTypeError, authModeOf, getAuthType } from './index.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };

/** An axios instance that sends nothing: it responds by itself and records its requests. */
const aClient = (): { client: AxiosInstance; sent: InternalAxiosRequestConfig[] } => {
  const sent: InternalAxiosRequestConfig[] = [];
  const client = axios.create({
    adapter: async (config) => {
      sent.push(config);
      return { data: {}, status: 200, statusText: 'OK', headers: {}, config };
    },
  });
  return { client, sent };
};

/** Headers of a request after `entry` was configured with `secrets`. */
const headersWith = async (
  entry: AuthTypeEntry,
  secrets: Record<string, unknown>,
  getToken: AuthContext['getToken'] = async () => 'bearer token-1',
): Promise<Record<string, unknown>> => {
  const { id, schema } = getSchemaForAuthType(entry);
  const { client, sent } = aClient();
  const parsed = schema.parse({ authType: id, ...secrets });
  await getAuthType(id).configure({ getToken, logger }, client, parsed);
  await client.get('https://api.example.com/');
  return sent[0]?.headers.toJSON() ?? {};
};

const OAUTH = {
  authorizationUrl: 'https://login.example.com/authorize',
  tokenUrl: 'https://login.example.com/token',
  clientId: 'client-1',
  clientSecret: 'dev-only-client-secret',
};

describe('an auth type with fixed credentials', () => {
  it('none: adds no header to a request', async () => {
    expect(await headersWith('none', {})).not.toHaveProperty('Authorization');
  });

  it('basic: encodes user name and password as UTF-8', async () => {
    const headers = await headersWith('basic', { username: 'ana', password: 'pä:ss' });
    const [scheme, pair = ''] = String(headers['Authorization']).split(' ');
    expect(scheme).toBe('Basic');
    expect(Buffer.from(pair, 'base64').toString('utf8')).toBe('ana:pä:ss');
  });

  it('basic: rejects a colon in the user name, because a colon separates it from the password', () => {
    const { schema } = getSchemaForAuthType('basic');
    expect(schema.safeParse({ authType: 'basic', username: 'a:b', password: 'c' }).success).toBe(
      false,
    );
  });

  it.each(['tok', ' tok ', 'Bearer tok', 'bearer  tok'])(
    'bearer: sends %o with the scheme once',
    async (token) => {
      expect(await headersWith('bearer', { token })).toMatchObject({ Authorization: 'Bearer tok' });
    },
  );

  it('api_key_header: sends the key in the header of its field name', async () => {
    expect(await headersWith('api_key_header', { 'Api-Key': 'k-1' })).toMatchObject({
      'Api-Key': 'k-1',
    });
    const entry = { type: 'api_key_header', defaults: { headerField: 'X-API-Key' } };
    expect(await headersWith(entry, { 'X-API-Key': 'k-2' })).toMatchObject({ 'X-API-Key': 'k-2' });
  });

  it('api_key_header: lets the user choose the header name if the spec permits it', async () => {
    const entry = { type: 'api_key_header', defaults: { chooseHeader: true } };
    const headers = await headersWith(entry, { headerField: 'X-Team-Key', apiKey: 'k-3' });
    expect(headers).toMatchObject({ 'X-Team-Key': 'k-3' });
    expect(headers).not.toHaveProperty('apiKey');
  });

  it.each(['Host', 'cookie', 'Transfer-Encoding', '__proto__', 'a\r\nb', 'authType'])(
    'api_key_header: rejects %o as the header of a key',
    async (headerField) => {
      const entry = { type: 'api_key_header', defaults: { chooseHeader: true } };
      const { schema } = getSchemaForAuthType(entry);
      const secrets = { authType: 'api_key_header', headerField, apiKey: 'k' };
      expect(schema.safeParse(secrets).success).toBe(false);
      expect(() =>
        getSchemaForAuthType({ type: 'api_key_header', defaults: { headerField } }),
      ).toThrow(AuthTypeError);
    },
  );

  it('api_key_header: rejects stored secrets that name a connection header', async () => {
    const { client } = aClient();
    const configure = getAuthType('api_key_header').configure(
      { getToken: async () => '', logger },
      client,
      { authType: 'api_key_header', Host: 'internal.example.com' },
    );
    await expect(configure).rejects.toMatchObject({ code: 'malformed_secrets' });
  });

  it('api_key_header: returns the headers that contain its key', () => {
    expect(apiKeyHeaderNames({ authType: 'api_key_header', 'X-A': 'k' })).toEqual(['X-A']);
    expect(apiKeyHeaderNames({ authType: 'bearer', token: 'k' })).toBeUndefined();
  });

  it('F75: sets the credentials of an execution only on the client of that execution', async () => {
    await headersWith('bearer', { token: 'ana-token' });
    expect(await headersWith('none', {})).not.toHaveProperty('Authorization');
    expect(JSON.stringify(axios.defaults.headers)).not.toContain('ana-token');
  });
});

const TOKEN_TYPES = [
  ['oauth_authorization_code', OAUTH],
  [
    'oauth_client_credentials',
    { tokenUrl: OAUTH.tokenUrl, clientId: OAUTH.clientId, clientSecret: OAUTH.clientSecret },
  ],
  ['ears', { provider: 'google' }],
] as const;

describe.each(TOKEN_TYPES)('the auth type %s', (id, secrets) => {
  it('sends the token with the scheme Bearer', async () => {
    expect(await headersWith(id, secrets)).toMatchObject({ Authorization: 'Bearer token-1' });
  });

  it.each(['no_token', 'token_revoked', 'no_user'] as const)(
    'F76: rethrows the ConnectorAuthorizationError %s unchanged and sets no header',
    async (reason) => {
      const error = new ConnectorAuthorizationError(id, reason, 'authorize first');
      const attempt = headersWith(id, secrets, () => Promise.reject(error));
      await expect(attempt).rejects.toBe(error);
    },
  );

  it('rethrows errors with a code unchanged', async () => {
    const error = Object.assign(new Error('later'), { code: 'provider_unavailable' });
    await expect(headersWith(id, secrets, () => Promise.reject(error))).rejects.toBe(error);
    const aborted = new DOMException('gone', 'AbortError');
    await expect(headersWith(id, secrets, () => Promise.reject(aborted))).rejects.toBe(aborted);
  });

  it('wraps an error without a code in its own error, with the original as the cause', async () => {
    const error = new TypeError('cannot read token dev-secret');
    const attempt = headersWith(id, secrets, () => Promise.reject(error));
    await expect(attempt).rejects.toMatchObject({ code: 'token_request_failed', cause: error });
    await expect(attempt).rejects.not.toThrow(/dev-secret/);
  });

  it.each(['', 'Bearer', 'Bearer a\r\nX-Evil: 1'])('rejects the token value %o', async (value) => {
    await expect(headersWith(id, secrets, async () => value)).rejects.toMatchObject({
      code: 'malformed_token',
    });
  });
});

describe('the token request of an auth type', () => {
  const askedFor = async (entry: AuthTypeEntry, secrets: Record<string, unknown>) => {
    const asked: GetTokenOptions[] = [];
    await headersWith(entry, secrets, async (options) => {
      asked.push(options);
      return 'Bearer t';
    });
    return asked;
  };

  it('sends every option of the secrets to the server', async () => {
    const slack = {
      ...OAUTH,
      scope: 'chat:write',
      scopeParamName: 'user_scope',
      accessTokenPath: 'authed_user.access_token',
      tokenType: 'Bearer',
      tokenEndpointAuthMethod: 'client_secret_post',
    };
    expect(await askedFor('oauth_authorization_code', slack)).toEqual([
      expect.objectContaining({
        authType: 'oauth',
        tokenUrl: OAUTH.tokenUrl,
        scope: 'chat:write',
        accessTokenPath: 'authed_user.access_token',
        tokenType: 'Bearer',
        tokenEndpointAuthMethod: 'client_secret_post',
      }),
    ]);
  });

  it.each(['\u202e', '\u0000', '\u200b', '"', '\\', 'é'])(
    'A135: refuses %j in the scope of each auth type',
    (character) => {
      for (const type of ['oauth_authorization_code', 'oauth_client_credentials', 'ears']) {
        const { shape } = getAuthType(type).schema;
        const accepts = (scope: string) => shape['scope']?.safeParse(scope).success;
        expect([type, accepts(`read${character}write`)]).toEqual([type, false]);
        for (const scope of ['', 'a,b', 'a\n  b', 'https://a.example/b/.default urn:x:{y}|*'])
          expect([type, scope, accepts(scope)]).toEqual([type, scope, true]);
      }
    },
  );

  it('passes provider and scope to EARS, but no client id or secret', async () => {
    const entry = { type: 'ears', defaults: { provider: 'google', scope: 'a b' } };
    expect(await askedFor(entry, {})).toEqual([
      { authType: 'ears', provider: 'google', scope: 'a b' },
    ]);
  });
});

describe('the registry of auth types', () => {
  it('returns the auth mode of each auth type', () => {
    expect(AUTH_MODE_BY_AUTH_TYPE_ID).toEqual({
      none: 'shared',
      basic: 'shared',
      bearer: 'shared',
      api_key_header: 'shared',
      oauth_client_credentials: 'shared',
      oauth_client_credentials_private_key_jwt: 'shared',
      oauth_authorization_code: 'per-user',
      ears: 'per-user',
    });
  });

  it.each(['', 'unknown', '__proto__', 'constructor'])(
    'returns shared for the unknown auth type %o',
    (id) => {
      expect(authModeOf(id)).toBe('shared');
      expect(() => getAuthType(id)).toThrow(AuthTypeError);
    },
  );
});
