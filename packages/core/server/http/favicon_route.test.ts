import { afterEach, expect, it } from 'vitest';
import { registerFaviconRoute } from './favicon_route.ts';
import { createRouterHarness, type RouterHarness } from './router_harness.mock.ts';

let harness: RouterHarness;
afterEach(() => harness.close());

it('the favicon is sent to every browser, with or without a session', async () => {
  harness = createRouterHarness();
  registerFaviconRoute(harness.http.createRouter());
  const response = await harness.inject({ method: 'GET', url: '/favicon.ico', user: null });
  expect(response.status).toBe(200);
  expect(response.headers).toMatchObject({
    'content-type': expect.stringContaining('image/svg+xml'),
    'cache-control': 'public, max-age=86400',
  });
});
