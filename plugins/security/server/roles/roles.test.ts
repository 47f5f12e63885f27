import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuthenticatedUser } from '@latchkey/core/server';
import { anAuthenticatedUser, aPrincipal } from '@latchkey/core/server/mocks';
import { registerTestFeatures } from '../features.mock.ts';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';
import type { UserChange } from '../types.ts';

const ROLES = '/api/security/role';

let server: SecurityServer;
let admin: TestClient;
let changes: UserChange[];
beforeEach(async () => {
  changes = [];
  server = await startSecurityServer({
    beforeStart: (setup) => {
      registerTestFeatures(setup);
      setup.onUserChange(async (change) => void changes.push(change));
    },
  });
  admin = await server.signIn();
});
afterEach(() => server.stop());

const put = (name: string, body: object, query = '') =>
  admin.send<{ message?: string }>({ method: 'PUT', url: `${ROLES}/${name}${query}`, body });
const get = <B = Record<string, unknown>>(name = '') =>
  admin.send<B>({ method: 'GET', url: name === '' ? ROLES : `${ROLES}/${name}` });
const remove = (name: string) => admin.send({ method: 'DELETE', url: `${ROLES}/${name}` });
const missing = (user: Partial<AuthenticatedUser>, required: string[], spaceId = 'default') =>
  server.start.missingPrivileges(
    aPrincipal({ user: anAuthenticatedUser(user), spaceId }),
    required,
  );

describe('role management', () => {
  it('stores, answers and deletes a role in Kibana’s words', async () => {
    const kibana = [{ base: [], feature: { actions: ['all'] }, spaces: ['sales'] }];
    const answer = await put('sellers', {
      description: 'Sells',
      metadata: { owner: 'ana' },
      elasticsearch: { cluster: ['all'], indices: [], run_as: [] },
      kibana,
    });
    expect(answer.status).toBe(204);
    expect(await get('sellers')).toMatchObject({
      status: 200,
      body: { name: 'sellers', description: 'Sells', metadata: { owner: 'ana' }, kibana },
    });
    expect((await remove('sellers')).status).toBe(204);
    expect((await get('sellers')).status).toBe(404);
    expect((await remove('sellers')).status).toBe(404);
  });

  it('lists the built-in roles and refuses to change them', async () => {
    const { body } = await get<{ name: string; metadata: object }[]>();
    expect(body.map(({ name, metadata }) => [name, metadata])).toEqual([
      ['superuser', { _reserved: true }],
      ['editor', { _reserved: true }],
      ['viewer', { _reserved: true }],
    ]);
    for (const answer of [await put('superuser', { kibana: [] }), await remove('editor')]) {
      expect(answer).toMatchObject({
        status: 400,
        body: { attributes: { code: 'role_reserved' } },
      });
    }
  });

  it('does not replace a role when only creation was asked for', async () => {
    await put('sellers', { kibana: [] });
    expect((await put('sellers', { kibana: [] }, '?createOnly=true')).status).toBe(409);
    expect((await put('sellers', { kibana: [] }, '?createOnly=false')).status).toBe(204);
  });

  it.each([
    [{ base: ['all'], feature: { actions: ['read'] } }, 'either base or feature'],
    [{ feature: { payroll: ['all'] } }, 'feature [payroll] does not exist'],
    [{ feature: { actions: ['write'] } }, 'no privilege [write]'],
    [{ base: ['everything'] }, 'base privilege [everything]'],
    [{ base: ['read'], spaces: ['*', 'sales'] }, 'cannot be combined'],
    [{ base: ['read'], spaces: ['sales', 'sales'] }, 'more than one row'],
    [{ spaces: ['sales'] }, 'not none'],
    [{ feature: { actions: [] } }, 'not none'],
    [{ base: ['read'], spaces: ['Bad Space!'] }, 'lower-case letters'],
  ])('refuses %j', async (row, reason) => {
    const answer = await put('odd', { kibana: [row] });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(reason);
  });
});

describe('a role', () => {
  it.each(['Sales & support (EMEA), read/only: 50 %', 'x'.repeat(507)])(
    'may be named as Elasticsearch lets it be: %s',
    async (name) => {
      const path = encodeURIComponent(name);
      expect((await put(path, { kibana: [] })).status).toBe(204);
      expect((await get(path)).body).toMatchObject({ name });
      expect((await remove(path)).status).toBe(204);
    },
  );

  it.each([' sales', 'sales ', 'sälés', 'a\u007f', 'x'.repeat(508)])(
    'cannot be named %j',
    async (name) => {
      expect((await put(encodeURIComponent(name), { kibana: [] })).status).toBe(400);
    },
  );

  it('cannot pass for a built-in one by its metadata', async () => {
    expect((await put('fake', { metadata: { _reserved: true } })).status).toBe(400);
    expect((await put('fake', { metadata: { reserved_: true } })).status).toBe(204);
    expect((await get('fake')).body).toMatchObject({ metadata: { reserved_: true } });
  });

  it('A24: with metadata nested as deep as a body may be is stored, deeper answers 400', async () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const send = (depth: number) =>
      admin.send({
        method: 'PUT',
        url: `${ROLES}/deep`,
        headers: { 'content-type': 'application/json' },
        body: `{"metadata":${nested(depth)}}`,
      });
    expect((await send(199)).status).toBe(204);
    expect((await send(1100)).status).toBe(400);
    expect((await get('deep')).status).toBe(200);
  });
});

describe('privileges', () => {
  it('follow the built-in roles', async () => {
    const all = ['actions:save', 'actions:execute', 'security:manage', 'not:registered'];
    expect(await missing({ roles: ['superuser'] }, all)).toEqual([]);
    expect(await missing({ roles: ['editor'] }, all)).toEqual([
      'security:manage',
      'not:registered',
    ]);
    expect(await missing({ roles: ['viewer'] }, all)).toEqual([
      'actions:save',
      'security:manage',
      'not:registered',
    ]);
    expect(await missing({ roles: ['gone'] }, all)).toEqual(all);
  });

  it('are all missing when nobody is signed in', async () => {
    const nobody = aPrincipal({ user: undefined });
    expect(await server.start.missingPrivileges(nobody, ['actions:execute'])).toEqual([
      'actions:execute',
    ]);
    expect(await server.start.hasAnyPrivilege(nobody)).toBe(false);
  });

  it('hold only in the spaces of the role, and follow its changes at once', async () => {
    const role = (level: string) => ({
      kibana: [{ feature: { actions: [level] }, spaces: ['sales'] }],
    });
    await put('sellers', role('read'));
    const seller = { roles: ['sellers'] };
    expect(await missing(seller, ['actions:execute'], 'sales')).toEqual([]);
    expect(await missing(seller, ['actions:execute'], 'default')).toEqual(['actions:execute']);
    expect(await missing(seller, ['actions:save'], 'sales')).toEqual(['actions:save']);
    await put('sellers', role('all'));
    expect(await missing(seller, ['actions:save'], 'sales')).toEqual([]);
    await remove('sellers');
    expect(await missing(seller, ['actions:execute'], 'sales')).toEqual(['actions:execute']);
  });

  it('F79: a changed or removed role is told for everybody who holds it', async () => {
    await put('sellers', { kibana: [] });
    for (const [name, roles] of [
      ['ben', ['sellers']],
      ['carl', ['viewer']],
    ] as const) {
      const url = `/internal/security/users/${name}`;
      await admin.send({ method: 'POST', url, body: { password: 'password', roles } });
    }
    await put('sellers', { kibana: [{ base: ['read'] }] });
    await remove('sellers');
    expect(changes.map(({ type, username }) => [type, username])).toEqual([
      ['roles_changed', 'ben'],
      ['roles_changed', 'ben'],
    ]);
  });

  it('cannot be registered twice or late', () => {
    const feature = { id: 'late', name: 'Late', privileges: { all: [], read: [] } };
    expect(() => server.setup.registerFeature(feature)).toThrow('too late');
  });
});
