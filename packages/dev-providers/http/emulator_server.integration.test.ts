import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmulatorServer, startEmulatorServer } from './index.ts';

let server: EmulatorServer;
let acted: number;

beforeEach(async () => {
  acted = 0;
  server = await startEmulatorServer({
    name: 'test',
    port: 0,
    now: () => new Date('2030-01-01T00:00:00Z'),
    endpointOf: (_method, path) => path.slice(1),
    commonHeaders: () => ({ 'x-common': 'yes' }),
    handle: async ({ response, url }) => {
      acted += 1;
      if (url.pathname === '/broken') throw new Error('an internal cause');
      response.setHeader('content-type', 'application/json');
      response.write('{"ok":');
      response.end('true}');
    },
  });
});
afterEach(() => server.controls.stop());

const call = (endpoint = 'token', init: RequestInit = {}) =>
  fetch(`${server.origin}/${endpoint}`, init);

const form = (grantType: string): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams({ grant_type: grantType }),
});

describe('the server of an emulator', () => {
  it('listens on the loopback address only', () => {
    expect(server.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('names the provider in the error when its port is taken', async () => {
    const second = startEmulatorServer({
      name: 'second',
      port: Number(new URL(server.origin).port),
      now: () => new Date(),
      endpointOf: () => 'x',
      handle: async () => undefined,
    });
    await expect(second).rejects.toThrow(
      `The second provider cannot listen on ${new URL(server.origin).host}`,
    );
  });

  it('records requests without their query and counts them per endpoint', async () => {
    await call('token?code=secret');
    await call('other');
    expect(server.recorder.counts()).toEqual({ token: 1, other: 1 });
    expect(server.recorder.requests({ endpoint: 'token' })).toMatchObject([
      { method: 'GET', path: '/token', state: 'responded', status: 200 },
    ]);
    expect(JSON.stringify(server.recorder.requests())).not.toContain('secret');
  });

  it('responds with 500, without the cause, when a handler throws', async () => {
    const response = await call('broken');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('cause');
  });

  it('refuses a body that is too large', async () => {
    const response = await call('token', { method: 'POST', body: 'x'.repeat(9 * 1024 * 1024) });
    expect(response.status).toBe(413);
    expect(acted).toBe(0);
  });
});

describe('injected faults', () => {
  const next = (fault: Parameters<EmulatorServer['controls']['failNext']>[0]['fault'], times = 1) =>
    server.controls.failNext({ endpoint: 'token', fault, times });

  it('respond with a status and Retry-After instead of acting, for the planned number of requests', async () => {
    next({ kind: 'status', status: 429, retryAfterSeconds: 3 }, 2);
    for (let count = 0; count < 2; count += 1) {
      const response = await call();
      expect(response.status).toBe(429);
      expect(response.headers.get('retry-after')).toBe('3');
      expect(response.headers.get('x-common')).toBe('yes');
    }
    expect(acted).toBe(0);
    expect((await call()).status).toBe(200);
  });

  it('do not affect other endpoints', async () => {
    next({ kind: 'status', status: 500 });
    expect((await call('other')).status).toBe(200);
    expect((await call('token')).status).toBe(500);
  });

  it('can apply to one grant type only', async () => {
    server.controls.failNext({
      endpoint: 'token',
      grantType: 'refresh_token',
      fault: { kind: 'status', status: 500 },
    });
    expect((await call('token', form('authorization_code'))).status).toBe(200);
    expect((await call('token', form('refresh_token'))).status).toBe(500);
  });

  it('drop the connection before the provider acts', async () => {
    next({ kind: 'drop' });
    await expect(call('token', form('x'))).rejects.toThrow();
    expect(acted).toBe(0);
    expect(server.recorder.requests()[0]).toMatchObject({ state: 'dropped', status: undefined });
  });

  it('drop the connection after the provider has acted', async () => {
    next({ kind: 'drop', when: 'after_acting' });
    await expect(call('token', form('x'))).rejects.toThrow();
    expect(acted).toBe(1);
  });

  it.each([
    ['before_acting', 0],
    ['after_acting', 1],
  ] as const)(
    'keep a request waiting until the caller disconnects, at the point %s',
    async (when, expected) => {
      next({ kind: 'hang', when });
      const controller = new AbortController();
      const hanging = call('token', { signal: controller.signal });
      while (acted < expected || server.recorder.counts()['token'] === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      controller.abort();
      await expect(hanging).rejects.toThrow();
      expect(acted).toBe(expected);
    },
  );

  it.each(['before_acting', 'after_acting'] as const)(
    'delay a response at the point %s',
    async (when) => {
      next({ kind: 'delay', delayMs: 20, when });
      const response = await call();
      expect(await response.json()).toEqual({ ok: true });
      expect(acted).toBe(1);
    },
  );

  it.each([
    ['before_acting', 0],
    ['after_acting', 1],
  ] as const)(
    'hold a request at the point %s until the test releases it',
    async (when, expected) => {
      const hold = server.controls.holdNext({ endpoint: 'token', grantType: 'x', when });
      expect((await call()).status).toBe(200);
      const before = acted;
      const held = call('token', form('x'));
      while (!hold.isHolding) await new Promise((resolve) => setImmediate(resolve));
      expect(acted - before).toBe(expected);
      expect((await call('token', form('x'))).status).toBe(200);
      expect(server.recorder.requests()[1]).toMatchObject({ state: 'pending' });
      hold.release();
      expect(await (await held).json()).toEqual({ ok: true });
      expect(acted - before).toBe(2);
    },
  );

  it.each(['before_acting', 'after_acting'] as const)(
    'hold a request at the point %s at most until the provider stops',
    async (when) => {
      const hold = server.controls.holdNext({ endpoint: 'token', when });
      const held = call();
      held.catch(() => undefined);
      while (!hold.isHolding) await new Promise((resolve) => setImmediate(resolve));
      await server.controls.stop();
      await expect(held).rejects.toThrow();
      expect(hold.isHolding).toBe(false);
    },
  );

  it('respond with an OAuth error before the provider acts', async () => {
    next({ kind: 'oauth_error', error: 'invalid_client', status: 401 });
    const response = await call();
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
    expect(server.recorder.requests()[0]).toMatchObject({ error: 'invalid_client' });
    expect(acted).toBe(0);
  });

  it('respond with half a document after the provider has acted', async () => {
    next({ kind: 'malformed' });
    const response = await call();
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toMatchObject({ name: 'SyntaxError' });
    expect(acted).toBe(1);
  });

  it('can be cleared', async () => {
    next({ kind: 'status', status: 500 }, 10);
    server.controls.clearFaults();
    expect((await call()).status).toBe(200);
  });

  it('release held requests when the faults are cleared', async () => {
    const hold = server.controls.holdNext({ endpoint: 'token', when: 'after_acting' });
    const held = call();
    while (!hold.isHolding) await new Promise((resolve) => setImmediate(resolve));
    server.controls.clearFaults();
    expect((await held).status).toBe(200);
  });

  it('replace the response of a provider that has acted, as a gateway does', async () => {
    next({ kind: 'status', status: 504, when: 'after_acting', body: { from: 'gateway' } });
    const response = await call();
    expect([response.status, await response.json()]).toEqual([504, { from: 'gateway' }]);
    expect(acted).toBe(1);
  });

  it('let a delayed request continue when the faults are cleared', async () => {
    next({ kind: 'delay', delayMs: 600_000 });
    const pending = call();
    while (server.recorder.requests().length === 0) await new Promise(setImmediate);
    server.controls.clearFaults();
    expect((await pending).status).toBe(200);
  });

  it('are refused when the plan is malformed', () => {
    const plan = { endpoint: 'token', fault: { kind: 'status', status: 199 } } as const;
    expect(() => server.controls.failNext(plan)).toThrow();
  });
});
