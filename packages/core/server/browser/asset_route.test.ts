import { afterEach, describe, expect, it } from 'vitest';
import { createRouterHarness, type RouterHarness } from '../http/router_harness.mock.ts';
import { registerAssetRoute } from './asset_route.ts';
import { aBrowserBuild } from './browser_build.mock.ts';

let harness: RouterHarness;
afterEach(() => harness.close());

const get = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  harness.inject({ method: 'GET', url, headers, defaultHeaders: false, user: null });

function serve(): void {
  harness = createRouterHarness({ spaces: ['team'] });
  registerAssetRoute(harness.http.createRouter(), aBrowserBuild());
}

describe('files of the web app', () => {
  it('are cached for ever and need no user', async () => {
    serve();
    const response = await get('/assets/main-a1b2.js', { 'accept-encoding': 'gzip, deflate, br' });
    expect(response).toMatchObject({
      status: 200,
      text: 'br main-a1b2.js',
      headers: {
        'cache-control': 'public, max-age=31536000, immutable',
        'content-encoding': 'br',
        'content-type': 'text/javascript; charset=utf-8',
        vary: 'accept-encoding',
        'x-content-type-options': 'nosniff',
      },
    });
  });

  it('are sent uncompressed to clients that accept no encoding', async () => {
    serve();
    const response = await get('/assets/main-a1b2.js');
    expect(response.text).toBe('identity main-a1b2.js');
    expect(response.headers['content-encoding']).toBeUndefined();
  });

  it.each([
    '/assets/unknown.js',
    '/assets/',
    '/assets/../package.json',
    '/assets/..%2fpackage.json',
    '/assets/%2e%2e%2fpackage.json',
    '/assets/..\\package.json',
    '/assets//etc/passwd',
    '/assets/__proto__',
    '/assets/constructor',
  ])('are not found (404) at %s', async (url) => {
    serve();
    expect((await get(url)).status).toBe(404);
  });
});
