import {
  aDataPath,
  createUser,
  type ServerProcess,
  startServer,
  stopEverything,
  TestUser,
} from '@latchkey/test-environment';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSpace, inSpace } from '../support/spaces.ts';
import { runAxe } from './harness/axe.ts';
import {
  type BasePathProxy,
  signIn,
  startBasePathProxy,
  useChromium,
  withoutPreload,
} from './harness/index.ts';

const BASE_PATH = '/kb';
/** A path without a page: the shell alone, which sends no request of its own. */
const NO_PAGE = '/app/none';
/** Backgrounds of both themes as browsers compute them. */
const BACKGROUND = { light: 'rgb(236, 241, 249)', dark: 'rgb(7, 16, 31)' };

const browser = useChromium();
const admin = new TestUser({ username: 'elastic', password: 'changeme', isProgram: true });
const nobody = new TestUser({ username: 'nobody', password: 'nobody-password-5d20' });
const dataPath = aDataPath();
let server: ServerProcess;
/** Users know the address of the proxy only. */
let proxy: BasePathProxy;

beforeAll(async () => {
  proxy = await startBasePathProxy(BASE_PATH);
  server = await startBehindProxy();
  await createUser(admin, proxy, nobody, []);
  await createSpace(admin, proxy, 'team');
});
afterAll(stopEverything);

async function startBehindProxy(): Promise<ServerProcess> {
  const settings = { 'server.basePath': BASE_PATH };
  const started = await startServer({ dataPath, publicBaseUrl: proxy.url, settings });
  proxy.forwardTo(started.url);
  return started;
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

async function fillLoginForm(page: Page, { username, password }: TestUser): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: /sign in/i }).click();
}

const backgroundOf = (page: Page): Promise<string> =>
  page.evaluate('getComputedStyle(document.documentElement).backgroundColor');

describe('the web app', () => {
  it('opens a link with its space, query and fragment after the login', async () => {
    const page = await browser.open(proxy);
    const link = `${proxy.url}/s/team${NO_PAGE}?q=drive#below`;
    await page.goto(link);
    await page.waitForURL('**/login?next=**');
    await fillLoginForm(page, admin);
    await heading(page, 'Page not found').waitFor();
    expect(page.url()).toBe(link);
  });

  it.each([
    ['of spaces', /Change the space/, 'link', 'Manage spaces'],
    ['of the user', /account of/, 'link', 'Sign out'],
  ] as const)('follows the accessibility rules while the menu %s is open', async (...menu) => {
    const [, button, role, name] = menu;
    const page = await browser.openAs(admin, proxy, { path: NO_PAGE });
    await page.getByRole('button', { name: button }).click();
    await page.getByRole(role, { name }).waitFor();
    await page.getByRole('tooltip').waitFor({ state: 'detached' });
    expect(await runAxe(page)).toEqual([]);
  });

  it('shows its first page at the address of the server, in the space of the address', async () => {
    const page = await browser.openAs(admin, inSpace(proxy, 'team'), { path: '/' });
    await heading(page, 'Connectors').waitFor();
    expect(page.url()).toBe(`${proxy.url}/s/team/app/connectors`);
    const link = page.getByRole('link', { name: 'My connections' });
    expect(await link.getAttribute('href')).toBe(`${BASE_PATH}/s/team/app/my_connections`);
  });

  it.each([
    ['light', 'dark', 'light'],
    ['dark', 'light', 'dark'],
    ['system', 'dark', 'dark'],
    ['system', 'light', 'light'],
  ] as const)(
    'has the theme %s on a %s system before any script runs',
    async (theme, colorScheme, shown) => {
      await admin.json(proxy, 'PUT /internal/security/user_profile/settings', {
        theme,
        language: 'browser',
      });
      const page = await browser.openAs(admin, proxy, {
        path: NO_PAGE,
        colorScheme,
        javaScriptEnabled: false,
      });
      expect(await backgroundOf(page)).toBe(BACKGROUND[shown]);
    },
  );

  it('keeps its first background colour when the scripts have run', async () => {
    await admin.json(proxy, 'PUT /internal/security/user_profile/settings', {
      theme: 'dark',
      language: 'browser',
    });
    const page = await browser.openAs(admin, proxy, { path: NO_PAGE, colorScheme: 'light' });
    await heading(page, 'Page not found').waitFor();
    expect(await backgroundOf(page)).toBe(BACKGROUND.dark);
  });

  it('is in the language of the browser', async () => {
    const page = await browser.openAs(nobody, proxy, { path: NO_PAGE, locale: 'de-AT' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
  });

  it('says that a user without privileges has no access to a page', async () => {
    const page = await browser.openAs(nobody, proxy, { path: '/app/connectors' });
    await heading(page, 'You do not have a role yet').waitFor();
  });

  it('loads its files once', async () => {
    const page = await browser.open(proxy);
    await signIn(page, admin, proxy);
    await withoutPreload(page);
    await page.goto(`${proxy.url}${NO_PAGE}`);
    await heading(page, 'Page not found').waitFor();
    // The font is requested when the first text appears.
    await page.waitForLoadState('networkidle');
    const before = proxy.paths.length;
    expect(proxy.paths.filter((path) => path.startsWith('/assets/'))).not.toEqual([]);
    // A navigation, because a reload asks for cached files again.
    await page.goto(`${proxy.url}/s/team${NO_PAGE}`);
    await heading(page, 'Page not found').waitFor();
    const later = proxy.paths.slice(before);
    expect(later).toContain(`/s/team${NO_PAGE}`);
    expect(later.filter((path) => path.startsWith('/assets/'))).toEqual([]);
  });

  it('leads to the login page and back when the session has ended', async () => {
    browser.expectProblems(/401/);
    const page = await browser.openAs(admin, proxy, { path: '/app/my_connections' });
    await heading(page, 'My connections').waitFor();
    await page.request.get(`${proxy.url}/api/security/logout`);
    // The page asks for the state of the connections every 30 s.
    await page.getByText('Your session has ended. Sign in again.').waitFor();
    await fillLoginForm(page, admin);
    await page.waitForURL(`${proxy.url}/app/my_connections`);
  });

  it('ends the session by the menu, and asks to sign in again', async () => {
    const page = await browser.openAs(admin, proxy, { path: NO_PAGE });
    await page.getByRole('button', { name: /account of/ }).click();
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.waitForURL(`${proxy.url}/login**`);
    await page.goBack();
    await page.waitForURL('**/login?next=**');
  });

  it('prints the page without header and menu', async () => {
    const page = await browser.openAs(admin, proxy, { path: '/app/users' });
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    const frame = [page.getByRole('banner'), page.getByRole('navigation', { name: 'Main menu' })];
    for (const part of frame) await part.waitFor();
    await page.emulateMedia({ media: 'print' });
    for (const part of frame) await part.waitFor({ state: 'hidden' });
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  });

  it('shows a page for an unknown address, with the theme and language of the user', async () => {
    browser.expectProblems(/status of 404/);
    const page = await browser.openAs(admin, proxy, { path: '/nothing', locale: 'de-DE' });
    await heading(page, 'Seite nicht gefunden').waitFor();
    await page.getByRole('link', { name: 'Zur Startseite' }).click();
    await heading(page, 'Konnektoren').waitFor();
    await page.goto(`${proxy.url}/s/default${NO_PAGE}?x=1`);
    expect(page.url()).toBe(`${proxy.url}${NO_PAGE}?x=1`);
  });

  it('says that there is no space at the address, and leads to the start page', async () => {
    browser.expectProblems(/status of 404/);
    const page = await browser.openAs(admin, proxy, { path: '/s/nothing/app/connectors' });
    await heading(page, 'Space not found').waitFor();
    await page.getByRole('link', { name: 'Go to the start page' }).click();
    await heading(page, 'Connectors').waitFor();
    expect(page.url()).toBe(`${proxy.url}/app/connectors`);
  });

  it('says that the server cannot be reached until it responds again', async () => {
    // While the server is stopped, every request fails, including those for code of unvisited
    // pages.
    browser.expectProblems(
      /^Console: .* status of 502/,
      /^Console: TypeError: Failed to fetch dynamically imported module/,
    );
    const page = await browser.openAs(admin, proxy, { path: NO_PAGE });
    await heading(page, 'Page not found').waitFor();
    await server.stop();
    await page.getByRole('link', { name: 'My connections' }).click();
    const banner = page.getByText('The server cannot be reached', { exact: true });
    await banner.waitFor();
    server = await startBehindProxy();
    await banner.waitFor({ state: 'detached' });
  });
});
