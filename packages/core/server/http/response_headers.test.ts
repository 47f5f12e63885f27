import { afterEach, describe, expect, it } from 'vitest';
import { respond } from './respond.ts';
import {
  createRouterHarness,
  type RouterHarness,
  type RouterHarnessOptions,
} from './router_harness.mock.ts';
import type { RouteResponse } from './types.ts';

let harness: RouterHarness;
afterEach(() => harness.close());

function responding(response: RouteResponse | Error, options: RouterHarnessOptions = {}): void {
  harness = createRouterHarness(options);
  harness.http
    .createRouter()
    .handle({ method: 'get', path: '/api/x', access: 'public', summary: 'x' }, () => {
      if (response instanceof Error) throw response;
      return response;
    });
}

describe('A30: every response', () => {
  it.each([
    ['a success', respond.ok({}), '/api/x', 200],
    ['a page', respond.html(400, '<p>no</p>'), '/api/x', 400],
    ['a redirect', respond.redirect('/y'), '/api/x', 302],
    ['a failure', new Error('x'), '/api/x', 500],
    ['an unknown path', respond.ok({}), '/none', 404],
    ['an unknown space', respond.ok({}), '/s/none/api/x', 404],
    ['a malformed URL', respond.ok({}), '/%E0%A4%A', 400],
    ['an overlong URL', respond.ok({}), `/api/x?${'a'.repeat(20_000)}`, 400],
  ])('forbids framing and content sniffing (%s)', async (_, response, url, status) => {
    responding(response);
    const received = await harness.inject({ method: 'GET', url });
    expect(received.status).toBe(status);
    expect(received.headers).toMatchObject({
      'content-security-policy':
        "default-src 'self';script-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(received.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
    expect(received.headers['strict-transport-security']).toBeUndefined();
    expect(received.headers['x-powered-by']).toBeUndefined();
  });

  it('has the header Strict-Transport-Security if browsers connect over https', async () => {
    responding(respond.ok({}), { publicBaseUrl: 'https://a.example' });
    const received = await harness.inject({ method: 'GET', url: '/api/x' });
    expect(received.headers['strict-transport-security']).toContain('max-age=31536000');
  });

  it.each(['max-age=60', null])(
    'has the configured header Strict-Transport-Security: %o',
    async (value) => {
      responding(respond.ok({}), {
        publicBaseUrl: 'https://a.example',
        config: { strictTransportSecurity: value },
      });
      const received = await harness.inject({ method: 'GET', url: '/api/x' });
      expect(received.headers['strict-transport-security']).toBe(value ?? undefined);
    },
  );

  it('names the API version in public responses, and the server only to signed-in callers', async () => {
    responding(respond.ok({}), { config: { name: 'box-7' } });
    const received = await harness.inject({ method: 'GET', url: '/api/x' });
    expect(received.headers).toMatchObject({
      'elastic-api-version': '2023-10-31',
      'kbn-name': 'box-7',
    });
    const anonymous = await harness.inject({ method: 'GET', url: '/api/x', user: null });
    expect(anonymous.headers['kbn-name']).toBeUndefined();
  });

  it('names the same API version, whichever version the caller requests', async () => {
    responding(respond.ok({}));
    const headers = { 'elastic-api-version': '1999-01-01' };
    const received = await harness.inject({ method: 'GET', url: '/api/x', headers });
    expect(received).toMatchObject({
      status: 200,
      headers: { 'elastic-api-version': '2023-10-31' },
    });
  });

  it('lets a handler set its policy and caching headers', async () => {
    responding(
      respond.ok({}, { headers: { 'Content-Security-Policy': 'x', 'cache-control': 'private' } }),
    );
    expect((await harness.inject({ method: 'GET', url: '/api/x' })).headers).toMatchObject({
      'content-security-policy': 'x',
      'cache-control': 'private',
    });
  });

  it.each([
    ['abc-DEF_123', true],
    ['a'.repeat(64), true],
    ['a'.repeat(65), false],
    ['a b', false],
    ['<script>', false],
    ['', false],
  ])(
    'contains the request id %o that a trusted client chose (expected: %o)',
    async (id, isKept) => {
      const requestId = { allowFromAnyIp: true, ipAllowlist: [] };
      responding(respond.ok({}), { config: { requestId } });
      for (const name of ['x-request-id', 'x-opaque-id']) {
        const headers = { [name]: id };
        const received = await harness.inject({ method: 'GET', url: '/api/x', headers });
        expect(received.headers['x-request-id'] === id).toBe(isKept);
      }
    },
  );

  it.each([
    [{ allowFromAnyIp: false, ipAllowlist: [] }, false],
    [{ allowFromAnyIp: false, ipAllowlist: ['192.0.2.1'] }, false],
    [{ allowFromAnyIp: false, ipAllowlist: ['192.0.2.1', '127.0.0.1'] }, true],
    [{ allowFromAnyIp: true, ipAllowlist: [] }, true],
  ])(
    'with the setting %j, contains the request id that 127.0.0.1 chose (expected: %o)',
    async (requestId, isTaken) => {
      responding(respond.ok({}), { config: { requestId } });
      const headers = { 'x-request-id': 'forged', 'x-forwarded-for': '192.0.2.1' };
      const received = await harness.inject({ method: 'GET', url: '/api/x', headers });
      expect(received.headers['x-request-id'] === 'forged').toBe(isTaken);
    },
  );
});

describe('a cookie', () => {
  const setCookie = async (options: RouterHarnessOptions, cookie = {}) => {
    const cookies = [{ name: 'sid', value: 'v', ...cookie }];
    responding(respond.ok({}, { cookies }), options);
    const received = await harness.inject({ method: 'GET', url: '/api/x' });
    return String(received.headers['set-cookie']);
  };

  it.each([
    [{}, {}, 'sid=v; Path=/; HttpOnly; SameSite=Lax'],
    [{ basePath: '/b' }, {}, 'sid=v; Path=/b; HttpOnly; SameSite=Lax'],
    [{ publicBaseUrl: 'https://a' }, {}, '__Host-sid=v; Path=/; HttpOnly; Secure; SameSite=Lax'],
    [
      { publicBaseUrl: 'https://a/b', basePath: '/b' },
      {},
      'sid=v; Path=/b; HttpOnly; Secure; SameSite=Lax',
    ],
    [
      {},
      { maxAgeSeconds: 60, sameSite: 'strict' },
      'sid=v; Max-Age=60; Path=/; HttpOnly; SameSite=Strict',
    ],
    [
      {},
      { value: '' },
      'sid=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
    ],
  ])('for the options %j and the values %j, is set as: %s', async (options, cookie, expected) => {
    expect(await setCookie(options, cookie)).toBe(expected);
  });

  it('is sent once, with the value of the handler, when the guard sets the same cookie', async () => {
    harness = createRouterHarness();
    harness.http.registerAuthenticator(async () => ({
      type: 'unauthenticated',
      reason: 'r',
      cookies: ['sid', 'other'].map((name) => ({ name, value: '' })),
    }));
    harness.http.createRouter().handle(
      {
        method: 'get',
        path: '/api/x',
        access: 'public',
        summary: 'x',
        authentication: 'optional',
      },
      () => respond.ok({}, { cookies: [{ name: 'sid', value: 'new' }] }),
    );
    const { cookies } = await harness.inject({ method: 'GET', url: '/api/x' });
    expect(cookies.map(({ name, value }) => [name, value])).toEqual([
      ['sid', 'new'],
      ['other', ''],
    ]);
  });

  it('is passed to handlers', async () => {
    harness = createRouterHarness();
    harness.http
      .createRouter()
      .handle({ method: 'get', path: '/api/x', access: 'public', summary: 'x' }, ({ cookies }) =>
        respond.ok(cookies),
      );
    const headers = { cookie: 'a=1; b=%20; a=2' };
    const received = await harness.inject({ method: 'GET', url: '/api/x', headers });
    expect(received.body).toEqual({ a: '1', b: ' ' });
  });
});

describe('a cookie on https without a base path', () => {
  const asked = async (cookie: string) => {
    harness = createRouterHarness({ publicBaseUrl: 'https://a.example' });
    harness.http
      .createRouter()
      .handle(
        { method: 'get', path: '/api/x', access: 'public', summary: 'x' },
        ({ cookies, unprefixedCookies }) => respond.ok({ cookies, unprefixedCookies }),
      );
    return (await harness.inject({ method: 'GET', url: '/api/x', headers: { cookie } })).body;
  };

  it('is not confused with a cookie of the same name that a sibling subdomain set', async () => {
    expect(await asked('sid=planted; __Host-sid=own; __Host-a=1; b=2')).toEqual({
      cookies: { sid: 'own', a: '1' },
      unprefixedCookies: { sid: 'planted', b: '2' },
    });
  });

  it('is cleared together with the unprefixed cookie of an earlier version', async () => {
    responding(respond.ok({}, { cookies: [{ name: 'sid', value: '' }] }), {
      publicBaseUrl: 'https://a.example',
    });
    const { cookies } = await harness.inject({ method: 'GET', url: '/api/x' });
    expect(cookies.map(({ name, value }) => [name, value])).toEqual([
      ['__Host-sid', ''],
      ['sid', ''],
    ]);
  });
});

describe('the URL builder', () => {
  it('prefixes paths with the base path and the space, except for the default space', () => {
    responding(respond.ok({}), { basePath: '/b', publicBaseUrl: 'https://a.example/b' });
    const { urls } = harness.http;
    expect(urls.path('/x')).toBe('/b/x');
    expect(urls.path('/x', 'default')).toBe('/b/x');
    expect(urls.path('/x', 'team')).toBe('/b/s/team/x');
    expect(urls.publicUrl('/x', 'team')).toBe('https://a.example/b/s/team/x');
  });

  it('responds 404 to a path without the base path', async () => {
    responding(respond.ok({}), { basePath: '/b' });
    expect((await harness.inject({ method: 'GET', url: '/api/x' })).status).toBe(200);
    expect((await harness.inject({ method: 'GET', url: '/bx/api/x' })).status).toBe(404);
  });
});
