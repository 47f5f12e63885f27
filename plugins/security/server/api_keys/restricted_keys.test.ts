import { anAuthenticatedUser, aPrincipal } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerTestFeatures } from '../features.mock.ts';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';

const KEYS = '/internal/security/api_key';
const SAVE = 'actions:save';
const EXECUTE = 'actions:execute';
const RUN = 'workflows:execute';

let server: SecurityServer;
let admin: TestClient;
beforeEach(async () => {
  server = await startSecurityServer({ beforeStart: registerTestFeatures });
  admin = await server.signIn();
});
afterEach(() => server.stop());

const saveUser = async (name: string, roles: readonly string[]) => {
  await admin.send({
    method: 'POST',
    url: `/internal/security/users/${name}`,
    body: { password: `${name}-password`, roles },
  });
};
const putRole = (name: string, kibana: readonly object[]) =>
  admin.send({ method: 'PUT', url: `/api/security/role/${name}`, body: { kibana } });
const create = async (client: TestClient, body: object = {}) => {
  const response = await client.send<{ id: string; encoded: string }>({
    method: 'POST',
    url: KEYS,
    body: { name: 'ci', ...body },
  });
  expect(response.status).toBe(200);
  return response.body;
};
const withKey = (
  encoded: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  body?: object,
) =>
  server.client().send<{ privileges?: string[]; message?: string }>({
    method,
    url,
    headers: { authorization: `ApiKey ${encoded}` },
    ...(body === undefined ? {} : { body }),
  });
/** Returns the privileges of a key, as the route `me` reports them. */
const heldBy = async ({ encoded }: { readonly encoded: string }) =>
  (await withKey(encoded, 'GET', '/internal/security/me')).body.privileges;
const missing = (user: object, required: readonly string[], spaceId = 'default') =>
  server.start.missingPrivileges(
    aPrincipal({ user: anAuthenticatedUser({ authenticationType: 'api_key', ...user }), spaceId }),
    required,
  );

describe('a restricted key', () => {
  const reader = { reader: { kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }] } };

  it('may do what both its owner’s privileges and its descriptors allow', async () => {
    await saveUser('ben', ['editor']);
    const ben = await server.signIn('ben', 'ben-password');
    expect(await heldBy(await create(ben, { role_descriptors: reader }))).toEqual([EXECUTE]);
    expect(await heldBy(await create(ben, { kibana_role_descriptors: reader }))).toEqual([EXECUTE]);
    expect(await heldBy(await create(ben))).toContain(SAVE);
    expect(await heldBy(await create(ben, { role_descriptors: {} }))).toContain(SAVE);
  });

  it('never has more privileges than its owner, even after the owner’s roles changed', async () => {
    await putRole('owner', [{ feature: { actions: ['read'], api_keys: ['all'] }, spaces: ['*'] }]);
    await saveUser('ben', ['owner']);
    const everything = { root: { kibana: [{ base: ['all'], spaces: ['*'] }] } };
    const key = await create(await server.signIn('ben', 'ben-password'), {
      role_descriptors: everything,
    });
    expect(await heldBy(key)).toEqual([EXECUTE, 'security:manage-own-api-keys']);
    await putRole('owner', [{ feature: { workflows: ['read'] }, spaces: ['*'] }]);
    expect(await heldBy(key)).toEqual([RUN]);
    await saveUser('ben', []);
    expect(await heldBy(key)).toEqual([]);
  });

  it('restricts a superuser’s key like any other', async () => {
    const key = await create(admin, { role_descriptors: reader });
    expect(await heldBy(key)).toEqual([EXECUTE]);
    const user = { roles: ['superuser'], apiKeyId: key.id };
    expect(await missing(user, [SAVE, EXECUTE, RUN])).toEqual([SAVE, RUN]);
  });

  it('is restricted to the spaces of its entries', async () => {
    const sales = { sales: { kibana: [{ base: ['read'], spaces: ['sales'] }] } };
    const { id } = await create(admin, { role_descriptors: sales });
    const user = { roles: ['superuser'], apiKeyId: id };
    expect(await missing(user, [EXECUTE], 'sales')).toEqual([]);
    expect(await missing(user, [EXECUTE])).toEqual([EXECUTE]);
  });

  it('has the privileges of all its descriptors together', async () => {
    const both = {
      one: { kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }] },
      two: { kibana: [{ base: null, feature: { workflows: ['read'] }, spaces: ['*'] }] },
    };
    expect(await heldBy(await create(admin, { role_descriptors: both }))).toEqual([EXECUTE, RUN]);
  });

  it('understands Kibana’s application privileges, and ignores those of Elasticsearch', async () => {
    const applications = (...privileges: string[]) => ({
      limited: {
        cluster: ['all'],
        indices: [{ names: ['*'], privileges: ['all'] }],
        applications: [{ application: 'kibana-.kibana', privileges, resources: ['space:default'] }],
      },
    });
    const { id } = await create(admin, { role_descriptors: applications('feature_actions.read') });
    const user = { roles: ['superuser'], apiKeyId: id };
    expect(await missing(user, [EXECUTE, SAVE, RUN])).toEqual([SAVE, RUN]);
    expect(await missing(user, [EXECUTE], 'sales')).toEqual([EXECUTE]);
    const every = await create(admin, { role_descriptors: applications('space_all') });
    expect(await heldBy(every)).toContain(SAVE);
  });

  it.each([
    [{ empty: {} }],
    [{ elasticsearchOnly: { cluster: ['all'] } }],
    [{ unknown: { kibana: [{ feature: { payroll: ['all'] }, spaces: ['*'] }] } }],
    [
      {
        elsewhere: {
          applications: [{ application: 'other-app', privileges: ['all'], resources: ['*'] }],
        },
      },
    ],
  ])('may do nothing with %j', async (role_descriptors) => {
    expect(await heldBy(await create(admin, { role_descriptors }))).toEqual([]);
  });

  it.each([
    [{ bad: { kibana: [{ spaces: ['Bad Space!'] }] } }],
    [{ bad: { kibana: 'all' } }],
    [{ bad: { restriction: { workflows: ['search_application_query'] } } }],
    [{ bad: { description: 'x'.repeat(20_000) } }],
  ])('cannot be created with %j', async (role_descriptors) => {
    const body = { name: 'ci', role_descriptors };
    expect((await admin.send({ method: 'POST', url: KEYS, body })).status).toBe(400);
  });

  it('may do nothing when its stored descriptors cannot be read', async () => {
    const { id } = await create(admin, { role_descriptors: reader });
    const [row] = await server.store.getMany([`api_key:${id}`], 'api_key');
    if (row === undefined) throw new Error('the row was not found');
    const { version: _, ...document } = row;
    const roleDescriptors = { reader: { kibana: 'damaged' } };
    await server.store.put({ ...document, attributes: { ...row.attributes, roleDescriptors } });
    await server.clock.advance(2000);
    expect(await missing({ roles: ['superuser'], apiKeyId: id }, [EXECUTE])).toEqual([EXECUTE]);
  });
});

describe('an API key of a superuser', () => {
  it('cannot manage security', async () => {
    await saveUser('ben', ['viewer']);
    const { encoded, id } = await create(admin);
    const foreign = await create(admin, { name: 'other' });
    const evil = { password: 'evil-password', roles: ['superuser'] };
    for (const [method, url, body] of [
      ['POST', '/internal/security/users/evil', evil],
      ['GET', '/internal/security/users', undefined],
      ['POST', '/internal/security/users/ben', { roles: ['superuser'] }],
      ['DELETE', '/internal/security/users/ben', undefined],
      ['POST', '/internal/security/users/ben/_disable', undefined],
      ['POST', '/internal/security/users/ben/password', { newPassword: 'evil-password' }],
      [
        'POST',
        '/internal/security/users/elastic/password',
        { password: 'changeme', newPassword: 'evil-password' },
      ],
      ['PUT', '/api/security/role/evil', { kibana: [{ base: ['all'] }] }],
      ['GET', '/api/security/role', undefined],
      ['DELETE', '/api/security/role/evil', undefined],
      ['POST', KEYS, { name: 'child' }],
      ['PUT', KEYS, { id, metadata: {} }],
      ['POST', `${KEYS}/invalidate`, { apiKeys: [{ id: foreign.id }], isAdmin: true }],
    ] as const) {
      const { status } = await withKey(encoded, method, url, body);
      expect([method, url, status]).toEqual([method, url, 403]);
    }
    const user = { roles: ['superuser'], apiKeyId: id };
    const unlisted = ['security:manage', 'encrypted_saved_objects:rotate_key', 'not:registered'];
    expect(await missing(user, unlisted)).toEqual(unlisted);
    expect(await missing(user, [SAVE, EXECUTE, RUN])).toEqual([]);
    await server.signIn('elastic', 'changeme');
  });

  it('can list and invalidate only itself', async () => {
    const key = await create(admin);
    const other = await create(admin, { name: 'other' });
    const list = await withKey(key.encoded, 'GET', KEYS);
    expect(list.body).toMatchObject({ apiKeys: [{ id: key.id }], total: 1 });
    const search = await withKey(key.encoded, 'POST', `${KEYS}/_query`, {});
    expect(search.body).toMatchObject({ apiKeys: [{ id: key.id }], canManageOwnApiKeys: false });
    const apiKeys = [{ id: other.id }, { id: key.id }];
    const ended = await withKey(key.encoded, 'POST', `${KEYS}/invalidate`, { apiKeys });
    expect(ended.body).toMatchObject({
      itemsInvalidated: [{ id: key.id }],
      errors: [{ id: other.id }],
    });
    expect(await heldBy(other)).toContain(SAVE);
    expect(await missing({ roles: ['superuser'], apiKeyId: key.id }, [EXECUTE])).toEqual([EXECUTE]);
  });

  it('has no privilege when its id is missing, so that its restriction cannot be found', async () => {
    expect(await missing({ roles: ['superuser'] }, [EXECUTE])).toEqual([EXECUTE]);
    expect(await server.start.hasAnyPrivilege(aPrincipal({ user: undefined }))).toBe(false);
  });
});
