import type { Page } from 'playwright-core';
import { beforeEach, describe, it } from 'vitest';
import { useConnectionEnvironment } from './harness/connection_environment.ts';
import { useChromium } from './harness/index.ts';

/** For steps that wait for the provider on a busy machine. */
const LONG_MS = 120_000;

const browser = useChromium();
const environment = useConnectionEnvironment({ basePath: '/kb' });
let number = 0;
let name: string;

beforeEach(async () => {
  number += 1;
  name = `Drive ${number}`;
  await environment.createDrive(name);
});

/** Waits until the focused element is one that matches. */
const focusOn = (page: Page, selector: string) =>
  page.locator(`${selector}:focus`).waitFor({ state: 'attached', timeout: LONG_MS });

describe('the focus of the keyboard', () => {
  it('starts with the link to the content, below a base path too', async () => {
    const page = await browser.openAs(environment.ana, environment.proxy, {
      path: '/app/connectors',
    });
    await page.getByRole('button', { name: `Connect ${name}` }).waitFor();
    await page.keyboard.press('Tab');
    await focusOn(page, 'a[href="#main"]');
  });

  it('continues at the heading of a page that was opened by a link', async () => {
    const page = await browser.openAs(environment.ana, environment.proxy, {
      path: '/app/connectors',
    });
    await page.getByRole('link', { name: 'My connections' }).press('Enter');
    await focusOn(page, 'h1');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Connectors' }).waitFor();
    await focusOn(page, 'h1');
  });

  it('stays at the connector when the button that connected it is replaced', async () => {
    const page = await browser.openAs(environment.ana, environment.proxy, {
      path: '/app/my_connections',
    });
    const [provider] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('button', { name: `Connect ${name}` }).press('Enter'),
    ]);
    await provider.getByText('ana@example.com').first().click();
    await provider.getByRole('button', { name: 'Allow' }).click();
    const panel = page.getByRole('group', { name, exact: true });
    await panel.getByText('Connected as ana@example.com').waitFor({ timeout: LONG_MS });
    await panel.locator(':focus').waitFor({ timeout: LONG_MS });
  });

  it('stays at the button that saved a connector', async () => {
    const page = await browser.openAs(environment.admin, environment.proxy, {
      path: `/app/connectors?q=${encodeURIComponent(name)}`,
    });
    await page.getByRole('button', { name, exact: true }).press('Enter');
    const flyout = page.getByRole('dialog');
    await flyout.getByLabel('Connector name').fill(`${name} renamed`);
    const save = flyout.getByRole('button', { name: 'Save', exact: true });
    await save.press('Enter');
    await page.getByText(`${name} renamed was saved`).waitFor();
    await save.and(flyout.locator(':focus')).waitFor();
  });
});

it('times of the server are right although the clock of the machine is wrong', async () => {
  const page = await browser.openAs(environment.ana, environment.proxy, { path: '/app/none' });
  await page.clock.install({ time: Date.now() + 3 * 3600_000 });
  await page.goto(`${environment.proxy.url}/app/my_connections`);
  const [provider] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('button', { name: `Connect ${name}` }).click(),
  ]);
  const panel = page.getByRole('group', { name, exact: true });
  // Minutes left of ten. By the clock of the machine, none or hours would be left.
  await panel.getByText(/^[5-9]:\d\d left$/).waitFor();
  // The page knows the time of the server before its first request, and keeps the attempt.
  await page.reload();
  await panel.getByText(/^[5-9]:\d\d left$/).waitFor();
  await provider.getByText('ana@example.com').first().click();
  await provider.getByRole('button', { name: 'Allow' }).click();
  await panel.getByText('Connected as ana@example.com').waitFor({ timeout: LONG_MS });
  // The user connected minutes ago on a busy machine, but never hours ago or in the future.
  await panel
    .getByText(/^(a moment|\d+ minutes?) ago$/)
    .first()
    .waitFor();
});
