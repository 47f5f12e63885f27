import { getEventListeners, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EgressError } from './egress_error.ts';
import { startServer } from './fixtures/loopback.ts';
import { createLoopbackWorld } from './fixtures/loopback_world.ts';
import { failureOf } from './fixtures/settings.ts';

const { server, tcp, egress, stopAll } = createLoopbackWorld();

afterEach(stopAll);

describe('fetch bounds', () => {
  it('C49: ends a slow drip at the deadline', async () => {
    const { origin } = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    // Enough to connect and send first, whatever the first call of a process has to load.
    const failure = await failureOf(egress().fetch(origin, { timeoutMs: 1_000 }));
    expect(failure).toMatchObject({ code: 'timeout', responseLost: true });
  });

  it('C49: ends a slow drip of headers at the deadline', async () => {
    const { origin } = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x: y\r\n'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    await expect(egress({ timeoutMs: 120 }).fetch(origin)).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  it.each([1_100, 300, 10])(
    'G105: reads the response that waited in its socket while the process stood still until %d ms past the deadline',
    async (lateMs) => {
      // A thread of its own goes on while this one stands still.
      const service = new Worker(
        `const { parentPort } = require('node:worker_threads');
       const server = require('node:http').createServer((request, response) => {
         parentPort.postMessage('asked');
         setTimeout(() => response.end('waited'), 100);
       });
       server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
        { eval: true },
      );
      try {
        const [port] = await once(service, 'message');
        const startedAt = performance.now();
        const call = egress().fetch(`http://127.0.0.1:${port}/`, { timeoutMs: 1_400 });
        await once(service, 'message');
        const stillMs = startedAt + 1_400 + lateMs - performance.now();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stillMs);
        expect(await (await call).text()).toBe('waited');
      } finally {
        await service.terminate();
      }
    },
  );

  it('C49: refuses a declared 50 MB by its header and hangs up', async () => {
    const hungUp = Promise.withResolvers<void>();
    const { origin } = await tcp((socket) => {
      socket.resume().on('close', () => hungUp.resolve());
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${50 * 1024 * 1024}\r\n\r\n`);
    });
    const failure = await failureOf(egress().fetch(origin));
    expect(failure).toMatchObject({
      code: 'response_too_large',
      responseLost: true,
      responseHeaders: { 'content-length': '52428800' },
    });
    await hungUp.promise;
  });

  it('C50: cuts an endless chunked body at the cap', async () => {
    const { origin } = await server((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const pump = setInterval(() => response.write(chunk), 1);
      response.on('close', () => clearInterval(pump));
    });
    await expect(egress().fetch(origin, { maxResponseBytes: 200_000 })).rejects.toMatchObject({
      code: 'response_too_large',
    });
  });

  it('C50: refuses a gzip bomb at the cap', async () => {
    const { origin } = await server((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(zlib.gzipSync(Buffer.alloc(20_000_000)));
    });
    await expect(egress().fetch(origin)).rejects.toMatchObject({ code: 'response_too_large' });
  });

  it('C50: accepts a body of exactly the cap and refuses one byte more', async () => {
    const { origin } = await server(({ url }, response) =>
      response.end('x'.repeat(Number(url.slice(1)))),
    );
    const door = egress();
    const response = await door.fetch(`${origin}/100`, { maxResponseBytes: 100 });
    expect(await response.text()).toHaveLength(100);
    await expect(door.fetch(`${origin}/101`, { maxResponseBytes: 100 })).rejects.toMatchObject({
      code: 'response_too_large',
    });
  });

  it('G105: ends a hung call at the deadline and serves the next one', async () => {
    // By path, as a call that ends before it was sent never arrives.
    const { origin } = await server(({ url }, response) => {
      if (url === '/next') response.end('next');
    });
    const door = egress();
    const hung = door.fetch(`${origin}/hang`, { timeoutMs: 100 });
    await expect(hung).rejects.toMatchObject({ code: 'timeout' });
    expect(await (await door.fetch(`${origin}/next`)).text()).toBe('next');
  });
});

describe('fetch failures', () => {
  it.each([
    ['a reset before the answer', (socket: import('node:net').Socket) => socket.resetAndDestroy()],
    ['a clean close before the answer', (socket: import('node:net').Socket) => socket.end()],
  ])('G91: reports %s as a lost answer', async (_case, hangUp) => {
    const { origin } = await tcp((socket) => socket.once('data', () => hangUp(socket)));
    await expect(egress().fetch(origin, { method: 'POST', body: 'x' })).rejects.toMatchObject({
      name: 'EgressError',
      code: 'connection_failed',
      host: 'localhost',
      responseLost: true,
    });
  });

  it('G91: reports a cut body as a lost answer', async () => {
    const { origin } = await tcp((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'));
    });
    const failure = await failureOf(egress().fetch(origin));
    expect(failure).toBeInstanceOf(EgressError);
    expect(failure).toMatchObject({ responseLost: true });
  });

  it('G91: does not send on a socket that the server has closed since', async () => {
    const hungUp = Promise.withResolvers<void>();
    const { origin, connections } = await tcp((socket) => {
      socket.once('close', () => hungUp.resolve());
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    });
    const door = egress();
    await door.fetch(origin, { method: 'POST', body: 'x' });
    // The server's end is gone once its FIN was read and answered.
    await hungUp.promise;
    expect((await door.fetch(origin, { method: 'POST', body: 'x' })).status).toBe(200);
    expect(connections()).toBe(2);
  });

  it('G91: reports a refused connection as never sent', async () => {
    const stopped = await startServer((_request, response) => response.end());
    await stopped.stop();
    await expect(egress().fetch(stopped.origin)).rejects.toMatchObject({
      code: 'connection_failed',
      responseLost: false,
    });
  });

  it('G91: reports a DNS failure as never sent', async () => {
    const lookup = async () => {
      throw Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' });
    };
    await expect(egress({ lookup }).fetch('https://api.example.test/')).rejects.toMatchObject({
      code: 'dns_failed',
      responseLost: false,
    });
  });

  it('G91: reports a server that does not speak TLS as tls_failed', async () => {
    const { port } = await tcp((socket) => socket.write('220 mail ready\r\n'));
    await expect(egress().fetch(`https://localhost:${port}/`)).rejects.toMatchObject({
      code: 'tls_failed',
      responseLost: false,
    });
  });

  it.each([
    ['bytes that are no HTTP', 'SSH-2.0-x\r\n\r\n'],
    ['an absurd status', 'HTTP/1.1 999 x\r\ncontent-length: 0\r\n\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
    [
      'a broken gzip body',
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc',
    ],
    [
      'an unknown coding',
      'HTTP/1.1 200 OK\r\ncontent-encoding: lzw\r\ncontent-length: 3\r\n\r\nabc',
    ],
  ])('C50: classifies %s as invalid_response', async (_case, response) => {
    const { origin } = await tcp((socket) => socket.once('data', () => socket.write(response)));
    await expect(egress().fetch(origin)).rejects.toMatchObject({
      code: 'invalid_response',
      responseLost: true,
    });
  });

  it.each([
    ['a header with a line break', { headers: { 'x-a': 'b\r\nx-c: d' } }],
    ['a method that is no token', { method: 'GE T' }],
  ])('refuses %s as invalid_request without sending it', async (_case, init) => {
    const { origin, seen } = await server((_request, response) => response.end());
    await expect(egress().fetch(origin, init)).rejects.toMatchObject({
      code: 'invalid_request',
      responseLost: false,
    });
    expect(seen).toEqual([]);
  });

  it('tells an abort of the caller from a timeout, before and while the call runs', async () => {
    const controller = new AbortController();
    const { origin } = await server(() => controller.abort());
    const door = egress();
    await expect(door.fetch(origin, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
      responseLost: false,
    });
    await expect(door.fetch(origin, { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
      responseLost: true,
    });
  });

  it('leaves no listener on a signal that outlives the call', async () => {
    const { origin } = await server((_request, response) => response.end());
    const { signal } = new AbortController();
    const door = egress();
    await Promise.all(Array.from({ length: 20 }, () => door.fetch(origin, { signal })));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends calls that wait for a name, without waiting for DNS', async () => {
    const door = egress({ lookup: () => new Promise(() => {}), timeoutMs: 50 });
    await expect(door.fetch('https://api.example.test/')).rejects.toMatchObject({
      code: 'timeout',
      responseLost: false,
    });
  });
});
