import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectorActionError } from '../../contract/errors.ts';
import { createTestContext, runAction } from '../../contract_tests/action_context.ts';
import { type LocalService, startLocalService } from '../../contract_tests/local_service.ts';
import { httpSystem } from './http_system.ts';

let service: LocalService;
beforeAll(async () => {
  service = await startLocalService();
});
beforeEach(() => {
  service.received.length = 0;
  service.response = () => ({});
});
afterAll(() => service.close());

const run = async (input: unknown) => {
  const { context } = await createTestContext({
    spec: httpSystem,
    service,
    secrets: {},
    config: {},
  });
  return runAction(httpSystem, context, { name: 'request', input });
};

describe('the request without a connector', () => {
  it('goes to any URL and returns status, headers and body', async () => {
    service.response = () => ({ status: 201, headers: { 'x-a': '1' }, body: { id: 7 } });
    expect(
      await run({
        url: 'https://api.example.com/v1/items?a=1',
        method: 'POST',
        query: { b: 2 },
        headers: { Authorization: 'Bearer of-the-caller' },
        body: { name: 'x' },
      }),
    ).toMatchObject({ status: 201, headers: { 'x-a': '1' }, data: { id: 7 } });
    expect(service.received[0]).toMatchObject({
      url: '/v1/items?a=1&b=2',
      body: '{"name":"x"}',
      headers: { authorization: 'Bearer of-the-caller', 'content-type': 'application/json' },
    });
  });

  it('fails for an error status, and gives the response to the caller', async () => {
    service.response = () => ({ status: 404, body: { reason: 'none' } });
    const error = await run({ url: 'https://api.example.com/none' }).then(
      () => new Error('completed'),
      (cause: Error) => cause,
    );
    expect(error).toMatchObject({ message: 'HTTP request failed: [404] Not Found' });
    expect(error instanceof ConnectorActionError && error.failedResponse).toMatchObject({
      status: 404,
      data: { reason: 'none' },
    });
  });

  it.each([
    ['Retry-After', { 'retry-after': '7' }, 7_000],
    ['Retry-After with a date', { 'retry-after': 'Wed, 01 Jan 2200 00:00:00 GMT' }, 86_400_000],
    ['X-RateLimit-Reset in seconds', { 'x-ratelimit-reset': '30' }, 30_000],
    ['X-RateLimit-Reset as an instant', { 'x-ratelimit-reset': '1000000001' }, 0],
    ['an unreadable header', { 'x-ratelimit-reset': 'soon' }, undefined],
  ])('states the wait before a retry for %s', async (_, headers, expected) => {
    service.response = () => ({ status: 429, headers });
    const failure = run({ url: 'https://api.example.com/' });
    await expect(failure).rejects.toMatchObject({ retryAfterMs: expected });
  });

  it('states the end of a rate limit as the wait only if no requests remain', async () => {
    const headers = { 'x-ratelimit-reset': '30', 'x-ratelimit-remaining': '5' };
    service.response = () => ({ status: 503, headers });
    await expect(run({ url: 'https://api.example.com/' })).rejects.toMatchObject({
      retryAfterMs: undefined,
      isRateLimit: false,
    });
    service.response = () => ({
      status: 403,
      headers: { ...headers, 'x-ratelimit-remaining': '0' },
    });
    await expect(run({ url: 'https://api.example.com/' })).rejects.toMatchObject({
      retryAfterMs: 30_000,
      isRateLimit: true,
    });
  });

  it('returns a redirect that the caller does not follow', async () => {
    service.response = () => ({ status: 302, headers: { location: '/next' } });
    const input = { url: 'https://api.example.com/', fetcher: { follow_redirects: false } };
    expect(await run(input)).toMatchObject({ status: 302, headers: { location: '/next' } });
  });

  it.each([
    'api.example.com/x',
    '/x',
    'file:///etc/passwd',
    'https://user:password@api.example.com/x',
    'https://api.example.com/../x',
    'https://api.example.com\\@evil.example.com/x',
  ])('is refused for the URL %j', async (url) => {
    await expect(run({ url })).rejects.toMatchObject({ code: 'invalid_input' });
    expect(service.received).toEqual([]);
  });

  it.each([
    [{}, 'url'],
    [{ url: 'https://api.example.com/', path: '/x' }, 'path'],
    [{ url: 'https://api.example.com/', fetcher: { skip_ssl_verification: true } }, 'skip_ssl'],
  ])('does not accept the input %j', (input, named) => {
    const { error } = httpSystem.actions['request']?.input.safeParse(input) ?? {};
    expect(JSON.stringify(error?.issues)).toContain(named);
  });
});
