import { waitUntil } from '@latchkey/core/server/wait_until';
import type { Page, Route } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Connection,
  clickAllow,
  clickForWindow,
  connectInSameWindow,
  connectionToDrive,
  googlePages,
  MY_CONNECTIONS,
  NESTED_PLACE,
  PLAIN_PLACE,
  type Place,
  START,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

const CALLBACK_LIMIT = 'xpack.actions.auth.oauth_authorization_code.rate_limits.callback.limit';
const LIMITED = 'There were too many attempts in a short time.';

const browser = useChromium();
const environment = useConnectionEnvironment();
const { allow, chooseAccount } = googlePages;
let drive: Connection;

const statusOf = async (flow: string): Promise<string> => (await drive.outcomeOf(flow)).status;

async function signInByForm(page: Page): Promise<void> {
  const { ana } = environment;
  await page.getByLabel('Username').fill(ana.username);
  await page.getByLabel('Password', { exact: true }).fill(ana.password);
  await page.getByRole('button', { name: /sign in/i }).click();
}

/** Faults of requests that start an attempt, and what the user sees. */
const START_FAULTS: readonly {
  readonly title: string;
  readonly problem: RegExp;
  readonly words: string;
  /** Button with which the user starts again. `undefined`: there is none that helps. */
  readonly again: 'Try again' | 'Connect' | undefined;
  readonly inject: (page: Page) => Promise<unknown>;
}[] = [
  {
    title: 'the user lost the privilege',
    problem: /status of 403/,
    words: 'You are not allowed to connect accounts in this space.',
    again: undefined,
    inject: async (page) => {
      let restored = Promise.resolve();
      const refuse = async (route: Route): Promise<void> => {
        await environment.setPrivileges([], drive.site);
        const response = await route.fetch();
        await environment.setPrivileges(['read'], drive.site);
        await route.fulfill({ response });
      };
      // Other requests of the page would replace the page by a notice.
      await page.route(/\/(api|internal)\//, async (route) => {
        if (route.request().url().endsWith(START)) {
          restored = refuse(route);
          return restored;
        }
        await restored;
        return route.continue();
      });
    },
  },
  {
    title: 'a proxy responds with 502',
    problem: /status of 502/,
    words: 'The server had a problem.',
    again: 'Connect',
    inject: (page) => page.route(`**${START}`, (route) => route.fulfill({ status: 502 })),
  },
  {
    title: 'the network is lost',
    problem: /ERR_INTERNET_DISCONNECTED/,
    words: 'The server cannot be reached.',
    again: 'Try again',
    inject: (page) => page.route(`**${START}`, (route) => route.abort('internetdisconnected')),
  },
];
/** Creates a connector at a server whose limit of callbacks Ana has reached. */
async function useLimited(place: Place): Promise<void> {
  const site = await environment.addSite(place.basePath, { [CALLBACK_LIMIT]: 1 });
  drive = await connectionToDrive({ browser, environment }, { ...place, site });
  await drive.connectWithoutBrowser();
  await environment.ana.disconnect(drive.server, drive.id);
}

describe('in a window', () => {
  beforeEach(async () => {
    drive = await connectionToDrive({ browser, environment }, NESTED_PLACE);
  });

  it('a provider that returns no code: both pages say so, and the user starts again', async () => {
    browser.expectProblems(/status of 400/);
    const page = await drive.openPage();
    drive.site.changeNextCallback((sent) => sent.delete('code'));
    const provider = await drive.connect(page);
    const flow = await drive.flowOf(page);
    await allow(provider);
    await provider.getByText('The provider sent no authorization code.').waitFor();
    await drive.waitForText(page, 'The provider returned without a confirmation.');
    const failed = { status: 'failed', code: 'code_missing' };
    expect(await drive.outcomeOf(flow)).toMatchObject(failed);
    expect(await drive.stored()).toEqual([]);
    await allow(await clickForWindow(page, drive.button(page, 'Try again')));
    await drive.waitUntilConnected(page);
    expect(await drive.stored()).toEqual(['ana connected']);
  });

  it('a user whose session ended before the return signs in again, and starts again', async () => {
    browser.expectProblems(/status of 401/);
    const page = await drive.openPage();
    const provider = await drive.connect(page);
    const flow = await drive.flowOf(page);
    await chooseAccount(provider);
    await page.request.get(`${drive.site.url}/api/security/logout`);
    await clickAllow(provider);
    await provider.getByRole('heading', { name: 'Sign in first' }).waitFor();
    // The next request of the page leads to the login page.
    await signInByForm(page);
    await drive.waitForText(page, 'Finish in the other window, or start again');
    expect(await statusOf(flow)).toBe('pending');
    expect(await drive.stored()).toEqual(['ana pending']);
    await allow(await clickForWindow(page, drive.button(page, 'Start again')));
    await drive.waitUntilConnected(page);
    expect(await statusOf(flow)).toBe('cancelled');
    expect(await drive.stored()).toEqual(['ana connected']);
  });

  it('a user above the limit of attempts is told so on both pages, and the attempt ends', async () => {
    browser.expectProblems(/status of 429/);
    await useLimited(NESTED_PLACE);
    const page = await drive.openPage();
    const provider = await drive.connect(page);
    const flow = await drive.flowOf(page);
    await allow(provider);
    await provider.getByText('Too many authorization attempts.').waitFor();
    await drive.waitForText(page, LIMITED);
    await waitUntil('the cancellation', async () => (await statusOf(flow)) === 'cancelled');
    expect(await drive.stored()).toEqual([]);
  });

  it.each(START_FAULTS)('an attempt cannot start when $title', async (fault) => {
    browser.expectProblems(fault.problem);
    const page = await drive.openPage();
    await fault.inject(page);
    const provider = await drive.connect(page);
    await drive.waitForText(page, fault.words);
    await waitUntil('the end of the window', () => provider.isClosed());
    const tryAgain = drive.button(page, 'Try again');
    expect(await tryAgain.count()).toBe(fault.again === 'Try again' ? 1 : 0);
    expect(await drive.stored()).toEqual([]);
    if (fault.again === undefined) return;
    await page.unroute(`**${START}`);
    const again = fault.again === 'Connect' ? drive.connectButton(page) : tryAgain;
    await allow(await clickForWindow(page, again));
    await drive.waitUntilConnected(page);
    expect(await drive.stored()).toEqual(['ana connected']);
  });
});

describe('by redirect', () => {
  beforeEach(async () => {
    drive = await connectionToDrive({ browser, environment }, PLAIN_PLACE);
  });

  async function atConsent(): Promise<Page> {
    const page = await drive.openPage();
    await connectInSameWindow(drive, page);
    await chooseAccount(page);
    return page;
  }

  it('a provider that returns no code: the page says so, and the user starts again', async () => {
    const page = await atConsent();
    drive.site.changeNextCallback((sent) => sent.delete('code'));
    await clickAllow(page);
    await drive.waitForText(page, 'The provider returned without a confirmation.');
    expect(page.url()).toBe(`${drive.server.url}${MY_CONNECTIONS}`);
    expect(await drive.stored()).toEqual([]);
    await connectInSameWindow(drive, page, drive.button(page, 'Try again'));
    await allow(page);
    await drive.waitUntilConnected(page);
    expect(await drive.stored()).toEqual(['ana connected']);
  });

  it('a user whose session ended before the return signs in again, and starts again', async () => {
    browser.expectProblems(/status of 401/);
    const page = await atConsent();
    await page.request.get(`${drive.site.url}/api/security/logout`);
    await clickAllow(page);
    await page.getByRole('heading', { name: 'Sign in first' }).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signInByForm(page);
    await page.getByRole('link', { name: 'My connections' }).click();
    await drive.waitForText(page, 'Finish at the provider, or start again');
    expect(await drive.stored()).toEqual(['ana pending']);
    await connectInSameWindow(drive, page, drive.button(page, 'Start again'));
    await allow(page);
    await drive.waitUntilConnected(page);
    expect(await drive.stored()).toEqual(['ana connected']);
  });

  it.each([
    ['without a state', (sent: URLSearchParams) => sent.delete('state'), 'This link is incomplete'],
    [
      'with an unknown state',
      (sent: URLSearchParams) => sent.set('state', 'x'.repeat(43)),
      'This authorization is unknown or has timed out',
    ],
  ])(
    'a provider that returns %s: the window says so, another tab too, and the user starts again',
    async (_, change, words) => {
      browser.expectProblems(/status of 400/);
      const page = await atConsent();
      const tab = await page.context().newPage();
      await tab.goto(`${drive.server.url}${MY_CONNECTIONS}`);
      await drive.waitForText(tab, 'Finish at the provider, or start again');
      drive.site.changeNextCallback(change);
      await clickAllow(page);
      await page.getByText(words).waitFor();
      await drive.waitForText(tab, 'The account could not be connected.');
      await waitUntil('the cancellation', async () => (await drive.stored()).length === 0);
      await page.getByRole('link', { name: 'Back to Latchkey' }).click();
      await page.getByRole('link', { name: 'My connections' }).click();
      await connectInSameWindow(drive, page);
      await allow(page);
      await drive.waitUntilConnected(page);
      expect(await drive.stored()).toEqual(['ana connected']);
    },
  );

  it('a user above the limit of attempts is told so, in another tab too, and the attempt ends', async () => {
    browser.expectProblems(/status of 429/);
    await useLimited(PLAIN_PLACE);
    const page = await atConsent();
    const tab = await page.context().newPage();
    await tab.goto(`${drive.server.url}${MY_CONNECTIONS}`);
    await drive.waitForText(tab, 'Finish at the provider, or start again');
    const flow = await drive.flowOf(tab);
    await page.bringToFront();
    await clickAllow(page);
    await page.getByText('Too many authorization attempts.').waitFor();
    await drive.waitForText(tab, LIMITED);
    await waitUntil('the cancellation', async () => (await statusOf(flow)) === 'cancelled');
    expect(await drive.stored()).toEqual([]);
  });

  it.each(START_FAULTS)('an attempt cannot start when $title', async (fault) => {
    browser.expectProblems(fault.problem);
    const page = await drive.openPage();
    const address = page.url();
    await page.evaluate('window.open = () => null');
    await drive.connectButton(page).click();
    const here = drive.button(page, 'Continue in this window');
    await here.waitFor();
    await fault.inject(page);
    await here.click();
    await drive.waitForText(page, fault.words);
    expect(page.url()).toBe(address);
    const tryAgain = drive.button(page, 'Try again');
    expect(await tryAgain.count()).toBe(fault.again === 'Try again' ? 1 : 0);
    // The blocked attempt is cancelled meanwhile.
    await waitUntil('the cancellation', async () => (await drive.stored()).length === 0);
  });

  it('a double click on the button that continues in this window starts one more attempt', async () => {
    const page = await drive.openPage();
    await page.evaluate('window.open = () => null');
    await drive.connectButton(page).click();
    await drive.button(page, 'Continue in this window').dblclick();
    await allow(page);
    await drive.waitUntilConnected(page);
    // The blocked one, and the one in this window.
    expect(drive.starts()).toBe(2);
    expect(await drive.stored()).toEqual(['ana connected']);
  });
});
