import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectorActionError } from '../../contract/errors.ts';
import { createTestContext, runAction } from '../../contract_tests/action_context.ts';
import { type LocalService, startLocalService } from '../../contract_tests/local_service.ts';
import { http } from './http.ts';

type Values = Readonly<Record<string, unknown>>;

const URL_OF_SERVICE = 'https://api.example.com/v1';
const CREDENTIALS = { user: 'somebody', password: 'dev-canary-password' };
const BASIC = `Basic ${Buffer.from('somebody:dev-canary-password').toString('base64')}`;

let service: LocalService;
beforeAll(async () => {
  service = await startLocalService();
});
beforeEach(() => {
  service.received.length = 0;
  service.response = () => ({});
});
afterAll(() => service.close());

const run = async (input: unknown, { config = {}, secrets = {} }: Record<string, Values> = {}) => {
  const { context } = await createTestContext({
    spec: http,
    service,
    secrets,
    config: { url: URL_OF_SERVICE, ...config },
  });
  return runAction(http, context, { name: 'request', input });
};

describe('the action request of the HTTP connector', () => {
  it('returns status, headers and parsed body', async () => {
    service.response = () => ({ status: 201, headers: { 'x-a': '1' }, body: { id: 7 } });
    expect(await run({ method: 'POST', path: '/items', body: '{"name":"x"}' })).toEqual({
      status: 201,
      statusText: 'Created',
      headers: expect.objectContaining({ 'x-a': '1' }),
      data: { id: 7 },
    });
    expect(service.received[0]).toMatchObject({ url: '/v1/items', body: '{"name":"x"}' });
  });

  it('fails for a status outside 2xx, and keeps the response for internal callers', async () => {
    service.response = () => ({ status: 302, headers: { location: '/next' }, body: { a: 1 } });
    const input = { fetcher: { follow_redirects: false } };
    const error = await run(input).then(
      () => new Error('completed'),
      (cause: Error) => cause,
    );
    expect(error).toMatchObject({ code: 'vendor_error', status: 302 });
    expect(error instanceof ConnectorActionError && error.failedResponse).toMatchObject({
      status: 302,
      headers: { location: '/next' },
      data: { a: 1 },
    });
    expect(JSON.stringify(error)).not.toContain('/next');
    expect(inspect(error)).not.toContain('/next');
  });

  it('sends text with the content type of a form, as axios does, unless the call sets another', async () => {
    await run({ method: 'POST', body: 'a=1' });
    await run({ method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } });
    expect(service.received.map(({ headers }) => headers['content-type'])).toEqual([
      'application/x-www-form-urlencoded',
      'application/json',
    ]);
  });

  it('sends path, query and headers', async () => {
    await run({ path: 'items', query: { page: '2' }, headers: { 'X-Trace': 'abc' } });
    expect(service.received[0]?.url).toBe('/v1/items?page=2');
    expect(service.received[0]?.headers).toMatchObject({ 'x-trace': 'abc' });
  });

  it('sends the headers of the config, overridden by those of the call', async () => {
    const config = { headers: { 'X-Team': 'a', 'X-Kept': 'k' } };
    await run({ headers: { 'x-team': 'b' } }, { config });
    expect(service.received[0]?.headers).toMatchObject({ 'x-team': 'b', 'x-kept': 'k' });
  });

  it.each([
    [302, '[302] Found'],
    [400, '[400] Bad Request'],
    [401, '[401] Unauthorized'],
    [404, '[404] Not Found'],
    [500, '[500] Internal Server Error'],
  ])('fails when the service responds with %i', async (status, message) => {
    service.response = () => ({ status, headers: { location: 'https://a.example' } });
    await expect(run({ fetcher: { follow_redirects: false } })).rejects.toMatchObject({
      code: 'vendor_error',
      status,
      message: `HTTP request failed: ${message}`,
    });
  });

  it('reports the Retry-After of a 429', async () => {
    service.response = () => ({ status: 429, headers: { 'retry-after': '7' } });
    await expect(run({})).rejects.toMatchObject({ retryAfterMs: 7_000 });
  });

  it('C52: cannot disable TLS verification', async () => {
    await expect(run({ fetcher: { skip_ssl_verification: true } })).rejects.toThrow();
  });

  it('stops after the timeout of the call', async () => {
    const { context } = await createTestContext({
      spec: http,
      service,
      config: { url: URL_OF_SERVICE },
    });
    const timeouts: unknown[] = [];
    context.client.interceptors.request.use((config) => {
      timeouts.push(config.timeout);
      return config;
    });
    for (const [serverLimit, timeout] of [
      [5_000, 1_000],
      [5_000, 9_000],
      [0, 1_000],
    ] as const) {
      context.client.defaults.timeout = serverLimit;
      await runAction(http, context, { name: 'request', input: { timeout } });
    }
    expect(timeouts).toEqual([1_000, 5_000, 1_000]);
  });
});

describe('credentials of the HTTP connector', () => {
  it.each([
    [
      'authType is webhook-authentication-basic',
      { hasAuth: true, authType: 'webhook-authentication-basic' },
    ],
    ['authType is absent, as in Kibana', {}],
  ])('are sent as HTTP Basic when %s', async (_case, config) => {
    await run({}, { config, secrets: CREDENTIALS });
    expect(service.received[0]?.headers.authorization).toBe(BASIC);
  });

  it.each([
    ['hasAuth is false', { hasAuth: false }, CREDENTIALS],
    ['authType is null', { authType: null }, CREDENTIALS],
    ['user and password are absent', { authType: 'webhook-authentication-basic' }, {}],
    ['user and password are null', {}, { user: null, password: null }],
  ])('are not sent when %s', async (_case, config, secrets) => {
    await run({}, { config, secrets });
    expect(service.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('include secret headers, which override HTTP Basic', async () => {
    const secretHeaders = { 'X-Key': 'dev-canary-key', authorization: 'Own dev-canary' };
    await run({}, { secrets: { ...CREDENTIALS, secretHeaders } });
    expect(service.received[0]?.headers).toMatchObject({
      'x-key': 'dev-canary-key',
      authorization: 'Own dev-canary',
    });
  });

  it.each(['X-Key', 'x-key', 'Authorization', 'Cookie'])(
    'are not replaced by a header %s of the call',
    async (name) => {
      const secrets = { secretHeaders: { 'X-Key': 'dev-canary-key' } };
      await expect(run({ headers: { [name]: 'x' } }, { secrets })).rejects.toMatchObject({
        code: 'invalid_input',
      });
      expect(service.received).toEqual([]);
    },
  );

  it('C46: are not sent when the input points to another URL', async () => {
    for (const input of [
      { url: 'https://evil.example.com/v1' },
      { path: '//evil' },
      { path: '../admin' },
      { path: 'items', url: `${URL_OF_SERVICE}/items` },
    ]) {
      await expect(run(input, { secrets: CREDENTIALS })).rejects.toMatchObject({
        code: 'invalid_input',
      });
    }
    expect(service.received).toEqual([]);
  });
});

describe('the config of the HTTP connector', () => {
  const parse = (config: Values) => http.schema?.safeParse({ url: URL_OF_SERVICE, ...config });

  it('is returned unchanged, without defaults', () => {
    for (const config of [
      {},
      { headers: null, hasAuth: false, authType: null },
      { hasAuth: true, authType: 'webhook-authentication-basic', headers: { 'X-A': 'b' } },
      { authType: 'webhook-authentication-ssl', certType: 'ssl-pfx', verificationMode: 'full' },
      {
        authType: 'webhook-oauth2-client-credentials',
        accessTokenUrl: 'https://idp.example.com/token',
        clientId: 'app',
        scope: 'read',
        additionalFields: '{"audience":"api"}',
      },
    ]) {
      expect(parse(config)?.data).toEqual({ url: URL_OF_SERVICE, ...config });
    }
  });

  it.each([
    { authType: 'bearer' },
    { authType: 'http-authentication-query-param' },
    { hasAuth: false, authType: 'webhook-authentication-basic' },
    { authType: 'webhook-oauth2-client-credentials' },
    { authType: 'webhook-oauth2-client-credentials', clientId: 'app' },
    { additionalFields: '[]' },
    { additionalFields: 'no json' },
    { headers: { Host: 'evil.example.com' } },
    { headers: { 'X-A': 'a\r\nX-Evil: 1' } },
    { verificationMode: 'none' },
    { verificationMode: 'certificate' },
    { url: 'https://user:pass@api.example.com' },
    { unknown: true },
  ])('is rejected when it contains %j', (config) => {
    expect(parse(config)?.success).toBe(false);
  });
});

describe('the secrets of the HTTP connector', () => {
  const parse = (secrets: Values) => http.credentials?.secrets.safeParse(secrets);

  it.each([
    {},
    { user: null, password: null, crt: null, key: null, pfx: null, clientSecret: null },
    { user: '', password: '' },
    CREDENTIALS,
    { crt: 'c', key: 'k' },
    { crt: 'c', key: 'k', password: 'p' },
    { pfx: 'x', password: 'p' },
    { clientSecret: 's' },
    { secretHeaders: { 'X-Key': 'k' } },
    { ...CREDENTIALS, secretHeaders: null },
  ])('are accepted when they are %j', (secrets) => {
    expect(parse(secrets)?.success).toBe(true);
  });

  it.each([
    { user: 'u' },
    { password: 'p' },
    { crt: 'c' },
    { key: 'k', password: 'p' },
    { ...CREDENTIALS, pfx: 'x' },
    { ...CREDENTIALS, clientSecret: 's' },
    { clientSecret: 's', password: 'p' },
    { crt: 'c', key: 'k', pfx: 'x' },
    { secretHeaders: { Cookie: 'c' } },
    { secretHeaders: { 'Accept-Language': 'k' } },
    { user: 'a:b', password: 'p' },
    { unknown: 'x' },
  ])('are rejected when they are %j', (secrets) => {
    expect(parse(secrets)?.success).toBe(false);
  });

  it('F161: have at most 100 headers, because each result is searched for all of them', () => {
    const withHeaders = (count: number) =>
      parse({
        secretHeaders: Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`X-Key-${index}`, `credential-${index}`]),
        ),
      });
    expect(withHeaders(100)?.success).toBe(true);
    const [issue] = withHeaders(101)?.error?.issues ?? [];
    expect(issue).toMatchObject({
      path: ['secretHeaders'],
      message: 'has more than 100 headers',
    });
  });

  it('are rejected with an error that names the type when they have the form of the custom API connector', () => {
    const issues = parse({ authType: 'bearer', token: 't' })?.error?.issues ?? [];
    expect(issues.map(({ message }) => message).join()).toContain('[.custom_api]');
  });

  it('become a client that authenticates in the body at the access token URL of the config', () => {
    const tokenUrl = 'https://idp.example.com/token';
    const config = {
      authType: 'webhook-oauth2-client-credentials',
      accessTokenUrl: tokenUrl,
      clientId: 'app',
    };
    expect(http.credentials?.map(config, { clientSecret: 's' }).secrets).toMatchObject({
      authType: 'oauth_client_credentials',
      tokenUrl,
      clientId: 'app',
      clientSecret: 's',
      tokenEndpointAuthMethod: 'client_secret_post',
    });
  });

  it('become a client certificate when they are PEM, PEM in base64 or a PFX file', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----';
    const base64 = Buffer.from(pem).toString('base64');
    const config = { authType: 'webhook-authentication-ssl', ca: base64 };
    const map = (secrets: Values) => http.credentials?.map(config, secrets).tls;
    for (const crt of [pem, base64]) {
      expect(map({ crt, key: crt, password: 'p' })).toEqual({
        certificateAuthorities: pem,
        clientCertificate: { certificate: pem, key: pem, passphrase: 'p' },
      });
    }
    expect(map({ pfx: base64 })?.clientCertificate).toEqual({ pfx: base64, passphrase: undefined });
    expect(() => map({})).toThrow('the certificate is missing');
  });
});
