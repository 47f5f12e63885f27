import { createEgress, type Egress } from '@latchkey/egress';
import { RecordingServer } from '@latchkey/test-proxy';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aConnector } from '../oauth/strategies/strategies.mock.ts';
import { createIssuerDiscovery } from './issuer_discovery.ts';

const CHUNK = Buffer.alloc(64 * 1024, ' ');
const FIFTY_MEGABYTES = 50 * 1024 * 1024;

let server: RecordingServer;
let egress: Egress;
beforeAll(async () => {
  server = await RecordingServer.start();
});
beforeEach(() => {
  server.received.length = 0;
  egress = createEgress({
    allowedHosts: ['127.0.0.1'],
    dangerouslyAllowHttp: true,
    hostOverrides: {},
    customHostSettings: [],
    verificationMode: 'full',
    maxResponseBytes: FIFTY_MEGABYTES * 2,
    timeoutMs: 60_000,
  });
});
afterEach(() => egress.close());
afterAll(() => server.stop());

const discover = async (timeoutMs?: number) => {
  const discovered = await createIssuerDiscovery({
    findConnectorType: () => undefined,
    egress,
    now: () => new Date(),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })(aConnector({ secrets: { ...aConnector().secrets, issuer: server.origin } }), undefined);
  return discovered?.check;
};
const json = { 'content-type': 'application/json' };

describe('C49: an issuer’s metadata behind the real egress', () => {
  it('is not requested from the target of a redirect', async () => {
    server.respond = (response) => response.writeHead(302, { location: '/elsewhere' }).end();
    const check = await discover();
    expect(check?.warnings).toEqual([expect.stringContaining('redirects')]);
    expect(check?.isConfirmed).toBe(false);
    expect(server.lines).toEqual(['GET /.well-known/openid-configuration']);
  });

  it('is read only up to the size limit when it has 50 MB', async () => {
    let sent = 0;
    const closed = Promise.withResolvers<void>();
    server.respond = (response) => {
      response.on('close', () => closed.resolve());
      response.writeHead(200, json);
      const more = () => {
        while (sent < FIFTY_MEGABYTES && !response.destroyed) {
          sent += CHUNK.length;
          if (!response.write(CHUNK)) return;
        }
        if (!response.destroyed) response.end();
      };
      response.on('drain', more);
      more();
    };
    const check = await discover();
    expect(check?.warnings).toEqual([expect.stringContaining('too large')]);
    await closed.promise;
    // The server may have sent more than the limit, because buffers take bytes that are never read.
    expect(sent).toBeLessThan(FIFTY_MEGABYTES / 2);
  });

  it('is read only until the deadline when it arrives slowly', async () => {
    const closed = Promise.withResolvers<void>();
    server.respond = (response) => {
      response.writeHead(200, json);
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => {
        clearInterval(drip);
        closed.resolve();
      });
    };
    // Within two seconds the request arrives and the slow response begins.
    const check = await discover(2_000);
    expect(check?.warnings).toEqual([expect.stringContaining('did not respond in time')]);
    await closed.promise;
  });

  it('is not read from an HTML page', async () => {
    const page = JSON.stringify({
      issuer: server.origin,
      authorization_endpoint: 'https://auth.example.com/authorize',
      token_endpoint: 'https://auth.example.com/token',
    });
    server.respond = (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    const check = await discover();
    expect(check?.warnings).toEqual([expect.stringContaining('no valid metadata')]);
    expect(check?.isConfirmed).toBe(false);
  });
});
