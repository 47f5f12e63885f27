import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSpace, inSpace } from '../support/spaces.ts';
import { runAxe } from './harness/axe.ts';
import { useConnectionEnvironment } from './harness/connection_environment.ts';
import { useChromium } from './harness/index.ts';

const BASE_PATH = '/kb';
const SPACE = 'team';
const BACKGROUNDS = { light: 'rgb(246, 249, 252)', dark: 'rgb(7, 16, 31)' } as const;

const browser = useChromium();
const environment = useConnectionEnvironment({ basePath: BASE_PATH });
let connector: string;

beforeAll(async () => {
  const { admin, proxy } = environment;
  await createSpace(admin, proxy, SPACE);
  connector = await environment.createDrive('Team Drive', inSpace(proxy, SPACE));
});

const startPath = () => `/s/${SPACE}/api/actions/connector/${connector}/oauth/start`;

/** Opens the confirmation page for Ana, who has chosen a theme and a language. */
async function openConfirmation(theme: 'light' | 'dark', language: 'de' | 'en'): Promise<Page> {
  const { ana, proxy } = environment;
  // The browser asks for the other theme, so that only the settings explain the result.
  const colorScheme = theme === 'dark' ? 'light' : 'dark';
  const page = await browser.openAs(ana, proxy, { path: '/login', colorScheme });
  await page.request.put(`${proxy.url}/internal/security/user_profile/settings`, {
    headers: { 'kbn-xsrf': 'true', 'x-elastic-internal-origin': 'latchkey' },
    data: { theme, language },
  });
  await page.goto(`${proxy.url}${startPath()}`);
  return page;
}

/** Presses the button of the confirmation page and decides on the page of the provider. */
async function decideAtProvider(page: Page, button: 'Allow' | 'Cancel'): Promise<void> {
  await page.locator('button[type=submit]').click();
  await page.getByText('ana@example.com').first().click();
  // The result page of a success leaves itself after three seconds.
  await Promise.all([
    page.waitForURL(`${environment.proxy.url}/**/_oauth_callback/**`, { waitUntil: 'commit' }),
    page.getByRole('button', { name: button }).click(),
  ]);
}

/** Checks appearance, focus and accessibility of a page. */
async function check(
  page: Page,
  expected: { readonly theme: 'light' | 'dark'; readonly language: string; readonly title: string },
): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 });
  await heading.waitFor();
  expect(await heading.textContent()).toBe(expected.title);
  // The browser focuses the heading after it has shown the page.
  await page.locator('h1:focus').waitFor({ state: 'attached' });
  expect(await page.locator('html').getAttribute('lang')).toBe(expected.language);
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
    BACKGROUNDS[expected.theme],
  );
  for (const width of [1280, 400]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await runAxe(page)).toEqual([]);
  }
}

describe.each([
  {
    ...({ theme: 'dark', language: 'de' } as const),
    confirmation: '„Team Drive“ autorisieren?',
    success: 'Sie sind verbunden',
    failure: 'Die Autorisierung ist fehlgeschlagen',
    back: 'Zu Meine Verbindungen',
  },
  {
    ...({ theme: 'light', language: 'en' } as const),
    confirmation: 'Authorize “Team Drive”?',
    success: 'You are connected',
    failure: 'The authorization failed',
    back: 'Go to My connections',
  },
])('the pages of a user who chose $theme and $language', (user) => {
  const { theme, language } = user;

  it('for the confirmation follow theme and language, and are accessible', async () => {
    const page = await openConfirmation(theme, language);
    await check(page, { theme, language, title: user.confirmation });
  });

  it('show a success and lead to the connection when the window cannot be closed', async () => {
    const page = await openConfirmation(theme, language);
    // The script would continue with the next page during the checks.
    await page.route('**/_oauth_callback_script', (route) => route.fulfill({ body: '' }));
    await decideAtProvider(page, 'Allow');
    await check(page, { theme, language, title: user.success });
    expect(await page.getByRole('status').count()).toBe(1);
    await page.getByRole('link', { name: user.back }).click();
    await page.waitForURL(`**${BASE_PATH}/s/${SPACE}/app/my_connections?connector=${connector}`);
  });

  it('show a failure with a reference and a way back', async () => {
    browser.expectProblems(/status of 400/);
    const page = await openConfirmation(theme, language);
    await decideAtProvider(page, 'Cancel');
    await check(page, { theme, language, title: user.failure });
    expect(await page.getByRole('alert').count()).toBe(1);
    expect(await page.locator('.reference code').textContent()).toMatch(/^[\w-]{36}$/);
    await page.getByRole('link', { name: user.back }).click();
    await page.waitForURL(`**${BASE_PATH}/s/${SPACE}/app/my_connections?connector=${connector}`);
  });
});

it('the result page continues to the connection after a success, by its script', async () => {
  const page = await openConfirmation('light', 'en');
  await decideAtProvider(page, 'Allow');
  await page.waitForURL(`**${BASE_PATH}/s/${SPACE}/app/my_connections?connector=${connector}`);
});

it('a page without a session follows language and colours of the browser, and is accessible', async () => {
  browser.expectProblems(/status of 401/);
  const { proxy } = environment;
  const page = await browser.open(proxy, { locale: 'de-AT', colorScheme: 'dark' });
  await page.goto(`${proxy.url}/api/actions/connector/_oauth_callback?state=a&code=c`);
  await check(page, { theme: 'dark', language: 'de', title: 'Melden Sie sich zuerst an' });
  await page.getByRole('link', { name: 'Anmelden' }).click();
  await page.waitForURL(`**${BASE_PATH}/login`);
});
