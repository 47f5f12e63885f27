import { SavedObjectError } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Route } from '../../common/index.ts';
import { HttpError } from './http_error.ts';
import { respond } from './respond.ts';
import { createRouterHarness, type RouterHarness } from './router_harness.mock.ts';

let harness: RouterHarness;
beforeEach(() => {
  harness = createRouterHarness({ spaces: ['team-a'] });
});
afterEach(() => harness.close());

const aRoute = (over: Partial<Route> = {}): Route => ({
  method: 'get',
  path: '/api/thing',
  access: 'public',
  summary: 'Read the thing',
  ...over,
});

describe('a route', () => {
  it('passes validated input, user and space to the handler', async () => {
    harness.http.createRouter().handle(
      {
        method: 'post',
        path: '/api/thing/{id}',
        access: 'public',
        summary: 'Try it',
        params: z.strictObject({ id: z.string() }),
        query: z.strictObject({ n: z.coerce.number() }),
        body: z.strictObject({ name: z.string().trim() }),
      },
      ({ params, query, body, user, spaceId, url, method }) =>
        respond.ok({ params, query, body, user: user?.username, spaceId, url, method }),
    );
    const { status, body } = await harness.inject({
      method: 'POST',
      url: '/s/team-a/api/thing/7?n=3',
      body: { name: ' x ' },
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        params: { id: '7' },
        query: { n: 3 },
        body: { name: 'x' },
        user: 'ana',
        spaceId: 'team-a',
        url: '/api/thing/7?n=3',
        method: 'POST',
      },
    });
  });

  it('hides the query and the body from a handler whose route has no schemas for them', async () => {
    harness.http
      .createRouter()
      .handle(aRoute({ method: 'post' }), ({ params, query, body }) =>
        respond.ok({ params, query, body: body ?? 'none' }),
      );
    const response = await harness.inject({
      method: 'POST',
      url: '/api/thing?a=1',
      body: { a: 1 },
    });
    expect(response.body).toEqual({ params: {}, query: {}, body: 'none' });
  });

  it('matches a path with and without its optional last part', async () => {
    harness.http.createRouter().handle(
      aRoute({
        path: '/api/thing/{id?}',
        params: z.strictObject({ id: z.string().optional() }),
      }),
      ({ params }) => respond.ok(params),
    );
    expect((await harness.inject({ method: 'GET', url: '/api/thing/7' })).body).toEqual({
      id: '7',
    });
    expect((await harness.inject({ method: 'GET', url: '/api/thing' })).body).toEqual({});
    expect((await harness.inject({ method: 'GET', url: '/api/thing/' })).status).toBe(200);
  });

  it('passes the rest of the path, decoded, by the name of the wildcard', async () => {
    harness.http.createRouter().handle(
      aRoute({
        path: '/app/{path*}',
        params: z.strictObject({ path: z.string() }),
      }),
      ({ params }) => respond.ok(params),
    );
    const response = await harness.inject({ method: 'GET', url: '/app/a/b%20c' });
    expect(response.body).toEqual({ path: 'a/b c' });
  });

  it.each([
    ['an object as JSON', { a: 1 }, 'application/json; charset=utf-8', '{"a":1}'],
    ['a text unchanged', 'hi', 'text/plain; charset=utf-8', 'hi'],
    ['a buffer unchanged', Buffer.from('hi'), 'application/octet-stream', 'hi'],
  ])('sends %s', async (_, body, type, text) => {
    harness.http.createRouter().handle(aRoute(), () => respond.ok(body));
    const response = await harness.inject({ method: 'GET', url: '/api/thing' });
    expect([response.headers['content-type'], response.text]).toEqual([type, text]);
  });

  it('sends no body for 204 and for redirects', async () => {
    const router = harness.http.createRouter();
    router.handle(aRoute({ path: '/a' }), () => respond.noContent());
    router.handle(aRoute({ path: '/b' }), () => respond.redirect('/c', { status: 303 }));
    expect(await harness.inject({ method: 'GET', url: '/a' })).toMatchObject({
      status: 204,
      text: '',
    });
    expect(await harness.inject({ method: 'GET', url: '/b' })).toMatchObject({
      status: 303,
      text: '',
      headers: { location: '/c' },
    });
  });

  it('serves HEAD like GET without a body, and lists allowed methods for OPTIONS', async () => {
    const router = harness.http.createRouter();
    router.handle(aRoute({ path: '/api/thing/{id}' }), () => respond.ok({ a: 1 }));
    router.handle(aRoute({ path: '/api/thing/{id}', method: 'delete' }), () => respond.noContent());
    expect(await harness.inject({ method: 'HEAD', url: '/api/thing/1' })).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '7' },
    });
    expect(
      await harness.inject({ method: 'OPTIONS', url: '/s/team-a/api/thing/1?a' }),
    ).toMatchObject({
      status: 204,
      headers: { allow: 'GET, HEAD, DELETE, OPTIONS' },
    });
    expect((await harness.inject({ method: 'OPTIONS', url: '/nowhere' })).status).toBe(404);
  });

  it.each([
    [aRoute({ path: '/api/thing/{id}' }), aRoute({ path: '/api/thing/{name}' })],
    [aRoute({ path: '/api/thing/{id?}' }), aRoute({ path: '/api/thing' })],
  ])('is refused when another route has the same path', (first, second) => {
    const router = harness.http.createRouter();
    router.handle(first, () => respond.noContent());
    expect(() => router.handle(second, () => respond.noContent())).toThrow(
      `Route GET ${second.path} is registered twice`,
    );
  });

  it.each(['api', '/a/{', '/a/{b?}/c', '/a/{b-c}'])('is refused for the path %s', (path) => {
    const router = harness.http.createRouter();
    expect(() => router.handle(aRoute({ path }), () => respond.noContent())).toThrow(path);
  });

  it('is refused when it is registered after the first request', async () => {
    await harness.inject({ method: 'GET', url: '/' });
    expect(() => harness.http.createRouter().handle(aRoute(), () => respond.noContent())).toThrow(
      'Route GET /api/thing must be registered in setup',
    );
  });
});

describe('the response to an error', () => {
  const responseTo = async (error: unknown, mapError?: (error: unknown) => undefined) => {
    harness.http.createRouter(mapError === undefined ? {} : { mapError }).handle(aRoute(), () => {
      throw error;
    });
    return harness.inject({ method: 'GET', url: '/api/thing?secret=canary' });
  };

  it('has the status and message of an HttpError', async () => {
    const error = new HttpError(429, 'Slow down', {
      headers: { 'retry-after': '9' },
      attributes: { code: 'throttled' },
    });
    expect(await responseTo(error)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '9' },
      body: {
        statusCode: 429,
        error: 'Too Many Requests',
        message: 'Slow down',
        attributes: { code: 'throttled' },
      },
    });
    expect(harness.logger.lines).toEqual([]);
  });

  it('comes from the error mapper of the router before any default', async () => {
    class TeapotError extends Error {}
    harness.http
      .createRouter({
        mapError: (error) =>
          error instanceof TeapotError
            ? { statusCode: 418, message: 'Short and stout' }
            : undefined,
      })
      .handle(aRoute(), () => {
        throw new TeapotError();
      });
    expect((await harness.inject({ method: 'GET', url: '/api/thing' })).body).toEqual({
      statusCode: 418,
      error: "I'm a Teapot",
      message: 'Short and stout',
      attributes: { code: 'bad_request' },
    });
  });

  it.each([
    ['not_found', 404],
    ['conflict', 409],
    ['contended', 409],
    ['invalid_attributes', 400],
    ['undecryptable', 500],
    ['newer_version', 503],
  ] as const)(
    'for the saved object error %s has the status %i and the message of the error',
    async (code, status) => {
      const error = new SavedObjectError(code, 'About [action:1]', { type: 'action', id: '1' });
      expect((await responseTo(error)).body).toMatchObject({
        statusCode: status,
        message: 'About [action:1]',
      });
    },
  );

  it('is 503 with a retry time when the store cannot be reached', async () => {
    const error = new SavedObjectError('store_unavailable', 'disk /secret/path is full', {
      type: 'a',
    });
    const response = await responseTo(error);
    expect(response).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(response.text).not.toContain('/secret/path');
  });

  it('hides message and stack of any other error, which is logged once with its route', async () => {
    const response = await responseTo(
      new Error('canary in message', { cause: new Error('canary') }),
    );
    expect(response.body).toEqual({
      statusCode: 500,
      error: 'Internal Server Error',
      message: 'An internal server error occurred.',
      attributes: { requestId: response.headers['x-request-id'] },
    });
    expect(response.text).not.toContain('canary');
    expect(harness.logger.lines).toEqual([
      expect.objectContaining({ level: 'error', message: 'GET /api/thing failed with 500' }),
    ]);
    expect(JSON.stringify(harness.logger.lines[0]?.meta?.['http'])).not.toContain('canary');
  });

  it.each([['a string'], [undefined], [null], [{ statusCode: 200, message: 'canary' }]])(
    'is 500 when %o is thrown',
    async (thrown) => {
      const response = await responseTo(thrown);
      expect(response.status).toBe(500);
      expect(response.text).not.toContain('canary');
    },
  );

  it('ignores the status of an unknown error object', async () => {
    const response = await responseTo(Object.assign(new Error('canary'), { statusCode: 404 }));
    expect(response.status).toBe(500);
    expect(response.text).not.toContain('canary');
  });

  it.each([
    [{ code: 'FST_ERR_NEW', statusCode: 422 }, 422, 'Unprocessable Entity'],
    [{ code: 'FST_ERR_NEW', statusCode: 503 }, 500, 'An internal server error occurred.'],
    [{ code: 'FST_ERR_NEW' }, 500, 'An internal server error occurred.'],
  ])('for the unknown framework error %j has the status %i', async (facts, status, message) => {
    const response = await responseTo(Object.assign(new Error('canary'), facts));
    expect(response).toMatchObject({ status, body: { message } });
    expect(response.text).not.toContain('canary');
  });

  it('is 500 when the error mapper itself fails', async () => {
    const response = await responseTo(new Error('first'), () => {
      throw new Error('second');
    });
    expect(response.status).toBe(500);
    expect(harness.logger.lines[0]?.meta?.error).toMatchObject({ message: 'first' });
  });

  it('has the same shape for unknown paths and methods', async () => {
    harness.http.createRouter().handle(aRoute(), () => respond.noContent());
    const body = {
      statusCode: 404,
      error: 'Not Found',
      message: 'Not Found',
      attributes: { code: 'not_found' },
    };
    expect((await harness.inject({ method: 'GET', url: '/api/none' })).body).toEqual(body);
    expect((await harness.inject({ method: 'PUT', url: '/api/thing' })).body).toEqual(body);
  });
});
