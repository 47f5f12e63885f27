import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingServer } from './recording_server.ts';
import { TestProxy } from './test_proxy.ts';

let target: RecordingServer;
let proxy: TestProxy;

beforeEach(async () => {
  target = await RecordingServer.start();
  target.respond = (response) => {
    response.setHeader('content-type', 'application/json').end('{"done":true}');
  };
  proxy = await TestProxy.start({ target: target.origin });
});
afterEach(async () => {
  await proxy.stop();
  await target.stop();
});

const post = (path: string, body: string | URLSearchParams = 'x'.repeat(100_000)) =>
  fetch(`${proxy.origin}${path}`, { method: 'POST', body });

describe('the test proxy', () => {
  it('forwards many requests and records them with their responses', async () => {
    for (let times = 0; times < 5; times += 1)
      expect(await (await post('/token?a=1', new URLSearchParams({ code: 'c' }))).json()).toEqual({
        done: true,
      });
    expect(target.lines).toHaveLength(5);
    expect(proxy.exchanges).toHaveLength(5);
    expect(proxy.exchanges[0]).toMatchObject({
      ...{ method: 'POST', url: '/token?a=1', path: '/token', body: 'code=c' },
      ...{ form: { code: 'c' }, status: 200, json: { done: true } },
    });
  });

  it('sends a response of its own, without a request to the target', async () => {
    proxy.treat = ({ path }) =>
      path === '/a' ? { status: 403, headers: { 'x-a': '1' }, body: { no: 1 } } : 'forward';
    const refused = await post('/a');
    expect([refused.status, refused.headers.get('x-a'), await refused.json()]).toEqual([
      ...[403, '1'],
      { no: 1 },
    ]);
    expect((await post('/b')).status).toBe(200);
    expect(target.lines).toEqual(['POST /b']);
  });

  it('drops a request before the target acts, or a response after the target has acted', async () => {
    proxy.treat = () => 'drop_request';
    await expect(post('/a')).rejects.toThrow('fetch failed');
    expect(target.lines).toEqual([]);
    proxy.treat = () => 'drop_response';
    await expect(post('/b')).rejects.toThrow('fetch failed');
    expect(target.lines).toEqual(['POST /b']);
    proxy.heal();
    expect((await post('/c')).status).toBe(200);
  });

  it('applies a planned fault only to the planned number of requests, and resolves with the first of them', async () => {
    const firstTreated = proxy.plan(({ path }) => path === '/a', { status: 503 }, 2);
    const statuses = [];
    for (const path of ['/b', '/a', '/a', '/a']) statuses.push((await post(path)).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
    expect((await firstTreated).status).toBe(503);
  });

  it.each(['hold_request', 'hold_response'] as const)(
    'keeps the caller waiting with the fault %s',
    async (kind) => {
      const held = proxy.plan(() => true, kind);
      const waiting = post('/a');
      waiting.catch(() => undefined);
      expect((await held).status).toBe(kind === 'hold_request' ? undefined : 200);
      expect(target.lines).toHaveLength(kind === 'hold_request' ? 0 : 1);
      proxy.isCut = true;
      await expect(waiting).rejects.toThrow('fetch failed');
    },
  );

  it('breaks connections while isCut is true, and forwards again afterwards', async () => {
    await post('/a');
    proxy.isCut = true;
    await expect(post('/b')).rejects.toThrow('fetch failed');
    proxy.isCut = false;
    expect((await post('/c')).status).toBe(200);
    expect(target.lines).toEqual(['POST /a', 'POST /c']);
  });

  it('closes its port while it is down, and listens on the same port afterwards', async () => {
    const { origin } = proxy;
    await proxy.down();
    await expect(post('/a')).rejects.toThrow('fetch failed');
    await proxy.up();
    expect(proxy.origin).toBe(origin);
    expect((await post('/b')).status).toBe(200);
  });

  it.each([{ delayMs: 30 }, { delayResponseMs: 30 }])(
    'forwards complete responses with the delay %o',
    async (d) => {
      proxy.treat = () => d;
      const before = performance.now();
      expect(await (await post('/a')).json()).toEqual({ done: true });
      expect(performance.now() - before).toBeGreaterThanOrEqual(29);
    },
  );

  it('calls the observer before the caller gets the response', async () => {
    const statuses: (number | undefined)[] = [];
    const observed = await TestProxy.start({
      target: target.origin,
      records: false,
      onExchange: ({ status }) => void statuses.push(status),
    });
    await fetch(`${observed.origin}/a`);
    expect(statuses).toEqual([200]);
    expect(observed.exchanges).toEqual([]);
    await observed.stop();
  });
});
