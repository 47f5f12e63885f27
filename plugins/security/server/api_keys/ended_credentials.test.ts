import { type AuthenticatedUser, respond, systemRandomness } from '@latchkey/core/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';
import { UserStore } from '../users/index.ts';
import { ApiKeyService } from './api_key_service.ts';
import { ApiKeyStore } from './store/api_key_store.ts';

const REQUEST = { expiration: undefined, metadata: undefined, roleDescriptors: undefined };

let server: SecurityServer;
let client: TestClient;
let caller: AuthenticatedUser;
let apiKeys: ApiKeyService;
/** Hook that is called after the owner of a key was read. */
let onOwnerRead: () => Promise<unknown>;

beforeEach(async () => {
  onOwnerRead = async () => {};
  server = await startSecurityServer();
  const route = { method: 'get', path: '/api/keep', access: 'public', summary: 'x' } as const;
  const kept = Promise.withResolvers<AuthenticatedUser>();
  server.http.createRouter().handle(route, ({ user }) => {
    if (user !== undefined) kept.resolve(user);
    return respond.ok({});
  });
  client = await server.signIn();
  await client.send({ method: 'GET', url: '/api/keep' });
  caller = await kept.promise;
  const users = new UserStore(() => server.repository);
  apiKeys = new ApiKeyService({
    store: new ApiKeyStore(() => server.repository),
    directory: {
      findActive: async (username) => {
        const owner = await users.get(username);
        await onOwnerRead();
        return owner;
      },
    },
    hasAnyPrivilege: async () => true,
    currentUser: (user) => server.start.getCurrentUser(user),
    clock: server.clock,
    randomness: systemRandomness,
    cacheMs: 2000,
    maxPerUser: 10,
    defaultExpiration: 'never',
    maxExpiration: 'never',
  });
});
afterEach(() => server.stop());

const logOut = () => client.send({ method: 'POST', url: '/internal/security/logout' });

it('F148: the user of a valid session creates and changes a key', async () => {
  const { id } = await apiKeys.create(caller, { ...REQUEST, name: 'ci' });
  expect(await apiKeys.update(caller, id, { ...REQUEST, metadata: { a: 'b' } })).toBe(true);
});

it('F148: the user of an ended session creates and changes no key', async () => {
  const { id } = await apiKeys.create(caller, { ...REQUEST, name: 'ci' });
  await logOut();
  const refused = { code: 'user_not_found' };
  await expect(apiKeys.create(caller, { ...REQUEST, name: 'no' })).rejects.toMatchObject(refused);
  await expect(apiKeys.update(caller, id, REQUEST)).rejects.toMatchObject(refused);
});

it('F148: no key is created if the session ends meanwhile', async () => {
  onOwnerRead = logOut;
  await expect(apiKeys.create(caller, { ...REQUEST, name: 'no' })).rejects.toMatchObject({
    code: 'user_not_found',
  });
  expect((await server.repository.find({ type: 'api_key' })).total).toBe(0);
});
