import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  newFolder,
  removeFolder,
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';

describe('two processes that use one store', () => {
  let folder: string;
  let servers: readonly [SecurityServer, SecurityServer];
  beforeEach(async () => {
    folder = await newFolder();
    servers = await Promise.all([startSecurityServer({ folder }), startSecurityServer({ folder })]);
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
    await removeFolder(folder);
  });

  const user = (method: 'POST' | 'DELETE', name: string, body?: object) => ({
    method,
    url: `/internal/security/users/${name}`,
    ...(body === undefined ? {} : { body }),
  });

  it('create only one administrator when the store is empty', async () => {
    const found = await servers[0].repository.find({ type: ['user', 'user_profile'] });
    expect(found.total).toBe(2);
    for (const server of servers) await server.signIn();
  });

  it('keep one superuser when the two last superusers remove each other', async () => {
    const [one, two] = servers;
    for (let round = 0; round < 5; round += 1) {
      const admin = await one.signIn();
      const [a, b] = [`a${round}`, `b${round}`];
      const clients: TestClient[] = [];
      for (const [name, server] of [
        [a, one],
        [b, two],
      ] as const) {
        await admin.send(user('POST', name, { password: 'password', roles: ['superuser'] }));
        clients.push(await server.signIn(name, 'password'));
      }
      // These two users are now the only superusers.
      await admin.send(user('POST', 'elastic', { roles: ['viewer'] }));
      await Promise.all([clients[0]?.send(user('DELETE', b)), clients[1]?.send(user('DELETE', a))]);
      const left = [a, b].map((name) => one.repository.getIfExists('user', name));
      const survivors = (await Promise.all(left)).filter((found) => found !== undefined);
      expect(survivors.length).toBeGreaterThanOrEqual(1);
      const survivor = await one.signIn(survivors[0]?.id, 'password');
      await survivor.send(user('POST', 'elastic', { roles: ['superuser'] }));
      for (const { id } of survivors) await admin.send(user('DELETE', id));
    }
  });
});
