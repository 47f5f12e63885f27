import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { respond } from './respond.ts';
import { createRouterHarness, type RouterHarness } from './router_harness.mock.ts';

let harness: RouterHarness;
beforeEach(() => {
  harness = createRouterHarness();
  harness.http.createRouter().handle(
    {
      method: 'get',
      path: '/api/callback/{key}',
      access: 'public',
      summary: 'Come back',
      params: z.strictObject({ key: z.string().max(64) }),
      query: z.strictObject({ code: z.string().max(4096), state: z.string().max(512) }),
    },
    ({ query }) => respond.ok(query),
  );
  harness.http.createRouter().handle(
    {
      method: 'post',
      path: '/api/thing',
      access: 'public',
      summary: 'Make a thing',
      body: z
        .strictObject({
          name: z.string().min(1),
          size: z.union([z.number(), z.literal('big')]).optional(),
          inner: z.strictObject({ list: z.array(z.string()) }).optional(),
        })
        .nullish(),
      maxBodyBytes: 1000,
    },
    ({ body }) => respond.ok(body ?? 'empty'),
  );
});
afterEach(() => harness.close());

const callback = (query: string, key = 'k') =>
  harness.inject({ method: 'GET', url: `/api/callback/${key}?${query}` });

const post = (body: string | object, type = 'application/json') =>
  harness.inject({ method: 'POST', url: '/api/thing', headers: { 'content-type': type }, body });

describe('A24: a query', () => {
  it.each([
    ['a value given twice', 'code=a&code=b&state=c', '[request query.code]: expected string'],
    ['an array in brackets', 'code[]=a&state=c', '[request query.code]: expected string'],
    ['a missing value', 'code=a', '[request query.state]: expected string'],
    ['an unknown key', 'code=a&state=b&x=1', '[request query.x]: unknown key'],
    ['a NUL character', 'code=a%00&state=b', 'NUL'],
    ['a value of 64 KB', `code=${'a'.repeat(65_536)}&state=b`, 'too long'],
    ['a value over its bound', `code=${'a'.repeat(5000)}&state=b`, '[request query.code]: too big'],
    [
      'a key named __proto__',
      'code=a&state=b&__proto__=x',
      '[request query.__proto__]: unknown key',
    ],
  ])('is refused with 400 when it has %s', async (_, query, message) => {
    const response = await callback(query);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ statusCode: 400, error: 'Bad Request' });
    expect(response.text).toContain(message);
    expect(response.text.length).toBeLessThan(500);
  });

  it('is decoded exactly once', async () => {
    expect((await callback('code=a%2Bb+c%252F&state=%E2%82%AC')).body).toEqual({
      code: 'a+b c%2F',
      state: '€',
    });
  });

  it('never causes a 500, whatever it contains', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200, unit: 'binary-ascii' }), async (query) => {
        const url = `/api/callback/k?${query.replaceAll(/[^\x21-\x7e]/g, '')}`;
        expect((await harness.inject({ method: 'GET', url })).status).toBeLessThan(500);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a path', () => {
  it.each([
    ['a malformed escape', '/api/callback/%E0%A4%A', 400],
    ['a NUL character', '/api/callback/a%00b?code=a&state=b', 400],
    ['a malformed space id', '/s/Team%2F..%2Fa/api/callback/k', 404],
    ['an empty space id', '/s//api/callback/k', 404],
    ['only a space prefix', '/s/default', 404],
    ['dots that leave the folder', '/api/callback/../../etc', 404],
  ])('is refused with an error in the usual shape when it has %s', async (_, url, status) => {
    const response = await harness.inject({ method: 'GET', url });
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ statusCode: status, message: expect.any(String) });
    expect(response.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});

describe('a body', () => {
  it.each([
    ['a wrong type', { name: 7 }, '[request body.name]: expected string'],
    ['a missing value', {}, '[request body.name]: expected string'],
    ['an unknown key', { name: 'a', x: 1 }, '[request body.x]: unknown key'],
    ['a value out of bounds', { name: '' }, '[request body.name]: too small'],
    [
      'a deep wrong type',
      { name: 'a', inner: { list: [1] } },
      '[request body.inner.list.0]: expected string',
    ],
    ['a type outside a union', { name: 'a', size: [] }, '[request body.size]: expected number or'],
    ['a list instead of an object', [1], '[request body]: expected object'],
  ])('is refused with 400 and the name of the field when it has %s', async (_, body, message) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((response.body as { message: string }).message).toContain(message);
  });

  it('is never quoted in the error', async () => {
    const canary = { name: ['canary'], size: 'canary', inner: { list: 'canary' } };
    expect((await post(canary)).text).not.toContain('canary');
    expect((await post('{"canary": canary')).text).not.toContain('canary');
  });

  it.each([
    ['not JSON', '{', 'application/json', 400],
    ['JSON with __proto__', '{"__proto__": {"a": 1}}', 'application/json', 400],
    [
      'JSON with constructor.prototype',
      '{"constructor": {"prototype": {}}}',
      'application/json',
      400,
    ],
    ['too large', JSON.stringify({ name: 'x'.repeat(2000) }), 'application/json', 413],
    ['a form', 'name=a', 'application/x-www-form-urlencoded', 415],
    ['plain text', '{"name":"a"}', 'text/plain', 415],
    ['a type that is not supported', '{"name":"a"}', 'nonsense', 415],
    ['a type that only begins like that of JSON', '{"name":"a"}', 'application/jsonp', 415],
    ['a text type with the suffix +json', '{"name":"a"}', 'text/plain+json', 415],
    ['too deeply nested, with the suffix +json', '['.repeat(300), 'application/vnd.api+json', 400],
  ])('is refused: %s', async (_, body, type, status) => {
    const response = await post(body, type);
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ statusCode: status, message: expect.any(String) });
  });

  it.each(['none', 'optional', 'best_effort', 'required'] as const)(
    'F134: may have 32 KiB on a route with authentication `%s`, and more only with `required`',
    async (authentication) => {
      const path = `/api/${authentication}`;
      const route = {
        method: 'post',
        path,
        access: 'public',
        summary: 'Read',
        authentication,
      } as const;
      const router = harness.http.createRouter();
      router.handle({ ...route, body: z.unknown() }, () => respond.ok('read'));
      const statusOf = async (bytes: number) => {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify('x'.repeat(bytes - 2));
        return (await harness.inject({ method: 'POST', url: path, headers, body })).status;
      };
      expect(await statusOf(32 * 1024)).toBe(200);
      expect(await statusOf(32 * 1024 + 1)).toBe(authentication === 'required' ? 200 : 413);
    },
  );

  it.each(['application/vnd.api+json', 'application/json;charset=UTF-8', 'Application/JSON'])(
    'is read as JSON when its type is %s',
    async (type) => {
      expect((await post('{"name":"a"}', type)).status).toBe(200);
    },
  );

  it('may be empty, with or without a content type', async () => {
    expect((await post('')).text).toBe('empty');
    expect((await harness.inject({ method: 'POST', url: '/api/thing' })).text).toBe('empty');
  });

  it('A24: gets 400 when it is nested too deeply, even where the route would accept it', async () => {
    for (const body of ['['.repeat(9000), `${'['.repeat(900)}${']'.repeat(900)}`]) {
      const response = await harness.inject({
        method: 'POST',
        url: '/api/anything',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(response.status).toBe(400);
      expect(response.text).toContain('nested too deeply: at most 200 levels');
    }
  });

  it('is refused with 415 and an explanation when it is compressed', async () => {
    const response = await harness.inject({
      method: 'POST',
      url: '/api/thing',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: '\u001f\u008b',
    });
    expect(response).toMatchObject({ status: 415, headers: { 'accept-encoding': 'identity' } });
    expect(response.text).toContain('send it without content-encoding');
  });

  it('counts as absent when it is empty, with any content type', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' };
    const response = await harness.inject({ method: 'POST', url: '/api/thing', headers });
    expect(response).toMatchObject({ status: 200, text: 'empty' });
  });

  it('is read as JSON when it has no content type', async () => {
    const request = { method: 'POST', url: '/api/thing', body: '{"name":"a"}' } as const;
    expect((await harness.inject(request)).body).toEqual({ name: 'a' });
    expect((await harness.inject({ ...request, body: 'name=a' })).status).toBe(400);
  });

  it('is refused without a content type and kbn-xsrf, because another site can send such a request', async () => {
    const response = await harness.inject({
      method: 'POST',
      url: '/api/thing',
      body: '{"name":"a"}',
      defaultHeaders: false,
    });
    expect(response.status).toBe(400);
    expect(response.text).toContain('kbn-xsrf');
  });

  it('is refused without a content type on a route that does not require kbn-xsrf', async () => {
    await harness.close();
    harness = createRouterHarness();
    harness.http.createRouter().handle(
      {
        method: 'post',
        path: '/api/open',
        access: 'public',
        summary: 'x',
        xsrfRequired: false,
        body: z.unknown(),
      },
      () => respond.ok({}),
    );
    const request = { method: 'POST', url: '/api/open', body: '{}' } as const;
    expect((await harness.inject(request)).status).toBe(415);
  });

  it('may have a content type with a charset', async () => {
    expect((await post('{"name":"é"}', 'application/json; charset=utf-8')).body).toEqual({
      name: 'é',
    });
  });
});
