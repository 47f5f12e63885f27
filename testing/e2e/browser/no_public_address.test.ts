import {
  aDataPath,
  createConnector,
  createUser,
  type ServerProcess,
  startServer,
  stopEverything,
  TestUser,
} from '@latchkey/test-environment';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MY_CONNECTIONS, START, useChromium } from './harness/index.ts';

const PASSWORD = 'an-administrator-for-tests-only';

const browser = useChromium();
const admin = new TestUser({ username: 'elastic', password: PASSWORD, isProgram: true });
const ana = new TestUser({ username: 'ana', password: 'ana-password-7c41', isProgram: true });
/** In development, a server without the setting takes its own address. */
let production: ServerProcess;
let connector: string;

beforeAll(async () => {
  production = await startServer({
    dataPath: aDataPath(),
    mode: 'production',
    settings: {
      'server.publicBaseUrl': undefined,
      'xpack.encryptedSavedObjects.encryptionKey': 'an-encryption-key-for-tests-only-0123456789',
      'xpack.security.initialAdminPassword': PASSWORD,
    },
  });
  await admin.json(production, 'PUT /api/security/role/connector_user', {
    kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }],
  });
  await createUser(admin, production, ana, ['connector_user']);
  connector = await createConnector(admin, production, {
    name: 'Drive',
    connector_type_id: '.google_drive',
    secrets: {
      authType: 'oauth_authorization_code',
      clientId: 'app',
      clientSecret: 'secret-of-it',
    },
  });
});
afterAll(stopEverything);

it('a server without a public address offers no connection, says who can change it, and starts no attempt', async () => {
  const page = await browser.openAs(ana, production, { path: MY_CONNECTIONS });
  const panel = page.getByRole('group', { name: 'Drive', exact: true });
  await panel.getByText('Not available on this server. Ask your administrator.').waitFor();
  expect(await page.getByRole('button', { name: 'Connect Drive' }).count()).toBe(0);

  const other = await browser.openAs(admin, production, { path: MY_CONNECTIONS });
  await other
    .getByText(/set server\.publicBaseUrl/)
    .first()
    .waitFor();
  expect(await other.getByRole('button', { name: 'Connect Drive' }).count()).toBe(0);

  // A page that was opened before the setting was removed.
  const path = `/internal/actions/connector/${connector}${START}` as const;
  const started = await ana.call(production, `POST ${path}`, {});
  expect(started.status).toBe(400);
  expect(JSON.parse(started.text)).toMatchObject({
    message: expect.stringContaining('[server.publicBaseUrl]'),
    attributes: { code: 'public_base_url_missing' },
  });
  const grants = await admin.json(production, `GET /api/actions/connector/${connector}/grants`);
  expect(grants).toMatchObject({ grants: [] });
});
