import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LONG_MS, useChromium, useConnectionEnvironment } from './harness/index.ts';

const browser = useChromium();
const environment = useConnectionEnvironment();
const ASSETS = /\/assets\/[^/]+\.js$/;
/** The console of the browser names each file that it did not get. */
const MISSING_FILES = /Failed to load resource|Failed to fetch dynamically imported module/;

beforeAll(async () => {
  const { admin, proxy } = environment;
  await admin.json(proxy, 'POST /api/workflows/workflow', {
    id: 'hello',
    yaml: 'name: Hello\ntriggers: [{ type: manual }]\nsteps: [{ name: a, type: console, with: { message: x } }]\n',
  });
});
beforeEach(() => browser.expectProblems(MISSING_FILES));

/** The server was upgraded: it has no file of the build that the page was loaded from. */
const removeFiles = (page: Page) =>
  page.context().route(ASSETS, (route) => route.fulfill({ status: 404, body: '' }));
const bringFilesBack = (page: Page) => page.context().unroute(ASSETS);

const openAsAdmin = (path: string) =>
  browser.openAs(environment.admin, environment.proxy, { path });
const notLoaded = (page: Page) =>
  page.getByRole('alertdialog', { name: 'This dialog could not be loaded' });

describe('a page whose files the server no longer has', () => {
  it('keeps the text of a workflow when the dialog that runs it cannot be loaded', async () => {
    const page = await openAsAdmin('/app/workflows/hello');
    const editor = page.locator('.cm-content');
    await editor.click({ timeout: LONG_MS });
    await page.keyboard.press('Control+End');
    await page.keyboard.type('# not saved');
    await removeFiles(page);
    await page.getByRole('button', { name: 'Test without saving' }).click();
    await notLoaded(page)
      .getByText(/save it, then reload the page/)
      .waitFor();
    await page.keyboard.press('Escape');
    await notLoaded(page).waitFor({ state: 'detached' });
    expect(await editor.textContent()).toContain('# not saved');
    await bringFilesBack(page);
    await page.getByRole('button', { name: 'Test without saving' }).click();
    await page.getByRole('dialog', { name: /Hello/ }).waitFor({ timeout: LONG_MS });
  });

  it('keeps the passwords of a form when another dialog of the page cannot be loaded', async () => {
    const page = await openAsAdmin('/app/profile');
    await page.getByLabel('Current password').fill('a password');
    await removeFiles(page);
    await page.getByRole('button', { name: 'Create API key' }).click();
    await notLoaded(page).getByRole('button', { name: 'Cancel' }).click();
    expect(await page.getByLabel('Current password').inputValue()).toBe('a password');
  });

  it('opens the pages that are loaded, and loads the others when the server has them again', async () => {
    const page = await openAsAdmin('/app/workflows');
    const link = page.getByRole('link', { name: 'Hello', exact: true });
    await link.waitFor({ timeout: LONG_MS });
    await removeFiles(page);
    await link.click();
    await page.getByText('This part of the page could not be loaded').waitFor();
    await page.goBack();
    await link.waitFor();
    await page.getByRole('link', { name: 'Roles' }).click();
    await page.getByRole('heading', { name: 'The page could not be loaded' }).waitFor();
    await bringFilesBack(page);
    await page.getByRole('link', { name: 'Workflows' }).click();
    await link.click();
    await page.getByRole('heading', { name: 'Hello', level: 1 }).waitFor({ timeout: LONG_MS });
    await page.getByRole('link', { name: 'Roles' }).click();
    await page.getByRole('heading', { name: 'Roles', level: 1 }).waitFor({ timeout: LONG_MS });
  });
});
