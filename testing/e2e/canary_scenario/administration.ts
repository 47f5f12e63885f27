import { createConnector, createUser, TestUser } from '@latchkey/test-environment';
import { expect } from 'vitest';
import { connect } from './grants.ts';
import { type Scenario, SECRETS, strictThroughProxy } from './scenario.ts';

/** Pages and lists of the API and of the user interface. `ID` stands for a connector id. */
const PAGES = [
  '/',
  '/login',
  '/login/login.js',
  '/page_style.css',
  '/favicon.ico',
  '/metrics',
  '/api/status',
  '/api/openapi.json',
  '/api/features',
  '/api/security/privileges',
  '/api/security/role',
  '/api/security/role/connector_user',
  '/api/spaces/space',
  '/api/spaces/space/default',
  '/api/actions/connectors',
  '/api/actions/connector_types',
  '/api/actions/connector/ID',
  '/api/actions/connector/ID/grants',
  '/api/actions/connector/_oauth_callback_continue_script',
  '/api/actions/connector/_oauth_callback_script',
  '/api/actions/grants/_revoke',
  '/api/encrypted_saved_objects/_key_usage',
  '/api/encrypted_saved_objects/_rotate_key',
  '/app/my_connections',
  '/internal/actions/connectors',
  '/internal/actions/connector/ID/form',
  '/internal/actions/connector/ID/grants/_count',
  '/internal/actions/connector_types',
  '/internal/actions/connector_types/.http/spec',
  '/internal/security/api_key',
  '/internal/security/features',
  '/internal/security/me',
  '/internal/security/roles',
  '/internal/security/sessions',
  '/internal/security/user_profile/settings',
  '/internal/security/users',
  '/internal/security/users/ana',
  '/internal/spaces/_active_space',
] as const;

/**
 * Requests every page and list as an administrator, and tries the same as a user with fewer
 * privileges.
 */
export async function requestEveryPage(
  { environment }: Scenario,
  connector: string,
): Promise<void> {
  const { admin, ana, first } = environment;
  for (const page of PAGES) {
    const path = page.replace('ID', connector);
    const { status } = await admin.call(first, `GET ${path}`);
    expect({ path, hasResponse: status < 400 }).toEqual({ path, hasResponse: true });
    await ana.call(first, `GET ${path}`);
  }
  const shell = await admin.call(first, 'GET /app/my_connections');
  const [asset] = shell.text.match(/\/assets\/[\w.-]+\.js/) ?? [];
  const { status } = await admin.call(first, `GET ${asset}`);
  expect({ asset, status }).toEqual({ asset: expect.any(String), status: 200 });
}

/**
 * Edits a connector with an active grant: first its name, then its client, which ends the grant.
 * Then deletes the connector.
 */
export async function editAndDelete(scenario: Scenario): Promise<void> {
  const { admin, ana, first: server } = scenario.environment;
  const path = '/api/actions/connector/edited-one';
  const { name, config = {}, connector_type_id, secrets } = strictThroughProxy(scenario);
  await admin.json(server, `POST ${path}`, { name, connector_type_id, config, secrets });
  await connect(scenario, ana, 'edited-one');
  await admin.json(server, `PUT ${path}`, { name: 'Renamed', config });
  const other = strictThroughProxy(scenario, 'client_secret_basic');
  const edited = await admin.json(server, `PUT ${path}`, { name, config, secrets: other.secrets });
  expect(edited).toMatchObject({ disconnected_users: 1 });
  await connect(scenario, ana, 'edited-one');
  await admin.json(server, `DELETE ${path}`);
  const fixed = await createConnector(admin, server, {
    name: 'Fixed header',
    connector_type_id: '.custom_api',
    config,
    secrets: { authType: 'api_key_header', headerField: 'X-API-Key', apiKey: SECRETS.headerKey },
  });
  await admin.json(server, `PUT /api/actions/connector/${fixed}`, {
    name: 'Fixed header',
    config,
    secrets: { authType: 'api_key_header', headerField: 'X-API-Key', apiKey: SECRETS.editedKey },
  });
}

/** Creates and deletes roles, spaces and a user; a guest signs out. */
export async function createAndDeleteUsers({ environment, add }: Scenario): Promise<void> {
  const { admin, first: server } = environment;
  const role = '/api/security/role/guests';
  const privileges = { kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }] };
  await admin.json(server, `PUT ${role}`, privileges);
  const indices = [{ names: ['logs.*'], privileges: ['read'], field_security: { grant: ['*'] } }];
  const roles = { guests: { ...privileges, elasticsearch: { cluster: ['monitor'], indices } } };
  await admin.json(server, 'POST /api/security/roles', { roles });
  const search = { query: 'guest' };
  const found = await admin.json(server, 'POST /api/security/role/_query', search);
  expect(found).toMatchObject({ roles: [{ name: 'guests', elasticsearch: { indices } }] });
  const guest = add(new TestUser({ username: 'guest', password: SECRETS.guestPassword }));
  await createUser(admin, server, guest, ['guests']);
  await guest.logIn(server);
  await guest.json(server, 'GET /internal/security/me');
  await guest.call(server, 'GET /api/security/logout');
  const user = '/internal/security/users/guest';
  await admin.json(server, `POST ${user}/password`, { newPassword: SECRETS.newPassword });
  for (const verb of ['_disable', '_enable']) await admin.json(server, `POST ${user}/${verb}`);
  await admin.json(server, `DELETE ${user}`);
  await admin.json(server, `DELETE ${role}`);
  const space = { id: 'guest-room', name: 'Guest room' };
  await admin.json(server, 'POST /api/spaces/space', space);
  const path = '/api/spaces/space/guest-room';
  await admin.json(server, `PUT ${path}`, { ...space, name: 'Lounge' });
  await admin.json(server, `DELETE ${path}`);
  const deletion = '/internal/spaces/space/guest-room/_deletion';
  await admin.json(server, `GET ${deletion}`);
}

/** Rotates the encryption key of all objects. */
export async function rotateKey({ environment }: Scenario): Promise<void> {
  const path = '/api/encrypted_saved_objects/_rotate_key';
  const rotated = await environment.admin.json(environment.first, `POST ${path}`);
  expect(rotated).toMatchObject({ failed: 0 });
}
