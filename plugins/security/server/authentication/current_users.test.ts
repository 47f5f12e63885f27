import { type AuthenticatedUser, respond } from '@latchkey/core/server';
import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SecurityServer, startSecurityServer } from '../security_plugin.mock.ts';

const ANA = { username: 'ana', password: 'ana-password-7c41' };
const USER = '/internal/security/users/ana';
const NEW_PASSWORD = 'another-strong-password-91';

let server: SecurityServer;
/** User objects of requests to the route of the test, as handlers would keep them. */
let kept: AuthenticatedUser[];
let admin: Readonly<Record<string, string>>;

beforeEach(async () => {
  kept = [];
  server = await startSecurityServer();
  const route = { method: 'get', path: '/api/keep', access: 'public', summary: 'x' } as const;
  server.http.createRouter().handle(route, ({ user }) => {
    if (user !== undefined) kept.push(user);
    return respond.ok({});
  });
  admin = server.basic('elastic', 'changeme');
  await asAdmin('POST', USER, { password: ANA.password, roles: ['superuser'] });
});
afterEach(() => server.stop());

const asAdmin = (method: 'POST' | 'DELETE', url: string, body?: object) =>
  server.client().send({ method, url, headers: admin, ...(body === undefined ? {} : { body }) });

/** Sends a request with the credentials and returns its user object. */
async function userOf(how: 'session' | 'basic' | 'api_key'): Promise<AuthenticatedUser> {
  const client = await server.signIn(ANA.username, ANA.password);
  let headers: Readonly<Record<string, string>> = {};
  if (how === 'basic') headers = server.basic(ANA.username, ANA.password);
  if (how === 'api_key') {
    const { body } = await client.send<{ encoded: string }>({
      method: 'POST',
      url: '/internal/security/api_key',
      body: { name: 'ci' },
    });
    headers = { authorization: `ApiKey ${body.encoded}` };
  }
  const sender = how === 'session' ? client : server.client();
  expect((await sender.send({ method: 'GET', url: '/api/keep', headers })).status).toBe(200);
  const user = kept.at(-1);
  expect(user?.authenticationType).toBe(how);
  return user ?? anAuthenticatedUser();
}

const endSessions = () =>
  server.client().send({
    method: 'POST',
    url: '/internal/security/sessions/_end',
    headers: server.basic(ANA.username, ANA.password),
    body: { sessions: 'all' },
  });
const changePassword = () =>
  asAdmin('POST', `${USER}/password`, { newPassword: NEW_PASSWORD, invalidateApiKeys: true });

describe.each(['session', 'basic', 'api_key'] as const)('F79: the current user by %s', (how) => {
  it('has the current roles', async () => {
    const user = await userOf(how);
    await asAdmin('POST', USER, { roles: [] });
    expect(await server.start.getCurrentUser(user)).toEqual({ ...user, roles: [] });
  });

  it.each([
    ['is disabled', () => asAdmin('POST', `${USER}/_disable`)],
    ['is deleted', () => asAdmin('DELETE', USER)],
    ['has another password and no keys', changePassword],
  ])('is undefined when the user %s', async (_, change) => {
    const user = await userOf(how);
    expect((await change()).status).toBeLessThan(300);
    expect(await server.start.getCurrentUser(user)).toBeUndefined();
  });

  it('is undefined when all sessions end only for a session', async () => {
    const user = await userOf(how);
    expect((await endSessions()).status).toBe(204);
    const current = await server.start.getCurrentUser(user);
    expect(current).toEqual(how === 'session' ? undefined : user);
  });

  it('is authenticated again at each call', async () => {
    const first = await userOf(how);
    const second = await server.start.getCurrentUser(first);
    expect(second).toEqual(first);
    const third = await server.start.getCurrentUser(second ?? anAuthenticatedUser());
    expect(third).toEqual(first);
    await asAdmin('DELETE', USER);
    expect(await server.start.getCurrentUser(third ?? anAuthenticatedUser())).toBeUndefined();
  });
});

it('F79: a copy of a user object has no credentials, so there is no current user', async () => {
  const user = await userOf('session');
  expect(await server.start.getCurrentUser({ ...user })).toBeUndefined();
});

it('F79: the current user of deferred work is its deferred user', async () => {
  const { profileUid } = await userOf('session');
  const deferred = await server.start.getDeferredUser({ profileUid, apiKeyId: null });
  const user = deferred ?? anAuthenticatedUser();
  expect(await server.start.getCurrentUser(user)).toEqual(deferred);
  await asAdmin('POST', `${USER}/_disable`);
  expect(await server.start.getCurrentUser(user)).toBeUndefined();
});
