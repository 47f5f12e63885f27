import { waitUntil } from '@latchkey/core/server/wait_until';
import { driveByOwnApp, type Reachable, type TestUser } from '@latchkey/test-environment';
import type { Locator, Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSpace, inSpace } from '../support/spaces.ts';
import { runAxe } from './harness/axe.ts';
import {
  createConnection,
  googlePages,
  LONG_MS,
  MY_CONNECTIONS,
  NESTED_PLACE,
  useChromium,
  useConnectionEnvironment,
  WAITS_FOR_REVOCATIONS,
} from './harness/index.ts';

const PAGE = '/app/connectors';
const SPACE = NESTED_PLACE.spaceId;

const browser = useChromium();
const environment = useConnectionEnvironment({
  basePath: '/kb',
  build: WAITS_FOR_REVOCATIONS,
});
const listed = z.array(z.object({ id: z.string(), name: z.string() }));
const formBody = z.object({
  name: z.string(),
  config: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.unknown()),
  credentials: z.record(z.string(), z.object({ stored: z.boolean() })),
});
let number = 0;
let name: string;

beforeEach(() => {
  number += 1;
  name = `Connector ${number}`;
});

const openAsAdmin = (path = PAGE, server: Reachable = environment.proxy): Promise<Page> =>
  browser.openAs(environment.admin, server, { path });

const row = (page: Page, of = name): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('button', { name: of, exact: true }) });
const flyout = (page: Page): Locator => page.getByRole('dialog');

async function openMenu(page: Page, entry: string): Promise<void> {
  await page.getByRole('button', { name: `More actions for ${name}` }).click();
  await page.getByText(entry, { exact: true }).click();
}

/** Connectors of a space by name. */
async function stored(server: Reachable = environment.proxy): Promise<readonly string[]> {
  const body = await environment.admin.json(server, 'GET /api/actions/connectors');
  return listed.parse(body).map((connector) => connector.name);
}

async function idOf(server: Reachable = environment.proxy): Promise<string> {
  const body = await environment.admin.json(server, 'GET /api/actions/connectors');
  const connector = listed.parse(body).find((one) => one.name === name);
  if (connector === undefined) throw new Error(`There is no connector ${name}`);
  return connector.id;
}

/** Creates an API with a username and a password, without the browser. */
async function createApi(): Promise<string> {
  await environment.admin.json(environment.proxy, 'POST /api/actions/connector', {
    name,
    connector_type_id: '.custom_api',
    config: { url: 'https://api.example.com/' },
    secrets: { authType: 'basic', username: 'robot', password: 'robot-password-1f' },
  });
  return idOf();
}

const storedForm = async (id: string) =>
  formBody.parse(
    await environment.admin.json(
      environment.proxy,
      `GET /internal/actions/connector/${id}/form` as const,
    ),
  );

/** The path of the callback contains the base path. */
async function connect(user: TestUser, id: string): Promise<void> {
  const path = await user.callbackPath(environment.proxy, id);
  await user.call({ url: new URL(environment.proxy.url).origin }, `GET ${path}`);
}

const connectAna = (id: string): Promise<void> => connect(environment.ana, id);

/** Enters the app of the organisation in the form of a new Google Drive connector. */
async function fillDrive(page: Page): Promise<void> {
  const form = flyout(page);
  await form.getByLabel('Connector name').fill(name);
  await form.getByLabel('Client ID').fill(environment.google.client.clientId);
  await form
    .getByLabel('Client secret', { exact: true })
    .fill(environment.google.client.clientSecret);
}

describe.each([
  ['the default space', (server: Reachable) => server],
  ['another space', (server: Reachable) => inSpace(server, SPACE)],
])('an administrator in %s', (_, at) => {
  it('creates a connector and connects with three clicks after choosing the type', async () => {
    await createSpace(environment.admin, environment.proxy, SPACE);
    const server = at(environment.proxy);
    const page = await openAsAdmin(PAGE, server);
    await page.getByRole('button', { name: 'Create connector' }).first().click();
    await flyout(page).getByRole('button', { name: 'Google Drive' }).click();
    await fillDrive(page);
    const [provider] = await Promise.all([
      page.context().waitForEvent('page'),
      flyout(page).getByRole('button', { name: 'Save and connect' }).click(),
    ]);
    await provider.getByText('ana@example.com').first().click();
    await provider.getByRole('button', { name: 'Allow' }).click();
    const status = flyout(page).getByText('ana@example.com').first();
    await status.waitFor({ timeout: LONG_MS });
    const id = await idOf(server);
    expect(new URL(page.url()).searchParams.get('edit')).toBe(id);
    expect(await environment.storedConnections(id, server)).toEqual(['elastic connected']);
  });
});

describe('the form of a new connector', () => {
  it('shows the callback URL that the provider must know, before anything is saved', async () => {
    const page = await openAsAdmin(`${PAGE}?create=.google_drive`);
    const url = flyout(page).getByLabel('Callback URL', { exact: true });
    await url.waitFor();
    expect(await url.inputValue()).toContain(
      `${environment.proxy.url}/api/actions/connector/_oauth_callback/`,
    );
  });

  it('names the fields to correct, from its own checks and from the server, and saves nothing', async () => {
    const page = await openAsAdmin(`${PAGE}?create=.custom_api`);
    const form = flyout(page);
    await form.getByLabel('Connector name').fill(name);
    await form.getByLabel('URL', { exact: true }).fill('javascript:alert(1)');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await form.getByText('Enter a complete web address').waitFor();
    // The browser cannot know which addresses the server may call.
    await form.getByLabel('URL', { exact: true }).fill('http://169.254.169.254/');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await form.getByText('The connector was not saved').first().waitFor();
    await form.locator('.euiFormErrorText').first().waitFor();
    expect(await stored()).not.toContain(name);
  });
});

it('the form fits into a window of 320 by 256 pixels, as at a zoom of 400 %', async () => {
  const page = await browser.openAs(environment.admin, environment.proxy, {
    path: `${PAGE}?create=.google_drive`,
    viewport: { width: 320, height: 256 },
  });
  const save = flyout(page).getByRole('button', { name: 'Save and connect' });
  await save.waitFor();
  // The body is not squeezed between header and footer, which scroll with it.
  const body = await page.locator('.euiFlyoutBody').boundingBox();
  expect(body?.height).toBeGreaterThan(256);
  await save.scrollIntoViewIfNeeded();
  const { y = 0, height = 0 } = (await save.boundingBox()) ?? {};
  expect(y + height).toBeLessThanOrEqual(256);
});

describe('the form of an existing connector', () => {
  it('keeps the stored password when the username changes', async () => {
    const id = await createApi();
    const page = await openAsAdmin(`${PAGE}?edit=${id}`);
    const form = flyout(page);
    expect(await form.getByLabel('Username', { exact: true }).inputValue()).toBe('robot');
    await form.getByText('Stored', { exact: true }).waitFor();
    await form.getByLabel('Username', { exact: true }).fill('robot-2');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText(`${name} was saved`).waitFor();
    const { secrets, credentials } = await storedForm(id);
    expect(secrets['username']).toBe('robot-2');
    expect(credentials).toEqual({ password: { stored: true } });
  });

  it('says how many users a change disconnects, and disconnects nobody when the user cancels', async () => {
    const id = await environment.createDrive(name);
    await connectAna(id);
    const page = await openAsAdmin(`${PAGE}?edit=${id}`);
    await flyout(page).getByLabel('Client ID').fill('another-app');
    await flyout(page).getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Disconnect 1 user and save?').waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    expect(await environment.storedConnections(id)).toEqual(['ana connected']);
  });

  it('says that a connector of the URL does not exist', async () => {
    const page = await openAsAdmin(`${PAGE}?edit=nothing`);
    await page.getByText('This connector does not exist').waitFor();
    await page.getByRole('button', { name: 'Back to the connectors' }).click();
    await flyout(page).waitFor({ state: 'detached' });
  });
});

describe('the deletion of a connector', () => {
  it('says how many users are disconnected, then removes connector and authorizations, also at the provider', async () => {
    const { google } = environment;
    const id = await environment.createDrive(name);
    google.revokeGrants({ account: 'ana' });
    await connectAna(id);
    expect(await environment.storedTokens(id)).toBe(1);
    expect(google.isGrantAlive('ana')).toBe(true);
    google.clearRequests();
    const page = await openAsAdmin(`${PAGE}?q=${encodeURIComponent(name)}`);
    await openMenu(page, 'Delete');
    await page.getByText('1 user is disconnected.').waitFor();
    await page.getByRole('button', { name: 'Delete connector', exact: true }).click();
    await row(page).waitFor({ state: 'detached' });
    expect(await stored()).not.toContain(name);
    await waitUntil('the end of the grant', () => !google.isGrantAlive('ana'), {
      timeoutMs: LONG_MS,
    });
    const revoked = () => google.requests({ endpoint: 'revoke', account: 'ana@example.com' });
    // The provider ends the grant before it responds.
    await waitUntil('the response', () => revoked().every(({ state }) => state !== 'pending'));
    expect(revoked()).toMatchObject([{ status: 200 }]);
    const isEmpty = async () => (await environment.storedTokens(id)) === 0;
    await waitUntil('the removal of the tokens', isEmpty, { timeoutMs: LONG_MS });
  });
});

describe('an invitation', () => {
  /** Counts clicks of users on the pages of a tab and of the windows it opens, by origin. */
  async function countClicks(page: Page): Promise<(origin: string) => number> {
    const origins: string[] = [];
    const context = page.context();
    await context.exposeFunction('reportClick', (origin: string) => origins.push(origin));
    await context.addInitScript(
      "addEventListener('click', (event) => event.isTrusted && reportClick(location.origin), true)",
    );
    return (origin) => origins.filter((one) => one === origin).length;
  }

  it('that an administrator copies leads a signed-out user to the connection, with one click to sign in and one to connect', async () => {
    const { admin, ana, google, proxy } = environment;
    await createSpace(admin, proxy, SPACE);
    const drive = await createConnection(
      { browser, environment },
      { ...driveByOwnApp({ google }), name },
      NESTED_PLACE,
    );
    const list = await openAsAdmin(`${PAGE}?q=${encodeURIComponent(name)}`, drive.server);
    await openMenu(list, 'Copy invitation link');
    await list.getByText('Invitation link copied', { exact: true }).waitFor();
    const search = list.getByRole('searchbox');
    await search.fill('');
    await search.press('Control+V');
    const link = await waitUntil(
      'the pasted link',
      async () => (await search.inputValue()) || false,
    );
    expect(link).toBe(`${drive.server.url}${MY_CONNECTIONS}?connector=${drive.id}`);

    const page = await browser.open(proxy);
    const clicks = await countClicks(page);
    const origin = new URL(proxy.url).origin;
    await page.goto(link);
    await page.getByLabel('Username').fill(ana.username);
    await page.getByLabel('Password', { exact: true }).fill(ana.password);
    await page.getByRole('button', { name: /sign in/i }).click();
    await drive.text(page, 'You were asked to connect this').waitFor();
    expect(page.url()).toBe(link);
    expect(await drive.stored()).toEqual([]);
    await googlePages.allow(await drive.connect(page));
    await drive.waitUntilConnected(page);
    expect(clicks(origin)).toBe(2);
    // To choose the account, and to allow access.
    expect(clicks(google.origin)).toBe(2);
    expect(await drive.stored()).toEqual(['ana connected']);
  });
});

describe('the authorizations of a connector', () => {
  it('are ended for one user by an administrator', async () => {
    const id = await environment.createDrive(name);
    await connectAna(id);
    const page = await openAsAdmin(`/app/grants?connector=${id}`);
    await page.getByRole('row').filter({ hasText: 'ana' }).waitFor();
    await page.getByRole('button', { name: 'End authorization' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'End authorization', exact: true }).click();
    await page.getByText('1 authorization ended').waitFor();
    expect(await environment.storedConnections(id)).toEqual([]);
  });

  it('are ended for all users by an administrator, who sees the number before and the progress after', async () => {
    const { ana, ben, google, proxy } = environment;
    // Other tests leave grants of the same user at the provider.
    google.revokeGrants({ account: 'ana' });
    const other = await environment.createDrive(`${name} (kept)`);
    const id = await environment.createDrive(name);
    for (const user of [ana, ben]) await connect(user, id);
    await connect(ben, other);
    const page = await openAsAdmin(`/app/grants?connector=${id}`);
    const end = page.getByRole('button', { name: 'End all of this connector' });
    const dialog = page.getByRole('alertdialog');
    await end.click();
    await dialog.getByText(`End all authorizations of ${name}?`).waitFor();
    await dialog.getByText('2 authorizations end.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await environment.storedConnections(id)).toHaveLength(2);
    await end.click();
    await dialog.getByText('2 authorizations end.').waitFor();
    expect(await runAxe(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'End authorizations', exact: true }).click();
    await page.getByText('2 of 2 ended').waitFor();
    await page.getByText('2 revoked at the provider').waitFor();
    // Jobs of other tests have finished before, so none is running any more.
    await page.getByText('Finished', { exact: true }).first().waitFor();
    await page.getByText('Running', { exact: true }).waitFor({ state: 'detached' });
    expect(await environment.storedConnections(id)).toEqual([]);
    expect(await environment.storedConnections(other)).toEqual(['ben connected']);
    expect(google.isGrantAlive('ana')).toBe(false);
    // The list no longer shows what the job has ended.
    await page.getByText('No authorization matches the filters').waitFor();
    // The users are asked to connect again.
    const own = await browser.openAs(ana, proxy, { path: MY_CONNECTIONS });
    await own.getByRole('button', { name: `Connect ${name}`, exact: true }).waitFor();
  });
});

describe('a user who may only use connectors', () => {
  it('connects and tests, but sees nothing that manages connectors', async () => {
    await environment.createDrive(name);
    const page = await browser.openAs(environment.ana, environment.proxy, { path: PAGE });
    await page.getByRole('button', { name: `Connect ${name}` }).waitFor();
    expect(await page.getByRole('button', { name: 'Create connector' }).count()).toBe(0);
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await page.getByRole('button', { name: `More actions for ${name}` }).click();
    await page.getByText('Test', { exact: true }).waitFor();
    for (const entry of ['Edit', 'Delete', 'Connected users']) {
      expect(await page.getByText(entry, { exact: true }).count()).toBe(0);
    }
  });

  it('sees no configuration in the flyout', async () => {
    const id = await environment.createDrive(name);
    const page = await browser.openAs(environment.ana, environment.proxy, {
      path: `${PAGE}?edit=${id}`,
    });
    await flyout(page).getByRole('tab', { name: 'Test' }).waitFor();
    expect(await flyout(page).getByRole('tab').count()).toBe(1);
  });
});
