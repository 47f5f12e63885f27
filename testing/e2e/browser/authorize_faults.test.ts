import { waitUntil } from '@latchkey/core/server/wait_until';
import { searchFiles } from '@latchkey/test-environment';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Connection,
  clickForWindow,
  connectionToDrive,
  googlePages,
  LONG_MS,
  MY_CONNECTIONS,
  NESTED_PLACE,
  useChromium,
  useConnectionEnvironment,
  WAITS_FOR_REVOCATIONS,
} from './harness/index.ts';

const OUTCOME = '**/_oauth_flow/**';

const browser = useChromium();
const environment = useConnectionEnvironment({
  basePath: NESTED_PLACE.basePath,
  build: WAITS_FOR_REVOCATIONS,
});
const { allow } = googlePages;
let drive: Connection;

beforeEach(async () => {
  drive = await connectionToDrive({ browser, environment }, NESTED_PLACE);
});

/** A second tab of the same browser. */
async function openTab(page: Page, path: string): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(`${drive.server.url}${path}`);
  return tab;
}

describe('a provider that returns', () => {
  it.each([
    ['without a state', (sent: URLSearchParams) => sent.delete('state'), 'This link is incomplete'],
    [
      'with an unknown state',
      (sent: URLSearchParams) => sent.set('state', 'x'.repeat(43)),
      'This authorization is unknown or has timed out',
    ],
  ])(
    '%s: both pages say so within seconds, and the user starts again',
    async (_, change, words) => {
      browser.expectProblems(/status of 400/);
      const page = await drive.openPage();
      environment.proxy.changeNextCallback(change);
      const provider = await drive.connect(page);
      const flow = await drive.flowOf(page);
      await allow(provider);
      await provider.getByText(words).waitFor();
      // Long before the ten minutes are over after which an attempt expires.
      await drive.waitForText(page, 'The account could not be connected.');
      await waitUntil('the cancellation', async () => {
        const { status } = await drive.outcomeOf(flow);
        return status === 'cancelled';
      });
      expect(await drive.stored()).toEqual([]);
      await allow(await clickForWindow(page, drive.button(page, 'Try again')));
      await drive.waitUntilConnected(page);
      expect(await drive.stored()).toEqual(['ana connected']);
    },
  );

  it('without a state to a window of another site: the attempt of the user continues', async () => {
    browser.expectProblems(/status of 400/);
    const page = await drive.openPage();
    const provider = await drive.connect(page);
    const flow = await drive.flowOf(page);
    const other = await page.context().newPage();
    const asked = page.waitForResponse(OUTCOME);
    await other.goto(`${environment.proxy.url}/api/actions/connector/_oauth_callback/any?code=1`);
    await other.getByText('This link is incomplete').waitFor();
    await asked;
    expect(await drive.outcomeOf(flow)).toMatchObject({ status: 'pending' });
    await drive.text(page, 'Finish in the other window').waitFor();
    await allow(provider);
    await drive.waitUntilConnected(page);
    expect(await drive.stored()).toEqual(['ana connected']);
  });
});

describe('messages between tabs', () => {
  it('B36: a forged success connects nobody, and the page continues to wait', async () => {
    const page = await drive.openPage();
    await drive.connect(page);
    const tab = await openTab(page, '/login');
    const asked = page.waitForResponse(OUTCOME);
    await tab.evaluate((connectorId) => {
      new BroadcastChannel('oauth_flow_completed').postMessage({
        connectorId,
        status: 'success',
        statusCode: 200,
      });
    }, drive.id);
    expect(await (await asked).json()).toMatchObject({ status: 'pending' });
    await drive.text(page, 'Finish in the other window').waitFor();
    expect(await drive.text(page, /^Connected/).count()).toBe(0);
    expect(await drive.stored()).toEqual(['ana pending']);
  });

  it('are not needed: without BroadcastChannel both tabs show the connection', async () => {
    const page = await browser.openAs(environment.ana, drive.server, { path: '/app/none' });
    await page.context().addInitScript('delete window.BroadcastChannel');
    await page.goto(`${drive.server.url}${MY_CONNECTIONS}`);
    const tab = await openTab(page, MY_CONNECTIONS);
    await drive.connectButton(tab).waitFor();
    await page.bringToFront();
    expect(await page.evaluate('typeof BroadcastChannel')).toBe('undefined');
    await allow(await drive.connect(page));
    await drive.waitUntilConnected(page);
    await drive.waitUntilConnected(tab);
    expect(await drive.stored()).toEqual(['ana connected']);
  });
});

describe('a user who leaves the page while waiting', () => {
  it('finds the attempt when the user opens the page again', async () => {
    const page = await drive.openPage();
    const provider = await drive.connect(page);
    await page.getByRole('link', { name: 'Connectors' }).click();
    await page.getByRole('heading', { level: 1, name: 'Connectors' }).waitFor();
    await page.getByRole('button', { name: `Connecting… ${drive.name}` }).waitFor();
    await page.getByRole('link', { name: 'My connections' }).click();
    await drive.text(page, 'Finish in the other window').waitFor();
    await allow(provider);
    await drive.waitUntilConnected(page);
    expect(drive.starts()).toBe(1);
    expect(await drive.stored()).toEqual(['ana connected']);
  });

  it('is told the outcome on a page that does not show the connector', async () => {
    const page = await browser.openAs(environment.admin, drive.server, { path: MY_CONNECTIONS });
    const provider = await drive.connect(page);
    await page.getByRole('link', { name: 'Spaces' }).click();
    await page.getByRole('heading', { level: 1, name: 'Spaces' }).waitFor();
    await allow(provider);
    await page
      .locator('.euiToast')
      .getByText('Connected as ana@example.com')
      .waitFor({ timeout: LONG_MS });
    expect(await drive.stored()).toEqual(['elastic connected']);
  });
});

describe('a connection that was ended elsewhere', () => {
  async function openConnected(): Promise<Page> {
    const page = await drive.openPage();
    await allow(await drive.connect(page));
    await drive.waitUntilConnected(page);
    await drive.button(page, 'Dismiss').click();
    return page;
  }
  const focus = (page: Page) =>
    page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");

  it('in another tab: the first tab shows it immediately', async () => {
    const page = await openConnected();
    const tab = await openTab(page, MY_CONNECTIONS);
    await drive.disconnect(tab, 'The provider confirmed that the authorization was revoked.');
    await drive.connectButton(page).waitFor();
    expect(await drive.stored()).toEqual([]);
  });

  it('by an administrator: the page shows it when the user returns to it', async () => {
    const page = await openConnected();
    const [granted] = await drive.storedGrants();
    const uid = String(Object(granted).profile_uid);
    await environment.admin.json(
      drive.server,
      `DELETE /api/actions/connector/${drive.id}/grants/${uid}`,
    );
    expect(await drive.stored()).toEqual([]);
    await focus(page);
    await drive.connectButton(page).waitFor();
  });

  it('at the provider: after the next call the page asks the user to connect again', async () => {
    const page = await openConnected();
    environment.google.revokeGrants({ account: 'ana' });
    const { ana } = environment;
    expect(await ana.execute(drive.server, drive.id, searchFiles('a'))).toMatchObject({
      status: 'error',
    });
    await focus(page);
    await drive.waitForText(page, 'Reconnect needed');
    expect(await drive.stored()).toEqual(['ana needs_reauth']);
  });

  it('while the provider does not respond: the page says that the server will retry', async () => {
    const page = await openConnected();
    const fault = { kind: 'status', status: 503 } as const;
    environment.google.failNext({ endpoint: 'revoke', times: 100, fault });
    await drive.disconnect(page, 'The provider has not confirmed yet.');
    expect(await drive.stored()).toEqual(['ana revocation_pending']);
  });
});

it('a connector that was deleted before the click is named as deleted', async () => {
  browser.expectProblems(/status of 404/);
  const page = await drive.openPage();
  await environment.admin.json(drive.server, `DELETE /api/actions/connector/${drive.id}`);
  await drive.connectButton(page).click();
  // Not the text for screen readers.
  await page.locator('.euiToast').getByText('The connector no longer exists.').waitFor();
  await drive.panel(page).waitFor({ state: 'detached' });
  expect(
    page
      .context()
      .pages()
      .filter((one) => !one.isClosed()),
  ).toHaveLength(1);
});
