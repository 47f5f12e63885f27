import { afterEach, describe, expect, it } from 'vitest';
import { defineRoute, SHELL_PAGE } from '../../common/index.ts';
import { createRouterHarness, type RouterHarness } from '../http/router_harness.mock.ts';
import { createLoggerMock } from '../logging/logger.mock.ts';
import { seededRandomness } from '../time/manual_time.mock.ts';
import { aBrowserBuild } from './browser_build.mock.ts';
import type { BrowserBuild } from './browser_build.ts';
import { BrowserService } from './browser_service.ts';
import type { BrowserSetup } from './types.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');

let harness: RouterHarness;
let browser: BrowserSetup;
let logger: ReturnType<typeof createLoggerMock>;
afterEach(() => harness.close());

function serve(
  options: Parameters<typeof createRouterHarness>[0] = {},
  { build }: { readonly build: BrowserBuild | undefined } = { build: aBrowserBuild() },
): void {
  harness = createRouterHarness(options);
  logger = createLoggerMock('browser');
  const service = new BrowserService({
    build,
    version: '1.2.3',
    plugins: { actions: { isEarsEnabled: true } },
    clock: { now: () => NOW },
    randomness: seededRandomness('nonces'),
    logger,
  });
  service.registerRoutes(harness.http);
  browser = service.setup;
}

const page = (url: string) => ({
  method: 'GET' as const,
  url,
  headers: { accept: 'text/html' },
  defaultHeaders: false,
});

/** Returns the boot data as the browser side reads them from the page. */
function bootDataIn(html: string): Record<string, unknown> {
  const start = `<script type="application/json" id="${SHELL_PAGE.bootDataId}">`;
  const from = html.indexOf(start) + start.length;
  return JSON.parse(html.slice(from, html.indexOf('</script>', from))) as Record<string, unknown>;
}

describe('the page of the web app', () => {
  it('allows scripts from files only, and styles only with the nonce of this response', async () => {
    serve();
    const [one, two] = [await harness.inject(page('/app/a')), await harness.inject(page('/app/b'))];
    const nonceOf = ({ headers }: typeof one) =>
      /'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1] ?? '';
    expect(nonceOf(one)).not.toBe(nonceOf(two));
    expect(one.headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; " +
        `style-src 'self' 'nonce-${nonceOf(one)}'; img-src 'self' data:; font-src 'self'; ` +
        "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(one.text).toContain(`<meta property="csp-nonce" nonce="${nonceOf(one)}">`);
    expect(one.text).toContain(`<style nonce="${nonceOf(one)}">`);
    expect(one.text).not.toMatch(/ style=| on\w+=|<script>/);
  });

  it('lets a popup keep its reference to the page, which other files do not, and is never cached', async () => {
    serve();
    const shell = await harness.inject(page('/app/connectors'));
    expect(shell.headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin-allow-popups',
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
    });
    const other = await harness.inject(page('/assets/main-a1b2.js'));
    expect(other.headers['cross-origin-opener-policy']).toBe('same-origin');
  });

  it('links its files with the base path, but without the path of the space', async () => {
    serve({ basePath: '/kb', spaces: ['team'] });
    const { text } = await harness.inject(page('/kb/s/team/app/connectors'));
    expect(text).toContain('<script type="module" src="/kb/assets/main-a1b2.js"></script>');
    expect(text).toContain('<link rel="modulepreload" href="/kb/assets/vendor-c3d4.js">');
    expect(text).toContain('<link rel="stylesheet" href="/kb/assets/main-e5f6.css">');
    expect(bootDataIn(text)).toMatchObject({ basePath: '/kb', space: { id: 'team' } });
  });

  it('loads the script of the first requests before the entry script, and other code after both', async () => {
    const [first, start] = ['first-a1b2.js', 'main-c3d4.js'];
    const build = { scripts: [first, start], importsOf: () => ['connectors-f7a8.js'] };
    serve({}, { build: aBrowserBuild(build) });
    const { text } = await harness.inject(page('/app/connectors'));
    const files = [...text.matchAll(/<(?:script|link)[^>]* (?:src|href)="\/assets\/([^"]+)"/g)];
    expect(files.map(([, file]) => file)).toEqual([
      first,
      start,
      'vendor-c3d4.js',
      'connectors-f7a8.js',
      'main-e5f6.css',
      start,
    ]);
  });

  it('preloads the modules that the page and its language import later', async () => {
    const importsOf: BrowserBuild['importsOf'] = (path, language) => [
      `${path.slice(5)}-f7a8.js`,
      `${language}-b9c0.js`,
    ];
    serve({ basePath: '/kb', spaces: ['team'] }, { build: aBrowserBuild({ importsOf }) });
    browser.registerBootData(async () => ({ language: 'de' }));
    const { text } = await harness.inject(page('/kb/s/team/app/connectors?q=%22%3E'));
    for (const file of ['vendor-c3d4', 'connectors-f7a8', 'de-b9c0']) {
      expect(text).toContain(`<link rel="modulepreload" href="/kb/assets/${file}.js">`);
    }
  });

  it('lists the first requests that the user may send, in the space of the page', async () => {
    serve({ basePath: '/kb', spaces: ['team'] });
    const route = defineRoute({
      method: 'post',
      path: '/internal/first',
      access: 'internal',
      summary: 'First',
    });
    browser.registerFirstRequest({ route, requiredPrivileges: ['actions:get'] });
    const url = '/kb/s/team/app/connectors';
    expect((await harness.inject(page(url))).text).not.toContain('/internal/first');
    const user = { username: 'ana', roles: [], privileges: ['actions:get'] };
    browser.registerBootData(async () => ({ user }));
    expect((await harness.inject(page(url))).text).toContain(
      `<meta name="${SHELL_PAGE.firstRequestName}" content="/kb/s/team/internal/first">`,
    );
  });

  it('contains the data of plugins, and defaults where no plugin provides any', async () => {
    serve();
    browser.registerBootData(async ({ user }) => ({
      user: { username: user?.username ?? '', roles: [], privileges: ['actions:get'] },
    }));
    browser.registerBootData(async () => ({ language: 'de' }));
    const { text } = await harness.inject(page('/app/connectors'));
    expect(text).toContain('<html lang="de" data-theme="system">');
    expect(bootDataIn(text)).toEqual({
      basePath: '',
      buildId: '1.2.3-0123456789abcdef',
      now: NOW,
      version: '1.2.3',
      space: { id: 'default', name: 'default' },
      user: { username: 'ana', roles: [], privileges: ['actions:get'] },
      theme: 'system',
      language: 'de',
      languageChoice: 'de',
      browserLanguage: 'en',
      hasPublicBaseUrl: true,
      plugins: { actions: { isEarsEnabled: true } },
    });
  });

  it('is in the language of the browser unless a plugin knows the language that the user chose', async () => {
    serve();
    const request = page('/app/connectors');
    const headers = { ...request.headers, 'accept-language': 'de-AT,de;q=0.9' };
    const ofBrowser = (await harness.inject({ ...request, headers })).text;
    expect(ofBrowser).toContain('<html lang="de"');
    expect(bootDataIn(ofBrowser)).toMatchObject({ language: 'de', languageChoice: 'browser' });
    browser.registerBootData(async () => ({ language: 'en' }));
    const chosen = (await harness.inject({ ...request, headers })).text;
    expect(chosen).toContain('<html lang="en"');
    expect(bootDataIn(chosen)).toMatchObject({ languageChoice: 'en', browserLanguage: 'de' });
  });

  it.each([
    ['light', 'light'],
    ['dark', 'dark'],
    ['system', 'light dark'],
  ] as const)('has the theme %s in its HTML', async (theme, scheme) => {
    serve();
    browser.registerBootData(async () => ({ theme }));
    const { text } = await harness.inject(page('/app/connectors'));
    expect(text).toContain(`<html lang="en" data-theme="${theme}">`);
    expect(text).toContain(`<meta name="color-scheme" content="${scheme}">`);
  });

  it('escapes names so that no name can end the data or a line of the script', async () => {
    serve();
    const name = '</script><script>alert(1)</script><!--\u2028\u2029&amp;';
    browser.registerBootData(async () => ({ space: { id: 'default', name } }));
    const { text } = await harness.inject(page('/app/connectors'));
    expect(text).not.toMatch(/alert\(1\)<|[\u2028\u2029]/);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(bootDataIn(text)['space']).toEqual({ id: 'default', name });
  });

  it('is refused when the request has no user', async () => {
    serve({ user: null });
    expect((await harness.inject(page('/app/connectors'))).status).toBe(401);
    expect((await harness.inject(page('/'))).status).toBe(401);
  });

  it('names the command that builds the web app when there is no build', async () => {
    serve({}, { build: undefined });
    const { status, text } = await harness.inject(page('/app/connectors'));
    expect(status).toBe(503);
    expect(text).toContain('npm start');
    expect(logger.lines.map(({ message }) => message).join()).toContain('not built');
  });
});

describe('GET / of the server', () => {
  const connectors = {
    path: '/app/connectors',
    requiredPrivileges: ['actions:create'],
    order: 10,
  } as const;
  const own = {
    path: '/app/my_connections',
    requiredPrivileges: ['actions:get'],
    order: 20,
  } as const;

  it.each([
    [['actions:create'], '/kb/s/team/app/connectors'],
    [['actions:get'], '/kb/s/team/app/my_connections'],
    [[], '/kb/s/team/app/my_connections'],
  ])('redirects a user with the privileges %j to %s', async (privileges, location) => {
    serve({ basePath: '/kb', spaces: ['team'] });
    browser.registerHomePage(own);
    browser.registerHomePage(connectors);
    browser.registerBootData(async () => ({ user: { username: 'ana', roles: [], privileges } }));
    const response = await harness.inject(page('/kb/s/team/'));
    expect(response).toMatchObject({ status: 302, headers: { location } });
  });

  it.each([
    ['that the user may enter', [], 'team', '/kb/s/team/'],
    ['of the request when the user may enter none', [], undefined, '/kb/app/my_connections'],
    ['of the request when the user has a privilege there', ['x'], 'team', '/kb/app/my_connections'],
  ])('redirects to a page in the space %s', async (_what, privileges, space, location) => {
    serve({ basePath: '/kb', spaces: ['team'] });
    browser.registerHomePage(own);
    browser.registerHomeSpace(async () => space);
    browser.registerBootData(async () => ({ user: { username: 'ana', roles: [], privileges } }));
    const response = await harness.inject(page('/kb/'));
    expect(response).toMatchObject({ status: 302, headers: { location } });
  });

  it('responds with 404 when no plugin has a page', async () => {
    serve();
    expect((await harness.inject(page('/'))).status).toBe(404);
  });
});
