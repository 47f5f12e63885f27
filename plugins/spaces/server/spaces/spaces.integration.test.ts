import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpacesServer } from './spaces_server.mock.ts';

const LIST = '/api/spaces/space';
let folder: string;
let server: SpacesServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-spaces-'));
  server = await start();
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = () => new SpacesServer({}, join(folder, 'store.db')).start();

it('the first start creates a reserved default space, and later starts create none', async () => {
  const again = await start();
  await again.stop();
  const { body } = await server.harness.inject({ method: 'GET', url: LIST });
  expect(body).toEqual([
    expect.objectContaining({
      id: 'default',
      name: 'Default',
      _reserved: true,
      disabledFeatures: [],
    }),
  ]);
});

it('a process shows changes of spaces by another process within two seconds', async () => {
  const other = await start();
  await server.harness.inject({ method: 'POST', url: LIST, body: { id: 'sales', name: 'sales' } });
  expect(await other.started.exists('sales')).toBe(true);
  await server.harness.inject({ method: 'DELETE', url: `${LIST}/sales` });
  expect(await other.started.isOpen('sales')).toBe(false);
  await other.clock.advance(2000);
  expect(await other.started.exists('sales')).toBe(false);
  await other.stop();
});
