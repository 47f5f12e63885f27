import type { Locator, Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  clickForWindow,
  googlePages,
  LONG_MS,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

const PAGE = '/app/connectors';

const browser = useChromium();
const environment = useConnectionEnvironment();
let number = 0;
let name: string;

beforeEach(() => {
  number += 1;
  name = `Files ${number}`;
});

const flyout = (page: Page): Locator =>
  page.getByRole('dialog').filter({ has: page.locator('.euiFlyoutHeader') });
const question = (page: Page): Locator =>
  page.getByText('Discard unsaved changes?', { exact: true });

/** The form of a new connector with a name. */
async function openChanged(): Promise<Page> {
  const page = await browser.openAs(environment.admin, environment.proxy, { path: PAGE });
  await page.getByRole('button', { name: 'Create connector' }).first().click();
  await flyout(page).getByRole('button', { name: 'Google Drive' }).click();
  await flyout(page).getByLabel('Connector name').fill(name);
  return page;
}

const WAYS: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  [
    'the button that closes',
    (page) => flyout(page).getByRole('button', { name: 'Close this dialog' }).click(),
  ],
  ['Escape', (page) => page.keyboard.press('Escape')],
  ['a click outside', (page) => page.mouse.click(5, 400)],
  ['the back button of the browser', (page) => page.evaluate('history.back()')],
  [
    'a link of the page',
    (page) =>
      page
        .getByRole('link', { name: 'My connections', includeHidden: true })
        .dispatchEvent('click', { button: 0 }),
  ],
];

describe('changes of a form', () => {
  it.each(WAYS)(
    'are kept or discarded as the user decides when asked after %s',
    async (_, leave) => {
      const page = await openChanged();
      const address = page.url();
      await leave(page);
      await question(page).waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await question(page).waitFor({ state: 'detached' });
      // After the back button, the browser restores the address in the background.
      await page.waitForURL(address);
      expect(await flyout(page).getByLabel('Connector name').inputValue()).toBe(name);
      await leave(page);
      await page.getByRole('button', { name: 'Discard changes' }).click();
      await flyout(page).getByLabel('Connector name').waitFor({ state: 'detached' });
      expect(page.url()).not.toBe(address);
    },
  );

  it('do not exist in an unchanged form, which closes immediately', async () => {
    const page = await browser.openAs(environment.admin, environment.proxy, {
      path: `${PAGE}?create=.google_drive`,
    });
    await flyout(page).getByLabel('Connector name').waitFor();
    await page.keyboard.press('Escape');
    await flyout(page).waitFor({ state: 'detached' });
    expect(await question(page).count()).toBe(0);
  });
});

describe('"Save and connect"', () => {
  async function fill(page: Page): Promise<void> {
    const { clientId, clientSecret } = environment.google.client;
    await flyout(page).getByLabel('Client ID').fill(clientId);
    await flyout(page).getByLabel('Client secret', { exact: true }).fill(clientSecret);
  }

  it('saves, and offers a link to the provider, in a browser that opens no window', async () => {
    const page = await openChanged();
    await fill(page);
    await page.evaluate('window.open = () => null');
    await flyout(page).getByRole('button', { name: 'Save and connect' }).click();
    await flyout(page).getByText('Your browser blocked the window').waitFor({ timeout: LONG_MS });
    const id = new URL(page.url()).searchParams.get('edit') ?? '';
    expect(await environment.storedConnections(id)).toEqual(['elastic pending']);
    const link = flyout(page).getByRole('link', { name: /Open sign-in page/ });
    await googlePages.allow(await clickForWindow(page, link));
    await flyout(page).getByText('ana@example.com').first().waitFor({ timeout: LONG_MS });
    expect(await environment.storedConnections(id)).toEqual(['elastic connected']);
  });

  it('closes the window when the server refuses to save, and keeps what was entered', async () => {
    browser.expectProblems(/status of 503/);
    const page = await openChanged();
    await fill(page);
    const json = { statusCode: 503, error: 'Service Unavailable', message: 'Try again later.' };
    await page.route('**/api/actions/connector/*', (route) => route.fulfill({ status: 503, json }));
    const opened = await clickForWindow(
      page,
      flyout(page).getByRole('button', { name: 'Save and connect' }),
    );
    await opened.waitForEvent('close', { timeout: LONG_MS }).catch(() => undefined);
    await flyout(page).getByText('The connector was not saved').first().waitFor();
    expect(opened.isClosed()).toBe(true);
    expect(await flyout(page).getByLabel('Connector name').inputValue()).toBe(name);
  });
});
