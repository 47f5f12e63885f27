import { waitUntil } from '@latchkey/core/server/wait_until';
import { createUser, TestUser } from '@latchkey/test-environment';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSpace, inSpace } from '../support/spaces.ts';
import { LONG_MS, signIn, useChromium, useConnectionEnvironment } from './harness/index.ts';

const browser = useChromium();
const environment = useConnectionEnvironment();

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

const roles = async (): Promise<readonly string[]> => {
  const stored = (await environment.admin.json(
    environment.proxy,
    'GET /api/security/role',
  )) as readonly { readonly name: string }[];
  return stored.map(({ name }) => name);
};

describe('a form whose session ended', () => {
  const openForm = async (name: string): Promise<Page> => {
    browser.expectProblems(/401/);
    const { admin, proxy } = environment;
    const page = await browser.openAs(admin, proxy, { path: '/app/roles' });
    await page.getByRole('button', { name: 'Create role' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.request.get(`${proxy.url}/api/security/logout`);
    await page.getByRole('dialog').getByRole('button', { name: 'Create role' }).click();
    await heading(page, 'Your session has ended').waitFor();
    return page;
  };
  it('keeps the input while the user signs in in another tab, and then saves it', async () => {
    const page = await openForm('kept_role');
    const [tab] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('button', { name: 'Sign in in a new tab' }).click(),
    ]);
    await tab.getByLabel('Username').fill('elastic');
    await tab.getByLabel('Password', { exact: true }).fill('changeme');
    await Promise.all([
      // The message disappears after ten seconds.
      page.getByText(/Your input is still here/).waitFor({ timeout: LONG_MS }),
      tab.getByRole('button', { name: /sign in/i }).click(),
    ]);
    await heading(tab, 'Roles').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('kept_role');
    expect(await roles()).not.toContain('kept_role');
    await page.getByRole('dialog').getByRole('button', { name: 'Create role' }).click();
    await page
      .getByText(/kept_role/)
      .first()
      .waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await roles()).toContain('kept_role');
  });

  it('is not saved as another user who signs in', async () => {
    const page = await openForm('foreign_role');
    await signIn(page, environment.ana, environment.proxy);
    await page.evaluate("window.dispatchEvent(new Event('focus'))");
    await heading(page, 'Another user has signed in').waitFor();
    expect(await roles()).not.toContain('foreign_role');
  });
});

it('a form is not saved as another user who has signed in, although the page was not notified', async () => {
  browser.expectProblems(/status of 412/);
  const { admin, proxy } = environment;
  const page = await browser.openAs(admin, proxy, { path: '/app/roles' });
  await page.getByRole('button', { name: 'Create role' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('foreign_role');
  const other = new TestUser({ username: 'second_admin', password: 'second-admin-5b2e' });
  await createUser(admin, proxy, other, ['superuser']);
  const tab = await browser.openAs(other, proxy, { path: '/app/none' });
  await page.context().addCookies(await tab.context().cookies());
  await page.getByRole('dialog').getByRole('button', { name: 'Create role' }).click();
  await page.getByText(/Another user has signed in in this browser/).waitFor();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('foreign_role');
  expect(await roles()).not.toContain('foreign_role');
});

it('a page marks the requests that it repeats by itself, so that they do not keep the session alive', async () => {
  const { admin, proxy } = environment;
  const page = await browser.openAs(admin, proxy, { path: '/app/none' });
  const marks: (string | undefined)[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/api/workflows/executions'))
      marks.push(request.headers()['kbn-system-request']);
  });
  await page.goto(`${proxy.url}/app/workflows/executions`);
  await waitUntil('the page to ask again', () => marks.length >= 3);
  expect(marks.slice(0, 3)).toEqual([undefined, 'true', 'true']);
});

describe('pages of a user whose session ended', () => {
  const DEEP_LINK = '/app/connectors?q=drive';

  it.each(['the user signs out in another tab', 'an administrator ends the session'])(
    'lead to the login page and back, without sending a request, when %s',
    async (cause) => {
      browser.expectProblems(/401/, /ERR_FAILED/);
      const { admin, proxy } = environment;
      const user = new TestUser({ username: 'two_tabs', password: 'two-tabs-5b2e' });
      await createUser(admin, proxy, user, ['superuser']).catch(() => undefined);
      const other = await browser.openAs(user, proxy, { path: DEEP_LINK });
      await heading(other, 'Connectors').waitFor();
      const tab = await other.context().newPage();
      await tab.goto(`${proxy.url}/app/my_connections`);
      await heading(tab, 'My connections').waitFor();
      // Requests at intervals would lead the other tab there as well, after some time.
      await other.route(
        ({ pathname }) => /^.(internal|api)/.test(pathname) && !pathname.endsWith('/me'),
        (route) => route.abort(),
      );
      const loginPages: string[] = [];
      other.on('framenavigated', (frame) => loginPages.push(frame.url()));
      if (cause === 'an administrator ends the session') {
        await admin.json(proxy, 'POST /internal/security/users/two_tabs/_disable');
        await admin.json(proxy, 'POST /internal/security/users/two_tabs/_enable');
        await tab.getByRole('link', { name: 'Roles', exact: true }).click();
      } else {
        await tab.getByRole('button', { name: /account of/ }).click();
        await tab.getByRole('link', { name: 'Sign out' }).click();
      }
      await heading(other, 'Sign in to Latchkey').waitFor({ timeout: LONG_MS });
      await heading(tab, 'Sign in to Latchkey').waitFor({ timeout: LONG_MS });
      expect(loginPages).toHaveLength(1);
      expect(new URL(other.url()).searchParams.get('next')).toBe(DEEP_LINK);
    },
  );
});

describe('a page of a space that was deleted', () => {
  beforeAll(() => createSpace(environment.admin, environment.proxy, 'team'));

  it('tells the user after its next request, sends no more requests, and leads to another space', async () => {
    browser.expectProblems(/status of 404/);
    const { admin, ana, proxy } = environment;
    const page = await browser.openAs(ana, inSpace(proxy, 'team'), { path: '/app/my_connections' });
    await heading(page, 'My connections').waitFor();
    await admin.json(proxy, 'DELETE /api/spaces/space/team');
    await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
    await heading(page, 'This space was deleted').waitFor({ timeout: LONG_MS });
    await page.waitForLoadState('networkidle');
    const before = proxy.paths.length;
    // Longer than two intervals after which the page would repeat its requests.
    await page.clock.install();
    await page.clock.runFor(61_000);
    expect(proxy.paths.slice(before).filter((path) => path.startsWith('/s/team'))).toEqual([]);
    await page.getByRole('button', { name: /Change the space/ }).click();
    await page.getByRole('link', { name: 'Default' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Go to another space' }).click();
    await heading(page, 'My connections').waitFor();
    expect(new URL(page.url()).pathname).toBe('/app/my_connections');
  });
});
