import { expect, it } from 'vitest';
import {
  newFolder,
  removeFolder,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';

const KEYS = '/internal/security/api_key';

it('the limit of API keys per user applies to two processes together', async () => {
  const folder = await newFolder();
  const settings = { apiKeys: { maxPerUser: 3 } };
  const server = await startSecurityServer({ folder, settings });
  const other = await startSecurityServer({ folder, settings });
  try {
    const clients = [await server.signIn(), await other.signIn()] as const;
    const create = (client: TestClient) =>
      client.send({ method: 'POST', url: KEYS, body: { name: 'ci' } });
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, n) => create(clients[n % 2 === 0 ? 0 : 1])),
    );
    expect(made.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(3);
    const listed = await clients[0].send<{ readonly total: number }>({ method: 'GET', url: KEYS });
    expect(listed.body.total).toBeLessThanOrEqual(3);
  } finally {
    await other.stop();
    await server.stop();
    await removeFolder(folder);
  }
});
