import {
  aDataPath,
  createUser,
  type ServerProcess,
  startServer,
  stopEverything,
  TestUser,
} from '@latchkey/test-environment';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSpace } from '../support/spaces.ts';
import { useChromium } from './harness/index.ts';

const browser = useChromium();
const admin = new TestUser({ username: 'elastic', password: 'changeme', isProgram: true });
/** May use connectors, in the space `team` only. */
const member = new TestUser({ username: 'member', password: 'member-password-71c4' });
/** May use connectors, in the default space only. */
const reader = new TestUser({ username: 'reader', password: 'reader-password-e0b2' });
/** Holds a privilege, but for no page of connectors. */
const keeper = new TestUser({ username: 'keeper', password: 'keeper-password-9a35' });
let server: ServerProcess;

beforeAll(async () => {
  server = await startServer({ dataPath: aDataPath() });
  await createSpace(admin, server, 'team');
  await createRole('team_user', { feature: { actions: ['read'] }, spaces: ['team'] });
  await createRole('default_user', { feature: { actions: ['read'] }, spaces: ['default'] });
  await createRole('key_user', { feature: { api_keys: ['all'] }, spaces: ['default'] });
  await createUser(admin, server, member, ['team_user']);
  await createUser(admin, server, reader, ['default_user']);
  await createUser(admin, server, keeper, ['key_user']);
  const body = {
    name: 'Status page',
    connector_type_id: '.http',
    config: { url: 'https://example.com' },
  };
  await admin.json(server, 'POST /api/actions/connector/status-page', body);
});
afterAll(stopEverything);

const createRole = (name: string, privileges: object) =>
  admin.json(server, `PUT /api/security/role/${name}`, { kibana: [{ base: [], ...privileges }] });

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

describe('a user with few privileges', () => {
  it('comes from the address of the server to the space that the user may enter', async () => {
    const page = await browser.openAs(member, server, { path: '/' });
    await heading(page, 'My connections').waitFor();
    expect(new URL(page.url()).pathname).toBe('/s/team/app/my_connections');
  });

  it('is told in another space that the roles apply to other spaces only', async () => {
    const page = await browser.openAs(member, server, { path: '/app/connectors' });
    await heading(page, 'You do not have access to this space').waitFor();
    await page.getByRole('button', { name: /Change the space/ }).click();
    await page.getByRole('link', { name: 'team' }).click();
    await heading(page, 'My connections').waitFor();
  });

  it('is told that the privilege for the first page is missing', async () => {
    const page = await browser.openAs(keeper, server, { path: '/' });
    await heading(page, 'You do not have access to this page').waitFor();
  });

  it('sees no form from a link to create a connector', async () => {
    const path = '/app/connectors?create=.google_drive';
    const page = await browser.openAs(reader, server, { path });
    await heading(page, 'You may not create connectors').waitFor();
    await page.getByRole('button', { name: 'Back to the connectors' }).click();
    await page.getByRole('row', { name: /Status page/ }).waitFor();
  });

  it('is told that the connector of an invitation belongs to another space', async () => {
    const path = '/app/my_connections?connector=other';
    const page = await browser.openAs(reader, server, { path });
    await page.getByText('The connector of this link is not here', { exact: true }).waitFor();
  });

  it('sees their own profile without privileges for other pages', async () => {
    const page = await browser.openAs(keeper, server, { path: '/app/profile' });
    await heading(page, 'Profile').waitFor();
    await page.getByText('Signed in as keeper').waitFor();
    await page.getByRole('heading', { name: 'API keys', exact: true }).waitFor();
    const other = await browser.openAs(reader, server, { path: '/app/profile' });
    await heading(other, 'Profile').waitFor();
    await other.getByText('Signed in as reader').waitFor();
  });

  it.each(['/app/users', '/app/roles', '/app/spaces', '/app/grants', '/app/workflows'])(
    'is told at %s that access is missing, and gets back to the start page',
    async (path) => {
      const page = await browser.openAs(reader, server, { path });
      await heading(page, 'You do not have access to this page').waitFor();
      await page.getByRole('link', { name: 'Go to the start page' }).click();
      await heading(page, 'My connections').waitFor();
    },
  );
});
