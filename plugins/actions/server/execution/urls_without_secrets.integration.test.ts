import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type DevProviders, startDevProviders, walkConsent } from '@latchkey/dev-providers';
import {
  anAppConnector,
  aPerson,
  createFlowBench,
  type FlowBench,
  PUBLIC_BASE_URL,
} from '../oauth/flow/flow_bench.mock.ts';
import { type RecordingTap, startRecordingTap } from './recording_tap.mock.ts';

let providers: DevProviders;
let taps: Record<'google' | 'ears' | 'strict', RecordingTap>;
let bench: FlowBench;

beforeEach(async () => {
  const port = 0;
  providers = await startDevProviders({ google: { port }, ears: { port }, strict: { port } });
  taps = {
    google: await startRecordingTap(providers.google.origin),
    ears: await startRecordingTap(providers.ears.origin),
    strict: await startRecordingTap(providers.strict.origin),
  };
  bench = await createFlowBench({
    settings: {
      allowedHosts: ['127.0.0.1', 'www.googleapis.com'],
      auth: { ears: { url: taps.ears.origin } },
      dev: { hostOverrides: { 'https://www.googleapis.com': taps.google.origin } },
    },
  });
});
afterEach(async () => {
  await bench.close();
  await Promise.all(Object.values(taps).map((tap) => tap.stop()));
  await providers.stop();
});

/** An app of one's own whose every endpoint that our server calls is behind the tap. */
const strictApp = (client: DevProviders['strict']['clients']['basic' | 'post']) => ({
  ...anAppConnector('.custom_api', providers.strict, client, {
    tokenUrl: `${taps.strict.origin}/token`,
    revocationUrl: `${taps.strict.origin}/token/revocation`,
    tokenEndpointAuthMethod: client.tokenEndpointAuthMethod,
  }),
  config: { url: `${taps.strict.origin}/api/files` },
});

/** A grant from its beginning to its end: authorized, used, refreshed, used again, revoked. */
async function liveAndDie(id: string, params: Readonly<Record<string, unknown>>): Promise<void> {
  const person = aPerson();
  const { body } = await bench.start(person, id);
  const arrival = await walkConsent(body.authorizationUrl, {
    as: 'ana',
    stopAtOrigin: PUBLIC_BASE_URL,
  });
  expect((await bench.arrive(person, arrival)).status).toBe(200);
  for (let use = 0; use < 2; use += 1) {
    const { text } = await bench.as(person, {
      method: 'POST',
      url: `/api/actions/connector/${id}/_execute`,
      body: { params },
    });
    expect(text).toContain('"status":"ok"');
    bench.clock.jumpWall(2 * 3_600_000);
  }
  expect((await bench.disconnect(person, id)).status).toBeLessThan(300);
}

const SEARCH = { subAction: 'searchFiles', subActionParams: { query: "name contains 'plan'" } };
const LIST = { subAction: 'request', subActionParams: { query: { q: 'plan' } } };

/** The ways of requests, without what differs from one to the next. */
const waysOf = ({ requests }: RecordingTap) =>
  new Set(requests.map(({ method, url }) => `${method} ${url.split('?')[0]}`));

it('E68: no token, code, verifier or client secret is in any URL, from the code exchange to the revocation', async () => {
  const { basic, post } = providers.strict.clients;
  await bench.create('basic', strictApp(basic));
  await bench.create('post', strictApp(post));
  await bench.create('drive', {
    connector_type_id: '.google_drive',
    secrets: { authType: 'ears', provider: 'google' },
  });
  await liveAndDie('basic', LIST);
  await liveAndDie('post', LIST);
  await liveAndDie('drive', SEARCH);

  expect(waysOf(taps.strict)).toEqual(
    new Set(['POST /token', 'GET /api/files', 'POST /token/revocation']),
  );
  expect([...waysOf(taps.ears)]).toEqual(
    expect.arrayContaining(
      ['token', 'refresh', 'revoke'].map((operation) => `POST /v1/google/oauth/${operation}`),
    ),
  );
  expect([...waysOf(taps.google)]).toEqual(['GET /drive/v3/about', 'GET /drive/v3/files']);

  const all = Object.values(taps);
  const kinds = new Set(all.flatMap(({ credentials }) => [...credentials.keys()]));
  expect([...kinds].sort()).toEqual([
    'access token',
    'basic credentials',
    'client secret',
    'code',
    'refresh token',
    'verifier',
  ]);
  const secrets = all.flatMap(({ credentials }) =>
    [...credentials.values()].flatMap((v) => [...v]),
  );
  const urls = all.flatMap(({ requests }) => requests.map(({ url }) => url));
  for (const secret of secrets) {
    for (const url of urls) {
      expect(url).not.toContain(secret);
      expect(decodeURIComponent(url)).not.toContain(secret);
    }
  }
});
