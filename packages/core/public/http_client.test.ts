import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineRoute } from '../common/index.ts';
import { createRouterHarness, type RouterHarness } from '../server/harness.ts';
import { HttpError, respond } from '../server/index.ts';
import { type Fetch, HttpClient, HttpClientError } from './index.ts';

const thing = z.object({ id: z.string(), size: z.number() });

const createThing = defineRoute({
  method: 'post',
  path: '/internal/thing/{id}',
  access: 'internal',
  summary: 'Create a thing',
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ dry_run: z.enum(['true', 'false']).default('false') }),
  body: z.strictObject({ size: z.number().max(10) }),
  responses: {
    200: { description: 'The thing', body: thing },
    202: { description: 'It will be created', body: z.object({ task: z.string() }) },
  },
});

const listThings = defineRoute({
  method: 'get',
  path: '/api/thing',
  access: 'public',
  summary: 'List things',
  query: z.strictObject({ tag: z.array(z.string()).or(z.string()).optional() }),
  responses: { 200: { description: 'Things', body: z.array(thing) } },
});

const deleteThing = defineRoute({
  method: 'delete',
  path: '/api/thing/{id}',
  access: 'public',
  summary: 'Delete a thing',
  params: z.strictObject({ id: z.string() }),
  responses: { 204: { description: 'Deleted' } },
});

let harness: RouterHarness;
let client: HttpClient;

beforeEach(() => {
  harness = createRouterHarness({ basePath: '/base', spaces: ['team'] });
  const router = harness.http.createRouter();
  router.handle(createThing, ({ params, query, body, spaceId }) => {
    if (params.id === 'taken') {
      throw new HttpError(409, 'The id is taken', { attributes: { code: 'thing_exists' } });
    }
    return query.dry_run === 'true'
      ? respond.json(202, { task: spaceId })
      : respond.ok({ id: params.id, size: body.size });
  });
  router.handle(listThings, ({ query }) =>
    respond.ok([query.tag ?? []].flat().map((id) => ({ id, size: 1 }))),
  );
  router.handle(deleteThing, () => respond.noContent({ headers: { warning: '299 - "late"' } }));
  client = new HttpClient({ fetch: harness.fetch, baseUrl: '/base' });
});
afterEach(() => harness.close());

const errorOf = async (call: Promise<unknown>): Promise<HttpClientError> => {
  const error = await call.catch((caught: unknown) => caught);
  if (error instanceof HttpClientError) return error;
  throw new Error(`expected an HttpClientError, got ${error}`);
};

const respondWith =
  (status: number, text: string, type = 'application/json'): Fetch =>
  async () => ({ status, headers: { get: () => type }, text: async () => text });

describe('the HTTP client of the browser', () => {
  it('sends path parameters, query and body, and returns the response body', async () => {
    const body = await client.call(createThing, { params: { id: 'a/b' }, body: { size: 3 } });
    const expected: { id: string; size: number } | { task: string } = { id: 'a/b', size: 3 };
    expect(body).toEqual(expected);
  });

  it('returns the status, which determines the type of the body', async () => {
    const response = await client.inSpace('team').send(createThing, {
      params: { id: 'x' },
      query: { dry_run: 'true' },
      body: { size: 3 },
    });
    if (response.status !== 202) throw new Error('expected 202');
    expect(response.body.task).toBe('team');
  });

  it('needs no input when the route requires none, and sends a list as repeated parameters', async () => {
    expect(await client.call(listThings)).toEqual([]);
    const things = await client.call(listThings, { query: { tag: ['a', 'b'] } });
    expect(things.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('returns headers and no body for status 204', async () => {
    const { status, body, headers } = await client.send(deleteThing, { params: { id: 'x' } });
    expect([status, body, headers.get('Warning')]).toEqual([204, undefined, '299 - "late"']);
  });

  it('sends the headers of the client and those of the call', async () => {
    let sent: Readonly<Record<string, string>> = {};
    const fetch: Fetch = (url, init) => {
      sent = init.headers;
      return harness.fetch(url, init);
    };
    const own = new HttpClient({ fetch, baseUrl: '/base', headers: { authorization: 'ApiKey k' } });
    await own.call(listThings, { headers: { 'x-opaque-id': 'o' } });
    expect(sent).toEqual({ authorization: 'ApiKey k', 'x-opaque-id': 'o', 'kbn-xsrf': 'true' });
  });

  it('requests texts in the language that is set at the time of the call', async () => {
    const sent: (string | undefined)[] = [];
    const fetch: Fetch = (url, init) => {
      sent.push(init.headers['accept-language']);
      return harness.fetch(url, init);
    };
    let language = 'en';
    const own = new HttpClient({ fetch, baseUrl: '/base', language: () => language });
    await own.call(listThings);
    language = 'de';
    await own
      .inSpace('team')
      .call(listThings)
      .catch(() => undefined);
    expect(sent).toEqual(['en', 'de']);
  });

  it('fails with the status and the error body of the response when the server refuses', async () => {
    const call = client.call(createThing, { params: { id: 'taken' }, body: { size: 3 } });
    expect(await errorOf(call)).toMatchObject({
      code: 'request_failed',
      status: 409,
      message: 'The id is taken',
      body: { error: 'Conflict', attributes: { code: 'thing_exists' } },
    });
  });

  it('names the invalid input in its error, but does not contain its value', async () => {
    const error = await errorOf(
      client.call(createThing, { params: { id: 'x' }, body: { size: 99 } }),
    );
    expect(error).toMatchObject({ status: 400 });
    expect(error.message).toContain('[request body.size]');
  });

  it('has no error body when a proxy responds in its own format', async () => {
    const own = new HttpClient({ fetch: respondWith(502, '<h1>Bad', 'text/html'), baseUrl: '' });
    const error = await errorOf(own.call(listThings));
    expect(error).toMatchObject({ code: 'request_failed', status: 502, body: undefined });
    expect(error.message).toBe('GET /api/thing failed with 502');
  });

  it.each([
    ['fields are missing', 200, '[{"id":"a"}]', 'application/json'],
    ['the JSON is cut off', 200, '[{"id":', 'application/json'],
    ['the body is a page', 200, '<html>', 'text/html'],
    ['the status is not documented', 206, '[]', 'application/json'],
  ])('rejects a success response when %s', async (_, status, text, type) => {
    const own = new HttpClient({ fetch: respondWith(status, text, type), baseUrl: '' });
    expect(await errorOf(own.call(listThings))).toMatchObject({ code: 'invalid_response', status });
  });

  it('ignores fields that a newer server adds', async () => {
    const text = '[{"id":"a","size":1,"color":"red"}]';
    const own = new HttpClient({ fetch: respondWith(200, text), baseUrl: '' });
    expect(await own.call(listThings)).toEqual([{ id: 'a', size: 1 }]);
  });

  it('distinguishes an unreachable server from a call that the caller cancelled', async () => {
    const fetch: Fetch = async (_, { signal }) => {
      signal?.throwIfAborted();
      throw new TypeError('fetch failed');
    };
    const own = new HttpClient({ fetch, baseUrl: '' });
    expect(await errorOf(own.call(listThings))).toMatchObject({ code: 'server_unreachable' });
    const signal = AbortSignal.abort(new Error('closed'));
    await expect(own.call(listThings, { signal })).rejects.toThrow('closed');
  });

  /** Creates a server that never responds, or that stops in the middle of the response. */
  const hang =
    (where: 'before' | 'inside'): Fetch =>
    async (_, { signal }) => {
      const never = () =>
        new Promise<never>((_resolve, reject) => {
          const stop = () => reject(signal?.reason);
          if (signal?.aborted) stop();
          signal?.addEventListener('abort', stop);
        });
      if (where === 'before') await never();
      return { status: 200, headers: { get: () => 'application/json' }, text: never };
    };

  it('fails at the deadline when reading the response ignores the abort signal', async () => {
    const fetch: Fetch = () => new Promise(() => undefined);
    const own = new HttpClient({ fetch, baseUrl: '', timeoutMs: 20 });
    expect(await errorOf(own.call(listThings))).toMatchObject({ code: 'server_timeout' });
  });

  it.each(['before', 'inside'] as const)(
    'fails at the deadline when the server hangs %s the response',
    async (where) => {
      const own = new HttpClient({ fetch: hang(where), baseUrl: '', timeoutMs: 20 });
      expect(await errorOf(own.call(listThings))).toMatchObject({
        code: 'server_timeout',
        timeoutMs: 20,
        isOutcomeUnknown: true,
      });
      const longer = own.call(listThings, { timeoutMs: 50 });
      expect(await errorOf(longer)).toMatchObject({ timeoutMs: 50 });
    },
  );

  it('uses a deadline of 30 seconds when none is given', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    await client.call(listThings);
    expect(timeout).toHaveBeenCalledWith(30_000);
    timeout.mockRestore();
  });

  it('lets the caller cancel a call before its deadline', async () => {
    const own = new HttpClient({ fetch: hang('before'), baseUrl: '' });
    const closing = new AbortController();
    const call = own.call(listThings, { signal: closing.signal });
    closing.abort(new Error('closed'));
    await expect(call).rejects.toThrow('closed');
  });

  it('reports no response when the connection breaks in the middle of the response', async () => {
    const fetch: Fetch = async () => ({
      status: 200,
      headers: { get: () => null },
      text: () => Promise.reject(new TypeError('terminated')),
    });
    const error = await errorOf(new HttpClient({ fetch, baseUrl: '' }).call(listThings));
    expect(error).toMatchObject({ code: 'server_unreachable', isOutcomeUnknown: true });
  });

  it('rejects wrong input and wrong use of the body at compile time', () => {
    const _never = async () => {
      // @ts-expect-error params and body are missing
      await client.call(createThing);
      // @ts-expect-error size is a number
      await client.call(createThing, { params: { id: 'x' }, body: { size: '3' } });
      // @ts-expect-error the route has no body
      await client.call(listThings, { body: {} });
      const [first] = await client.call(listThings);
      // @ts-expect-error a thing has no color
      first?.color;
    };
    expect(_never).toBeDefined();
  });
});
