import { type DevProviders, startDevProviders, walkConsent } from '@latchkey/dev-providers';
import { credentialsIn, TestProxy } from '@latchkey/test-proxy';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  anAppConnector,
  aTestUser,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
} from '../oauth/flow/flow_fixture.mock.ts';

let providers: DevProviders;
let proxies: Record<'google' | 'ears' | 'strict', TestProxy>;
let fixture: FlowFixture;

beforeEach(async () => {
  const port = 0;
  providers = await startDevProviders({ google: { port }, ears: { port }, strict: { port } });
  proxies = {
    google: await TestProxy.start({ target: providers.google.origin }),
    ears: await TestProxy.start({ target: providers.ears.origin }),
    strict: await TestProxy.start({ target: providers.strict.origin }),
  };
  fixture = await createFlowFixture({
    settings: {
      allowedHosts: ['127.0.0.1', 'www.googleapis.com'],
      auth: { ears: { url: proxies.ears.origin } },
      dev: { hostOverrides: { 'https://www.googleapis.com': proxies.google.origin } },
    },
  });
});
afterEach(async () => {
  await fixture.close();
  await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()));
  await providers.stop();
});

/** Returns secrets of an OAuth app whose endpoints are all behind the recording proxy. */
const strictApp = (client: DevProviders['strict']['clients']['basic' | 'post']) => ({
  ...anAppConnector('.custom_api', providers.strict, client, {
    tokenUrl: `${proxies.strict.origin}/token`,
    revocationUrl: `${proxies.strict.origin}/token/revocation`,
    tokenEndpointAuthMethod: client.tokenEndpointAuthMethod,
  }),
  config: { url: `${proxies.strict.origin}/api/files` },
});

/** Authorizes a user, executes with the grant, refreshes it, executes again and revokes it. */
async function stopAndRestart(
  id: string,
  params: Readonly<Record<string, unknown>>,
): Promise<void> {
  const testUser = aTestUser();
  const { body } = await fixture.start(testUser, id);
  const arrival = await walkConsent(body.authorizationUrl, {
    as: 'ana',
    stopAtOrigin: PUBLIC_BASE_URL,
  });
  expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
  for (let use = 0; use < 2; use += 1) {
    const { text } = await fixture.as(testUser, {
      method: 'POST',
      url: `/api/actions/connector/${id}/_execute`,
      body: { params },
    });
    expect(text).toContain('"status":"ok"');
    fixture.clock.jumpWall(2 * 3_600_000);
  }
  expect((await fixture.disconnect(testUser, id)).status).toBeLessThan(300);
}

const SEARCH = { subAction: 'searchFiles', subActionParams: { query: "name contains 'plan'" } };
const LIST = { subAction: 'request', subActionParams: { query: { q: 'plan' } } };

/** Returns the recorded requests as method and path, without values that differ between runs. */
const waysOf = ({ exchanges }: TestProxy) =>
  new Set(exchanges.map(({ method, path }) => `${method} ${path}`));

/** Kinds of credentials that no URL may contain. */
const SECRET_KINDS = [
  'access token',
  'basic credentials',
  'client secret',
  'code',
  'refresh token',
  'verifier',
];

it('E68: no URL from code exchange to revocation contains a token, code, verifier or secret', async () => {
  const { basic, post } = providers.strict.clients;
  await fixture.create('basic', strictApp(basic));
  await fixture.create('post', strictApp(post));
  await fixture.create('drive', {
    connector_type_id: '.google_drive',
    secrets: { authType: 'ears', provider: 'google' },
  });
  await stopAndRestart('basic', LIST);
  await stopAndRestart('post', LIST);
  await stopAndRestart('drive', SEARCH);

  expect(waysOf(proxies.strict)).toEqual(
    new Set(['POST /token', 'GET /api/files', 'POST /token/revocation']),
  );
  expect([...waysOf(proxies.ears)]).toEqual(
    expect.arrayContaining(
      ['token', 'refresh', 'revoke'].map((operation) => `POST /v1/google/oauth/${operation}`),
    ),
  );
  expect([...waysOf(proxies.google)]).toEqual(['GET /drive/v3/about', 'GET /drive/v3/files']);

  const all = Object.values(proxies);
  const credentials = all
    .flatMap(({ exchanges }) => exchanges.flatMap(credentialsIn))
    .filter(([kind]) => SECRET_KINDS.includes(kind));
  expect([...new Set(credentials.map(([kind]) => kind))].sort()).toEqual(SECRET_KINDS);
  const secrets = new Set(credentials.map(([, secret]) => secret));
  const urls = all.flatMap(({ exchanges }) => exchanges.map(({ url }) => url));
  for (const secret of secrets) {
    for (const url of urls) {
      expect(url).not.toContain(secret);
      expect(decodeURIComponent(url)).not.toContain(secret);
    }
  }
});
