import { driveByEars, type Reachable, type TestUser } from '@latchkey/test-environment';
import type { Locator, Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { inSpace } from '../support/spaces.ts';
import {
  addressOf,
  clickForWindow,
  googlePages,
  LONG_MS,
  OPPOSITE_PLACES,
  START,
  useChromium,
  useConnectionEnvironment,
  WAITS_FOR_REVOCATIONS,
} from './harness/index.ts';

const PAGE = '/app/connectors';
const OVERVIEW = '**/internal/actions/_me/overview';
const DISCONNECT = '**/_oauth_disconnect*';
const FAILED_PART = { error: { code: 'store_unavailable', message: 'The store is unavailable.' } };

const browser = useChromium();
const environment = useConnectionEnvironment({ build: WAITS_FOR_REVOCATIONS });
const { allow } = googlePages;
let number = 0;
let name: string;
/** Address of the server, with the space. */
let server: Reachable;

beforeEach(() => {
  number += 1;
  name = `Files ${number}`;
  environment.google.clearFaults();
});

const row = (page: Page, of = name): Locator =>
  page.getByRole('row').filter({ has: page.getByText(of, { exact: true }) });
const connectButton = (page: Page, of = name) =>
  page.getByRole('button', { name: `Connect ${of}`, exact: true });

function openAs(user: TestUser, path = `${PAGE}?q=${encodeURIComponent(name)}`): Promise<Page> {
  return browser.openAs(user, server, { path });
}

/** Opens the menu of the row, and returns an entry. */
async function menuItem(page: Page, label: string): Promise<Locator> {
  await page.getByRole('button', { name: `More actions for ${name}` }).click();
  await page.getByRole('menuitem').first().waitFor();
  return page.getByRole('menuitem', { name: label, exact: true });
}

/** Replaces parts of the overview, as a server with that fault responds. */
async function replaceParts(page: Page, parts: Readonly<Record<string, unknown>>): Promise<void> {
  await page.route(OVERVIEW, async (route) => {
    const response = await route.fetch();
    const body: unknown = await response.json();
    await route.fulfill({ response, json: { ...(body as object), ...parts } });
  });
}

/** Holds requests until the returned function is called. */
async function hold(page: Page, pattern: string): Promise<() => void> {
  const released = Promise.withResolvers<void>();
  await page.route(pattern, async (route) => {
    await released.promise;
    await route.continue();
  });
  return released.resolve;
}

describe.each(OPPOSITE_PLACES)('with the base path "$basePath", in the space $spaceId', (place) => {
  beforeEach(async () => {
    server = addressOf(await environment.siteAt(place), place.spaceId);
  });

  describe('the table of connectors, while and after the page loads,', () => {
    it('shows that it loads, then the table', async () => {
      await environment.createDrive(name, server);
      const page = await openAs(environment.ana, '/app/none');
      const release = await hold(page, OVERVIEW);
      await page.goto(`${server.url}${PAGE}`);
      await page.getByLabel('Loading the list').first().waitFor();
      expect(await page.getByRole('table').count()).toBe(0);
      release();
      await row(page).waitFor();
    });

    it('keeps the table when the status fails, says so, and shows the status when it works again', async () => {
      await environment.createDrive(name, server);
      const page = await openAs(environment.ana);
      await connectButton(page).waitFor();
      await replaceParts(page, { status: FAILED_PART, attention: FAILED_PART });
      await page.reload();
      // Exact: the announcement for screen readers begins with the same words.
      await page.getByText('Your connection status could not be loaded', { exact: true }).waitFor();
      await row(page).getByText('Unknown').waitFor();
      expect(await connectButton(page).count()).toBe(0);
      await page.unroute(OVERVIEW);
      await page.getByRole('button', { name: 'Try again' }).first().click();
      await connectButton(page).waitFor();
      expect(await page.getByText('could not be loaded').count()).toBe(0);
    });

    it('shows the ids of the types in the table when the types cannot be loaded', async () => {
      await environment.createDrive(name, server);
      const page = await openAs(environment.ana);
      await connectButton(page).waitFor();
      await replaceParts(page, { types: FAILED_PART });
      await page.reload();
      await row(page).getByText('.google_drive', { exact: true }).waitFor();
      await connectButton(page).waitFor();
    });

    it('says that connectors could not be loaded, and loads them again', async () => {
      browser.expectProblems(/Failed to load resource/);
      await environment.createDrive(name, server);
      const page = await openAs(environment.ana, '/app/none');
      await page.route(OVERVIEW, (route) => route.abort());
      await page.goto(`${server.url}${PAGE}`);
      await page.getByText('The connectors could not be loaded').waitFor({ timeout: LONG_MS });
      expect(await page.getByText('There are no connectors').count()).toBe(0);
      await page.unroute(OVERVIEW);
      await page.getByRole('button', { name: 'Try again' }).click();
      await row(page).waitFor();
    });
  });

  describe('the table of connectors, in a space without connectors,', () => {
    const SPACE = 'empty';

    it('shows administrators how to create a connector, and refers other users to an administrator', async () => {
      const { admin, ana } = environment;
      const site = await environment.siteAt({ ...place, spaceId: SPACE });
      const page = await browser.openAs(admin, inSpace(site, SPACE), { path: PAGE });
      await page.getByText('Create your first connector').waitFor();
      await page.getByRole('button', { name: 'Create connector' }).click();
      await page.getByRole('heading', { name: 'Choose a connector type' }).waitFor();
      const other = await browser.openAs(ana, inSpace(site, SPACE), { path: PAGE });
      await other.getByText('There are no connectors in this space').waitFor();
      expect(await other.getByRole('button', { name: 'Create connector' }).count()).toBe(0);
    });
  });

  describe('a connection', () => {
    it('shows that it starts, waits and ends, with one action at a time', async () => {
      const id = await environment.createDrive(name, server);
      const page = await openAs(environment.ana);
      await connectButton(page).waitFor();
      const release = await hold(page, `**${START}`);
      const provider = await clickForWindow(page, connectButton(page));
      const busy = page.getByRole('button', { name: `Connecting… ${name}` });
      await busy.waitFor();
      expect(await busy.getAttribute('aria-busy')).toBe('true');
      await page.getByRole('button', { name: `Cancel connecting ${name}` }).waitFor();
      expect(await connectButton(page).count()).toBe(0);
      release();
      await page.getByText('Finish in the other window').waitFor();
      await allow(provider);
      await row(page).getByText('ana@example.com').waitFor({ timeout: LONG_MS });
      await busy.waitFor({ state: 'detached' });
      expect(await connectButton(page).count()).toBe(0);
      expect(await environment.storedConnections(id, server)).toEqual(['ana connected']);
    });

    it('that is disconnected shows the progress and the result of the revocation', async () => {
      const id = await environment.createDrive(name, server);
      const page = await openAs(environment.ana);
      await allow(await clickForWindow(page, connectButton(page)));
      await row(page).getByText('ana@example.com').waitFor({ timeout: LONG_MS });
      const release = await hold(page, DISCONNECT);
      await (await menuItem(page, 'Disconnect my account')).click();
      const dialog = page.getByRole('alertdialog').filter({ hasText: `Disconnect ${name}?` });
      await dialog.getByText('ana@example.com').waitFor();
      const button = dialog.getByRole('button', { name: 'Disconnect', exact: true });
      await button.click();
      await dialog.getByRole('progressbar').waitFor();
      expect(await button.isDisabled()).toBe(true);
      expect(await environment.storedConnections(id, server)).toEqual(['ana connected']);
      release();
      const words = 'The provider confirmed that the authorization was revoked.';
      await page.getByText(words).first().waitFor();
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await connectButton(page).waitFor();
      expect(await environment.storedConnections(id, server)).toEqual([]);
    });

    it('runs beside a connection to another connector', async () => {
      const first = await environment.createDrive(name, server);
      const otherName = `${name} B`;
      const second = await environment.createDrive(otherName, server);
      const page = await openAs(environment.ana);
      const one = await clickForWindow(page, connectButton(page));
      const other = await clickForWindow(page, connectButton(page, otherName));
      await page.getByText('Finish in the other window').nth(1).waitFor();
      await allow(other);
      await row(page, otherName).getByText('ana@example.com').waitFor({ timeout: LONG_MS });
      expect(await environment.storedConnections(first, server)).toEqual(['ana pending']);
      await page.getByRole('button', { name: `Cancel connecting ${name}`, exact: true }).waitFor();
      await allow(one);
      await row(page).getByText('ana@example.com').waitFor({ timeout: LONG_MS });
      expect(await environment.storedConnections(first, server)).toEqual(['ana connected']);
      expect(await environment.storedConnections(second, server)).toEqual(['ana connected']);
    });
  });

  describe('a connector without its secrets', () => {
    it('is repaired with "Fix" by an administrator, and offers others nothing', async () => {
      const id = await environment.createDrive(name, server);
      await environment.loseSecrets(id);
      const other = await openAs(environment.ana);
      await row(other).getByText('Credentials missing').waitFor();
      expect(await connectButton(other).count()).toBe(0);
      const page = await openAs(environment.admin);
      await row(page).getByText('Credentials missing').waitFor();
      expect(await (await menuItem(page, 'Edit')).count()).toBe(1);
      expect(await page.getByRole('menuitem', { name: 'Test' }).count()).toBe(0);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: `Fix ${name}` }).click();
      const form = page.getByRole('dialog').filter({ has: page.locator('.euiFlyoutHeader') });
      const { clientId, clientSecret } = environment.google.client;
      await form.getByLabel('Client ID').fill(clientId);
      await form.getByLabel('Client secret', { exact: true }).fill(clientSecret);
      await form.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText(`${name} was saved`).waitFor();
      await page.goto(`${server.url}${PAGE}?q=${encodeURIComponent(name)}`);
      await connectButton(page).waitFor();
      expect(await row(page).getByText('Credentials missing').count()).toBe(0);
    });
  });

  describe('a connector with one account for all users', () => {
    it('is ready to use, without a status and without a button to connect', async () => {
      const { admin, ana } = environment;
      const api = {
        name,
        connector_type_id: '.custom_api',
        config: { url: 'https://api.example.com/' },
        secrets: { authType: 'basic', username: 'robot', password: 'robot-password-1f' },
      };
      const id = await environment.create(api, server);
      for (const user of [ana, admin]) {
        const page = await openAs(user);
        await row(page).getByText('Service account', { exact: true }).waitFor();
        await row(page).getByText('Ready to use', { exact: true }).waitFor();
        expect(
          await row(page)
            .getByRole('button', { name: /connect/i })
            .count(),
        ).toBe(0);
        await page.getByRole('button', { name: `More actions for ${name}` }).click();
        await page.getByRole('menuitem', { name: 'Test' }).waitFor();
        for (const label of [/Disconnect/, /invitation/]) {
          expect(await page.getByRole('menuitem', { name: label }).count()).toBe(0);
        }
      }
      expect(await ana.status(server, id)).toEqual({ user_auth_status: 'not_applicable' });
      expect(await environment.storedConnections(id, server)).toEqual([]);
    });
  });

  describe('a quick connect connector when the operator switched quick connect off', () => {
    it('says who can change it, and offers no connection', async () => {
      const id = await environment.create({ ...driveByEars, name }, server);
      const off = { 'xpack.actions.auth.ears.enabled': false };
      const without = addressOf(await environment.addSite(place.basePath, off), place.spaceId);
      const path = `${PAGE}?q=${encodeURIComponent(name)}`;
      const page = await browser.openAs(environment.ana, without, { path });
      await row(page).getByText('Not available on this server. Ask your administrator.').waitFor();
      expect(await connectButton(page).count()).toBe(0);
      const administrator = await browser.openAs(environment.admin, without, { path });
      await row(administrator).getByText('xpack.actions.auth.ears.url').waitFor();
      expect(await connectButton(administrator).count()).toBe(0);
      expect(await environment.storedConnections(id, server)).toEqual([]);
    });
  });
});
