import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createSpace, inSpace } from '../support/spaces.ts';
import { signIn, useChromium, useConnectionEnvironment, withoutPreload } from './harness/index.ts';

const BASE_PATH = '/kb';
const SPACE = 'team';
const OVERVIEW = '**/internal/actions/_me/overview';

const browser = useChromium();
const environment = useConnectionEnvironment({ basePath: BASE_PATH });

/** Scripts that the HTML of the page names. */
const namedScripts = (page: Page): Promise<readonly string[]> =>
  page.evaluate(
    "[...document.querySelectorAll('link[rel=modulepreload], script[src]')].map(({ href, src }) => href || src)",
  );

describe('the first load', () => {
  it('requests the data once, before the scripts have arrived, even in a space', async () => {
    const { admin, proxy } = environment;
    await createSpace(admin, proxy, SPACE);
    await environment.createDrive('Files', inSpace(proxy, SPACE));
    const page = await browser.open(proxy);
    await signIn(page, admin, proxy);
    const released = Promise.withResolvers<void>();
    await page.route('**/assets/main-*.js', async (route) => {
      await released.promise;
      await route.continue();
    });
    let requests = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/_me/overview')) requests += 1;
    });
    const requested = page.waitForResponse(OVERVIEW);
    await page.goto(`${inSpace(proxy, SPACE).url}/app/connectors`, { waitUntil: 'commit' });
    const response = await requested;
    expect(response.status()).toBe(200);
    expect(new URL(response.url()).pathname).toContain(`${BASE_PATH}/s/${SPACE}/internal/`);
    released.resolve();
    await page.getByRole('button', { name: 'Files', exact: true }).waitFor();
    expect(requests).toBe(1);
  });

  it.each([
    '/app/connectors',
    '/app/my_connections',
    '/app/grants',
    '/app/profile',
    '/app/users',
    '/app/roles',
    '/app/spaces',
  ])('of %s names all of its scripts in the HTML, so that none waits for another', async (path) => {
    const { admin, proxy } = environment;
    const page = await browser.open(proxy);
    await signIn(page, admin, proxy);
    await withoutPreload(page);
    const scripts = new Set<string>();
    page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.add(request.url());
    });
    await page.goto(`${proxy.url}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const named = await namedScripts(page);
    expect(scripts.size).toBeGreaterThan(10);
    expect([...scripts].filter((url) => !named.includes(url))).toEqual([]);
  });
});
