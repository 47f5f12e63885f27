import type { AxiosError } from 'axios';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectorAuthorizationError } from '../../contract/errors.ts';
import { createTestContext, runAction } from '../../contract_tests/action_context.ts';
import { type LocalService, startLocalService } from '../../contract_tests/local_service.ts';
import { customApi } from './custom_api.ts';

const BEARER = { authType: 'bearer', token: 'dev-canary-token' };
const KEY = { authType: 'api_key_header', headerField: 'X-Team-Key', apiKey: 'dev-canary-key' };

let service: LocalService;
beforeAll(async () => {
  service = await startLocalService();
});
beforeEach(() => {
  service.received.length = 0;
  service.response = () => ({});
});
afterAll(() => service.close());

const contextWith = async (secrets: Record<string, unknown>) =>
  (
    await createTestContext({
      spec: customApi,
      service,
      secrets,
      config: { url: 'https://api.example.com/v1' },
    })
  ).context;

const run = async (input: unknown, secrets: Record<string, unknown> = BEARER) =>
  runAction(customApi, await contextWith(secrets), { name: 'request', input });

describe('the action request of the custom API connector', () => {
  it('returns status, headers and parsed body', async () => {
    service.response = () => ({ status: 201, headers: { 'x-a': ['1', '2'] }, body: { id: 7 } });
    expect(await run({ method: 'POST', path: '/items', body: { name: 'x' } })).toEqual({
      status: 201,
      statusText: 'Created',
      headers: expect.objectContaining({ 'x-a': '1, 2' }),
      data: { id: 7 },
    });
    expect(service.received[0]).toMatchObject({
      method: 'POST',
      url: '/v1/items',
      body: '{"name":"x"}',
      headers: { 'content-type': 'application/json', authorization: 'Bearer dev-canary-token' },
    });
  });

  it.each([
    ['POST', 'Idempotency-Key', {}, 'key-1'],
    ['PATCH', 'X-Request-Id', {}, 'key-1'],
    ['POST', 'Idempotency-Key', { 'idempotency-KEY': 'own' }, 'own'],
    ['GET', 'Idempotency-Key', {}, undefined],
    ['PUT', 'Idempotency-Key', {}, undefined],
    ['POST', '', {}, undefined],
    ['POST', undefined, {}, undefined],
  ] as const)(
    'for %s, the configured header %j and the headers %j of the call, sends the idempotency key %j',
    async (...each) => {
      const [method, idempotencyHeader, headers, expected] = each;
      const context = await contextWith(BEARER);
      const config = { ...context.config, idempotencyHeader };
      const called = { ...context, config, idempotencyKey: 'key-1' };
      await runAction(customApi, called, { name: 'request', input: { method, headers } });
      const sent = service.received[0]?.headers ?? {};
      expect(sent[(idempotencyHeader || 'idempotency-key').toLowerCase()]).toBe(expected);
    },
  );

  it.each(['Authorization', 'Cookie', 'Content-Length', 'a b', '__proto__'])(
    'refuses the idempotency header %s',
    (idempotencyHeader) => {
      const config = { url: 'https://api.example.com', idempotencyHeader };
      expect(customApi.schema?.safeParse(config).success).toBe(false);
    },
  );

  it('sends text unchanged, whatever its content type', async () => {
    await run({
      method: 'POST',
      body: 'not json',
      headers: { 'content-type': 'application/json' },
    });
    await run({ method: 'POST', body: '{"a": 1}' });
    expect(service.received.map(({ body }) => body)).toEqual(['not json', '{"a": 1}']);
    expect(service.received[1]?.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it.each([204, 304, 400, 403, 404, 429, 500, 503])(
    'returns the response with the status %i',
    async (status) => {
      service.response = () => ({ status, body: '' });
      expect(await run({})).toMatchObject({ status });
    },
  );

  it('does not follow redirects if follow_redirects is false', async () => {
    service.response = () => ({ status: 302, headers: { location: 'https://evil.example.com/' } });
    expect(await run({ fetcher: { follow_redirects: false } })).toMatchObject({ status: 302 });
    expect(service.received).toHaveLength(1);
  });

  it('may lower the size limit of responses but not raise it', async () => {
    service.response = () => ({ body: 'x'.repeat(2_000) });
    await expect(run({ fetcher: { max_content_length: 1_000 } })).rejects.toThrow(/1000/);
    service.response = () => ({ body: 'x'.repeat(1_100_000) });
    await expect(run({ fetcher: { max_content_length: 10_000_000 } })).rejects.toThrow(/1048576/);
  });

  it('C52: cannot disable TLS verification', async () => {
    await expect(run({ fetcher: { skip_ssl_verification: true } })).rejects.toThrow();
    expect(service.received).toEqual([]);
  });
});

describe('credentials of the custom API connector', () => {
  it.each([
    'Authorization',
    'authorization',
    'Cookie',
    'Host',
    'Connection',
    'Transfer-Encoding',
    'Content-Length',
    'Proxy-Authorization',
  ])('are not replaced by a header %s of the caller', async (name) => {
    await expect(run({ headers: { [name]: 'x' } })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(service.received).toEqual([]);
  });

  it('in a custom header are not replaced by a header of the caller in another letter case', async () => {
    await expect(run({ headers: { 'x-team-KEY': 'x' } }, KEY)).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await run({}, KEY);
    expect(service.received[0]?.headers['x-team-key']).toBe('dev-canary-key');
  });

  it('may come from the caller when the connector has none', async () => {
    await run({ headers: { Authorization: 'Bearer own' } }, { authType: 'none' });
    expect(service.received[0]?.headers.authorization).toBe('Bearer own');
    await expect(run({ headers: { Host: 'x' } }, { authType: 'none' })).rejects.toThrow(/Host/);
  });

  it.each(['a\r\nX-Evil: 1', 'a\u0000'])('cannot be injected by the value %j', async (value) => {
    await expect(run({ headers: { 'X-A': value } })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('C46: are not sent when the input points to another URL', async () => {
    for (const input of [{ url: 'https://evil.example.com/v1' }, { path: '//evil' }]) {
      await expect(run(input)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    expect(service.received).toEqual([]);
  });

  it('E67: are not returned in response headers', async () => {
    const headers = { 'set-cookie': 'sid=1', authorization: 'Bearer dev-canary-token', 'x-b': '2' };
    service.response = () => ({ headers });
    const response = await run({});
    expect(response).toMatchObject({ headers: { 'x-b': '2' } });
    expect(JSON.stringify(response)).not.toMatch(/canary|sid=1/);
  });
});

describe.each([401, 403])('a response with the status %i', (refusal) => {
  beforeEach(() => {
    service.response = ({ headers }) =>
      headers.authorization === 'Bearer fresh' ? { body: 'ok' } : { status: refusal, body: 'no' };
  });

  it('G101: is passed to the policy for rejected tokens once', async () => {
    const context = await contextWith(BEARER);
    context.client.interceptors.response.use(undefined, (error: AxiosError) => {
      expect(error.response?.status).toBe(refusal);
      return context.client.request({
        ...error.config,
        headers: { ...error.config?.headers, Authorization: 'Bearer fresh' },
      });
    });
    const response = await runAction(customApi, context, { name: 'request', input: {} });
    expect(response).toMatchObject({ status: 200, data: 'ok' });
    expect(service.received).toHaveLength(2);
  });

  it('is returned like any other response when the policy does not replace it', async () => {
    expect(await run({})).toMatchObject({ status: refusal, data: 'no' });
  });

  it('F76: is not returned as a response when the policy says that the user must authorize', async () => {
    const needed = new ConnectorAuthorizationError('x', 'token_revoked', 'authorize');
    const context = await contextWith(BEARER);
    context.client.interceptors.response.use(undefined, () => Promise.reject(needed));
    await expect(runAction(customApi, context, { name: 'request', input: {} })).rejects.toBe(
      needed,
    );
  });
});

describe('the config of the custom API connector', () => {
  it.each([
    'https://user:pass@api.example.com',
    'https://api.example.com/?key=1',
    'https://api.example.com/#x',
    'ftp://api.example.com',
    'api.example.com',
  ])('C41: is rejected with the URL %j', (url) => {
    expect(customApi.schema?.safeParse({ url }).success).toBe(false);
  });
});
