import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreFaultProxy } from './store_fault_proxy.ts';

/** Requests the node got, and acted on. */
let seen: string[];
let node: Server;
let door: StoreFaultProxy;
let url: string;

beforeEach(async () => {
  seen = [];
  node = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume().once('end', () => response.end('done'));
  });
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  door = new StoreFaultProxy(`http://127.0.0.1:${(node.address() as AddressInfo).port}`);
  url = await door.open();
});
afterEach(async () => {
  await door.close();
  node.closeAllConnections();
  await new Promise((resolve) => node.close(resolve));
});

const write = () => fetch(`${url}/_bulk?timeout=1s`, { method: 'POST', body: 'x'.repeat(100_000) });
const read = () => fetch(`${url}/_mget`, { method: 'POST', body: '{}' });

describe('a door between a worker and a node', () => {
  it('lets everything pass, many requests over the same connections', async () => {
    for (let times = 0; times < 5; times += 1) {
      expect(await (await write()).text()).toBe('done');
      expect(await (await read()).text()).toBe('done');
    }
    expect(seen).toHaveLength(10);
  });

  it('refuses writes as a blocked index does, and lets reads pass', async () => {
    await (await read()).text();
    door.mode = 'writes';
    const refused = await write();
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: { type: 'cluster_block_exception' } });
    expect(await (await read()).text()).toBe('done');
    expect(seen).toEqual(['POST /_mget', 'POST /_mget']);
  });

  it('loses the answers of writes that the node acted on, and not those of reads', async () => {
    door.mode = 'lost';
    await expect(write()).rejects.toThrow('fetch failed');
    expect(seen).toEqual(['POST /_bulk?timeout=1s']);
    expect(await (await read()).text()).toBe('done');
  });

  it('lets nobody through while the store is away, cuts what is under way, and opens again', async () => {
    await (await read()).text();
    door.mode = 'all';
    await expect(read()).rejects.toThrow('fetch failed');
    await expect(write()).rejects.toThrow('fetch failed');
    door.mode = 'none';
    expect(await (await write()).text()).toBe('done');
    expect(seen).toEqual(['POST /_mget', 'POST /_bulk?timeout=1s']);
  });

  it('is slow, and complete', async () => {
    door.mode = 'slow';
    expect(await (await write()).text()).toBe('done');
  });
});
