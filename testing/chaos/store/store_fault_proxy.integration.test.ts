import { RecordingServer, TestProxy } from '@latchkey/test-proxy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { injectFault } from './store_fault_proxy.ts';

let node: RecordingServer;
let proxy: TestProxy;
let url: string;

beforeEach(async () => {
  node = await RecordingServer.start();
  proxy = await TestProxy.start({ target: node.origin, records: false });
  injectFault(proxy, 'none');
  url = proxy.origin;
});
afterEach(async () => {
  await proxy.stop();
  await node.stop();
});

const write = () => fetch(`${url}/_bulk?timeout=1s`, { method: 'POST', body: 'x'.repeat(100_000) });
const read = () => fetch(`${url}/_mget`, { method: 'POST', body: '{}' });

describe('the proxy with store faults', () => {
  it('forwards many requests over the same connections', async () => {
    for (let times = 0; times < 5; times += 1) {
      expect(await (await write()).text()).toBe('{}');
      expect(await (await read()).text()).toBe('{}');
    }
    expect(node.lines).toHaveLength(10);
  });

  it('refuses writes as a blocked index does, and forwards reads', async () => {
    await (await read()).text();
    injectFault(proxy, 'writes');
    const refused = await write();
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: { type: 'cluster_block_exception' } });
    expect(await (await read()).text()).toBe('{}');
    expect(node.lines).toEqual(['POST /_mget', 'POST /_mget']);
  });

  it('drops the responses to writes that the node has performed, but not the responses to reads', async () => {
    injectFault(proxy, 'lost');
    await expect(write()).rejects.toThrow('fetch failed');
    expect(node.lines).toEqual(['POST /_bulk?timeout=1s']);
    expect(await (await read()).text()).toBe('{}');
  });

  it('blocks all requests while the store is unavailable, cuts those in progress, and forwards again afterwards', async () => {
    await (await read()).text();
    injectFault(proxy, 'all');
    await expect(read()).rejects.toThrow('fetch failed');
    await expect(write()).rejects.toThrow('fetch failed');
    injectFault(proxy, 'none');
    expect(await (await write()).text()).toBe('{}');
    expect(node.lines).toEqual(['POST /_mget', 'POST /_bulk?timeout=1s']);
  });

  it('delays responses and keeps them complete', async () => {
    injectFault(proxy, 'slow');
    expect(await (await write()).text()).toBe('{}');
  });
});
