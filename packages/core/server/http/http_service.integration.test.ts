import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createLoggerMock } from '../logging/logger.mock.ts';
import { systemClock, systemRandomness } from '../time/index.ts';
import type { HttpConfig } from './create_fastify.ts';
import { aNotFoundPage, anHttpConfig } from './http_config.mock.ts';
import { HttpService } from './http_service.ts';
import { respond } from './respond.ts';

const services: HttpService[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

function aService(over: Partial<HttpConfig> = {}) {
  const logger = createLoggerMock();
  const service = new HttpService({
    config: anHttpConfig(over),
    logger,
    clock: systemClock,
    randomness: systemRandomness,
    notFoundPage: aNotFoundPage,
  });
  services.push(service);
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  const router = service.setup.createRouter();
  const route = {
    method: 'get',
    access: 'public',
    summary: 'x',
    authentication: 'none',
  } as const;
  router.handle({ ...route, path: '/fast' }, ({ remoteAddress, isSecure }) =>
    respond.ok({ remoteAddress, isSecure }),
  );
  router.handle({ ...route, path: '/slow' }, async ({ signal }) => {
    signal.addEventListener('abort', () => aborted.resolve());
    begun.resolve();
    await finish.promise;
    return respond.ok({ done: true });
  });
  service.setup.registerAuthenticator(async () => {
    begun.resolve();
    return { type: 'unauthenticated' };
  });
  router.handle({ ...route, method: 'post', path: '/send', authentication: 'optional' }, () =>
    respond.ok({}),
  );
  return {
    service,
    logger,
    begun: begun.promise,
    finish: finish.resolve,
    aborted: aborted.promise,
  };
}

/** Sends the bytes unchanged. Resolves to everything that the server sends back. */
function exchange(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let response = '';
    socket.on('data', (chunk) => {
      response += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(response));
    socket.on('error', reject);
  });
}

const keepAliveGet = (url: string, agent: Agent): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    httpGet(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response));
    }).on('error', reject);
  });

describe('the HTTP server on a real socket', () => {
  it('A24: responds 400 to a query value of 64 KB and keeps serving', async () => {
    const { service } = aService();
    const url = await service.listen();
    const response = await fetch(`${url}/fast?code=${'a'.repeat(65_536)}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: 'The URL is too long.' });
    expect((await fetch(`${url}/fast`)).status).toBe(200);
  });

  it.each([
    ['bytes that are not HTTP', 'NONSENSE\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    [
      'two lengths (request smuggling)',
      'POST /fast HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      'HTTP/1.1 400',
    ],
    [
      'a length and chunks (request smuggling)',
      'POST /fast HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.1 400',
    ],
  ])(
    'A30: responds to %s with an error and the security headers, and keeps serving',
    async (_, bytes, status) => {
      const { service } = aService();
      const url = await service.listen();
      const response = await exchange(url, bytes);
      expect(response).toContain(status);
      expect(response).toContain("frame-ancestors 'none'");
      expect((await fetch(`${url}/fast`)).status).toBe(200);
    },
  );

  it('closes a connection whose headers never end and keeps serving', async () => {
    const { service } = aService();
    const url = await service.listen();
    const endless = `GET /fast HTTP/1.1\r\nx: ${'a'.repeat(200_000)}`;
    // The response may be lost, because the server closes the connection while the client still
    // sends.
    const response = await exchange(url, endless).catch(() => 'cut');
    expect(response).not.toContain('HTTP/1.1 200');
    expect((await fetch(`${url}/fast`)).status).toBe(200);
  });

  it('aborts the signal of a request whose client disconnected', async () => {
    const { service, begun, aborted, finish } = aService();
    const url = await service.listen();
    const deactivating = new AbortController();
    const asked = fetch(`${url}/slow`, { signal: deactivating.signal }).catch(() => 'left');
    await begun;
    deactivating.abort();
    await aborted;
    expect(await asked).toBe('left');
    finish();
  });

  it.each(['end', 'resetAndDestroy'] as const)(
    'does not log a client that disconnects in the middle of its body (%s) as a server fault',
    async (disconnect) => {
      const { service, logger, begun } = aService();
      const { hostname, port } = new URL(await service.listen());
      const socket = connect(Number(port), hostname);
      socket.write(
        'POST /send HTTP/1.1\r\nhost: localhost\r\nkbn-xsrf: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"a":',
      );
      await begun;
      socket[disconnect]();
      while (logger.lines.length === 0) await setTimeout(5);
      expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([
        ['debug', 'POST /send: the client disconnected before its request was complete'],
      ]);
    },
  );

  it.each(['QUERY /fast', 'QUERY /none'])(
    'responds 404 to %s without a content type',
    async (line) => {
      const { service, logger } = aService();
      const response = await exchange(
        await service.listen(),
        `${line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
      );
      expect(response).toMatch(/^HTTP\/1\.1 404 Not Found/);
      expect(response).toContain('"message":"Not Found"');
      expect(logger.lines).toEqual([]);
    },
  );

  it('responds 421 to a foreign host even with forwarding headers, and serves its own hosts', async () => {
    const { service, logger } = aService({
      publicBaseUrl: 'https://latchkey.example.com',
      trustProxy: true,
    });
    const url = await service.listen();
    const ask = async (host: string) =>
      (
        await exchange(
          url,
          `GET /fast HTTP/1.1\r\n${host}x-forwarded-host: localhost\r\nconnection: close\r\n\r\n`,
        )
      ).split('\r\n')[0];
    expect(await ask('host: evil.example:5712\r\n')).toContain(' 421 ');
    expect(await ask('host: latchkey.example.com\r\n')).toContain(' 200 ');
    expect(await ask('host: 127.0.0.1\r\n')).toContain(' 200 ');
    expect(await ask('host: 192.0.2.1\r\n')).toContain(' 421 ');
    expect(await ask('')).toContain(' 400 ');
    const old = await exchange(url, 'GET /fast HTTP/1.0\r\n\r\n');
    expect(old).toContain(' 200 ');
    expect(logger.lines.map(({ level, meta }) => [level, meta?.['url']])).toEqual([
      ['warn', { domain: 'evil.example:5712' }],
      ['warn', { domain: '192.0.2.1' }],
    ]);
  });

  it.each([
    ['refuses two Host headers', 'GET /fast', 'host: localhost\r\nHOST: evil.example', 400],
    ['refuses two equal Host headers', 'GET /fast', 'host: localhost\r\nhost: localhost', 400],
    [
      'refuses an absolute URL of a foreign host',
      'GET http://evil.example/fast',
      'host: localhost',
      421,
    ],
    ['refuses an absolute URL without a host', 'GET http:///fast', 'host: localhost', 421],
    [
      'refuses an absolute URL with user information',
      'GET http://localhost@evil.example/',
      'host: localhost',
      421,
    ],
    [
      'refuses an absolute URL with a foreign Host header',
      'GET http://localhost/fast',
      'host: evil.example',
      421,
    ],
    [
      'refuses an absolute URL with another scheme',
      'GET ftp://localhost/fast',
      'host: localhost',
      400,
    ],
    ['serves an own absolute URL', 'GET HTTP://127.0.0.1/fast?', 'host: localhost', 200],
    [
      'responds with 404 to an own absolute URL below a space',
      'GET http://localhost/s/x/',
      'host: localhost',
      404,
    ],
  ])('F149: %s: %s', async (_, line, headers, status) => {
    const { service } = aService();
    const bytes = `${line} HTTP/1.1\r\n${headers}\r\nconnection: close\r\n\r\n`;
    const response = await exchange(await service.listen(), bytes);
    expect(response.split('\r\n')[0]).toContain(`HTTP/1.1 ${status} `);
  });

  it('logs a bounded number of lines for many foreign hosts and counts the rest', async () => {
    const { service, logger } = aService();
    await service.listen();
    for (let i = 0; i < 50; i += 1) {
      await service.inject({ url: '/fast', headers: { host: 'evil.example' } });
    }
    expect(logger.lines).toHaveLength(20);
    await service.stop();
    expect(logger.lines).toHaveLength(21);
    expect(logger.lines.at(-1)?.message).toContain('Refused 30 requests from 127.0.0.1');
  });

  it('closes connections beyond server.maxConnections and accepts new ones later', async () => {
    const { service, begun, finish } = aService({ maxConnections: 1 });
    const url = await service.listen();
    const first = fetch(`${url}/slow`, { headers: { connection: 'close' } });
    await begun;
    await expect(exchange(url, 'GET /fast HTTP/1.0\r\n\r\n').catch(() => '')).resolves.toBe('');
    finish();
    expect((await first).status).toBe(200);
    expect((await fetch(`${url}/fast`)).status).toBe(200);
  });

  it('trusts forwarding headers only when server.trustProxy allows it', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' };
    const ask = async (trustProxy: boolean) => {
      const url = await aService({ trustProxy }).service.listen();
      return (await fetch(`${url}/fast`, { headers })).json();
    };
    expect(await ask(false)).toEqual({ remoteAddress: '127.0.0.1', isSecure: false });
    expect(await ask(true)).toEqual({ remoteAddress: '203.0.113.9', isSecure: true });
  });
});

describe('the stop of the HTTP server', () => {
  it('lets running requests finish, closes idle connections and refuses new connections', async () => {
    const { service, begun, finish } = aService();
    const url = await service.listen();
    const agent = new Agent({ keepAlive: true });
    await keepAliveGet(`${url}/fast`, agent);
    const inFlight = fetch(`${url}/slow`);
    await begun;
    let isStopped = false;
    const stopping = service.stop().then(() => {
      isStopped = true;
    });
    await expect(fetch(`${url}/fast`)).rejects.toThrow();
    expect(isStopped).toBe(false);
    finish();
    const response = await inFlight;
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
    expect(await response.json()).toEqual({ done: true });
    await stopping;
    agent.destroy();
  });

  it('does not serve a request that is pipelined after a running request', async () => {
    const { service, begun, finish } = aService();
    const url = await service.listen();
    const pipelined = exchange(
      url,
      'GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\nGET /fast HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
    );
    await begun;
    const stopping = service.stop();
    finish();
    const response = await pipelined;
    expect(response).toContain('{"done":true}');
    expect(response).not.toContain('remoteAddress');
    await stopping;
  });

  it('aborts running requests at the shutdown timeout and logs a warning', async () => {
    const { service, logger, begun, aborted, finish } = aService({ shutdownTimeoutMs: 50 });
    const url = await service.listen();
    const inFlight = fetch(`${url}/slow`).catch(() => 'cut');
    await begun;
    await service.stop();
    expect(await inFlight).toBe('cut');
    await aborted;
    expect(logger.lines.map((line) => line.message)).toEqual([
      'Running requests were aborted because the shutdown timeout has passed',
    ]);
    finish();
  });

  it('may be called twice, and before the server listens', async () => {
    const { service } = aService();
    await service.stop();
    await service.stop();
  });
});
