import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  aDataPath,
  createUser,
  type ServerProcess,
  startServer,
  stopEverything,
  TestUser,
} from '@latchkey/test-environment';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSpace } from '../support/spaces.ts';
import { useChromium } from './harness/index.ts';

const ROLE = 'reader_of_connectors';
const LIST = 'GET /api/actions/connectors';
const BACKGROUND = 'getComputedStyle(document.documentElement).backgroundColor';
/** Background of the dark theme as browsers compute it. */
const DARK = 'rgb(7, 16, 31)';
const CREATE_CONNECTOR = 'POST /api/actions/connector';

const browser = useChromium();
const admin = new TestUser({ username: 'elastic', password: 'changeme', isProgram: true });
let server: ServerProcess;
let number = 0;

beforeAll(async () => {
  server = await startServer({ dataPath: aDataPath() });
  await admin.call(server, `PUT /api/security/role/${ROLE}`, {
    kibana: [{ spaces: ['*'], base: [], feature: { actions: ['read'], api_keys: ['all'] } }],
  });
});
afterAll(stopEverything);

/** A user who does not exist yet, with a session of their own once they sign in. */
function aUser(): TestUser {
  number += 1;
  return new TestUser({ username: `user_${number}`, password: `first-password-${number}` });
}

async function existingUser(): Promise<TestUser> {
  const user = aUser();
  await createUser(admin, server, user, [ROLE]);
  return user;
}

/** Status of a request of the user, who signs in with this password. */
async function statusWith(user: TestUser, password: string): Promise<number> {
  const program = new TestUser({ username: user.username, password, isProgram: true });
  return (await program.call(server, LIST)).status;
}

const open = (path: string, user: TestUser = admin): Promise<Page> =>
  browser.openAs(user, server, { path });
/** The flyout, or the question in front of the page. */
const dialog = (page: Page): Locator => page.locator('.euiFlyout, .euiModal');
const rowOf = (page: Page, text: string): Locator =>
  page.getByRole('row').filter({ hasText: text });
const button = (of: Page | Locator, name: string): Locator =>
  of.getByRole('button', { name, exact: true });

/**
 * Waits until an expression is true in the page. `page.waitForFunction` cannot be used: the content
 * security policy refuses its expressions, except the first time.
 */
async function untilTrue(page: Page, expression: string): Promise<void> {
  await waitUntil(expression, () => page.evaluate<boolean>(expression));
}

/** Waits until a field of the flyout has this value. */
async function expectValue(page: Page, value: string): Promise<void> {
  const fields = "[...document.querySelectorAll('.euiFlyout input, .euiFlyout textarea')]";
  await untilTrue(page, `${fields}.some((field) => field.value === ${JSON.stringify(value)})`);
}

async function choose(page: Page, name: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: `More actions for ${name}` }).click();
  await page.getByText(entry, { exact: true }).click();
}

describe('the page of users', () => {
  it('creates a user with a role, who can sign in', async () => {
    const user = aUser();
    const page = await open('/app/users');
    await button(page, 'Create user').click();
    await dialog(page).getByLabel('Username').fill(user.username);
    await dialog(page).getByLabel('Full name').fill('Ana Lima');
    await dialog(page).getByLabel('Password', { exact: true }).fill(user.password);
    await dialog(page).getByRole('combobox', { name: 'Roles' }).fill(ROLE);
    // The option appears when the roles have arrived.
    await page.getByRole('option', { name: ROLE }).click();
    await button(dialog(page), 'Create user').click();
    await dialog(page).waitFor({ state: 'detached' });
    await rowOf(page, user.username).getByText(ROLE).waitFor();
    expect(await statusWith(user, user.password)).toBe(200);
  });

  it('names the field to correct and creates nobody', async () => {
    const user = aUser();
    const page = await open('/app/users?create=true');
    await dialog(page).getByLabel('Username').fill(user.username);
    await dialog(page).getByLabel('Password', { exact: true }).fill('short');
    await button(dialog(page), 'Create user').click();
    await dialog(page).getByText('Enter a password with 6 to 256 characters.').waitFor();
    expect(await statusWith(user, 'short')).toBe(401);
  });

  it('says that a username is taken, and keeps the user who has it', async () => {
    browser.expectProblems(/status of 409/);
    const user = await existingUser();
    const page = await open('/app/users?create=true');
    await dialog(page).getByLabel('Username').fill(user.username);
    await dialog(page).getByLabel('Password', { exact: true }).fill('another-password');
    await button(dialog(page), 'Create user').click();
    await dialog(page).getByText('A user with this name exists.').waitFor();
    expect(await statusWith(user, user.password)).toBe(200);
    expect(await statusWith(user, 'another-password')).toBe(401);
  });

  it('changes the name of a user', async () => {
    const user = await existingUser();
    const page = await open(`/app/users?edit=${user.username}`);
    await dialog(page).getByLabel('Full name').fill('Ben Okafor');
    await button(dialog(page), 'Save user').click();
    await dialog(page).waitFor({ state: 'detached' });
    await rowOf(page, user.username).getByText('Ben Okafor').waitFor();
    expect(await admin.json(server, `GET /internal/security/users/${user.username}`)).toMatchObject(
      { full_name: 'Ben Okafor', roles: [ROLE] },
    );
  });

  it('does not overwrite silently what another administrator has changed in the same user', async () => {
    browser.expectProblems(/status of 409/);
    const user = await existingUser();
    const name = (page: Page) => dialog(page).getByLabel('Full name');
    const stored = () => admin.json(server, `GET /internal/security/users/${user.username}`);
    const [page, other] = [
      await open(`/app/users?edit=${user.username}`),
      await open(`/app/users?edit=${user.username}`),
    ];
    await name(page).fill('Mine');
    // The other administrator renames and disables the user meanwhile.
    await name(other).fill('Theirs');
    await button(dialog(other), 'Save user').click();
    await dialog(other).waitFor({ state: 'detached' });
    await choose(other, 'Theirs', 'Disable');
    await button(dialog(other), 'Disable user').click();
    await rowOf(other, user.username).getByText('Disabled').waitFor();
    await button(dialog(page), 'Save user').click();
    await dialog(page).getByText('Another administrator has changed these values').waitFor();
    expect(await stored()).toMatchObject({ full_name: 'Theirs', enabled: false });
    expect(await name(page).inputValue()).toBe('Mine');
    await button(dialog(page), 'Overwrite').click();
    await dialog(page).waitFor({ state: 'detached' });
    // Overwriting must not enable the user again.
    expect(await stored()).toMatchObject({ full_name: 'Mine', enabled: false });
  });

  it('loads a changed user whom the search of the list no longer finds', async () => {
    browser.expectProblems(/status of 409/);
    const user = await existingUser();
    const path = `/internal/security/users/${user.username}`;
    const save = (email: string) =>
      admin.json(server, `POST ${path}`, { roles: ['viewer'], email });
    await save('before@example.com');
    const page = await open(`/app/users?q=before@example.com&edit=${user.username}`);
    await dialog(page).getByLabel('Full name').fill('Mine');
    await save('after@example.com');
    await button(dialog(page), 'Save user').click();
    await button(dialog(page), 'Discard input and load current values').click();
    await expectValue(page, 'after@example.com');
    await page.getByText('No user matches this search').waitFor();
    await expectValue(page, 'after@example.com');
  });

  it('gives a user a new password, which ends their sessions', async () => {
    const user = await existingUser();
    // This page asks for the state of the connections every 30 s.
    browser.expectProblems(/status of 401/);
    const own = await open('/app/my_connections', user);
    const page = await open('/app/users');
    await choose(page, user.username, 'Reset password');
    await dialog(page).getByLabel('New password').fill('second-password-41');
    await button(dialog(page), 'Set new password').click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(await statusWith(user, user.password)).toBe(401);
    expect(await statusWith(user, 'second-password-41')).toBe(200);
    await own.reload();
    await own.waitForURL('**/login?next=**');
  });

  it('disables a user after a question, and enables the user again', async () => {
    const user = await existingUser();
    const page = await open('/app/users');
    await choose(page, user.username, 'Disable');
    await dialog(page).getByText('The user is signed out, cannot sign in').waitFor();
    await button(dialog(page), 'Disable user').click();
    await rowOf(page, user.username).getByText('Disabled').waitFor();
    expect(await statusWith(user, user.password)).toBe(401);
    await choose(page, user.username, 'Enable');
    await rowOf(page, user.username).getByText('Enabled').waitFor();
    expect(await statusWith(user, user.password)).toBe(200);
  });

  it('deletes a user only after the question is confirmed', async () => {
    const user = await existingUser();
    const page = await open('/app/users');
    await choose(page, user.username, 'Delete');
    await button(dialog(page), 'Cancel').click();
    expect(await statusWith(user, user.password)).toBe(200);
    await choose(page, user.username, 'Delete');
    await button(dialog(page), 'Delete user').click();
    await page.getByText(`User ${user.username} deleted`).waitFor();
    await rowOf(page, user.username).waitFor({ state: 'detached' });
    expect(await statusWith(user, user.password)).toBe(401);
  });

  it('lets administrators neither disable nor delete themselves', async () => {
    const page = await open('/app/users');
    await page.getByRole('button', { name: 'More actions for elastic' }).click();
    await page.getByText('Edit', { exact: true }).waitFor();
    expect(await page.getByText('Disable', { exact: true }).count()).toBe(0);
    expect(await page.getByText('Delete', { exact: true }).count()).toBe(0);
  });
});

describe('the page of spaces', () => {
  const listed = z.array(z.object({ id: z.string(), name: z.string() }));
  const spaces = async () =>
    listed.parse(await admin.json(server, 'GET /api/spaces/space')).map(({ id }) => id);

  it('creates a space, whose address contains its identifier', async () => {
    const page = await open('/app/spaces');
    await button(page, 'Create space').click();
    await dialog(page).getByLabel('Name', { exact: true }).fill('Field Team');
    await button(dialog(page), 'Create space').click();
    await dialog(page).waitFor({ state: 'detached' });
    await rowOf(page, 'Field Team').getByText('field-team').waitFor();
    expect(await spaces()).toContain('field-team');
  });

  it('changes the description of a space', async () => {
    await createSpace(admin, server, 'described');
    const page = await open('/app/spaces');
    await choose(page, 'described', 'Edit');
    await dialog(page).getByLabel('Description').fill('For the sales team');
    await button(dialog(page), 'Save space').click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(await admin.json(server, 'GET /api/spaces/space/described')).toMatchObject({
      description: 'For the sales team',
    });
  });

  it('shows the default initials and color of a space again when both fields are emptied', async () => {
    await admin.json(server, 'POST /api/spaces/space', {
      id: 'paints',
      name: 'Paints',
      initials: 'XY',
      color: '#aa0000',
    });
    const page = await open('/app/spaces');
    const avatar = rowOf(page, 'Paints').locator('[class*=euiAvatar]').first();
    expect(await avatar.textContent()).toBe('XY');
    expect(await avatar.getAttribute('style')).toContain('rgb(170, 0, 0)');
    await choose(page, 'Paints', 'Edit');
    await dialog(page).getByLabel('Initials').fill('');
    await dialog(page).getByLabel('Color').fill('');
    await button(dialog(page), 'Save space').click();
    await dialog(page).waitFor({ state: 'detached' });
    await avatar.getByText('P', { exact: true }).waitFor();
    expect(await avatar.getAttribute('style')).not.toContain('rgb(170, 0, 0)');
    const stored = await admin.json(server, 'GET /api/spaces/space/paints');
    expect(stored).not.toHaveProperty('initials');
    expect(stored).not.toHaveProperty('color');
  });

  it('does not overwrite silently what another administrator has changed in the same space', async () => {
    browser.expectProblems(/status of 409/);
    await createSpace(admin, server, 'contested');
    const description = (page: Page) => dialog(page).getByLabel('Description');
    const stored = () => admin.json(server, 'GET /api/spaces/space/contested');
    const [page, other] = [
      await open('/app/spaces?edit=contested'),
      await open('/app/spaces?edit=contested'),
    ];
    await description(other).fill('Theirs');
    await button(dialog(other), 'Save space').click();
    await dialog(other).waitFor({ state: 'detached' });
    await description(page).fill('Mine');
    await button(dialog(page), 'Save space').click();
    await dialog(page).getByText('Another administrator has changed these values').waitFor();
    expect(await stored()).toMatchObject({ description: 'Theirs' });
    await button(dialog(page), 'Discard input and load current values').click();
    await expectValue(page, 'Theirs');
    await description(page).fill('Both');
    await button(dialog(page), 'Save space').click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(await stored()).toMatchObject({ description: 'Both' });
  });

  it('says what a deletion removes, asks for the name, and removes the connectors', async () => {
    await createSpace(admin, server, 'closing');
    const inClosing = { url: `${server.url}/s/closing` };
    await admin.json(inClosing, CREATE_CONNECTOR, {
      name: 'Old API',
      connector_type_id: '.custom_api',
      config: { url: 'https://api.example.com/' },
      secrets: { authType: 'none' },
    });
    const page = await open('/app/spaces');
    await choose(page, 'closing', 'Delete');
    await dialog(page).getByText('1 connector').waitFor();
    await dialog(page).getByLabel('To confirm, enter the name closing').fill('closing');
    await button(dialog(page), 'Delete space').click();
    await page.getByText('Space closing deleted').waitFor();
    expect(await spaces()).not.toContain('closing');
    expect((await admin.call(inClosing, LIST)).status).toBe(404);
  });
});

describe('the profile page', () => {
  it('creates an API key, shows it once, and deletes it', async () => {
    const user = await existingUser();
    const page = await open('/app/profile', user);
    await button(page, 'Create API key').click();
    await dialog(page).getByLabel('Name').fill('nightly report');
    await button(dialog(page), 'Create API key').click();
    const key = await dialog(page).getByLabel('API key', { exact: true }).inputValue();
    const withKey = () =>
      fetch(`${server.url}/api/actions/connectors`, {
        headers: { authorization: `ApiKey ${key}` },
      });
    expect((await withKey()).status).toBe(200);
    await button(dialog(page), 'Done').click();
    const row = rowOf(page, 'nightly report');
    await row.waitFor();
    await page.reload();
    await row.waitFor();
    expect(await page.content()).not.toContain(key);
    await row.getByRole('button', { name: 'Delete' }).click();
    await button(dialog(page), 'Delete API key').click();
    await row.waitFor({ state: 'detached' });
    expect((await withKey()).status).toBe(401);
  });

  it('changes theme and language immediately, and keeps them after a new sign-in', async () => {
    const user = await existingUser();
    const page = await open('/app/profile', user);
    await button(page, 'Dark').click();
    await untilTrue(page, `${BACKGROUND} === '${DARK}'`);
    // The page shows a choice before it is saved.
    const saved = page.waitForResponse((response) => {
      const request = response.request();
      return request.method() === 'PUT' && request.postDataJSON()?.language === 'de';
    });
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { level: 1, name: 'Profil' }).waitFor();
    expect((await saved).ok()).toBe(true);
    const again = await open('/app/profile', user);
    await again.getByRole('heading', { level: 1, name: 'Profil' }).waitFor();
    expect(await again.evaluate(BACKGROUND)).toBe(DARK);
  });
});

describe('a scheduled workflow of a disabled user', () => {
  const ROLE_OF_AUTHORS = 'authors_of_workflows';
  const YAML = `name: Weekly cleanup
triggers:
  - type: scheduled
    with:
      every: 1d
steps:
  - name: log
    type: console
    with:
      message: cleaned
`;

  it('is marked in the list, and its note has the focus after another user took it over', async () => {
    await admin.call(server, `PUT /api/security/role/${ROLE_OF_AUTHORS}`, {
      kibana: [{ spaces: ['*'], base: [], feature: { workflows: ['all'], actions: ['read'] } }],
    });
    const author = aUser();
    await createUser(admin, server, author, [ROLE_OF_AUTHORS]);
    const program = new TestUser({ ...author, isProgram: true });
    await program.json(server, 'POST /api/workflows/workflow', { id: 'cleanup', yaml: YAML });
    const page = await open('/app/workflows');
    const notice = page.getByText('Scheduled runs of this workflow fail');
    await page.getByText(`Runs as ${author.username}`).waitFor();
    expect(await notice.count()).toBe(0);
    await admin.call(server, `POST /internal/security/users/${author.username}/_disable`);
    await page.reload();
    await notice.waitFor();
    await page.getByRole('link', { name: 'Weekly cleanup' }).click();
    const takeOver = button(page, 'Save so that runs act as me');
    await takeOver.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Weekly cleanup was saved').waitFor();
    await untilTrue(
      page,
      "document.activeElement?.textContent?.includes('Scheduled runs act as elastic') === true",
    );
    expect(await takeOver.count()).toBe(0);
  });
});
