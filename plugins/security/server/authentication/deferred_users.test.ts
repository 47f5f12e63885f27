import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerTestFeatures } from '../features.mock.ts';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';
import type { DeferredIdentity } from '../types.ts';

const KEYS = '/internal/security/api_key';
const SAVE = 'actions:save';
const EXECUTE = 'actions:execute';
const RUN = 'workflows:execute';
const RUN_ONLY = { run: { kibana: [{ feature: { workflows: ['read'] }, spaces: ['*'] }] } };

let server: SecurityServer;
let admin: TestClient;
let ben: TestClient;
let profileUid: string;
beforeEach(async () => {
  server = await startSecurityServer({ beforeStart: registerTestFeatures });
  admin = await server.signIn();
  await postUser('ben', { password: 'ben-password', roles: ['editor'] });
  ben = await server.signIn('ben', 'ben-password');
  const url = '/internal/security/users/ben';
  profileUid = (await admin.send<{ profile_uid: string }>({ method: 'GET', url })).body.profile_uid;
});
afterEach(() => server.stop());

const postUser = async (path: string, body?: object) => {
  const url = `/internal/security/users/${path}`;
  const request = { method: 'POST', url, ...(body === undefined ? {} : { body }) } as const;
  expect((await admin.send(request)).status).toBeLessThan(300);
};
const createKey = async (body: object = {}): Promise<string> => {
  const request = { method: 'POST', url: KEYS, body: { name: 'ci', ...body } } as const;
  const response = await ben.send<{ id: string }>(request);
  expect(response.status).toBe(200);
  return response.body.id;
};
/** Identity of a request of ben, after it was stored and read. */
const identityOf = (user: object = {}): DeferredIdentity => {
  const ofRequest = anAuthenticatedUser({ username: 'ben', profileUid, ...user });
  return JSON.parse(JSON.stringify(server.start.deferredIdentity({ user: ofRequest })));
};
const identityOfKey = (apiKeyId: string) =>
  identityOf({ authenticationType: 'api_key', apiKeyId, apiKeyName: 'ci' });
const missing = async (identity: DeferredIdentity, required: readonly string[]) => {
  const user = await server.start.getDeferredUser(identity);
  return server.start.missingPrivileges({ user, spaceId: 'default' }, required);
};

describe('deferred work of a user who signed in', () => {
  it('has the current privileges of the user, even after the session has ended', async () => {
    const identity = identityOf();
    await ben.send({ method: 'POST', url: '/internal/security/logout' });
    expect(await missing(identity, [SAVE, EXECUTE, RUN])).toEqual([]);
    await postUser('ben', { roles: ['viewer'] });
    expect(await missing(identity, [SAVE, EXECUTE])).toEqual([SAVE]);
  });

  it('is refused when the user was disabled or deleted', async () => {
    const identity = identityOf();
    await postUser('ben/_disable');
    expect(await server.start.getDeferredUser(identity)).toBeUndefined();
    await postUser('ben/_enable');
    expect(await server.start.getDeferredUser(identity)).toBeDefined();
    await admin.send({ method: 'DELETE', url: '/internal/security/users/ben' });
    await postUser('ben', { password: 'ben-password', roles: ['superuser'] });
    expect(await server.start.getDeferredUser(identity)).toBeUndefined();
  });

  it('never has a privilege that no feature grants', async () => {
    await postUser('ben', { roles: ['superuser'] });
    expect(await missing(identityOf(), [SAVE, 'security:manage'])).toEqual(['security:manage']);
  });

  it('has its own authentication type in audit events', async () => {
    const user = await server.start.getDeferredUser(identityOf());
    const event = { action: 'connector_execute', outcome: 'success', message: 'm' } as const;
    server.start.audit.log({ user, spaceId: 'default' }, event);
    expect(server.logger.lines.at(-1)?.meta).toMatchObject({
      'user.id': profileUid,
      'user.authentication_type': 'deferred',
    });
  });
});

describe('deferred work of an API key', () => {
  it('has only the privileges that the restriction of the key allows', async () => {
    const identity = identityOfKey(await createKey({ role_descriptors: RUN_ONLY }));
    expect(await missing(identity, [SAVE, EXECUTE, RUN])).toEqual([SAVE, EXECUTE]);
    await postUser('ben', { roles: ['superuser'] });
    expect(await missing(identity, [SAVE, EXECUTE, RUN])).toEqual([SAVE, EXECUTE]);
  });

  it('has the privileges of the owner when the key is not restricted', async () => {
    const id = await createKey();
    expect(await missing(identityOfKey(id), [SAVE, EXECUTE, RUN])).toEqual([]);
    expect(await server.start.getDeferredUser(identityOfKey(id))).toMatchObject({
      username: 'ben',
      authenticationType: 'deferred',
      apiKeyId: id,
      apiKeyName: 'ci',
    });
  });

  it('keeps the key when it is deferred again', async () => {
    const identity = identityOfKey(await createKey({ role_descriptors: RUN_ONLY }));
    const user = await server.start.getDeferredUser(identity);
    expect(server.start.deferredIdentity({ user })).toEqual(identity);
  });

  it('is refused when the key was invalidated', async () => {
    const id = await createKey();
    const url = `${KEYS}/invalidate`;
    const body = { apiKeys: [{ id }] };
    expect((await ben.send({ method: 'POST', url, body })).status).toBe(200);
    expect(await server.start.getDeferredUser(identityOfKey(id))).toBeUndefined();
  });

  it('is refused when the key has expired', async () => {
    const identity = identityOfKey(await createKey({ expiration: '1h' }));
    server.clock.jumpWall(3_600_000 - 1);
    expect(await server.start.getDeferredUser(identity)).toBeDefined();
    server.clock.jumpWall(1);
    expect(await server.start.getDeferredUser(identity)).toBeUndefined();
  });

  it('is refused when the owner of the key was disabled or deleted', async () => {
    const identity = identityOfKey(await createKey());
    await postUser('ben/_disable');
    expect(await server.start.getDeferredUser(identity)).toBeUndefined();
    await postUser('ben/_enable');
    await admin.send({ method: 'DELETE', url: '/internal/security/users/ben' });
    expect(await server.start.getDeferredUser(identity)).toBeUndefined();
  });

  it('is refused when the key belongs to another user', async () => {
    const identity = identityOfKey(await createKey());
    const forged = { ...identity, profileUid: 'u_another' };
    expect(await server.start.getDeferredUser(forged)).toBeUndefined();
  });
});

describe('a stored identity', () => {
  it('is refused when the member for the API key is missing', async () => {
    const byHand = { profileUid } as DeferredIdentity;
    expect(await server.start.getDeferredUser(byHand)).toBeUndefined();
  });

  it('is not created for a request without a user, or for an API key without an id', () => {
    const refused = expect.objectContaining({ statusCode: 403 });
    expect(() => server.start.deferredIdentity({ user: undefined })).toThrow(refused);
    expect(() => identityOf({ authenticationType: 'api_key' })).toThrow(refused);
  });
});
