import { waitUntil } from '@latchkey/core/server/wait_until';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Connection,
  clickAllow,
  clickForWindow,
  connectionToDrive,
  googlePages,
  LONG_MS,
  openBlocked,
  PLACES,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

const browser = useChromium();
const environment = useConnectionEnvironment();
const { allow, chooseAccount, deny } = googlePages;
let drive: Connection;

const accountOf = async (): Promise<string | undefined> => {
  const status = await environment.ana.status(drive.server, drive.id);
  return String(status?.['account']);
};

/** Two servers on one store, one of them below a base path. */
describe.each(PLACES)(
  'in a window, with the base path "$basePath", in the space $spaceId',
  (place) => {
    beforeEach(async () => {
      drive = await connectionToDrive({ browser, environment }, place);
    });

    it('a user is connected in two tabs, continues after a reload, and the window closes by itself', async () => {
      const page = await drive.openPage();
      const other = await page.context().newPage();
      await other.goto(page.url());
      await drive.connectButton(other).waitFor();
      await page.bringToFront();
      const provider = await drive.connect(page);
      await drive.text(other, 'Finish in the other window, or start again').waitFor();
      await page.reload();
      await drive.waitForText(page, 'Finish in the other window, or start again');
      const closed = provider.waitForEvent('close', { timeout: LONG_MS });
      await allow(provider);
      await drive.waitUntilConnected(page);
      await drive.waitUntilConnected(other);
      await closed;
      expect(drive.starts()).toBe(1);
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('a user who denies access is told the reason, and starts again from the window of the provider', async () => {
      browser.expectProblems(/status of 400/);
      const page = await drive.openPage();
      const provider = await drive.connect(page);
      const flow = await drive.flowOf(page);
      await deny(provider);
      await drive.waitForText(page, 'Access was denied at the provider.');
      await drive.button(page, 'Try again').waitFor();
      const ended = { status: 'failed', code: 'provider_refused' };
      expect(await drive.outcomeOf(flow)).toMatchObject(ended);
      expect(await drive.stored()).toEqual([]);
      await provider.getByText('Access was not granted').waitFor();
      await provider.getByRole('link', { name: 'Start again' }).click();
      await provider.getByRole('button', { name: /continue/i }).click();
      await allow(provider);
      await drive.waitForText(page, 'ana@example.com');
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('a user who closed the window can start again', async () => {
      const page = await drive.openPage();
      const first = await drive.connect(page);
      const flow = await drive.flowOf(page);
      await first.close();
      await drive.waitForText(page, 'Finish in the other window, or start again');
      expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'pending' });
      expect(await drive.stored()).toEqual(['ana pending']);
      await allow(await clickForWindow(page, drive.button(page, 'Start again')));
      await drive.waitUntilConnected(page);
      expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'cancelled' });
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('a user whose browser blocked the window is connected by the link on the page', async () => {
      const page = await openBlocked(drive);
      expect(await drive.stored()).toEqual(['ana pending']);
      const link = drive.panel(page).getByRole('link', { name: /Open sign-in page/ });
      await allow(await clickForWindow(page, link));
      await drive.waitUntilConnected(page);
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('a user waits while the provider is slow to issue the token', async () => {
      const hold = environment.google.holdNext({ endpoint: 'token', when: 'before_acting' });
      const page = await drive.openPage();
      const allowed = allow(await drive.connect(page));
      await waitUntil('the request for the token', () => hold.isHolding, { timeoutMs: LONG_MS });
      await drive.text(page, 'Finish in the other window').waitFor();
      expect(await drive.stored()).toEqual(['ana pending']);
      hold.release();
      await allowed;
      await drive.waitUntilConnected(page);
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('an attempt that was not finished in time ends', async () => {
      const page = await drive.openPage();
      await drive.connect(page);
      const flow = await drive.flowOf(page);
      await environment.expireAttempt(flow, drive.id);
      await drive.waitForText(page, 'The sign-in was not finished in time');
      await drive.button(page, 'Try again').waitFor();
      expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'expired' });
      expect(await drive.stored()).toEqual(['ana not_connected']);
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
      expect(await drive.stored()).toEqual([]);
    });

    it('a double click opens one window and starts one attempt', async () => {
      const page = await drive.openPage();
      const opened: Page[] = [];
      page.context().on('page', (one) => opened.push(one));
      const [provider] = await Promise.all([
        page.context().waitForEvent('page'),
        drive.connectButton(page).dblclick(),
      ]);
      await drive.text(page, 'Finish in the other window').waitFor();
      await allow(provider);
      await drive.waitUntilConnected(page);
      expect(opened).toHaveLength(1);
      expect(drive.starts()).toBe(1);
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('an attempt continues to wait while the server restarts', async () => {
      // The proxy responds while the server is stopped.
      browser.expectProblems(/^Console: .* status of 502/);
      const page = await drive.openPage();
      const provider = await drive.connect(page);
      await chooseAccount(provider);
      await environment.stop(drive.site);
      await environment.startAgain({ site: drive.site });
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
      expect(await accountOf()).toBe('ana@example.com');
      await drive.button(page, 'Use ben@example.com').click();
      await drive.waitUntilConnected(page, 'ben');
      await drive.text(page, /another account before/).waitFor();
      expect(await accountOf()).toBe('ben@example.com');
      const changed = { status: 'succeeded', account_changed: true };
      expect(await drive.outcomeOf(flow)).toMatchObject(changed);
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('no user is connected when another user has signed in meanwhile', async () => {
      // 412: requests of the page still name the user who opened it.
      browser.expectProblems(/status of 40\d/, /status of 412/);
      const page = await drive.openPage();
      const provider = await drive.connect(page);
      await chooseAccount(provider);
      // A sign-in in this page would end its session, and a poll in that moment would leave the
      // page.
      const other = await browser.openAs(environment.ben, drive.site, { path: '/app/none' });
      await page.context().addCookies(await other.context().cookies());
      await clickAllow(provider);
      const words = provider.getByText(/started by another user/).first();
      await words.waitFor({ timeout: LONG_MS });
      await drive.waitForText(page, /started by another user/);
      await page.getByText('ben has signed in in this browser', { exact: true }).waitFor();
      expect(await drive.stored()).toEqual([]);
    });
  },
);
