import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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

  it('returns a response with an error status, so that the caller sees its body', async () => {
    service.response = () => ({ status: 404, body: { reason: 'none' } });
    expect(await run({ url: 'https://api.example.com/none' })).toMatchObject({
      status: 404,
      data: { reason: 'none' },
    });
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
