import {
  type LoopbackServer,
  startProxy,
  startServer,
  testCertificates,
} from '@latchkey/egress/mocks';
import { afterEach, describe, expect, it } from 'vitest';
import { aFlowSpec, aTestUser, createFlowFixture } from '../oauth/flow/flow_fixture.mock.ts';

const { authority: certificateAuthoritiesData, server: certificate } = testCertificates;
/** Host of the test certificate. Only the proxy can resolve its address. */
const PROVIDER = 'https://api.example.test';

const running: { stop(): Promise<void> }[] = [];
const keep = <T extends { stop(): Promise<void> }>(started: T): T => {
  running.push(started);
  return started;
};
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

/** Starts a provider that only the proxy can reach. */
async function startProviderBehindProxy(): Promise<{
  provider: LoopbackServer;
  proxy: LoopbackServer;
}> {
  const token = JSON.stringify({ access_token: 'development-token', token_type: 'bearer' });
  const provider = keep(
    await startServer(
      (_request, response) => response.setHeader('content-type', 'application/json').end(token),
      certificate,
    ),
  );
  return { provider, proxy: keep(await startProxy(() => provider.port)) };
}

/** Executes an action that sends no request itself, so that only the token is requested. */
async function fetchToken(settings: Readonly<Record<string, unknown>>) {
  const fixture = await createFlowFixture({
    settings: { allowedHosts: ['api.example.test'], ...settings },
    specs: [aFlowSpec('.probe')],
  });
  keep({ stop: () => fixture.close() });
  const secrets = {
    authType: 'oauth_client_credentials',
    tokenUrl: `${PROVIDER}/token`,
    clientId: 'development-client',
    clientSecret: 'development-client-secret',
  };
  await fixture.create('c1', { connector_type_id: '.probe', secrets });
  const { body } = await fixture.as<{ status: string }>(aTestUser(), {
    method: 'POST',
    url: '/api/actions/connector/c1/_execute',
    body: { params: { subAction: 'noop' } },
  });
  return { status: body.status, fixture };
}

describe('settings of outbound requests', () => {
  it('C52: the proxy and the certificate authority of a host apply to token requests', async () => {
    const { provider, proxy } = await startProviderBehindProxy();
    const customHostSettings = [{ url: PROVIDER, ssl: { certificateAuthoritiesData } }];
    const { status } = await fetchToken({ proxyUrl: proxy.origin, customHostSettings });
    expect(status).toBe('ok');
    expect(proxy.seen).toEqual([
      expect.objectContaining({ method: 'CONNECT', url: 'api.example.test:443' }),
    ]);
    expect(provider.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /token']);
  });

  it('C52: a token request fails before it sends data if the certificate authority is not configured', async () => {
    const { provider, proxy } = await startProviderBehindProxy();
    const { status } = await fetchToken({ proxyUrl: proxy.origin });
    expect(status).toBe('error');
    expect(proxy.connections()).toBeGreaterThan(0);
    expect(provider.seen).toEqual([]);
  });

  it('C52: disabled verification of certificates causes one warning at start', async () => {
    const { proxy } = await startProviderBehindProxy();
    const customHostSettings = [{ url: PROVIDER, ssl: { verificationMode: 'none' } }];
    const { status, fixture } = await fetchToken({ proxyUrl: proxy.origin, customHostSettings });
    expect(status).toBe('ok');
    const warnings = fixture.logger.lines.filter(({ level }) => level === 'warn');
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('[xpack.actions.customHostSettings[0].ssl.verificationMode: none]'),
    ]);
  });
});
