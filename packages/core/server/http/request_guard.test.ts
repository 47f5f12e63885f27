import { StoreError } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Route } from '../../common/index.ts';
import { aNotFoundPage, anHttpConfig } from './http_config.mock.ts';
import { HttpError } from './http_error.ts';
import { anAuthenticatedUser } from './principal.mock.ts';
import { respond } from './respond.ts';
import {
  createRouterHarness,
  type RouterHarness,
  type RouterHarnessOptions,
} from './router_harness.mock.ts';
import type { AuthenticationRequest } from './types.ts';

let harness: RouterHarness;
let handled: number;
beforeEach(() => {
  handled = 0;
});
afterEach(() => harness.close());

/** A route that needs a privilege. */
const PRIVILEGED = { privileges: ['thing:write'] };
/** A route that needs a privilege and a body. */
const GUARDED = { ...PRIVILEGED, body: z.strictObject({ name: z.string() }) };

function guarded(
  route: Partial<Route> = GUARDED,
  options: RouterHarnessOptions = {},
): RouterHarness {
  harness = createRouterHarness(options);
  harness.http.createRouter().handle(
    {
      method: 'post',
      path: '/internal/thing',
      access: 'internal',
      summary: 'Do it',
      ...route,
    },
    ({ user }) => {
      handled += 1;
      return respond.ok({ user: user?.username ?? 'nobody' });
    },
  );
  return harness;
}

describe('the request guard', () => {
  const XSRF = { 'kbn-xsrf': 'x' };
  const BOTH = { ...XSRF, 'x-elastic-internal-origin': 'kibana' };
  // Each row satisfies one rule more than the row before, so the response shows the next rule that
  // is checked.
  it.each([
    ['the cross-site header', {}, null, '/s/none', ['thing:write'], '{', 400, 'kbn-xsrf'],
    [
      'the internal header',
      XSRF,
      null,
      '/s/none',
      ['thing:write'],
      '{',
      400,
      'x-elastic-internal-origin',
    ],
    ['the user', BOTH, null, '/s/none', ['thing:write'], '{', 401, 'Sign in'],
    ['the space', BOTH, undefined, '/s/none', ['thing:write'], '{', 404, 'Not Found'],
    ['privileges', BOTH, undefined, '', ['thing:write'], '{', 403, 'thing:write'],
    ['the form of the body', BOTH, undefined, '', [], '{', 400, 'not valid JSON'],
    [
      'the content of the body',
      BOTH,
      undefined,
      '',
      [],
      '{"name":7}',
      400,
      '[request body.name]: expected string',
    ],
    [
      'nothing, because all rules are satisfied',
      BOTH,
      undefined,
      '',
      [],
      '{"name":"x"}',
      200,
      'ana',
    ],
  ] as const)(
    'checks its rules in a fixed order; the first failed rule is: %s',
    async (_, headers, user, space, missing, body, status, text) => {
      guarded(GUARDED, { missingPrivileges: missing, ...(user === null ? { user } : {}) });
      const response = await harness.inject({
        method: 'POST',
        url: `${space}/internal/thing`,
        headers: { ...headers, 'content-type': 'application/json' },
        body,
        defaultHeaders: false,
      });
      expect(response.status).toBe(status);
      expect(response.text).toContain(text);
      expect(handled).toBe(status === 200 ? 1 : 0);
    },
  );

  it('accepts kbn-version, which Kibana’s own pages send, instead of kbn-xsrf', async () => {
    guarded({ ...PRIVILEGED, access: 'public' });
    const headers = { 'kbn-version': '9.0.0' };
    const request = { method: 'POST', url: '/internal/thing', defaultHeaders: false } as const;
    expect((await harness.inject({ ...request, headers })).status).toBe(200);
    expect((await harness.inject(request)).status).toBe(400);
  });

  it('accepts the internal declaration in the query and hides it from the schema of the route', async () => {
    guarded({ ...PRIVILEGED, method: 'get', query: z.strictObject({ a: z.string().optional() }) });
    const ask = (query: string) =>
      harness.inject({ method: 'GET', url: `/internal/thing${query}`, defaultHeaders: false });
    expect((await ask('?elasticInternalOrigin=true&a=1')).status).toBe(200);
    expect((await ask('?elasticInternalOrigin=false')).status).toBe(400);
    expect((await ask('')).status).toBe(400);
  });

  it('requires kbn-xsrf even when the query declares the request internal', async () => {
    guarded(PRIVILEGED);
    const url = '/internal/thing?elasticInternalOrigin=true';
    const response = await harness.inject({ method: 'POST', url, defaultHeaders: false });
    expect(response.status).toBe(400);
    expect(response.text).toContain('kbn-xsrf');
  });

  it('requires no cross-site header for read requests, and for routes that declare it unnecessary', async () => {
    guarded({ ...PRIVILEGED, method: 'get', access: 'public' });
    const read = { method: 'GET', url: '/internal/thing', defaultHeaders: false } as const;
    expect((await harness.inject(read)).status).toBe(200);
    expect((await harness.inject({ ...read, method: 'HEAD' })).status).toBe(200);
    await harness.close();
    guarded({ access: 'public', xsrfRequired: false });
    expect((await harness.inject({ ...read, method: 'POST' })).status).toBe(200);
  });

  it('admits a request without a user where authentication is optional, but checks privileges', async () => {
    guarded({ method: 'get', authentication: 'optional' }, { user: null });
    const request = { method: 'GET', url: '/internal/thing' } as const;
    expect((await harness.inject(request)).body).toEqual({ user: 'nobody' });
    await harness.close();
    guarded({ method: 'get', authentication: 'optional', privileges: ['a'] }, { user: null });
    expect((await harness.inject(request)).status).toBe(401);
  });

  it('treats a caller as anonymous when the store is unavailable, but only on best-effort routes', async () => {
    const request = { method: 'GET', url: '/internal/thing' } as const;
    for (const [authentication, status] of [
      ['best_effort', 200],
      ['optional', 503],
    ] as const) {
      guarded({ method: 'get', authentication });
      harness.http.registerAuthenticator(async () => {
        throw new StoreError('unavailable', 'The store is unavailable.');
      });
      expect((await harness.inject(request)).status).toBe(status);
      await harness.close();
    }
  });

  it('does not check credentials when the route has no authentication', async () => {
    guarded({ method: 'get', authentication: 'none' });
    let calls = 0;
    harness.http.registerAuthenticator(async () => {
      calls += 1;
      return { type: 'authenticated', user: anAuthenticatedUser() };
    });
    const response = await harness.inject({ method: 'GET', url: '/internal/thing' });
    expect([calls, response.body]).toEqual([0, { user: 'nobody' }]);
  });

  it("sends the name of the session's user, and refuses changes from the page of another user", async () => {
    const change = { method: 'POST', url: '/internal/thing', body: { name: 'x' } } as const;
    guarded(GUARDED, { user: anAuthenticatedUser({ username: 'ana maria' }) });
    const own = await harness.inject({ ...change, headers: { 'x-latchkey-user': 'ana%20maria' } });
    expect(own.headers['x-latchkey-user']).toBe('ana%20maria');
    expect(own.status).toBe(200);
    const foreign = await harness.inject({ ...change, headers: { 'x-latchkey-user': 'ben' } });
    expect(foreign.status).toBe(412);
    expect(foreign.body).toMatchObject({ attributes: { code: 'other_user' } });
    expect(handled).toBe(1);
  });

  it('sends a 401 with a challenge that does not open a login dialog in browsers', async () => {
    guarded(GUARDED, { user: null });
    const response = await harness.inject({ method: 'POST', url: '/internal/thing' });
    expect(response.headers['www-authenticate']).toBe('ApiKey');
  });

  it('returns the error that the authenticator throws', async () => {
    guarded();
    harness.http.registerAuthenticator(async () => {
      throw new HttpError(429, 'Too many attempts');
    });
    const response = await harness.inject({ method: 'POST', url: '/internal/thing' });
    expect(response).toMatchObject({ status: 429, body: { message: 'Too many attempts' } });
  });

  it('does not read the body of a request that is refused', async () => {
    guarded({ ...GUARDED, maxBodyBytes: 10 }, { user: null });
    const response = await harness.inject({
      method: 'POST',
      url: '/internal/thing',
      body: { name: 'x'.repeat(1000) },
    });
    expect(response.status).toBe(401);
  });
});

describe('F71: without credentials', () => {
  it.each(['none', 'optional', 'best_effort', 'required'] as const)(
    'a route with the authentication %s responds the same in every space, whether it exists or not',
    async (authentication) => {
      guarded({ method: 'get', authentication }, { user: null, spaces: ['a'] });
      const responses = await Promise.all(
        ['/s/a', '/s/unknown', ''].map(async (prefix) => {
          const url = `${prefix}/internal/thing`;
          const { status, text } = await harness.inject({ method: 'GET', url });
          return { status, text };
        }),
      );
      expect(responses[1]).toEqual(responses[0]);
      expect(responses[2]).toEqual(responses[0]);
    },
  );
});

describe('a browser that navigates without a session', () => {
  const page = { method: 'get', path: '/app/x', access: 'public' } as const;
  const navigate = {
    method: 'GET',
    headers: { accept: 'text/html,*/*' },
    defaultHeaders: false,
  } as const;
  const calls: AuthenticationRequest[] = [];

  function loginPage(route: Partial<Route>, options: RouterHarnessOptions = {}): void {
    guarded(route, options);
    harness.http.registerAuthenticator(async (request) => {
      calls.push(request);
      return {
        type: 'unauthenticated',
        redirectTo: '/login',
        cookies: [{ name: 'sid', value: '' }],
      };
    });
  }

  it('is sent to the login page with the requested path', async () => {
    loginPage(page, { basePath: '/base', spaces: ['a'] });
    const response = await harness.inject({ ...navigate, url: '/s/a/app/x?tab=1' });
    expect(response).toMatchObject({ status: 302, headers: { location: '/login' }, text: '' });
    expect(response.cookies[0]).toMatchObject({ name: 'sid', value: '', path: '/base' });
    expect(calls.at(-1)?.navigation).toEqual({ returnPath: '/base/s/a/app/x?tab=1' });
    expect(handled).toBe(0);
  });

  it.each([
    ['/api/thing', {}, undefined, 401],
    ['/internal/thing', {}, undefined, 401],
    ['/metrics', {}, undefined, 401],
    ['/apiary', {}, undefined, 302],
    ['/api/link', {}, true, 302],
    ['/app/x', { 'kbn-xsrf': 'x' }, undefined, 401],
    ['/app/x', { 'kbn-version': '9.0.0' }, undefined, 401],
    ['/app/x', {}, false, 401],
  ])(
    'to %s with the headers %j (isPage of the route: %o) gets %i',
    async (path, extra, isPage, status) => {
      loginPage({ ...page, path, ...(isPage === undefined ? {} : { isPage }) });
      const headers = { ...navigate.headers, ...extra };
      const response = await harness.inject({
        method: 'GET',
        url: path,
        headers,
        defaultHeaders: false,
      });
      expect(response.status).toBe(status);
      expect(calls.at(-1)?.navigation !== undefined).toBe(status === 302);
    },
  );

  it('gets the page when authentication is optional', async () => {
    loginPage({ ...page, authentication: 'optional' });
    expect((await harness.inject({ ...navigate, url: '/app/x' })).status).toBe(200);
    expect(calls.at(-1)?.navigation).toBeUndefined();
  });

  it('gets a redirect where a program gets 401', async () => {
    loginPage(page);
    expect((await harness.inject({ method: 'GET', url: '/app/x' })).status).toBe(401);
  });
});

describe('the address of a space that does not exist', () => {
  const page = { method: 'get', path: '/app/x', access: 'public' } as const;

  it('shows a browser a page that leads to the start page', async () => {
    guarded(page, { user: anAuthenticatedUser(), basePath: '/base', spaces: ['a'] });
    const response = await harness.inject({
      method: 'GET',
      url: '/s/none/app/x',
      headers: { accept: 'text/html,*/*' },
      defaultHeaders: false,
    });
    expect(response.status).toBe(404);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.text).toContain('<h1>space not found</h1>');
    expect(response.text).toContain('href="/base/"');
    expect(handled).toBe(0);
  });

  it('gives a program the error as JSON', async () => {
    guarded(page, { user: anAuthenticatedUser(), spaces: ['a'] });
    const response = await harness.inject({ method: 'GET', url: '/s/none/app/x' });
    expect(response).toMatchObject({ status: 404, body: { message: 'Not Found' } });
    expect(response.headers['x-latchkey-unknown-space']).toBe('true');
    expect(handled).toBe(0);
  });
});

describe('an address without a route', () => {
  const get = (url: string, accept: string) =>
    harness.inject({ method: 'GET', url, headers: { accept }, defaultHeaders: false });

  it.each([
    ['/app', 404],
    ['/base/app', 404],
    ['/s/Team/app/x', 404],
    ['/app/%ff', 400],
    ['/?q=%00', 400],
  ])('shows a browser at %s a page that leads to the start page', async (url, status) => {
    harness = createRouterHarness({ basePath: '/base' });
    const response = await get(url, 'text/html,*/*');
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.text).toContain('<h1>page not found</h1>');
    expect(response.text).toContain('href="/base/"');
  });

  it.each([
    ['/app', '*/*'],
    ['/api/nothing', 'text/html'],
    ['/internal/nothing', 'text/html'],
  ])('gives the error as JSON at %s to a client that accepts %s', async (url, accept) => {
    harness = createRouterHarness();
    expect(await get(url, accept)).toMatchObject({ status: 404, body: { message: 'Not Found' } });
  });
});

describe('a server without plugins', () => {
  it('has no users and no privileges, and hides which spaces exist', async () => {
    const { HttpService } = await import('./http_service.ts');
    const { createLoggerMock } = await import('../logging/logger.mock.ts');
    const { systemClock, systemRandomness } = await import('../time/index.ts');
    harness = createRouterHarness();
    const service = new HttpService({
      config: anHttpConfig(),
      logger: createLoggerMock(),
      clock: systemClock,
      randomness: systemRandomness,
      notFoundPage: aNotFoundPage,
    });
    const router = service.setup.createRouter();
    const base = { method: 'get', access: 'public', summary: 'x' } as const;
    router.handle({ ...base, path: '/a' }, () => respond.noContent());
    router.handle({ ...base, path: '/b', authentication: 'none' }, () => respond.noContent());
    router.handle({ ...base, path: '/c', authentication: 'none', privileges: ['x'] }, () =>
      respond.noContent(),
    );
    const statusOf = async (url: string) => (await service.inject({ url })).statusCode;
    expect(await statusOf('/a')).toBe(401);
    expect(await statusOf('/b')).toBe(204);
    expect(await statusOf('/c')).toBe(401);
    // Without a user, no response may reveal whether the space exists.
    expect(await statusOf('/s/other/b')).toBe(204);
    expect(await statusOf('/s/default/b')).toBe(204);
    await service.stop();
  });

  it.each(['registerAuthenticator', 'registerAuthorizer', 'registerSpaceGuard'] as const)(
    '%s accepts exactly one hook, during setup',
    async (register) => {
      harness = createRouterHarness();
      harness.http[register](async () => ({ type: 'unauthenticated' }) as never);
      expect(() => harness.http[register](async () => [] as never)).toThrow('registered twice');
    },
  );
});
