import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoopbackServer, startProxy, startServer } from './fixtures/loopback.ts';
import { testCertificates } from './fixtures/test_certificates.ts';

let server: LoopbackServer;
let proxy: LoopbackServer;

beforeAll(async () => {
  server = await startServer((_request, response) => response.end('ok'), testCertificates.server);
  proxy = await startProxy(() => server.port);
});
afterAll(() => Promise.all([server.stop(), proxy.stop()]));

/**
 * Calls the server with fetch and with axios in a separate process, because Node reads some of the
 * environment variables only when it starts.
 */
async function outcomes(
  env: Record<string, string>,
  { authority, proxyUrl }: { readonly authority?: string; readonly proxyUrl?: string } = {},
): Promise<unknown> {
  const settings = {
    allowedHosts: ['localhost'],
    dangerouslyAllowHttp: false,
    hostOverrides: {},
    customHostSettings: [{ url: server.origin, ssl: { certificateAuthoritiesData: authority } }],
    ...(proxyUrl === undefined ? {} : { proxy: { url: proxyUrl } }),
    verificationMode: 'full',
    maxResponseBytes: 1000,
    timeoutMs: 60_000,
  };
  const script = `
    import { createEgress } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
    import { findEgressError } from ${JSON.stringify(import.meta.resolve('./errors.ts'))};
    const egress = createEgress(${JSON.stringify(settings)});
    const codeOf = (error) => findEgressError(error)?.code ?? String(error);
    const token = await egress.fetch('${server.origin}').then((response) => response.status, codeOf);
    const api = await egress.createAxiosInstance().get('${server.origin}').then((response) => response.status, codeOf);
    console.log(JSON.stringify([token, api]));
    await egress.close();
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { env },
  );
  return JSON.parse(stdout);
}

describe('environment variables of the process', () => {
  it('C52: do not disable verification with NODE_TLS_REJECT_UNAUTHORIZED', async () => {
    const before = server.seen.length;
    expect(await outcomes({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([
      'tls_failed',
      'tls_failed',
    ]);
    expect(server.seen).toHaveLength(before);
  });

  it('C52: set no proxy for token calls and API calls', async () => {
    const { authority } = testCertificates;
    const named = {
      HTTPS_PROXY: proxy.origin,
      https_proxy: proxy.origin,
      ALL_PROXY: proxy.origin,
      NODE_USE_ENV_PROXY: '1',
    };
    expect(await outcomes(named, { authority })).toEqual([200, 200]);
    expect(proxy.connections()).toBe(0);
    const exempted = { NO_PROXY: '*', no_proxy: '*', NODE_USE_ENV_PROXY: '1' };
    expect(await outcomes(exempted, { authority, proxyUrl: proxy.origin })).toEqual([200, 200]);
    expect(proxy.connections()).toBeGreaterThan(0);
    expect(proxy.seen.map(({ method }) => method)).not.toContain('GET');
  });
});
