import type { AuthenticatedUser } from '@latchkey/core/server';
import { anAuthenticatedUser, aPrincipal } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
  it('stores, returns and deletes a role in Kibana’s format', async () => {
    const kibana = [{ base: [], feature: { actions: ['all'] }, spaces: ['sales'] }];
    const elasticsearch = {
      cluster: ['all'],
      indices: [{ names: ['logs-*'], privileges: ['read'], query: '{}' }],
      run_as: ['ben'],
      remote_cluster: [],
    };
    const response = await put('sellers', {
      description: 'Sells',
      metadata: { owner: 'ana' },
      elasticsearch,
      kibana,
    });
    expect(response.status).toBe(204);
    expect(await get('sellers')).toMatchObject({
      status: 200,
      body: {
        name: 'sellers',
        description: 'Sells',
        metadata: { owner: 'ana' },
        elasticsearch,
        kibana,
      },
    });
    expect((await remove('sellers')).status).toBe(204);
    expect((await get('sellers')).status).toBe(404);
    expect((await remove('sellers')).status).toBe(404);
  });

  it('replaces a role only if it still has the version that the request names', async () => {
    const grant = (level: string) => ({
      kibana: [{ base: [level], feature: {}, spaces: ['sales'] }],
    });
    const versionOf = async (name: string) => {
      const { body } = await admin.send<{ name: string; version?: string }[]>({
        method: 'GET',
        url: '/internal/security/roles',
        headers: { 'x-elastic-internal-origin': 'test' },
      });
      return body.find((role) => role.name === name)?.version;
    };
    await put('sellers', { description: 'Sells', ...grant('read') });
    const version = (await versionOf('sellers')) ?? '';
    expect(await versionOf('superuser')).toBeUndefined();
    // Another administrator changes the role.
    expect((await put('sellers', { description: 'Other', ...grant('all') })).status).toBe(204);
    const query = `?version=${encodeURIComponent(version)}`;
    expect(await put('sellers', grant('read'), query)).toMatchObject({
      status: 409,
      body: { attributes: { code: 'stale_version' } },
    });
    expect((await get('sellers')).body).toMatchObject({ description: 'Other', ...grant('all') });
    const current = encodeURIComponent((await versionOf('sellers')) ?? '');
    expect((await put('sellers', grant('read'), `?version=${current}`)).status).toBe(204);
    const { body } = await get('sellers');
    expect(body).toMatchObject(grant('read'));
    // A member that the body lacks is removed, as in a save without a version.
    expect(body).not.toHaveProperty('description');
    expect(body).not.toHaveProperty('version');
    await remove('sellers');
    expect(await put('sellers', grant('all'), `?version=${current}`)).toMatchObject({
      status: 404,
      body: { attributes: { code: 'role_not_found' } },
    });
    expect((await get('sellers')).status).toBe(404);
  });

  it('lists the built-in roles and refuses to change them', async () => {
    const { body } = await get<{ name: string; metadata: object }[]>();
    expect(body.map(({ name, metadata }) => [name, metadata])).toEqual([
      ['superuser', { _reserved: true }],
      ['editor', { _reserved: true }],
      ['viewer', { _reserved: true }],
    ]);
    for (const response of [await put('superuser', { kibana: [] }), await remove('editor')]) {
      expect(response).toMatchObject({
        status: 400,
        body: { attributes: { code: 'role_reserved' } },
      });
    }
  });

  it('does not replace a role when only creation is requested', async () => {
    await put('sellers', { kibana: [] });
    expect((await put('sellers', { kibana: [] }, '?createOnly=true')).status).toBe(409);
    expect((await put('sellers', { kibana: [] }, '?createOnly=false')).status).toBe(204);
  });

  it.each([
    [{ base: ['all'], feature: { actions: ['read'] } }, 'either base or feature'],
    [{ base: ['everything'] }, 'base privilege [everything]'],
    [{ base: ['read'], spaces: ['*', 'sales'] }, 'cannot be combined'],
    [{ base: ['read', 'write'] }, 'base privilege [write]'],
    [{ spaces: ['sales'] }, 'must grant either'],
    [{ feature: { actions: [] } }, 'must grant either'],
    [{ base: ['read'], spaces: ['Bad Space!'] }, 'lower-case letters'],
  ])('refuses %j', async (row, reason) => {
    const response = await put('odd', { kibana: [row] });
    expect(response.status).toBe(400);
    expect(response.body.message).toContain(reason);
  });
});

describe('many roles', () => {
  const putAll = (roles: object) =>
    admin.send({ method: 'POST', url: '/api/security/roles', body: { roles } });
  const query = (body: object) =>
    admin.send<{ roles: { name: string }[]; count: number; total: number }>({
      method: 'POST',
      url: `${ROLES}/_query`,
      body,
    });
  const namesBy = async (body: object) => (await query(body)).body.roles.map(({ name }) => name);

  it('are stored by one request, each with its own result', async () => {
    const sellers = { kibana: [{ base: ['read'], spaces: ['sales'] }] };
    await put('sellers', sellers);
    await put('buyers', { kibana: [] });
    const response = await putAll({
      sellers,
      buyers: { description: 'Buys', kibana: [] },
      fresh: { kibana: [{ feature: { discover: ['all'] } }] },
      superuser: { kibana: [] },
      wrong: { kibana: [{ base: ['everything'] }] },
    });
    expect(response).toMatchObject({ status: 200 });
    expect(response.body).toEqual({
      created: ['fresh'],
      updated: ['buyers'],
      noop: ['sellers'],
      errors: {
        superuser: { type: 'role_reserved', reason: expect.stringContaining('built in') },
        wrong: { type: 'role_invalid', reason: expect.stringContaining('[everything]') },
      },
      warnings: { fresh: ['Feature [discover] does not exist here and grants nothing.'] },
    });
    expect((await get('wrong')).status).toBe(404);
    expect((await putAll({ ' bad': { kibana: [] } })).status).toBe(400);
  });

  it('are found by parts of their names and descriptions, in pages', async () => {
    await put('sales-all', { description: 'Everything in Sales', kibana: [] });
    await put('sales-read', { kibana: [] });
    await put('other', { description: 'For Sales too', kibana: [] });
    expect(await namesBy({ query: 'SALES' })).toEqual(['other', 'sales-all', 'sales-read']);
    expect(await namesBy({ query: '*sales-*' })).toEqual(['sales-all', 'sales-read']);
    const sort = { field: 'name', direction: 'desc' };
    expect(
      (await query({ from: 1, size: 2, sort, filters: { showReservedRoles: false } })).body,
    ).toMatchObject({ roles: [{ name: 'sales-all' }, { name: 'other' }], count: 2, total: 3 });
    expect(await namesBy({})).toContain('superuser');
  });

  it('are returned in pages of at most 1,000, sorted by name', async () => {
    expect((await query({ size: 1000 })).status).toBe(200);
    for (const body of [{ size: 1001 }, { from: 100_001 }, { sort: { field: 'description' } }]) {
      expect((await query(body)).status).toBe(400);
    }
  });

  it('F72: are refused to every user who is not a superuser', async () => {
    const body = { password: 'benpass', roles: ['editor'] };
    await admin.send({ method: 'POST', url: '/internal/security/users/ben', body });
    const ben = await server.signIn('ben', 'benpass');
    for (const [url, sent] of [
      [`${ROLES}/_query`, {}],
      ['/api/security/roles', { roles: {} }],
    ] as const) {
      expect((await ben.send({ method: 'POST', url, body: sent })).status).toBe(403);
    }
  });
});

describe('the features for roles', () => {
  it('are listed with their privileges for every signed-in user, without administrative features', async () => {
    const response = await admin.send<{ id: string }[]>({ method: 'GET', url: '/api/features' });
    expect(response.status).toBe(200);
    expect(response.body.map(({ id }) => id)).toEqual([
      'api_keys',
      'monitoring',
      'actions',
      'workflows',
    ]);
    expect(response.body[2]).toMatchObject({
      name: 'actions',
      category: { id: 'latchkey' },
      app: [],
      catalogue: [],
      privileges: {
        all: { api: ['actions:save', 'actions:execute'] },
        read: { api: ['actions:execute'] },
      },
    });
    expect((await server.client().send({ method: 'GET', url: '/api/features' })).status).toBe(401);
  });

  it('are listed as privileges, with the actions that they grant if the caller asks for them', async () => {
    const privileges = (query = '') =>
      admin.send({ method: 'GET', url: `/api/security/privileges${query}` });
    const words = ['all', 'minimal_all', 'read', 'minimal_read'];
    expect((await privileges()).body).toEqual({
      features: { api_keys: words, monitoring: words, actions: words, workflows: words },
      space: ['all', 'read'],
      global: ['all', 'read'],
      reserved: [],
    });
    expect((await privileges('?includeActions=true&respectLicenseLevel=false')).body).toMatchObject(
      {
        features: {
          actions: { all: ['actions:execute', 'actions:save'], read: ['actions:execute'] },
        },
        global: { read: ['actions:execute', 'monitoring:read', 'workflows:execute'] },
      },
    );
  });
});

describe('a role', () => {
  it.each(['Sales & support (EMEA), read/only: 50 %', 'x'.repeat(507)])(
    'can have any name that Elasticsearch allows: %s',
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

  it('does not count as built in because of its metadata', async () => {
    expect((await put('fake', { metadata: { _reserved: true } })).status).toBe(400);
    expect((await put('fake', { metadata: { reserved_: true } })).status).toBe(204);
    expect((await get('fake')).body).toMatchObject({ metadata: { reserved_: true } });
  });

  it('A24: is stored with metadata nested up to the limit for bodies, and is refused with deeper metadata', async () => {
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

describe('the privileges of a user', () => {
  it('come from the built-in roles', async () => {
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

  it('are all missing for a principal without a user', async () => {
    const anonymous = aPrincipal({ user: undefined });
    expect(await server.start.missingPrivileges(anonymous, ['actions:execute'])).toEqual([
      'actions:execute',
    ]);
    expect(await server.start.hasAnyPrivilege(anonymous)).toBe(false);
  });

  it('apply only in the spaces of the role, and change as soon as the role changes', async () => {
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

  it('F79: change for every user when a role of the user is changed or removed, and the change is published', async () => {
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

  it('cannot be extended by a feature that is registered after the start', () => {
    const feature = {
      id: 'late',
      name: { en: 'Late', de: 'Spät' },
      privileges: { all: [], read: [] },
    };
    expect(() => server.setup.registerFeature(feature)).toThrow('too late');
  });
});

describe('the texts of the web app', () => {
  const inGerman = async <B>(url: string) => {
    const headers = { 'accept-language': 'de', 'x-elastic-internal-origin': 'latchkey' };
    return (await admin.send<B>({ method: 'GET', url, headers })).body;
  };
  type Roles = { readonly name: string; readonly description?: string }[];
  type Features = { readonly id: string; readonly name: string }[];

  it('describe built-in roles in the language of the user, and leave other descriptions unchanged', async () => {
    await put('sellers', { description: 'Sells' });
    const byName = (roles: Roles) => new Map(roles.map((role) => [role.name, role.description]));
    const german = byName(await inGerman<Roles>('/internal/security/roles'));
    expect(german.get('viewer')).toBe('Darf in jedem Bereich alles verwenden und nichts ändern.');
    expect(german.get('sellers')).toBe('Sells');
    const english = byName(await inGerman<Roles>(ROLES));
    expect(english.get('viewer')).toBe('May use everything in every space, and change nothing.');
  });

  it('name features in the language of the user', async () => {
    const nameOf = (features: Features) => features.find(({ id }) => id === 'api_keys')?.name;
    expect(nameOf(await inGerman('/internal/security/features'))).toBe('Eigene API-Schlüssel');
    expect(nameOf(await inGerman('/api/features'))).toBe('Own API keys');
  });
});
