import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineRoute } from '../../common/index.ts';
import { HttpError } from './http_error.ts';
import { respond } from './respond.ts';
import { createRouterHarness, type RouterHarness } from './router_harness.mock.ts';

const greet = defineRoute({
  method: 'get',
  path: '/api/greet',
  access: 'public',
  summary: 'Greet',
  responses: { 200: { description: 'A greeting', body: z.object({ text: z.string() }) } },
});
const greetAgain = defineRoute({ ...greet, path: '/api/greet/again' });

let harness: RouterHarness;
beforeEach(() => {
  harness = createRouterHarness();
});
afterEach(() => harness.close());

const ask = (url = '/api/greet') => harness.inject({ method: 'GET', url });

describe('the services of a router', () => {
  it('are created on the first request, once for all routes', async () => {
    let provided = 0;
    const router = harness.http.createRouter({
      services: async () => {
        provided += 1;
        return { text: 'hello' };
      },
    });
    router.handle(greet, (_, { text }) => respond.ok({ text }));
    router.handle(greetAgain, (_, { text }) => respond.ok({ text: `${text} again` }));
    expect(provided).toBe(0);
    const responses = await Promise.all([ask(), ask('/api/greet/again'), ask()]);
    expect(responses.map(({ body }) => body)).toEqual([
      { text: 'hello' },
      { text: 'hello again' },
      { text: 'hello' },
    ]);
    expect(provided).toBe(1);
  });

  it('delay a request until they are available', async () => {
    const start = Promise.withResolvers<{ readonly text: string }>();
    const router = harness.http.createRouter({ services: () => start.promise });
    router.handle(greet, (_, { text }) => respond.ok({ text }));
    const response = ask();
    start.resolve({ text: 'started' });
    expect((await response).body).toEqual({ text: 'started' });
  });

  it.each(['throws', 'rejects'])(
    'are created again for the next request after their provider %s',
    async (how) => {
      let isStarted = false;
      const provide = () => {
        if (!isStarted) throw new HttpError(503, 'Not started yet');
        return { text: 'started' };
      };
      const services = how === 'throws' ? provide : async () => provide();
      const router = harness.http.createRouter({ services });
      router.handle(greet, (_, { text }) => respond.ok({ text }));
      expect((await ask()).status).toBe(503);
      isStarted = true;
      expect((await ask()).body).toEqual({ text: 'started' });
    },
  );

  it('are undefined when the router has no provider', async () => {
    const router = harness.http.createRouter();
    router.handle(greet, (_, services) => respond.ok({ text: String(services) }));
    expect((await ask()).body).toEqual({ text: 'undefined' });
  });
});

describe('the contract of a route', () => {
  it('restricts the results of its handler at compile time', () => {
    const router = harness.http.createRouter();
    // @ts-expect-error the body lacks the text
    router.handle(greet, () => respond.ok({}));
    // @ts-expect-error the status is not documented
    router.handle(greetAgain, () => respond.noContent());
    expect(router).toBeDefined();
  });

  it('lets a handler respond with an error page, whose status needs no documentation', async () => {
    const page = '<p>No</p>';
    harness.http.createRouter().handle(greet, () => respond.errorPage(409, page));
    const { status, text, headers } = await ask();
    expect([status, text]).toEqual([409, page]);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
  });

  it.each([
    ['lacks a field', respond.ok({}), 'refuses'],
    ['has an additional field', respond.ok({ text: 'a', more: 1 }), 'does not have'],
    ['has another status', respond.noContent(), 'does not document'],
    ['is an error page without an error', respond.errorPage(200, ''), 'error page'],
  ])('fails a test in which the response %s', async (_, response, reason) => {
    harness.http.createRouter().handle(greet, () => response as never);
    expect((await ask()).status).toBe(500);
    const { meta } = harness.logger.lines[0] ?? {};
    expect(String(meta?.error)).toContain(reason);
  });
});
