import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerTestFeatures } from '../features.mock.ts';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';
import type { UserChange } from '../types.ts';

const USERS = '/internal/security/users';
const ME = { method: 'GET', url: '/internal/security/me' } as const;

let server: SecurityServer;
let admin: TestClient;
let changes: UserChange[];
let onDeactivating: (profileUid: string) => Promise<void>;
beforeEach(async () => {
  changes = [];
  onDeactivating = async () => undefined;
  server = await startSecurityServer({
    beforeStart: (setup) => {
      registerTestFeatures(setup);
      setup.onUserChange(async () => {
        throw new Error('a listener that fails');
      });
      setup.onUserChange(async (change) => void changes.push(change));
      setup.onUserChange(async ({ type, profileUid }) => {
        if (type === 'deactivating') await onDeactivating(profileUid);
      });
    },
  });
  admin = await server.signIn();
});
afterEach(() => server.stop());

const get = <B = Record<string, unknown>>(path = '') =>
  admin.send<B>({ method: 'GET', url: `${USERS}${path}` });
const post = (path: string, body?: object, client = admin) =>
  client.send<Record<string, unknown>>({
    method: 'POST',
    url: `${USERS}/${path}`,
    ...(body === undefined ? {} : { body }),
  });
const remove = (name: string, client = admin) =>
  client.send({ method: 'DELETE', url: `${USERS}/${name}` });
const uidOf = async (name: string) => String((await get(`/${name}`)).body['profile_uid']);

describe('user management', () => {
  it('changes no user with createOnly if the username is taken', async () => {
    await post('ben', { password: 'benpass', roles: ['editor'] });
    const other = { password: 'otherpass', roles: ['viewer'] };
    expect(await post('ben?createOnly=true', other)).toMatchObject({
      status: 409,
      body: { attributes: { code: 'user_exists' } },
    });
    expect((await get('/ben')).body).toMatchObject({ roles: ['editor'] });
    expect((await post('mia?createOnly=true', other)).status).toBe(200);
  });

  it('creates, lists, changes and deletes users in Kibana’s format', async () => {
    const body = {
      username: 'ben',
      password: 'benpass',
      roles: ['editor'],
      full_name: 'Ben Ito',
      email: 'ben@example.org',
      metadata: { team: 'sales' },
    };
    const { password: _, ...shown } = body;
    expect(await post('ben', body)).toMatchObject({
      status: 200,
      body: { ...shown, enabled: true },
    });
    expect((await get<unknown[]>()).body).toHaveLength(2);
    const renamed = await post('ben', { roles: ['viewer'], full_name: 'Ben Itō' });
    expect(renamed.body).toMatchObject({ roles: ['viewer'], full_name: 'Ben Itō', email: null });
    expect((await remove('ben')).status).toBe(204);
    expect(await get('/ben')).toMatchObject({
      status: 404,
      body: { attributes: { code: 'user_not_found' } },
    });
  });

  it('changes a user only if the user still has the version that the request names', async () => {
    const versionOf = async (name: string) => String((await get(`/${name}`)).body['version']);
    const save = (version: string, body: object) =>
      post(`ben?version=${encodeURIComponent(version)}`, body);
    const stale = { status: 409, body: { attributes: { code: 'stale_version' } } };
    await post('ben', { password: 'benpass', roles: ['editor'], metadata: { a: 1, b: 2 } });
    const version = await versionOf('ben');
    const listed = await get<{ users: object[] }>('/_query?search=ben');
    expect(listed.body.users).toMatchObject([{ version }]);
    // The user's own sign-ins and passwords change nothing that an administrator edits.
    await post('ben/password', { newPassword: 'another-password' });
    await server.signIn('ben', 'another-password');
    expect(await versionOf('ben')).toBe(version);
    // Another administrator disables the user.
    await post('ben/_disable');
    expect(await save(version, { roles: ['viewer'], enabled: true })).toMatchObject(stale);
    expect((await get('/ben')).body).toMatchObject({ roles: ['editor'], enabled: false });
    const disabled = await versionOf('ben');
    expect((await save(disabled, { roles: ['viewer'], enabled: false })).status).toBe(200);
    expect((await get('/ben')).body).toMatchObject({ roles: ['viewer'], metadata: {} });
    // A later account with the same name is not the one that was edited.
    const before = await versionOf('ben');
    await remove('ben');
    expect(await save(before, { password: 'benpass', roles: ['viewer'] })).toMatchObject({
      status: 404,
      body: { attributes: { code: 'user_not_found' } },
    });
    expect((await get('/ben')).status).toBe(404);
    await post('ben', { password: 'benpass', roles: ['viewer'], enabled: false });
    expect(await save(before, { roles: ['editor'] })).toMatchObject(stale);
  });

  it('E65: never returns a password or its hash', async () => {
    await post('ben', { password: 'canary-password', roles: [] });
    const texts = [(await get()).text, (await get('/ben')).text, (await admin.send(ME)).text];
    for (const text of texts) expect(text).not.toMatch(/scrypt|canary|passwordHash|sessionEpoch/);
  });

  it('keeps the profile id on changes, and gives a later account with the same name another id', async () => {
    await post('ben', { password: 'benpass', roles: ['viewer'] });
    const first = await uidOf('ben');
    await post('ben', { roles: ['editor'], password: 'otherpass' });
    expect(await uidOf('ben')).toBe(first);
    await remove('ben');
    await post('ben', { password: 'benpass', roles: ['viewer'] });
    expect(await uidOf('ben')).not.toBe(first);
  });

  it('requires a password for a new user', async () => {
    expect(await post('ben', { roles: [] })).toMatchObject({
      status: 400,
      body: { attributes: { code: 'password_required' } },
    });
  });

  it.each([
    ['ben', { password: 'short', roles: [] }],
    ['ben', { password: 'x'.repeat(257), roles: [] }],
    ['ben', { password: 'benpass\0', roles: [] }],
    ['ben', { password: 'ben\tpass', roles: [] }],
    ['ben', { password: 'benpass\u0085', roles: [] }],
    ['ben', { username: 'carl', password: 'benpass', roles: [] }],
    [' ben', { password: 'benpass', roles: [] }],
    ['b:en', { password: 'benpass', roles: [] }],
    ['ben', { password: 'benpass', roles: [], admin: true }],
    ['ben', { password: 'benpass', roles: [], full_name: 'Ben \u202erotartsinimdA' }],
    ['ben', { password: 'benpass', roles: [], metadata: { _reserved: true } }],
  ])('refuses the user %s when the body is %j', async (name, body) => {
    expect((await post(encodeURIComponent(name), body)).status).toBe(400);
  });

  it('refuses a change without roles instead of removing all roles', async () => {
    await post('ben', { password: 'benpass', roles: ['editor'] });
    const response = await post('ben', { full_name: 'Ben Itō' });
    expect(response).toMatchObject({
      status: 400,
      body: { message: '[request body.roles]: expected array' },
    });
    expect((await get('/ben')).body).toMatchObject({ roles: ['editor'], full_name: null });
  });

  it('accepts names with inner spaces and symbols, and users with such names can sign in', async () => {
    const name = 'Ben Ito/Sales (EMEA)';
    await post(encodeURIComponent(name), { password: 'benpass', roles: ['viewer'] });
    const ben = await server.signIn(name, 'benpass');
    expect((await ben.send(ME)).body).toMatchObject({ username: name });
    const headers = server.basic(name, 'benpass');
    expect((await server.client().send({ ...ME, headers })).status).toBe(200);
  });

  it('F72: refuses every user who is not a superuser', async () => {
    await post('ben', { password: 'benpass', roles: ['editor'] });
    const ben = await server.signIn('ben', 'benpass');
    for (const response of [
      await ben.send({ method: 'GET', url: USERS }),
      await ben.send({ method: 'GET', url: `${USERS}/elastic` }),
      await post('ben', { roles: ['superuser'] }, ben),
      await post('elastic/_disable', undefined, ben),
      await post('elastic/password', { newPassword: 'taken-over' }, ben),
      await remove('elastic', ben),
    ]) {
      expect(response.status).toBe(403);
    }
    expect((await ben.send<{ roles: string[] }>(ME)).body.roles).toEqual(['editor']);
  });

  it('lets users change their own password only if they send their current password', async () => {
    await post('ben', { password: 'benpass', roles: ['viewer'] });
    const ben = await server.signIn('ben', 'benpass');
    const incorrect = { status: 403, body: { attributes: { code: 'password_incorrect' } } };
    expect(await post('ben/password', { newPassword: 'better-pass' }, ben)).toMatchObject(
      incorrect,
    );
    expect(
      await post('ben/password', { password: 'guess', newPassword: 'better-pass' }, ben),
    ).toMatchObject(incorrect);
    expect(
      (await post('ben/password', { password: 'benpass', newPassword: 'better-pass' }, ben)).status,
    ).toBe(204);
    await server.signIn('ben', 'better-pass');
  });
});

describe('changes of users', () => {
  it('F79: are published once to each plugin, even when one of the listeners fails', async () => {
    await post('ben', { password: 'benpass', roles: ['editor'] });
    const profileUid = await uidOf('ben');
    await post('ben', { roles: ['viewer'] });
    await post('ben', { roles: ['viewer'], full_name: 'Ben' });
    await post('ben/_disable');
    await post('ben/_disable');
    await post('ben/_enable');
    await remove('ben');
    const told = changes.map(({ type, ...who }) => {
      expect(who).toEqual({ profileUid, username: 'ben' });
      return type;
    });
    expect(told).toEqual(['roles_changed', 'deactivating', 'disabled', 'deactivating', 'deleted']);
    expect(server.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(5);
  });

  it('F79: are published before the removal of the user is stored', async () => {
    await post('ben', { password: 'benpass', roles: ['editor'] });
    await post('carl', { password: 'carlpass', roles: ['editor'] });
    const stored: boolean[] = [];
    onDeactivating = async (profileUid) =>
      void stored.push((await server.start.getActiveUser(profileUid)) !== undefined);
    await post('ben/_disable');
    await post('ben/_enable');
    await post('ben', { roles: ['editor'], enabled: false });
    await remove('carl');
    expect(stored).toEqual([true, true, true]);
  });

  it('F79: take effect for background work immediately', async () => {
    await post('ben', { password: 'benpass', roles: ['editor'] });
    const uid = await uidOf('ben');
    const active = () => server.start.getActiveUser(uid);
    expect(await active()).toMatchObject({ username: 'ben', roles: ['editor'], profileUid: uid });
    await post('ben', { roles: ['viewer'] });
    expect(await active()).toMatchObject({ roles: ['viewer'] });
    await post('ben/_disable');
    expect(await active()).toBeUndefined();
    await post('ben/_enable');
    expect(await active()).toMatchObject({ username: 'ben' });
    await remove('ben');
    expect(await active()).toBeUndefined();
    await post('ben', { password: 'benpass', roles: ['superuser'] });
    expect(await active()).toBeUndefined();
  });

  it('F79: remove disabled and deleted users from the list of active users', async () => {
    for (const name of ['ben', 'carl', 'dora'])
      await post(name, { password: `${name}pass`, roles: ['viewer'] });
    const [elastic, ben, dora] = await Promise.all(['elastic', 'ben', 'dora'].map(uidOf));
    await remove('carl');
    await post('dora/_disable');
    const listed = async () => (await Array.fromAsync(server.start.activeProfileUids())).sort();
    expect(await listed()).toEqual([elastic, ben].sort());
    await post('dora/_enable');
    expect(await listed()).toEqual([elastic, ben, dora].sort());
  });
});

describe('the search for users by name', () => {
  it('finds parts of username and full name in upper and lower case, and no disabled user', async () => {
    await post('nina', { password: 'ninapass', roles: [], full_name: 'Nina Olsen' });
    await post('oleg', { password: 'olegpass', roles: [], full_name: 'Oleg Petrov' });
    const find = async (text: string) => {
      const uids = await server.start.findProfileUids(text, 10);
      const users = await Promise.all(uids.map((uid) => server.start.getActiveUser(uid)));
      return users.map((user) => user?.username).sort();
    };
    expect(await find('OL')).toEqual(['nina', 'oleg']);
    expect(await find('petrov')).toEqual(['oleg']);
    expect(await find('*')).toEqual([]);
    expect(await server.start.findProfileUids('ol', 1)).toHaveLength(1);
    await post('oleg/_disable');
    expect(await find('ol')).toEqual(['nina']);
  });
});

describe('the last superuser', () => {
  const refused = { status: 409, body: { attributes: { code: 'last_superuser' } } };

  it('cannot be deleted, disabled or demoted', async () => {
    await post('ben', { password: 'benpass', roles: ['superuser'], enabled: false });
    expect(await remove('elastic')).toMatchObject(refused);
    expect(await post('elastic/_disable')).toMatchObject(refused);
    expect(await post('elastic', { roles: ['editor'] })).toMatchObject(refused);
    expect(await post('elastic', { roles: ['superuser'], enabled: false })).toMatchObject(refused);
    expect((await admin.send(ME)).status).toBe(200);
  });

  it('can be removed when there is another superuser', async () => {
    await post('ben', { password: 'benpass', roles: ['superuser'] });
    expect((await remove('elastic')).status).toBe(204);
    const ben = await server.signIn('ben', 'benpass');
    expect(await remove('ben', ben)).toMatchObject(refused);
  });

  it('remains when the last superusers remove each other at the same time', async () => {
    const names = ['a', 'b', 'c'];
    for (const name of names) await post(name, { password: 'password', roles: ['superuser'] });
    const clients = new Map<string, TestClient>();
    for (const name of names) clients.set(name, await server.signIn(name, 'password'));
    await remove('elastic', clients.get('a'));
    const statuses = await Promise.all([
      remove('b', clients.get('a')),
      post('c/_disable', undefined, clients.get('b')),
      post('a', { roles: ['viewer'] }, clients.get('c')),
    ]);
    const left = [];
    for (const name of names) {
      const user = (
        await server.repository.getIfExists<{ enabled: boolean; roles: string[] }>('user', name)
      )?.attributes;
      if (user?.enabled && user.roles.includes('superuser')) left.push(name);
    }
    expect(left.length).toBeGreaterThanOrEqual(1);
    expect(statuses.filter(({ status }) => status < 300).length).toBe(3 - left.length);
  });
});
