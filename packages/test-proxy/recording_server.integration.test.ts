import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingServer } from './recording_server.ts';

let server: RecordingServer;
beforeEach(async () => {
  server = await RecordingServer.start();
});
afterEach(() => server.stop());

describe('the recording server', () => {
  it('records requests with their bodies, and responds with an empty object', async () => {
    const headers = { 'x-a': '1' };
    const response = await fetch(`${server.origin}/a?b=c`, { method: 'POST', headers, body: 'é' });
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect(server.received).toMatchObject([{ method: 'POST', url: '/a?b=c', headers, body: 'é' }]);
    expect(server.lines).toEqual(['POST /a?b=c']);
  });

  it('responds to a request with the respond function of the test', async () => {
    server.respond = (response, { body }) => response.writeHead(403).end(`no ${body}`);
    const response = await fetch(server.origin, { method: 'PUT', body: 'x' });
    expect([response.status, await response.text()]).toEqual([403, 'no x']);
  });

  it('stops while a request has no response', async () => {
    const arrived = Promise.withResolvers<void>();
    server.respond = () => arrived.resolve();
    const response = fetch(server.origin);
    const failed = expect(response).rejects.toThrow('fetch failed');
    await arrived.promise;
    await server.stop();
    await failed;
    server = await RecordingServer.start();
  });
});
