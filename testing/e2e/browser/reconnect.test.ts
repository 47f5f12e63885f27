import { waitUntil } from '@latchkey/core/server/wait_until';
import { searchFiles } from '@latchkey/test-environment';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Connection,
  clickAllow,
  clickForWindow,
  connectInSameWindow,
  connectionToDrive,
  googlePages,
  LONG_MS,
  MY_CONNECTIONS,
  NESTED_PLACE,
  PLAIN_PLACE,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

const browser = useChromium();
const environment = useConnectionEnvironment();
const { allow, chooseAccount, deny } = googlePages;
let drive: Connection;
/** The stored grants before the user reconnects. */
let before: readonly unknown[];

/** The page shows the earlier connection, and its menu offers to end it. */
async function expectStillConnected(page: Page): Promise<void> {
  await drive.text(page, 'ana@example.com').waitFor();
  await drive.text(page, /^Connected/).waitFor();
  await (await drive.menuItem(page, 'Disconnect')).waitFor();
  await page.keyboard.press('Escape');
}

/** The server stores the earlier grant, unchanged, and calls with it succeed. */
async function expectOldGrant(): Promise<void> {
  expect(await drive.storedGrants()).toEqual(before);
  const found = await environment.ana.execute(drive.server, drive.id, searchFiles());
  expect(found).toMatchObject({ status: 'ok' });
}

/** The server stores one grant, which is newer than the earlier one. */
async function expectNewGrant(): Promise<void> {
  expect(await drive.stored()).toEqual(['ana connected']);
  const connectedAt = (grants: readonly unknown[]) => Object(grants[0]).connected_at;
  expect(connectedAt(await drive.storedGrants()) > connectedAt(before)).toBe(true);
  const found = await environment.ana.execute(drive.server, drive.id, searchFiles());
  expect(found).toMatchObject({ status: 'ok' });
}

const isCancelled = (flow: string) => async (): Promise<boolean> =>
  (await drive.outcomeOf(flow)).status === 'cancelled';

describe('a connected user who reconnects in a window', () => {
  beforeEach(async () => {
    drive = await connectionToDrive({ browser, environment }, NESTED_PLACE);
    await drive.connectWithoutBrowser();
    before = await drive.storedGrants();
  });

  /** Opens Ana's page, and the window of the provider by the menu. */
  async function openBoth(): Promise<{ readonly page: Page; readonly provider: Page }> {
    const page = await drive.openPage();
    const provider = await clickForWindow(page, await drive.menuItem(page, 'Reconnect'));
    return { page, provider };
  }

  it('with the same account stays connected, with a new grant', async () => {
    const { page, provider } = await openBoth();
    const flow = await drive.flowOf(page);
    await allow(provider);
    await drive.waitUntilConnected(page);
    expect(await drive.text(page, /another account/).count()).toBe(0);
    const succeeded = { status: 'succeeded', account_changed: false };
    expect(await drive.outcomeOf(flow)).toMatchObject(succeeded);
    await expectNewGrant();
  });

  it('and denies access is told so, and stays connected with the earlier grant', async () => {
    browser.expectProblems(/status of 400/);
    const { page, provider } = await openBoth();
    const flow = await drive.flowOf(page);
    await deny(provider);
    await drive.waitForText(page, 'Access was denied at the provider.');
    await expectStillConnected(page);
    const failed = { status: 'failed', code: 'provider_refused' };
    expect(await drive.outcomeOf(flow)).toMatchObject(failed);
    await expectOldGrant();
  });

  it('and cancels stays connected with the earlier grant, even when access is allowed later', async () => {
    browser.expectProblems(/status of 400/);
    const { page, provider } = await openBoth();
    const flow = await drive.flowOf(page);
    await chooseAccount(provider);
    await drive.button(page, `Cancel connecting ${drive.name}`).click();
    await drive.waitForText(page, 'Cancelled. Nothing was changed.');
    await waitUntil('the cancellation', isCancelled(flow));
    await clickAllow(provider);
    await provider.getByRole('heading', { name: 'Nothing left to do' }).waitFor();
    await expectStillConnected(page);
    await expectOldGrant();
  });

  it('and reloads the page sees the attempt and its outcome', async () => {
    const { page, provider } = await openBoth();
    await drive.flowOf(page);
    const starts = drive.starts();
    await page.reload();
    await drive.waitForText(page, 'Finish in the other window, or start again');
    await drive.text(page, 'ana@example.com').waitFor();
    expect(await drive.storedGrants()).toEqual(before);
    await allow(provider);
    await drive.waitUntilConnected(page);
    expect(drive.starts()).toBe(starts);
    await expectNewGrant();
  });
});

describe('a connected user who reconnects in the window of the page', () => {
  beforeEach(async () => {
    drive = await connectionToDrive({ browser, environment }, PLAIN_PLACE);
    await drive.connectWithoutBrowser();
    before = await drive.storedGrants();
  });

  /** Brings Ana to the provider in the window of her page. */
  async function atProvider(): Promise<Page> {
    const page = await drive.openPage();
    await connectInSameWindow(drive, page, await drive.menuItem(page, 'Reconnect'));
    return page;
  }

  /** Another tab with the page, which shows the attempt. */
  async function openTab(page: Page): Promise<Page> {
    const tab = await page.context().newPage();
    await tab.goto(`${drive.server.url}${MY_CONNECTIONS}`);
    await drive.waitForText(tab, 'Finish at the provider, or start again');
    return tab;
  }

  it('with the same account returns connected, with a new grant', async () => {
    const page = await atProvider();
    await allow(page);
    await drive.waitUntilConnected(page);
    expect(page.url()).toBe(`${drive.server.url}${MY_CONNECTIONS}`);
    expect(await drive.text(page, /another account/).count()).toBe(0);
    await expectNewGrant();
  });

  it('and denies access returns, is told so, and stays connected with the earlier grant', async () => {
    const page = await atProvider();
    await deny(page);
    await drive.waitForText(page, 'Access was denied at the provider.');
    expect(page.url()).toBe(`${drive.server.url}${MY_CONNECTIONS}`);
    await expectStillConnected(page);
    await expectOldGrant();
  });

  it('and cancels in another tab stays connected with the earlier grant, even when access is allowed later', async () => {
    browser.expectProblems(/status of 400/);
    const page = await atProvider();
    await chooseAccount(page);
    const tab = await openTab(page);
    const flow = await drive.flowOf(tab);
    await drive.button(tab, `Cancel connecting ${drive.name}`).click();
    await drive.waitForText(tab, 'Cancelled. Nothing was changed.');
    await waitUntil('the cancellation', isCancelled(flow));
    await clickAllow(page);
    await page.getByRole('heading', { name: 'Nothing left to do' }).waitFor();
    await expectStillConnected(tab);
    await expectOldGrant();
  });

  it('and reloads the page of the provider, and that of a second tab, sees the outcome in both', async () => {
    const page = await atProvider();
    const starts = drive.starts();
    await page.reload({ timeout: LONG_MS });
    const tab = await openTab(page);
    await tab.reload();
    await drive.waitForText(tab, 'Finish at the provider, or start again');
    expect(await drive.storedGrants()).toEqual(before);
    await page.bringToFront();
    await allow(page);
    await drive.waitUntilConnected(page);
    await drive.waitUntilConnected(tab);
    expect(drive.starts()).toBe(starts);
    await expectNewGrant();
  });
});
