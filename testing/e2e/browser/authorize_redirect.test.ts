import { waitUntil } from '@latchkey/core/server/wait_until';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Connection,
  clickAllow,
  connectInSameWindow,
  connectionToDrive,
  googlePages,
  LONG_MS,
  MY_CONNECTIONS,
  OPPOSITE_PLACES,
  PLACES,
  signIn,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

/** Addresses to which the provider returns. */
const CALLBACK = '**/_oauth_callback/**';

const browser = useChromium();
const environment = useConnectionEnvironment();
const { allow, chooseAccount, deny } = googlePages;
let drive: Connection;

/**
 * Brings Ana to the consent page in the window of her page. Returns the id of the attempt as well.
 */
async function atConsent(): Promise<{ readonly page: Page; readonly flow: string }> {
  const page = await drive.openPage();
  await connectInSameWindow(drive, page);
  await chooseAccount(page);
  return { page, flow: await flowAt(page) };
}

/** Id of the attempt, read on another tab: the provider's page has its own storage. */
async function flowAt(page: Page): Promise<string> {
  const tab = await page.context().newPage();
  await tab.goto(`${drive.site.url}/login`);
  const flow = await drive.flowOf(tab);
  await tab.close();
  return flow;
}

/** Two servers on one store, one of them below a base path. */
describe.each(PLACES)(
  'by redirect, with the base path "$basePath", in the space $spaceId',
  (place) => {
    beforeEach(async () => {
      drive = await connectionToDrive({ browser, environment }, place);
    });

    it('a user who allows access returns to the page, connected', async () => {
      const { page, flow } = await atConsent();
      await clickAllow(page);
      await drive.waitUntilConnected(page);
      // The parameters of the callback are not left in the address.
      expect(page.url()).toBe(`${drive.server.url}${MY_CONNECTIONS}`);
      expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'succeeded' });
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('a user who denies access returns to the page, is told the reason, and can try again', async () => {
      const page = await drive.openPage();
      await connectInSameWindow(drive, page);
      const flow = await flowAt(page);
      await deny(page);
      await drive.waitForText(page, 'Access was denied at the provider.');
      await drive.button(page, 'Try again').waitFor();
      expect(page.url()).toBe(`${drive.server.url}${MY_CONNECTIONS}`);
      expect(await drive.outcomeOf(flow)).toMatchObject({
        status: 'failed',
        code: 'provider_refused',
      });
      expect(await drive.stored()).toEqual([]);
    });
  },
);

describe.each(OPPOSITE_PLACES)(
  'by redirect, with the base path "$basePath", in the space $spaceId',
  (place) => {
    beforeEach(async () => {
      drive = await connectionToDrive({ browser, environment }, place);
    });

    it('a user whose provider is slow waits at the provider, then returns connected', async () => {
      const hold = environment.google.holdNext({ endpoint: 'token', when: 'before_acting' });
      const { page, flow } = await atConsent();
      const allowed = clickAllow(page);
      await waitUntil('the request for the token', () => hold.isHolding, { timeoutMs: LONG_MS });
      expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'pending' });
      expect(await drive.stored()).toEqual(['ana pending']);
      hold.release();
      await allowed;
      await drive.waitUntilConnected(page);
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('a user who returns too late is told so on the page, and is not connected', async () => {
      const { page, flow } = await atConsent();
      const endOfLaterTime = await environment.passTime(drive.site);
      await clickAllow(page);
      await drive.waitForText(page, 'The sign-in was not finished in time');
      endOfLaterTime();
      await drive.button(page, 'Try again').waitFor();
      expect(page.url()).toBe(`${drive.server.url}${MY_CONNECTIONS}`);
      expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'expired' });
      expect(await drive.stored()).toEqual([]);
    });

    it('a user who cancels in another tab and allows access afterwards is not connected', async () => {
      browser.expectProblems(/status of 400/);
      const { page, flow } = await atConsent();
      const tab = await page.context().newPage();
      await tab.goto(`${drive.server.url}${MY_CONNECTIONS}`);
      await drive.waitForText(tab, 'Finish at the provider, or start again');
      await drive.button(tab, `Cancel connecting ${drive.name}`).click();
      await drive.waitForText(tab, 'Cancelled. Nothing was changed.');
      await waitUntil('the cancellation', async () => {
        const { status } = await drive.outcomeOf(flow);
        return status === 'cancelled';
      });
      await clickAllow(page);
      await page.getByRole('heading', { name: 'Nothing left to do' }).waitFor();
      expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'cancelled' });
      expect(await drive.stored()).toEqual([]);
    });

    it('a user who goes back with the back button can start again', async () => {
      const page = await drive.openPage();
      await connectInSameWindow(drive, page);
      const flow = await flowAt(page);
      await page.goBack();
      await drive.waitForText(page, 'Finish at the provider, or start again');
      expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'pending' });
      await connectInSameWindow(drive, page, drive.button(page, 'Start again'));
      await allow(page);
      await drive.waitUntilConnected(page);
      expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'cancelled' });
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('a user who reloads the page of the provider is connected afterwards', async () => {
      const page = await drive.openPage();
      await connectInSameWindow(drive, page);
      await page.reload();
      await allow(page);
      await drive.waitUntilConnected(page);
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('a user who returns while the server restarts can load the address again, and is connected', async () => {
      browser.expectProblems(/status of 502/);
      const { page } = await atConsent();
      await environment.stop(drive.site);
      const failed = page.waitForResponse(CALLBACK);
      await clickAllow(page);
      expect((await failed).status()).toBe(502);
      await environment.startAgain({ site: drive.site });
      await page.reload();
      await drive.waitUntilConnected(page);
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('another tab shows the attempt, and both tabs show its outcome', async () => {
      const page = await drive.openPage();
      const other = await page.context().newPage();
      await other.goto(page.url());
      await drive.connectButton(other).waitFor();
      await page.bringToFront();
      await connectInSameWindow(drive, page);
      await drive.waitForText(other, 'Finish at the provider, or start again');
      await allow(page);
      await drive.waitUntilConnected(page);
      await drive.waitUntilConnected(other);
      expect(await drive.stored()).toEqual(['ana connected']);
    });

    it('a user with another account decides on a page of the server, and returns connected', async () => {
      const page = await drive.openPage();
      await allow(await drive.connect(page));
      await drive.waitUntilConnected(page);
      await page.evaluate('window.open = () => null');
      await (await drive.menuItem(page, 'Reconnect')).click();
      await drive.button(page, 'Continue in this window').click();
      await page.waitForURL(`${environment.google.origin}/**`, { timeout: LONG_MS });
      await allow(page, 'ben');
      await page.getByRole('heading', { name: /change the account/i }).waitFor();
      const accountOf = async () => {
        const status = await environment.ana.status(drive.server, drive.id);
        return status?.account;
      };
      expect(await accountOf()).toBe('ana@example.com');
      await page.getByRole('button', { name: /ben@example.com/ }).click();
      await drive.waitUntilConnected(page, 'ben');
      expect(page.url()).toBe(`${drive.server.url}${MY_CONNECTIONS}`);
      expect(await accountOf()).toBe('ben@example.com');
    });

    it('no user is connected when another user has signed in meanwhile', async () => {
      browser.expectProblems(/status of 403/);
      const { page, flow } = await atConsent();
      await signIn(page, environment.ben, drive.site);
      await clickAllow(page);
      await page.getByText(/started by another user/).waitFor();
      expect(await drive.stored()).toEqual([]);
      expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'failed', code: 'wrong_user' });
      await page.goto(`${drive.server.url}${MY_CONNECTIONS}`);
      await drive.connectButton(page).waitFor();
    });
  },
);
