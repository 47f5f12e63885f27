import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createLoopbackFixture } from '../fixtures/loopback_fixture.ts';
import { failureOf } from '../fixtures/settings.ts';

const { tcp, server, egress, stopAll } = createLoopbackFixture();

afterEach(stopAll);

/**
 * Reads each request without its body, so the bytes that follow the headers become the next
 * request. The response to `/of-eve`, a request inside a body, is delayed until the next request
 * arrives.
 */
const ignoreBodies = (socket: Socket): void => {
  let unread = '';
  let late = '';
  socket.on('error', () => {});
  socket.on('data', (data) => {
    unread += String(data);
    for (let end = unread.indexOf('\r\n\r\n'); end >= 0; end = unread.indexOf('\r\n\r\n')) {
      const [requestLine = ''] = unread.split('\r\n', 1);
      unread = unread.slice(end + 4);
      const response = `HTTP/1.1 200 OK\r\nContent-Length: ${requestLine.length}\r\n\r\n${requestLine}`;
      if (requestLine.includes('/of-eve')) late += response;
      else {
        socket.write(late + response);
        late = '';
      }
    }
  });
};

describe('a server that reads bodies as requests', () => {
  it('F124: gives no caller the response to a request that was hidden in the body of another caller', async () => {
    const { origin, connections } = await tcp(ignoreBodies);
    const client = egress().createClient({ headers: {} });
    const body = `GET /of-eve HTTP/1.1\r\nHost: x\r\n\r\n`;
    for (let call = 1; call <= 5; call += 1) {
      await client.request({ url: `${origin}/static`, method: 'POST', body });
      const ofAna = await client.request({ url: `${origin}/of-ana` });
      expect(String(ofAna.body)).toBe('GET /of-ana HTTP/1.1');
    }
    expect(connections()).toBeGreaterThanOrEqual(5);
  });

  it('shares its connections between requests without a body, with JSON and with a form', async () => {
    const { origin, connections } = await server((_request, response) => void response.end());
    const client = egress().createClient({ headers: {} });
    for (const body of [undefined, '{"a": 1}', 'a=1&b=2', '[" "]', undefined, '{}'])
      await client.request({ url: origin, method: body === undefined ? 'GET' : 'POST', body });
    // A request can begin before the connection of the previous one is free again.
    expect(connections()).toBeLessThanOrEqual(2);
  });
});

describe('a server that sends each byte of the body in a chunk with a 60 kB extension', () => {
  it('J138: makes a call use no more memory than the size limit of a response', async () => {
    const extension = 'x'.repeat(60_000);
    const parts = 4_000;
    const { origin } = await tcp((socket) => {
      socket.on('error', () => {});
      socket.once('data', async () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        for (let part = 0; part < parts && !socket.destroyed; part += 1)
          if (!socket.write(`1;${extension}\r\na\r\n`))
            await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
        socket.end('0\r\n\r\n');
      });
    });
    const client = egress().createClient({ headers: {} });
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }, 20);
    const before = process.memoryUsage().arrayBuffers;
    const failure = await failureOf(client.request({ url: origin })).catch(() => undefined);
    clearInterval(watch);
    // Memory of socket buffers is only freed by the next garbage collection, hence 150 MB.
    expect(most - before).toBeLessThan(150 * 1024 * 1024);
    expect(failure).toBeUndefined();
  });
});
