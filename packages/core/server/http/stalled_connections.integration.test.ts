import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { closeStalledConnections } from './stalled_connections.ts';

const STALLED_MS = 100;
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
/**
 * A body that is larger than all buffers of a connection, so that the server cannot send it while
 * the client does not read.
 */
const LARGE = Buffer.alloc(64 * 1024 * 1024);

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function aServer(onRequest: RequestListener, stalledMs = STALLED_MS): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 50 }, onRequest);
  closeStalledConnections(server, stalledMs);
  open.push({ close: () => void server.close().closeAllConnections() });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** Connects a client. Returns its socket and that of the server. */
async function aConnection(server: Server): Promise<{ client: Socket; accepted: Socket }> {
  const accepting = once(server, 'connection');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  open.push({ close: () => client.destroy() });
  const [accepted] = await accepting;
  return { client, accepted };
}

describe('a connection on which no byte is sent', () => {
  it('J136: is closed when the client does not read its response', async () => {
    const server = await aServer((_request, response) => response.end(LARGE));
    const { client, accepted } = await aConnection(server);
    const closed = once(accepted, 'close');
    client.pause();
    client.write(REQUEST);
    await closed;
    expect(accepted.destroyed).toBe(true);
  });

  it('J136: is closed when the client sends many requests but reads no response', async () => {
    const server = await aServer((_request, response) => response.end(LARGE));
    const { client, accepted } = await aConnection(server);
    const closed = once(accepted, 'close');
    client.pause();
    client.write(REQUEST.repeat(20));
    await closed;
    expect(accepted.destroyed).toBe(true);
  });

  it('is closed when the client sends nothing, before and after a request', async () => {
    const server = await aServer((_request, response) => response.end('ok'));
    const [first, second] = [await aConnection(server), await aConnection(server)];
    const closed = [once(first.accepted, 'close'), once(second.accepted, 'close')];
    first.client.write(REQUEST);
    await Promise.all(closed);
    expect([first.accepted.destroyed, second.accepted.destroyed]).toEqual([true, true]);
  });

  it('stays open while the server still prepares the response', async () => {
    let timeouts = 0;
    const server = await aServer((_request, response) => {
      server.on('timeout', () => {
        timeouts += 1;
        if (timeouts === 3) response.end('late');
      });
    });
    const { client } = await aConnection(server);
    client.write(REQUEST);
    const [data] = await once(client, 'data');
    expect(String(data)).toContain('late');
    // The connection may time out again after the response, before the client reads it.
    expect(timeouts).toBeGreaterThanOrEqual(3);
  });

  it('stays open while a client reads slowly', async () => {
    // Longer than a busy machine pauses this process, which is also the client. The only check
    // while the client is slow comes after this time, in which the client has read many times.
    const stalledMs = 4_000;
    const server = await aServer((_request, response) => response.end(LARGE), stalledMs);
    const { client } = await aConnection(server);
    const slowUntil = performance.now() + 1.5 * stalledMs;
    let received = 0;
    client.on('data', (data) => {
      received += data.length;
      client.pause();
      const pauseMs = performance.now() < slowUntil ? 20 : 0;
      setTimeout(() => client.resume(), pauseMs);
    });
    client.write(REQUEST);
    while (received < LARGE.length) await once(client, 'data');
    expect(received).toBeGreaterThan(LARGE.length);
    expect(performance.now()).toBeGreaterThan(slowUntil);
  });
});
