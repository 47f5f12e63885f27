import { waitUntil } from '@latchkey/core/server/wait_until';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Connection,
  clickAllow,
  clickForWindow,
  connectionToDrive,
  googlePages,
  LONG_MS,
  MY_CONNECTIONS,
  NESTED_PLACE,
  openBlocked,
  START,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

/** The user activation of a click lasts five seconds. A window that opens later is blocked. */
const CLICK_FORGOTTEN_MS = 6000;

const browser = useChromium();
const environment = useConnectionEnvironment({ basePath: NESTED_PLACE.basePath });
const { allow, chooseAccount } = googlePages;
let drive: Connection;

beforeEach(async () => {
  drive = await connectionToDrive({ browser, environment }, NESTED_PLACE);
});

describe('a user who allows access', () => {
  it('sees the window immediately though the server responds only after the user activation of the click has expired', async () => {
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

it('a user whose browser blocked the window is connected in the same window and returns to the page', async () => {
  const page = await openBlocked(drive);
  const address = page.url();
  await drive.button(page, 'Continue in this window').click();
  await allow(page);
  await drive.waitUntilConnected(page);
  expect(page.url()).toBe(address);
  expect(await drive.stored()).toEqual(['ana connected']);
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
  await waitUntil('the request for the token', () => hold.isHolding, { timeoutMs: LONG_MS });
  await page.getByRole('button', { name: `Cancel connecting ${drive.name}` }).click();
  await drive.waitForText(page, 'Cancelled.');
  hold.release();
  await allowed;
  await drive.waitUntilConnected(page);
  await drive.text(page, 'Cancelled.').waitFor({ state: 'detached' });
  expect(await drive.stored()).toEqual(['ana connected']);
});

it('an invitation that is opened without a session leads to the page of the connection', async () => {
  const { ana } = environment;
  const page = await browser.open(drive.site);
  await page.goto(`${drive.server.url}/api/actions/connector/${drive.id}/oauth/start`);
  await page.getByLabel('Username').fill(ana.username);
  await page.getByLabel('Password', { exact: true }).fill(ana.password);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.getByRole('button', { name: /continue/i }).click();
  // The script of the result page leaves it after three seconds.
  const seen = Promise.withResolvers<void>();
  await page.route('**/_oauth_callback_script*', async (route) => {
    await seen.promise;
    await route.continue();
  });
  await allow(page);
  await page.getByRole('heading', { name: 'You are connected' }).waitFor();
  seen.resolve();
  await page.waitForURL(`${drive.server.url}${MY_CONNECTIONS}?connector=${drive.id}`, {
    timeout: LONG_MS,
  });
  await drive.text(page, 'ana@example.com').waitFor();
  expect(await drive.stored()).toEqual(['ana connected']);
});
