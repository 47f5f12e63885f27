import { afterEach, expect, it } from 'vitest';
import { createRouterHarness, type RouterHarness } from '../http/router_harness.mock.ts';
import { registerPageStyle } from './page_style.ts';

const FONT = 'inter-latin-wght-normal-Dx4kXJAl.woff2';

let harness: RouterHarness;
afterEach(() => harness.close());

async function read(files: readonly string[]) {
  harness = createRouterHarness({ basePath: '/kb' });
  registerPageStyle(harness.http.createRouter(), files);
  return harness.inject<string>({ method: 'GET', url: '/kb/page_style.css', user: null });
}

it('the style of pages refers to the font of the web app by a relative path', async () => {
  const { status, text, headers } = await read(['main.js', FONT]);
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('text/css');
  expect(text.match(/url\([^)]*\)/g)).toEqual([`url("./assets/${FONT}")`]);
});

it('the style of pages contains no font when the web app is not built', async () => {
  expect((await read([])).text).not.toMatch(/url\(|@font-face/);
});
