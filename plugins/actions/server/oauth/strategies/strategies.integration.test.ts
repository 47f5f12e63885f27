import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEgress, type Egress } from '@latchkey/egress';
import { aLocalProvider } from '@latchkey/oauth-providers/mocks';
import { RecordingServer } from '@latchkey/test-proxy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { EarsSettings } from './ears_settings.ts';
import { createProviderClients } from './provider_clients.ts';
import { aConnector, anEarsConnector, someDeps } from './strategies.mock.ts';

const PROVIDER = 'https://auth.provider.example';
const { signal } = new AbortController();

let server: RecordingServer;
let egress: Egress;

beforeAll(async () => {
  server = await RecordingServer.start();
  egress = createEgress({
    allowedHosts: ['auth.provider.example', 'ears.provider.example'],
    dangerouslyAllowHttp: true,
    hostOverrides: {
      [PROVIDER]: server.origin,
      'https://ears.provider.example': server.origin,
    },
    customHostSettings: [],
    verificationMode: 'full',
    maxResponseBytes: 1024 * 1024,
    timeoutMs: 60_000,
  });
});

afterAll(async () => {
  await egress.close();
  await server.stop();
});

const respondJson = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  server.received.length = 0;
  server.respond = (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));
};
const clientOf = (connector: DecryptedConnector, ears?: EarsSettings) =>
  createProviderClients(
    someDeps({
      egress,
      ears: ears ?? { url: 'https://ears.provider.example', enabled: true },
      findConnectorType: () => ({
        provider: aLocalProvider({ revocationUrl: `${PROVIDER}/revoke` }),
      }),
    }),
  ).forConnector(connector);
const standard = (tokenUrl = `${PROVIDER}/token`, authorizationUrl = `${PROVIDER}/authorize`) =>
  aConnector({ secrets: { ...aConnector().secrets, authorizationUrl, tokenUrl } });

describe('provider clients with the real egress', () => {
  it('exchange, refresh and revoke at the fake provider if a host override leads there', async () => {
    respondJson(200, { access_token: 'at', token_type: 'bearer', refresh_token: 'rt' });
    const client = clientOf(standard());
    client.ensureEndpointsAllowed();
    const exchange = { code: 'c', codeVerifier: 'v', redirectUri: 'https://l.example/cb' };
    expect(await client.exchangeCode(exchange)).toMatchObject({ accessToken: 'at' });
    expect(await client.refresh('rt', signal)).toMatchObject({ refreshToken: 'rt' });
    expect(await client.revoke('rt', 'refresh_token')).toBe('revoked');
    expect(server.lines).toEqual(['POST /token', 'POST /token', 'POST /revoke']);
  });

  it('send the browser to the fake provider if a host override leads there', () => {
    const url = clientOf(standard()).buildAuthorizationUrl({
      redirectUri: 'https://l.example/cb',
      state: 's',
      codeChallenge: 'c',
    });
    expect(url).toMatch(`${server.origin}/authorize?`);
  });

  it('C44: report a redirect of the token endpoint as a configuration error, and do not follow it', async () => {
    respondJson(307, {}, { location: `${server.origin}/stolen` });
    await expect(clientOf(standard()).refresh('rt', signal)).rejects.toMatchObject({
      code: 'redirected',
      kind: 'misconfigured',
    });
    expect(server.lines).toEqual(['POST /token']);
  });

  it('C50: report a response that is too large as lost, because its token cannot be read', async () => {
    respondJson(200, { access_token: 'at', filler: 'x'.repeat(600_000) });
    await expect(clientOf(standard()).refresh('rt', signal)).rejects.toMatchObject({
      code: 'malformed_response',
      kind: 'transient',
      responseLost: true,
    });
  });

  it('G91: distinguish a lost response from a request that was never sent', async () => {
    server.received.length = 0;
    server.respond = (response) => response.destroy();
    await expect(clientOf(standard()).refresh('rt', signal)).rejects.toMatchObject({
      kind: 'transient',
      responseLost: true,
    });
    const elsewhere = clientOf(
      standard('https://not-allowed.example/token', 'https://not-allowed.example/authorize'),
    );
    expect(() => elsewhere.ensureEndpointsAllowed()).toThrow(
      expect.objectContaining({ code: 'host_not_allowed' }),
    );
    await expect(elsewhere.refresh('rt', signal)).rejects.toMatchObject({
      code: 'endpoint_not_allowed',
      kind: 'misconfigured',
      responseLost: false,
    });
  });

  it('H111: send a revocation once more when the connection was lost', async () => {
    server.received.length = 0;
    server.respond = (response) =>
      server.received.length === 1 ? response.destroy() : response.end();
    const client = clientOf(standard());
    expect(await client.revoke('rt', 'refresh_token')).toBe('revoked');
    expect(server.received).toHaveLength(2);
  });

  it('send requests in the format of EARS', async () => {
    respondJson(200, { access_token: 'at', token_type: 'Bearer', expires_in: 60 });
    const client = clientOf(anEarsConnector());
    expect(await client.refresh('rt', signal)).toMatchObject({ lifetimeSeconds: 60 });
    expect(await client.revoke('at', 'access_token')).toBe('revoked');
    expect(server.lines).toEqual(['POST /v1/google/oauth/refresh', 'POST /v1/google/oauth/revoke']);
  });

  it('report an unreadable client certificate of EARS and send no request', async () => {
    respondJson(200, { access_token: 'at', token_type: 'Bearer' });
    const folder = await mkdtemp(join(tmpdir(), 'ears-'));
    const certificate = join(folder, 'client.pem');
    await writeFile(certificate, 'development only');
    const ears = {
      url: 'https://ears.provider.example',
      enabled: true,
      ssl: { certificate, key: join(folder, 'missing.pem') },
    };
    await expect(clientOf(anEarsConnector(), ears).refresh('rt', signal)).rejects.toMatchObject({
      code: 'invalid_client',
      kind: 'misconfigured',
      responseLost: false,
    });
    expect(server.lines).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
