import { beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@latchkey/test-environment';
import type { Page } from 'playwright-core';
import {
  type Connection,
  clickAllow,
  clickForWindow,
  connectionToDrive,
  googlePages,
  LONG_MS,
  MY_CONNECTIONS,
  START,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

/** The user activation of a click lasts five seconds. A window that opens later is blocked. */
const CLICK_FORGOTTEN_MS = 6000;

const browser = useChromium();
const environment = useConnectionEnvironment({ basePath: '/kb' });
const { allow, chooseAccount, deny } = googlePages;
let drive: Connection;

beforeEach(async () => {
  drive = await connectionToDrive({ browser, environment });
});

describe('a user who allows access', () => {
  it('waits while the provider is slow to issue the token', async () => {
    const hold = environment.google.holdNext({ endpoint: 'token', when: 'before_acting' });
    const page = await drive.openPage();
    const allowed = allow(await drive.connect(page));
    await waitUntil('the request for the token', () => hold.isHolding, LONG_MS);
    await drive.text(page, 'Finish in the other window').waitFor();
    expect(await drive.stored()).not.toContain('ana connected');
    hold.release();
    await allowed;
    await drive.waitUntilConnected(page);
    expect(await drive.stored()).toEqual(['ana connected']);
  });

  it('sees the window at once though the server responds only after the user activation of the click has expired', async () => {
    const page = await drive.openPage();
    let go: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      go = resolve;
    });
    await page.route(`**${START}`, async (route) => {
      await released;
      await route.continue();
    });
    // As in a page of a user who chose the dark theme on a light system.
    await page.evaluate("document.documentElement.dataset.theme = 'dark'");
    const opened = await drive.connect(page);
    await opened.getByText(`Connecting to ${drive.name}…`).waitFor();
    const looks = '[document.documentElement.lang, document.body.style.background]';
    expect(await opened.evaluate(looks)).toEqual(['en', 'rgb(11, 22, 40)']);
    await page.waitForTimeout(CLICK_FORGOTTEN_MS);
    go();
    await allow(opened);
    await drive.waitUntilConnected(page);
    expect(await drive.stored()).toEqual(['ana connected']);
  });

  it('B37: is connected though the page of the provider breaks the link between the two windows', async () => {
    const page = await drive.openPage();
    const { google } = environment;
    await page.context().route(`${google.origin}/**`, async (route) => {
      const response = await route.fetch({ maxRedirects: 0 });
      const headers = { ...response.headers(), 'cross-origin-opener-policy': 'same-origin' };
      await route.fulfill({ response, headers });
    });
    const provider = await drive.connect(page);
    await drive.waitForText(page, 'Finish in the other window, or start again');
    expect(provider.isClosed()).toBe(false);
    await allow(provider);
    await drive.waitUntilConnected(page);
    expect(await drive.stored()).toEqual(['ana connected']);
  });
});

it('B40: the page of the provider cannot reach the page that opened it', async () => {
  const page = await drive.openPage();
  const provider = await drive.connect(page);
  await provider.waitForURL(`${environment.google.origin}/**`);
  expect(await provider.evaluate('window.opener === null')).toBe(true);
});

it('a user who denies access is told what to do, and no connection is stored', async () => {
  browser.expectProblems(/status of 400/);
  const page = await drive.openPage();
  const provider = await drive.connect(page);
  const flow = await drive.flowOf(page);
  await deny(provider);
  await drive.waitForText(page, 'Access was denied at the provider.');
  await drive.button(page, 'Try again').waitFor();
  expect(await drive.stored()).not.toContain('ana connected');
  expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'failed', code: 'provider_refused' });
});

it('a user who closed the window can start again', async () => {
  const page = await drive.openPage();
  const first = await drive.connect(page);
  const flow = await drive.flowOf(page);
  await first.close();
  await drive.waitForText(page, 'Finish in the other window, or start again');
  expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'pending' });
  await allow(await clickForWindow(page, drive.button(page, 'Start again')));
  await drive.waitUntilConnected(page);
  expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'cancelled' });
  expect(await drive.stored()).toEqual(['ana connected']);
});

describe('a user whose browser blocked the window', () => {
  /** Opens the page, and clicks its button by a script when the user activation is over. */
  async function openBlocked(): Promise<Page> {
    const page = await drive.openPage();
    await drive.connectButton(page).evaluate((button: { click(): void }, delayMs) => {
      setTimeout(() => button.click(), delayMs);
    }, CLICK_FORGOTTEN_MS);
    // Each evaluation by Playwright would count as a user activation.
    await page.waitForRequest(`**${START}`, { timeout: LONG_MS });
    await drive.waitForText(page, 'Your browser blocked the window');
    return page;
  }

  it('is connected by the link on the page', async () => {
    const page = await openBlocked();
    const link = drive.panel(page).getByRole('link', { name: /Open sign-in page/ });
    await allow(await clickForWindow(page, link));
    await drive.waitUntilConnected(page);
    expect(await drive.stored()).toEqual(['ana connected']);
  });

  it('is connected in the same window and returns to the page', async () => {
    const page = await openBlocked();
    const address = page.url();
    await drive.button(page, 'Continue in this window').click();
    await allow(page);
    await drive.waitUntilConnected(page);
    expect(page.url()).toBe(address);
    expect(await drive.stored()).toEqual(['ana connected']);
  });
});

it('an attempt that was not finished in time ends', async () => {
  const page = await drive.openPage();
  await drive.connect(page);
  const flow = await drive.flowOf(page);
  await environment.expireAttempt(flow);
  await drive.waitForText(page, 'The sign-in was not finished in time');
  await drive.button(page, 'Try again').waitFor();
  expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'expired' });
  expect(await drive.stored()).not.toContain('ana connected');
});

it('a user who cancelled and allows access afterwards is not connected', async () => {
  browser.expectProblems(/status of 40\d/);
  const page = await drive.openPage();
  const provider = await drive.connect(page);
  const flow = await drive.flowOf(page);
  await chooseAccount(provider);
  await drive.button(page, `Cancel connecting ${drive.name}`).click();
  await drive.text(page, 'Cancelled. Nothing was changed.').waitFor();
  await waitUntil('the cancellation', async () => {
    const { status } = await drive.outcomeOf(flow);
    return status === 'cancelled';
  });
  await clickAllow(provider);
  await provider.getByRole('heading', { name: 'Nothing left to do' }).waitFor();
  expect(await drive.stored()).not.toContain('ana connected');
});

it('a double click opens one window and starts one attempt', async () => {
  const page = await drive.openPage();
  const opened: Page[] = [];
  page.context().on('page', (one) => opened.push(one));
  await drive.connectButton(page).dblclick();
  await drive.text(page, 'Finish in the other window').waitFor();
  const [provider] = opened;
  if (provider === undefined) throw new Error('no window was opened');
  await allow(provider);
  await drive.waitUntilConnected(page);
  expect(opened).toHaveLength(1);
  expect(drive.starts()).toBe(1);
  expect(await drive.stored()).toEqual(['ana connected']);
});

it('an attempt continues to wait while the server restarts', async () => {
  // Every request fails while the server is stopped.
  browser.expectProblems(/./);
  const page = await drive.openPage();
  const provider = await drive.connect(page);
  await chooseAccount(provider);
  await environment.stop();
  await environment.startAgain();
  await clickAllow(provider);
  await drive.waitUntilConnected(page);
  expect(await drive.stored()).toEqual(['ana connected']);
});

it('the connected account is kept until the user decides to use the other one', async () => {
  const page = await drive.openPage();
  await allow(await drive.connect(page));
  await drive.waitUntilConnected(page);
  const provider = await clickForWindow(page, await drive.menuItem(page, 'Reconnect'));
  const flow = await drive.flowOf(page);
  await allow(provider, 'ben');
  await drive.waitForText(page, 'Use another account?');
  const accountOf = async () => {
    const status = await environment.ana.status(environment.proxy, drive.id);
    return status?.account;
  };
  expect(await accountOf()).toBe('ana@example.com');
  await drive.button(page, 'Use ben@example.com').click();
  await drive.waitUntilConnected(page, 'ben');
  await drive.text(page, /another account before/).waitFor();
  expect(await accountOf()).toBe('ben@example.com');
  expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'succeeded', account_changed: true });
});

it('the connected account is kept after a reload when the user decides so', async () => {
  const page = await drive.openPage();
  await allow(await drive.connect(page));
  await drive.waitUntilConnected(page);
  const provider = await clickForWindow(page, await drive.menuItem(page, 'Reconnect'));
  await allow(provider, 'ben');
  await drive.waitForText(page, 'Use another account?');
  await page.reload();
  await drive.button(page, 'Keep ana@example.com').click();
  await drive.waitForText(page, 'You kept the account that was connected before.');
  await drive.text(page, 'Use another account?').waitFor({ state: 'detached' });
  expect(await drive.stored()).toEqual(['ana connected']);
});

it('the page says that the user is connected when the user cancelled while the server requested the token', async () => {
  const page = await drive.openPage();
  const provider = await drive.connect(page);
  await chooseAccount(provider);
  const hold = environment.google.holdNext({ endpoint: 'token' });
  const allowed = clickAllow(provider);
  await waitUntil('the request for the token', () => hold.isHolding, LONG_MS);
  await page.getByRole('button', { name: `Cancel connecting ${drive.name}` }).click();
  await drive.waitForText(page, 'Cancelled.');
  hold.release();
  await allowed;
  await drive.waitUntilConnected(page);
  await drive.text(page, 'Cancelled.').waitFor({ state: 'detached' });
  expect(await drive.stored()).toEqual(['ana connected']);
});

it('no user is connected when another user has signed in meanwhile', async () => {
  // 412: requests of the page still name the user who opened it.
  browser.expectProblems(/status of 40\d/, /status of 412/);
  const page = await drive.openPage();
  const provider = await drive.connect(page);
  await chooseAccount(provider);
  // A sign-in in this page would end its session, and a poll in that moment would leave the page.
  const other = await browser.openAs(environment.ben, environment.proxy, { path: '/app/none' });
  await page.context().addCookies(await other.context().cookies());
  await clickAllow(provider);
  const words = provider.getByText(/started by another user/).first();
  await words.waitFor({ timeout: LONG_MS });
  await drive.waitForText(page, /started by another user/);
  await page.getByText('ben has signed in in this browser', { exact: true }).waitFor();
  expect((await drive.stored()).filter((one) => one.endsWith(' connected'))).toEqual([]);
});

it('an invitation that is opened without a session leads to the page of the connection', async () => {
  const { proxy, ana } = environment;
  const page = await browser.open(proxy);
  await page.goto(`${proxy.url}/api/actions/connector/${drive.id}/oauth/start`);
  await page.getByLabel('Username').fill(ana.username);
  await page.getByLabel('Password', { exact: true }).fill(ana.password);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.getByRole('button', { name: /continue/i }).click();
  await allow(page);
  await page.getByRole('heading', { name: 'You are connected' }).waitFor();
  await page.waitForURL(`${proxy.url}${MY_CONNECTIONS}?connector=${drive.id}`, {
    timeout: LONG_MS,
  });
  await drive.text(page, 'ana@example.com').waitFor();
  expect(await drive.stored()).toEqual(['ana connected']);
});
