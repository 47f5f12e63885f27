import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { definitionOfData, providerDataSchema } from '@latchkey/oauth-providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientProviderOf, type EarsClient, type StandardClient } from './client.ts';
import { dialectOf } from './dialect.ts';
import { anEarsClient, aStandardClient } from './oauth_client.mock.ts';
import { OAuthError } from './oauth_error.ts';
import type { ProtocolIo } from './protocol_io.ts';
import { requestClientCredentials } from './standard_dialect.ts';

interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const TOKEN = { access_token: 'at-2', token_type: 'bearer', expires_in: 3600 };

let server: Server;
let origin: string;
let received: Received | undefined;
let respond: (response: ServerResponse) => void = () => {};

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received = {
      path: request.url ?? '',
      method: request.method ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    respond(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const io: ProtocolIo = {
  fetch: (url, init) => fetch(url, { ...init, redirect: 'manual' }),
  now: () => new Date('2030-01-01T00:00:00Z'),
};
const respondWith = (status: number, body: string, headers: Record<string, string> = JSON_TYPE) => {
  respond = (response) => response.writeHead(status, headers).end(body);
};
const standard = (over: Partial<StandardClient> = {}) =>
  aStandardClient({ tokenEndpoint: `${origin}/token`, ...over });
const ears = (over: Partial<EarsClient> = {}) => anEarsClient({ baseUrl: origin, ...over });
const refresh = (client: StandardClient | EarsClient = standard()) =>
  dialectOf(client).refresh('rt-1', io);
const form = () => Object.fromEntries(new URLSearchParams(received?.body));

describe('the standard dialect, for token requests,', () => {
  it('sends a form-encoded code exchange with Basic authentication', async () => {
    respondWith(200, JSON.stringify(TOKEN));
    const exchange = { code: 'c+1', codeVerifier: 'v-1', redirectUri: 'https://l.example/cb?a=b' };
    await dialectOf(standard({ scope: 'a b' })).exchange(exchange, io);
    expect(received).toMatchObject({ method: 'POST', path: '/token' });
    expect(received?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      authorization: `Basic ${Buffer.from('client-1:development-secret').toString('base64')}`,
    });
    expect(form()).toEqual({
      grant_type: 'authorization_code',
      code: 'c+1',
      redirect_uri: 'https://l.example/cb?a=b',
      code_verifier: 'v-1',
    });
  });

  it('sends the credentials in the body for client_secret_post, and only the id for none', async () => {
    respondWith(200, JSON.stringify(TOKEN));
    await refresh(standard({ tokenEndpointAuthMethod: 'client_secret_post' }));
    expect(received?.headers.authorization).toBeUndefined();
    expect(form()).toMatchObject({ client_id: 'client-1', client_secret: 'development-secret' });
    await refresh(standard({ tokenEndpointAuthMethod: 'none' }));
    expect(received?.headers.authorization).toBeUndefined();
    expect(form()).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'rt-1',
      client_id: 'client-1',
    });
  });

  it('refreshes without a scope, so that a grant stays usable when the scope of the connector is widened', async () => {
    respondWith(200, JSON.stringify(TOKEN));
    await refresh(standard({ scope: 'a b c' }));
    expect(form()).toEqual({ grant_type: 'refresh_token', refresh_token: 'rt-1' });
  });

  it('sends scope and additional fields with client credentials', async () => {
    respondWith(200, JSON.stringify(TOKEN));
    const additionalFields = {
      audience: 'https://api',
      grant_type: 'password',
      client_secret: 'x',
    };
    await requestClientCredentials(standard({ scope: 'a', additionalFields }), io);
    expect(form()).toEqual({
      grant_type: 'client_credentials',
      scope: 'a',
      audience: 'https://api',
    });
  });
});

describe('the EARS dialect, for token requests,', () => {
  it('exchanges a code as JSON without grant type, redirect URI or credentials', async () => {
    respondWith(200, JSON.stringify(TOKEN), { ...JSON_TYPE, 'x-cloud-request-id': 'edge, req-9' });
    const exchange = { code: 'c-1', codeVerifier: 'v-1', redirectUri: 'https://l.example/cb' };
    const grant = await dialectOf(ears()).exchange(exchange, io);
    expect(received).toMatchObject({ method: 'POST', path: '/v1/google/oauth/token' });
    expect(received?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(received?.headers.authorization).toBeUndefined();
    expect(JSON.parse(received?.body ?? '')).toEqual({ code: 'c-1', pkce_verifier: 'v-1' });
    expect(grant.providerRequestId).toBe('req-9');
  });

  it('refreshes as JSON and reads an absolute expiry', async () => {
    respondWith(
      200,
      JSON.stringify({ access_token: 'at', token_type: 'Bearer', expiry: '2030-01-01T00:10:00Z' }),
    );
    const grant = await refresh(ears({ provider: 'slack' }));
    expect(received?.path).toBe('/v1/slack/oauth/refresh');
    expect(JSON.parse(received?.body ?? '')).toEqual({ refresh_token: 'rt-1' });
    expect(grant).toMatchObject({ lifetimeSeconds: 600, tokenType: 'Bearer' });
  });

  it('asks the user to authorize after a 400 without an error, and reports the request id', async () => {
    respondWith(400, 'bad request', { 'x-cloud-request-id': 'req-1' });
    await expect(refresh(ears())).rejects.toMatchObject({
      code: 'invalid_grant',
      kind: 'reauthorize',
      providerRequestId: 'req-1',
    });
  });

  it.each(['error', 'code', 'error_code'])('reads the error from the field %s', async (name) => {
    respondWith(401, JSON.stringify({ [name]: 'invalid_grant' }));
    await expect(refresh(ears())).rejects.toMatchObject({ kind: 'reauthorize' });
  });
});

describe('the responses of a token endpoint', () => {
  it.each([200, 201, 202])('are accepted with HTTP %i', async (status) => {
    respondWith(status, JSON.stringify(TOKEN));
    expect(await refresh()).toMatchObject({ accessToken: 'at-2', lifetimeSeconds: 3600 });
  });

  it('C50: may be form-encoded, as GitHub sends them', async () => {
    respondWith(200, 'access_token=at-3&scope=repo%2Cgist&token_type=bearer', {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    });
    expect(await refresh()).toMatchObject({ accessToken: 'at-3', scopes: ['repo', 'gist'] });
  });

  it.each([
    ['{"error":"invalid_grant"}', 'invalid_grant', 'reauthorize'],
    ['{"ok":false,"error":"invalid_grant"}', 'invalid_grant', 'reauthorize'],
    ['{"ok":false}', 'provider_error', 'misconfigured'],
    ['{"error":{"code":"invalid_client"}}', 'invalid_client', 'misconfigured'],
    [
      '{"access_token":"at","token_type":"bearer","error":"server_error"}',
      'provider_unavailable',
      'transient',
    ],
    ['error=bad_refresh_token', 'invalid_grant', 'reauthorize'],
  ])('C50: are failures when they have HTTP 200 and the body %s', async (body, code, kind) => {
    respondWith(200, body);
    await expect(refresh()).rejects.toMatchObject({ code, kind, status: 200 });
  });

  describe('of a provider with its own error codes', () => {
    const data = providerDataSchema.parse({
      failures: {
        errorPaths: ['status', 'errors.*.code'],
        rules: [
          { when: { errors: ['401', 'gone'] }, means: 'invalid_grant', reason: 'its own codes' },
          { when: { errors: ['277'] }, means: 'invalid_client', reason: 'its own code' },
          {
            when: { errors: ['400'], descriptionHas: 'busy', operations: ['refresh_token'] },
            means: 'rate_limited',
            reason: 'its own code',
          },
          {
            when: { errors: ['403'], operations: ['authorization_code'] },
            means: 'invalid_client',
            reason: 'its own code',
          },
        ],
      },
    });
    const tokenUrl = 'https://auth.example.com/token';
    const own = () => {
      const facts = definitionOfData(data, { authorizationUrl: tokenUrl, tokenUrl });
      return standard({ provider: clientProviderOf(facts) });
    };

    it.each([
      [200, { status: 401, body: {} }, 'invalid_grant'],
      [200, { status: 277, error: 'Invalid Params: invalid client' }, 'invalid_client'],
      [400, { message: 'Bad', errors: [{ field: 'x' }, { code: 'gone' }] }, 'invalid_grant'],
      [400, { error: 'invalid_client', errors: [{ code: 'other' }] }, 'invalid_client'],
      [400, { status: 400, message: 'Busy' }, 'rate_limited'],
      [400, { status: 400, error: 'invalid_grant', message: 'Ended' }, 'invalid_grant'],
      [400, { status: 403, error: 'invalid_grant' }, 'invalid_grant'],
      [400, { status: 400, errors: [{ code: 'other' }, { code: 'gone' }] }, 'invalid_grant'],
      [200, { status: 400, errors: [{ code: 'gone' }] }, 'invalid_grant'],
    ])('are failures with HTTP %i and the body %j: %s', async (status, body, code) => {
      respondWith(status, JSON.stringify(body));
      await expect(refresh(own())).rejects.toMatchObject({ code, status });
    });

    it('are successes when the error field has the number 0', async () => {
      respondWith(200, JSON.stringify({ ...TOKEN, status: 0 }));
      expect(await refresh(own())).toMatchObject({ accessToken: 'at-2' });
    });
  });

  it.each([
    ['an HTML page', '<html>access_token=at</html>', 'text/html'],
    ['plain text', 'hello', 'text/plain'],
    ['an empty body', '', 'application/json'],
    ['broken JSON', '{"access_token":"at-2"', 'application/json'],
    ['a JSON list', '[{"access_token":"at"}]', 'application/json'],
    ['null', 'null', 'application/json'],
    ['a token that would split the header', '{"access_token":"a\\r\\nb"}', 'application/json'],
    [
      'a token above 64 KB',
      JSON.stringify({ access_token: 'x'.repeat(70_000) }),
      'application/json',
    ],
  ])(
    'C50: are treated as lost when the body is %s, because the refresh token may be spent',
    async (_what, body, type) => {
      respondWith(200, body, { 'content-type': type });
      await expect(refresh()).rejects.toMatchObject({
        code: 'malformed_response',
        kind: 'transient',
        responseLost: true,
      });
    },
  );

  it('C50: may be compressed', async () => {
    respond = (response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify(TOKEN)));
    };
    expect(await refresh()).toMatchObject({ accessToken: 'at-2' });
  });

  it.each([
    'text/html; charset=utf-8',
    'text/plain',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
  ])(
    'C50: may be JSON with the content type %s, because the token is valid at the provider',
    async (type) => {
      respondWith(200, JSON.stringify({ ...TOKEN, refresh_token: 'rt-2' }), {
        'content-type': type,
      });
      expect(await refresh()).toMatchObject({ accessToken: 'at-2', refreshToken: 'rt-2' });
    },
  );

  it.each([
    ['server_error', 'provider_unavailable'],
    ['invalid_grant', 'invalid_grant'],
    ['odd', 'provider_error'],
  ])('C50: keep the tokens of an HTTP 200 that has the error %s', async (error, code) => {
    respondWith(200, JSON.stringify({ ...TOKEN, refresh_token: 'rt-2', error }));
    const failure: unknown = await refresh().catch((reason: unknown) => reason);
    if (!(failure instanceof OAuthError)) throw failure;
    expect(failure.code).toBe(code);
    expect(failure.issuedTokens()).toEqual({ accessToken: 'at-2', refreshToken: 'rt-2' });
  });

  it.each([
    ['without tokens in an HTTP 200', 200, { error: 'server_error' }],
    ['in an HTTP 400, which may repeat the request', 400, { error: 'odd', refresh_token: 'rt-1' }],
  ])('C50: have no tokens when they report an error %s', async (_what, status, body) => {
    respondWith(status, JSON.stringify(body));
    const failure: unknown = await refresh().catch((reason: unknown) => reason);
    if (!(failure instanceof OAuthError)) throw failure;
    expect(failure.issuedTokens()).toBeUndefined();
  });

  it.each([
    ['of an unknown type', { access_token: 'at-2', token_type: 'mac' }, 'at-2'],
    ['that is not a header value', { access_token: 'at\n2' }, 'at\n2'],
    ['that is not text', { access_token: { value: 'at-2' } }, undefined],
    ['that is missing', {}, undefined],
  ])(
    'keep the other tokens and print none with an access token %s',
    async (_what, body, accessToken) => {
      respondWith(200, JSON.stringify({ ...body, refresh_token: 'canary-rt-2' }));
      const error: unknown = await refresh().catch((reason: unknown) => reason);
      if (!(error instanceof OAuthError)) throw error;
      expect(error.issuedTokens()).toEqual({ accessToken, refreshToken: 'canary-rt-2' });
      expect(`${JSON.stringify(error)} ${inspect(error)}`).not.toContain('canary');
    },
  );

  it('G96: are rejected when the token type cannot be used', async () => {
    respondWith(200, '{"access_token":"at","token_type":"mac"}');
    await expect(refresh()).rejects.toMatchObject({
      code: 'unsupported_token_type',
      kind: 'misconfigured',
    });
  });

  it('G91: are temporary failures for a 503 with Retry-After, although the body mentions invalid_grant', async () => {
    respondWith(503, '{"error":"invalid_grant"}', {
      ...JSON_TYPE,
      'retry-after': '30',
      'x-request-id': 'r-1',
    });
    await expect(refresh()).rejects.toMatchObject({
      code: 'provider_unavailable',
      kind: 'transient',
      status: 503,
      retryAfterMs: 30_000,
      providerRequestId: 'r-1',
    });
  });

  it('C44: are reported as misconfigured, and not followed, when they redirect', async () => {
    respondWith(307, '', { location: `${origin}/elsewhere` });
    await expect(refresh()).rejects.toMatchObject({ code: 'redirected', kind: 'misconfigured' });
    expect(received?.path).toBe('/token');
  });

  it('G91: are reported as temporary and lost when the connection ends before or while they arrive', async () => {
    respond = (response) => response.destroy();
    await expect(refresh()).rejects.toMatchObject({ kind: 'transient', responseLost: true });
    respond = (response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': '100' }).write('{"access_token":');
      setImmediate(() => response.destroy());
    };
    await expect(refresh()).rejects.toMatchObject({
      code: 'network',
      kind: 'transient',
      responseLost: true,
    });
  });

  it('G91: are not reported as lost when the connection was refused', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const client = standard({ tokenEndpoint: `http://127.0.0.1:${port}/token` });
    await expect(refresh(client)).rejects.toMatchObject({ code: 'network', responseLost: false });
  });

  it('G105: are not awaited after the caller has aborted the request', async () => {
    const caller = new AbortController();
    respond = () => caller.abort();
    const pending = dialectOf(standard()).refresh('rt-1', { ...io, signal: caller.signal });
    await expect(pending).rejects.toMatchObject({
      code: 'timeout',
      kind: 'transient',
      responseLost: true,
    });
    const late = dialectOf(standard()).refresh('rt-1', { ...io, signal: caller.signal });
    await expect(late).rejects.toMatchObject({ code: 'timeout', responseLost: false });
  });

  it('are replaced by an error for the administrator when the token URL is invalid', async () => {
    for (const tokenEndpoint of ['nonsense', '', 'ftp://x/token']) {
      await expect(refresh(standard({ tokenEndpoint }))).rejects.toMatchObject({
        code: 'invalid_request',
        kind: 'misconfigured',
        responseLost: false,
      });
    }
  });
});
