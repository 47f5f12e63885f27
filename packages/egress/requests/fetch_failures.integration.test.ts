import { getEventListeners, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { EgressError } from '../egress_error.ts';
import { startServer } from '../fixtures/loopback.ts';
import { createLoopbackFixture } from '../fixtures/loopback_fixture.ts';
import { failureOf } from '../fixtures/settings.ts';

const { server, tcp, egress, stopAll } = createLoopbackFixture();

afterEach(stopAll);

/** Long enough to connect and send on a busy machine before the test pauses the process. */
const TIMEOUT_MS = 3_000;

describe('fetch of egress, for limits,', () => {
  it('C49: ends a slow response body at the deadline', async () => {
    const { origin } = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    // Long enough to connect and send, even for the first call of a process on a busy machine.
    const failure = await failureOf(egress().fetch(origin, { timeoutMs: 3_000 }));
    expect(failure).toMatchObject({ code: 'timeout', responseLost: true });
  });

  it('C49: ends slow response headers at the deadline', async () => {
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
    'G105: reads a response that arrived while the process was paused until %d ms after the deadline',
    async (lateMs) => {
      const hasResponded = new Int32Array(new SharedArrayBuffer(4));
      // The server runs in a thread of its own, which continues while this one is blocked.
      const service = new Worker(
        `const { parentPort, workerData } = require('node:worker_threads');
       const server = require('node:http').createServer((request, response) => {
         parentPort.postMessage('asked');
         response.on('finish', () => {
           Atomics.store(workerData, 0, 1);
           Atomics.notify(workerData, 0);
         });
         setTimeout(() => response.end('waited'), 100);
       });
       server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
        { eval: true, workerData: hasResponded },
      );
      try {
        const [port] = await once(service, 'message');
        const startedAt = performance.now();
        const call = egress().fetch(`http://127.0.0.1:${port}/`, { timeoutMs: TIMEOUT_MS });
        await once(service, 'message');
        Atomics.wait(hasResponded, 0, 0);
        const stillMs = startedAt + TIMEOUT_MS + lateMs - performance.now();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stillMs);
        expect(await (await call).text()).toBe('waited');
      } finally {
        await service.terminate();
      }
    },
  );

  it('C49: rejects a content-length of 50 MB and closes the connection', async () => {
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

  it('C50: stops an endless chunked body at the limit', async () => {
    const { origin } = await server((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const pump = setInterval(() => response.write(chunk), 1);
      response.on('close', () => clearInterval(pump));
    });
    await expect(egress().fetch(origin, { maxResponseBytes: 200_000 })).rejects.toMatchObject({
      code: 'response_too_large',
    });
  });

  it('C50: rejects a gzip bomb at the limit', async () => {
    const { origin } = await server((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(zlib.gzipSync(Buffer.alloc(20_000_000)));
    });
    await expect(egress().fetch(origin)).rejects.toMatchObject({ code: 'response_too_large' });
  });

  it('C50: accepts a body of exactly the limit and rejects one byte more', async () => {
    const { origin } = await server(({ url }, response) =>
      response.end('x'.repeat(Number(url.slice(1)))),
    );
    const anEgress = egress();
    const response = await anEgress.fetch(`${origin}/100`, { maxResponseBytes: 100 });
    expect(await response.text()).toHaveLength(100);
    await expect(anEgress.fetch(`${origin}/101`, { maxResponseBytes: 100 })).rejects.toMatchObject({
      code: 'response_too_large',
    });
  });

  it('G105: rejects a call without a response at the deadline and serves the next one', async () => {
    // The server responds by path, not by order: a call that times out before it is sent never
    // arrives.
    const { origin } = await server(({ url }, response) => {
      if (url === '/next') response.end('next');
    });
    const anEgress = egress();
    const hung = anEgress.fetch(`${origin}/hang`, { timeoutMs: 100 });
    await expect(hung).rejects.toMatchObject({ code: 'timeout' });
    expect(await (await anEgress.fetch(`${origin}/next`)).text()).toBe('next');
  });
});

describe('fetch of egress, for failures,', () => {
  it.each([
    [
      'a reset before the response',
      (socket: import('node:net').Socket) => socket.resetAndDestroy(),
    ],
    ['a clean close before the response', (socket: import('node:net').Socket) => socket.end()],
  ])('G91: reports %s as a lost response', async (_case, hangUp) => {
    const { origin } = await tcp((socket) => socket.once('data', () => hangUp(socket)));
    await expect(egress().fetch(origin, { method: 'POST', body: 'x' })).rejects.toMatchObject({
      name: 'EgressError',
      code: 'connection_failed',
      host: 'localhost',
      responseLost: true,
    });
  });

  it('G91: reports a lost response when the connection closes before the end of the body', async () => {
    const { origin } = await tcp((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'));
    });
    const failure = await failureOf(egress().fetch(origin));
    expect(failure).toBeInstanceOf(EgressError);
    expect(failure).toMatchObject({ responseLost: true });
  });

  it('G91: does not reuse a socket that the server has closed', async () => {
    const hungUp = Promise.withResolvers<void>();
    const { origin, connections } = await tcp((socket) => {
      socket.once('close', () => hungUp.resolve());
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    });
    const anEgress = egress();
    await anEgress.fetch(origin, { method: 'POST', body: 'x' });
    // The server has closed its side of the connection once `close` fires.
    await hungUp.promise;
    expect((await anEgress.fetch(origin, { method: 'POST', body: 'x' })).status).toBe(200);
    expect(connections()).toBe(2);
  });

  it('G91: reports a refused connection as a request that was not sent', async () => {
    const stopped = await startServer((_request, response) => response.end());
    await stopped.stop();
    await expect(egress().fetch(stopped.origin)).rejects.toMatchObject({
      code: 'connection_failed',
      responseLost: false,
    });
  });

  it('G91: reports a DNS failure as a request that was not sent', async () => {
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
    ['bytes that are not HTTP', 'SSH-2.0-x\r\n\r\n'],
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
  ])('C50: rejects %s as invalid_response', async (_case, response) => {
    const { origin } = await tcp((socket) => socket.once('data', () => socket.write(response)));
    await expect(egress().fetch(origin)).rejects.toMatchObject({
      code: 'invalid_response',
      responseLost: true,
    });
  });

  it.each([
    ['a header with a line break', { headers: { 'x-a': 'b\r\nx-c: d' } }],
    ['a method that is not a token', { method: 'GE T' }],
  ])('rejects %s as invalid_request without sending it', async (_case, init) => {
    const { origin, seen } = await server((_request, response) => response.end());
    await expect(egress().fetch(origin, init)).rejects.toMatchObject({
      code: 'invalid_request',
      responseLost: false,
    });
    expect(seen).toEqual([]);
  });

  it('reports an abort of the caller as aborted, before and during the call', async () => {
    const controller = new AbortController();
    const { origin } = await server(() => controller.abort());
    const anEgress = egress();
    await expect(anEgress.fetch(origin, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
      responseLost: false,
    });
    await expect(anEgress.fetch(origin, { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
      responseLost: true,
    });
  });

  it('leaves no listener on a signal that outlives the call', async () => {
    const { origin } = await server((_request, response) => response.end());
    const { signal } = new AbortController();
    const anEgress = egress();
    await Promise.all(Array.from({ length: 20 }, () => anEgress.fetch(origin, { signal })));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('rejects a call at its deadline without waiting for DNS', async () => {
    const anEgress = egress({ lookup: () => new Promise(() => {}), timeoutMs: 50 });
    await expect(anEgress.fetch('https://api.example.test/')).rejects.toMatchObject({
      code: 'timeout',
      responseLost: false,
    });
  });
});
