import { afterEach, describe, expect, it } from 'vitest';
import { createEgress } from '../create_egress.ts';
import { type LoopbackServer, startProxy, startServer, startTcp } from '../fixtures/loopback.ts';
import { someSettings } from '../fixtures/settings.ts';
import { testCertificates } from '../fixtures/test_certificates.ts';
import type { Egress, EgressSettings, ProxySettings } from '../types.ts';

const { authority, server } = testCertificates;
const running: { stop(): Promise<void> }[] = [];

function keep<T extends { stop(): Promise<void> }>(started: T): T {
  running.push(started);
  return started;
}

async function target(): Promise<LoopbackServer> {
  return keep(await startServer((_request, response) => response.end('through'), server));
}

function egress(
  url: string,
  proxy: Partial<ProxySettings> = {},
  over: Partial<EgressSettings> = {},
): Egress {
  const made = createEgress(
    someSettings({
      allowedHosts: ['*', 'localhost'],
      customHostSettings: [
        {
          url: 'https://api.example.test',
          ssl: { certificateAuthoritiesData: authority },
        },
      ],
      proxy: { url, ...proxy },
      ...over,
    }),
  );
  running.push({ stop: () => made.close() });
  return made;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

const API = 'https://api.example.test/';

describe('the proxy of outgoing requests', () => {
  it('C52: tunnels token calls and API calls, and gets its own headers with CONNECT only', async () => {
    const { port, seen } = await target();
    const proxy = keep(await startProxy(() => port));
    const anEgress = egress(proxy.origin, { headers: { 'x-proxy-key': 'p' } });
    const response = await anEgress.fetch(`${API}token`, { method: 'POST', body: 'grant_type=x' });
    expect(await response.text()).toBe('through');
    await anEgress
      .createAxiosInstance({ headers: { Authorization: 'Bearer x' } })
      .get(`${API}files`);
    expect(proxy.seen[0]).toMatchObject({
      method: 'CONNECT',
      url: 'api.example.test:443',
      headers: { 'x-proxy-key': 'p' },
    });
    expect(JSON.stringify(proxy.seen)).not.toContain('Bearer');
    expect(seen.map(({ url }) => url)).toEqual(['/token', '/files']);
    expect(seen[0]?.headers).not.toHaveProperty('x-proxy-key');
  });

  it('causes no name resolution here, but the allow-list and the address guard apply to the URL', async () => {
    const { port } = await target();
    const proxy = keep(await startProxy(() => port));
    const lookup = async () => {
      throw new Error('must not be asked');
    };
    const anEgress = egress(proxy.origin, {}, { lookup });
    expect((await anEgress.fetch(API)).status).toBe(200);
    for (const uri of [
      'https://169.254.169.254/',
      'https://10.0.0.1/',
      'https://metadata.google.internal/',
    ]) {
      await expect(anEgress.fetch(uri)).rejects.toMatchObject({ code: 'address_not_allowed' });
    }
    const narrow = egress(proxy.origin, {}, { lookup, allowedHosts: ['other.example.test'] });
    await expect(narrow.fetch(API)).rejects.toMatchObject({ code: 'host_not_allowed' });
    expect(proxy.connections()).toBe(1);
  });

  it('is not used for hosts in bypassHosts', async () => {
    const { origin } = await target();
    const proxy = keep(await startProxy(() => 1));
    const customHostSettings = [{ url: origin, ssl: { certificateAuthoritiesData: authority } }];
    const anEgress = egress(proxy.origin, { bypassHosts: ['LOCALHOST'] }, { customHostSettings });
    expect(await (await anEgress.fetch(origin)).text()).toBe('through');
    expect(proxy.connections()).toBe(0);
  });

  it('is used only for hosts in onlyHosts, and onlyHosts is ignored if bypassHosts is set', async () => {
    const { origin, port } = await target();
    const proxy = keep(await startProxy(() => port));
    const customHostSettings = [
      { url: origin, ssl: { certificateAuthoritiesData: authority } },
      { url: API, ssl: { certificateAuthoritiesData: authority } },
    ];
    const only = egress(proxy.origin, { onlyHosts: ['api.example.test'] }, { customHostSettings });
    await only.fetch(origin);
    expect(proxy.connections()).toBe(0);
    await only.fetch(API);
    expect(proxy.connections()).toBe(1);
    const both = egress(
      proxy.origin,
      { onlyHosts: ['nothing.example.test'], bypassHosts: ['localhost'] },
      { customHostSettings },
    );
    await both.fetch(API);
    expect(proxy.connections()).toBe(2);
  });

  it('is not used for an emulator, which the proxy cannot reach', async () => {
    const emulator = keep(await startServer((_request, response) => response.end('emulator')));
    const proxy = keep(await startProxy(() => 1));
    const hostOverrides = { 'https://api.example.test': emulator.origin };
    const anEgress = egress(proxy.origin, {}, { hostOverrides });
    expect(await (await anEgress.fetch(API)).text()).toBe('emulator');
    expect(proxy.connections()).toBe(0);
  });

  it('does not replace the verification of the certificate of the target', async () => {
    const { port, seen } = await target();
    const proxy = keep(await startProxy(() => port));
    const anEgress = egress(proxy.origin, {}, { customHostSettings: [] });
    await expect(anEgress.fetch(API)).rejects.toMatchObject({
      code: 'tls_failed',
      responseLost: false,
    });
    expect(seen).toEqual([]);
  });

  it('has its own certificate, verified with the mode of the proxy settings', async () => {
    const { port } = await target();
    const proxy = keep(await startProxy(() => port, { tls: server }));
    await expect(egress(proxy.origin).fetch(API)).rejects.toMatchObject({
      code: 'tls_failed',
      responseLost: false,
    });
    const lax = egress(proxy.origin, { verificationMode: 'none' });
    expect(await (await lax.fetch(API)).text()).toBe('through');
  });

  it('G91: reports a tunnel that the proxy rejected as a request that was not sent', async () => {
    const proxy = keep(await startProxy(() => 1, { status: 407 }));
    await expect(egress(proxy.origin).fetch(API)).rejects.toMatchObject({
      code: 'connection_failed',
      responseLost: false,
    });
  });

  it('forwards plain http in development, and reports that it requires credentials', async () => {
    const proxy = keep(await startProxy(() => 1));
    const allowedHosts = ['api.example.test'];
    const anEgress = egress(proxy.origin, { headers: { 'x-proxy-key': 'p' } }, { allowedHosts });
    expect(await (await anEgress.fetch('http://api.example.test/x')).text()).toBe('forwarded');
    expect(proxy.seen[0]).toMatchObject({
      url: 'http://api.example.test/x',
      headers: { host: 'api.example.test', 'x-proxy-key': 'p' },
    });
    const strict = keep(
      await startServer((_request, response) => response.writeHead(407).end('who are you')),
    );
    const refused = egress(strict.origin, {}, { allowedHosts });
    await expect(refused.fetch('http://api.example.test/x')).rejects.toMatchObject({
      code: 'connection_failed',
    });
  });

  it('G105: ends a call at its deadline when the proxy does not respond', async () => {
    const proxy = keep(await startTcp(() => {}));
    await expect(egress(proxy.origin).fetch(API, { timeoutMs: 80 })).rejects.toMatchObject({
      code: 'timeout',
      responseLost: false,
    });
  });

  it('with an invalid URL is rejected, and no request is sent directly instead', () => {
    expect(() => egress('socks5://localhost:1')).toThrow(
      expect.objectContaining({ code: 'invalid_url' }),
    );
  });
});
