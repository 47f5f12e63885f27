import { beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@latchkey/test-environment';
import type { Locator, Page } from 'playwright-core';
import { z } from 'zod';
import { createSpace, inSpace } from '../support/spaces.ts';
import { useConnectionEnvironment } from './harness/connection_environment.ts';
import { useChromium } from './harness/index.ts';

const BASE_PATH = '/kb';
const PAGE = '/app/my_connections';
const START = '/_start_oauth_flow';
/** For steps that wait for the provider, a restart or the next poll, on a busy machine. */
const LONG_MS = 120_000;
/** Browsers forget a click after five seconds; a window that opens later is blocked. */
const CLICK_FORGOTTEN_MS = 6000;

const attemptRecord = z.object({ flowId: z.string() });
const attemptOutcome = z.looseObject({ status: z.string() });

const browser = useChromium();
const environment = useConnectionEnvironment(BASE_PATH);
let number = 0;
let name: string;
let connector: string;

beforeEach(async () => {
  number += 1;
  name = `Drive ${number}`;
  environment.google.clearFaults();
  connector = await environment.createDrive(name);
});

/** The connector on the page of a user. */
const panel = (page: Page): Locator => page.getByRole('group', { name, exact: true });
const text = (page: Page, words: string | RegExp) => panel(page).getByText(words).first();
const connectButton = (page: Page) => page.getByRole('button', { name: `Connect ${name}` });

async function openPage(server: { readonly url: string } = environment.proxy): Promise<Page> {
  const page = await browser.openAs(environment.ana, server, { path: PAGE });
  await connectButton(page).waitFor();
  return page;
}

/** Clicks and returns the window that opens. */
async function clickForWindow(page: Page, button: Locator): Promise<Page> {
  const [opened] = await Promise.all([page.context().waitForEvent('page'), button.click()]);
  return opened;
}

async function chooseAccount(provider: Page, account = 'ana'): Promise<void> {
  await provider.getByText(`${account}@example.com`).first().click();
  await provider.getByRole('button', { name: 'Allow' }).waitFor();
}

async function allow(provider: Page, account = 'ana'): Promise<void> {
  await chooseAccount(provider, account);
  await provider.getByRole('button', { name: 'Allow' }).click();
}

const connectedAs = (page: Page, account = 'ana') =>
  text(page, `Connected as ${account}@example.com`).waitFor({ timeout: LONG_MS });

/** Id of the attempt that the browser remembers. */
async function flowOf(page: Page): Promise<string> {
  const key = `latchkey:attempt:${BASE_PATH}/s/default/ana:${connector}`;
  const read = `localStorage.getItem(${JSON.stringify(key)})`;
  const record = await waitUntil('the record of the attempt', async () => {
    const found = await page.evaluate(read);
    return typeof found === 'string' ? found : undefined;
  });
  return attemptRecord.parse(JSON.parse(record)).flowId;
}

/** Outcome of an attempt as the server stores it for Ana. */
async function outcomeOf(flowId: string) {
  const path = `/internal/actions/connector/${connector}/_oauth_flow/${flowId}` as const;
  return attemptOutcome.parse(await environment.ana.json(environment.proxy, `GET ${path}`));
}

const stored = () => environment.storedConnections(connector);
const starts = () =>
  environment.proxy.paths.filter((path) => path.endsWith(`/${connector}${START}`)).length;

describe('a user who allows access', () => {
  it.each(['default', 'team'])('is connected in the space %s', async (space) => {
    const { admin, proxy } = environment;
    const server = space === 'default' ? proxy : inSpace(proxy, space);
    if (space !== 'default') {
      await createSpace(admin, proxy, space);
      connector = await environment.createDrive(name, server);
    }
    const page = await openPage(server);
    const provider = await clickForWindow(page, connectButton(page));
    await text(page, 'Finish in the other window').waitFor();
    await allow(provider);
    await connectedAs(page);
    expect(await environment.storedConnections(connector, server)).toEqual(['ana connected']);
  });

  it('waits while the provider is slow to issue the token', async () => {
    const hold = environment.google.holdNext({ endpoint: 'token', when: 'before_acting' });
    const page = await openPage();
    const allowed = allow(await clickForWindow(page, connectButton(page)));
    await waitUntil('the request for the token', () => hold.isHolding, LONG_MS);
    await text(page, 'Finish in the other window').waitFor();
    expect(await stored()).not.toContain('ana connected');
    hold.release();
    await allowed;
    await connectedAs(page);
    expect(await stored()).toEqual(['ana connected']);
  });

  it('sees the window at once though the server takes longer than a click is remembered', async () => {
    const page = await openPage();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    await page.route(`**${START}`, async (route) => {
      await gate;
      await route.continue();
    });
    const opened = await clickForWindow(page, connectButton(page));
    await opened.getByText(`Connecting to ${name}…`).waitFor();
    await page.waitForTimeout(CLICK_FORGOTTEN_MS);
    go();
    await allow(opened);
    await connectedAs(page);
  });

  it('is connected though the provider cuts the connection between the windows', async () => {
    const page = await openPage();
    const { google } = environment;
    await page.context().route(`${google.origin}/**`, async (route) => {
      const response = await route.fetch({ maxRedirects: 0 });
      const headers = { ...response.headers(), 'cross-origin-opener-policy': 'same-origin' };
      await route.fulfill({ response, headers });
    });
    const provider = await clickForWindow(page, connectButton(page));
    await text(page, 'Finish in the other window, or start again').waitFor({ timeout: LONG_MS });
    expect(provider.isClosed()).toBe(false);
    await allow(provider);
    await connectedAs(page);
    expect(await stored()).toEqual(['ana connected']);
  });
});

it('a user who denies access is told what to do, and no connection is stored', async () => {
  browser.expectProblems(/status of 400/);
  const page = await openPage();
  const provider = await clickForWindow(page, connectButton(page));
  const flow = await flowOf(page);
  await chooseAccount(provider);
  await provider.getByRole('button', { name: 'Cancel' }).click();
  await text(page, 'Access was denied at the provider.').waitFor({ timeout: LONG_MS });
  await panel(page).getByRole('button', { name: 'Try again' }).waitFor();
  expect(await stored()).not.toContain('ana connected');
  expect(await outcomeOf(flow)).toMatchObject({ status: 'failed', code: 'provider_refused' });
});

it('a user who closed the window can start again', async () => {
  const page = await openPage();
  const first = await clickForWindow(page, connectButton(page));
  const flow = await flowOf(page);
  await first.close();
  await text(page, 'Finish in the other window, or start again').waitFor({ timeout: LONG_MS });
  expect(await outcomeOf(flow)).toMatchObject({ status: 'pending' });
  const again = panel(page).getByRole('button', { name: 'Start again' });
  await allow(await clickForWindow(page, again));
  await connectedAs(page);
  expect(await outcomeOf(flow)).toMatchObject({ status: 'cancelled' });
  expect(await stored()).toEqual(['ana connected']);
});

describe('a user whose browser blocked the window', () => {
  /** A click that no user made, later than the last one of the user. */
  async function openBlocked(): Promise<Page> {
    const page = await openPage();
    await connectButton(page).evaluate((button: { click(): void }, delayMs) => {
      setTimeout(() => button.click(), delayMs);
    }, CLICK_FORGOTTEN_MS);
    // Each look of Playwright at the page would count as a click.
    await page.waitForRequest(`**${START}`, { timeout: LONG_MS });
    await text(page, 'Your browser blocked the window').waitFor({ timeout: LONG_MS });
    return page;
  }

  it('is connected by the link on the page', async () => {
    const page = await openBlocked();
    const link = panel(page).getByRole('link', { name: /Open sign-in page/ });
    await allow(await clickForWindow(page, link));
    await connectedAs(page);
    expect(await stored()).toEqual(['ana connected']);
  });

  it('is connected in the same window and returns to the page', async () => {
    const page = await openBlocked();
    const address = page.url();
    await panel(page).getByRole('button', { name: 'Continue in this window' }).click();
    await allow(page);
    await connectedAs(page);
    expect(page.url()).toBe(address);
    expect(await stored()).toEqual(['ana connected']);
  });

  it('learns on the page that access was denied in the same window', async () => {
    const page = await openBlocked();
    await panel(page).getByRole('button', { name: 'Continue in this window' }).click();
    await chooseAccount(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await text(page, 'Access was denied at the provider.').waitFor({ timeout: LONG_MS });
    expect(await stored()).not.toContain('ana connected');
  });
});

it('an attempt that was not finished in time ends', async () => {
  const page = await openPage();
  await clickForWindow(page, connectButton(page));
  const flow = await flowOf(page);
  await environment.expireAttempt(flow);
  await text(page, 'The sign-in was not finished in time').waitFor({ timeout: LONG_MS });
  await panel(page).getByRole('button', { name: 'Try again' }).waitFor();
  expect(await outcomeOf(flow)).toMatchObject({ status: 'expired' });
});

it('a user who cancelled and allows access afterwards is not connected', async () => {
  browser.expectProblems(/status of 40\d/);
  const page = await openPage();
  const provider = await clickForWindow(page, connectButton(page));
  const flow = await flowOf(page);
  await chooseAccount(provider);
  await page.getByRole('button', { name: `Cancel connecting ${name}` }).click();
  await text(page, 'Cancelled. Nothing was changed.').waitFor();
  await waitUntil('the cancellation', async () => {
    const { status } = await outcomeOf(flow);
    return status === 'cancelled';
  });
  await provider.getByRole('button', { name: 'Allow' }).click();
  await provider.getByRole('heading', { level: 1 }).waitFor();
  await provider.waitForURL(`${environment.proxy.url}/**`);
  expect(await stored()).not.toContain('ana connected');
});

it('a double click opens one window and starts one attempt', async () => {
  const page = await openPage();
  const opened: Page[] = [];
  page.context().on('page', (one) => opened.push(one));
  await connectButton(page).dblclick();
  await text(page, 'Finish in the other window').waitFor();
  const [provider] = opened;
  if (provider === undefined) throw new Error('no window was opened');
  await allow(provider);
  await connectedAs(page);
  expect(opened).toHaveLength(1);
  expect(starts()).toBe(1);
});

it('the attempt of one tab is shown in the other, and its end in both', async () => {
  const page = await openPage();
  const other = await page.context().newPage();
  await other.goto(page.url());
  await connectButton(other).waitFor();
  await page.bringToFront();
  const provider = await clickForWindow(page, connectButton(page));
  await text(other, 'Finish in the other window, or start again').waitFor();
  await allow(provider);
  await connectedAs(page);
  await connectedAs(other);
  expect(starts()).toBe(1);
});

it('continues to wait after the page was loaded again', async () => {
  const page = await openPage();
  const provider = await clickForWindow(page, connectButton(page));
  await text(page, 'Finish in the other window').waitFor();
  await page.reload();
  await text(page, 'Finish in the other window, or start again').waitFor({ timeout: LONG_MS });
  await allow(provider);
  await connectedAs(page);
  expect(starts()).toBe(1);
  expect(await stored()).toEqual(['ana connected']);
});

it('continues to wait while the server restarts', async () => {
  // Every request fails while the server is stopped.
  browser.expectProblems(/./);
  const page = await openPage();
  const provider = await clickForWindow(page, connectButton(page));
  await chooseAccount(provider);
  await environment.stop();
  await environment.startAgain();
  await provider.getByRole('button', { name: 'Allow' }).click();
  await connectedAs(page);
  expect(await stored()).toEqual(['ana connected']);
});

it('keeps the account until the user decides to use the other one', async () => {
  const page = await openPage();
  await allow(await clickForWindow(page, connectButton(page)));
  await connectedAs(page);
  await panel(page)
    .getByRole('button', { name: `More actions for ${name}` })
    .click();
  const provider = await clickForWindow(page, page.getByRole('menuitem', { name: 'Reconnect' }));
  const flow = await flowOf(page);
  await allow(provider, 'ben');
  await text(page, 'Use another account?').waitFor({ timeout: LONG_MS });
  const accountOf = async () => {
    const status = await environment.ana.status(environment.proxy, connector);
    return status?.account;
  };
  expect(await accountOf()).toBe('ana@example.com');
  await panel(page).getByRole('button', { name: 'Use ben@example.com' }).click();
  await connectedAs(page, 'ben');
  await text(page, /another account before/).waitFor();
  expect(await accountOf()).toBe('ben@example.com');
  expect(await outcomeOf(flow)).toMatchObject({ status: 'succeeded', account_changed: true });
});

it('connects nobody when another user has signed in meanwhile', async () => {
  browser.expectProblems(/status of 40\d/);
  const page = await openPage();
  const provider = await clickForWindow(page, connectButton(page));
  await chooseAccount(provider);
  const ben = await page.context().newPage();
  await ben.request.post(`${environment.proxy.url}/internal/security/login`, {
    headers: { 'kbn-xsrf': 'true', 'x-elastic-internal-origin': 'latchkey' },
    data: {
      providerType: 'basic',
      providerName: 'basic',
      currentURL: `${environment.proxy.url}/login`,
      params: { username: environment.ben.username, password: environment.ben.password },
    },
  });
  await provider.getByRole('button', { name: 'Allow' }).click();
  await provider
    .getByText(/another user/i)
    .first()
    .waitFor({ timeout: LONG_MS });
  await text(page, /started by another user/).waitFor({ timeout: LONG_MS });
  expect((await stored()).filter((one) => one.endsWith(' connected'))).toEqual([]);
});

it('ends an invitation, followed without a session, on the page of the connection', async () => {
  const { proxy, ana } = environment;
  const page = await browser.open(proxy);
  await page.goto(`${proxy.url}/api/actions/connector/${connector}/oauth/start`);
  await page.getByLabel('Username').fill(ana.username);
  await page.getByLabel('Password', { exact: true }).fill(ana.password);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.getByRole('button', { name: /continue/i }).click();
  await allow(page);
  await page.getByRole('heading', { name: 'You are connected' }).waitFor();
  await page.waitForURL(`${proxy.url}${PAGE}?connector=${connector}`, { timeout: LONG_MS });
  await text(page, 'ana@example.com').waitFor();
  expect(await stored()).toEqual(['ana connected']);
});
