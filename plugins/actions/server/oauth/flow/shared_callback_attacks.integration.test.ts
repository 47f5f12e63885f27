import {
  type FakeOAuthServer,
  type GoogleEmulator,
  startGoogle,
  startStrict,
  walkConsent,
} from '@latchkey/dev-providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  ben,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  type Started,
  type TestUser,
} from './flow_fixture.mock.ts';

const CALLBACK = '/api/actions/connector/_oauth_callback';
const scope = 'https://www.googleapis.com/auth/drive.readonly';

let strict: FakeOAuthServer;
let google: GoogleEmulator;
let fixture: FlowFixture;
beforeAll(async () => {
  [strict, google] = await Promise.all([startStrict({ port: 0 }), startGoogle({ port: 0 })]);
});
afterAll(() => Promise.all([strict.stop(), google.stop()]));
beforeEach(async () => {
  strict.clearRequests();
  google.clearRequests();
  await open();
});
afterEach(() => fixture.close());

/**
 * Starts a server with the honest connector [files], whose type defines its issuer, and with a
 * connector [drive] as the test defines it.
 */
async function open(drive: Readonly<Record<string, unknown>> = {}, more: object = {}) {
  await fixture?.close();
  fixture = await createFlowFixture({
    settings: { auth: { oauth_authorization_code: { redirectUri: 'shared', ...more } } },
    specs: [aFlowSpec('.strict', { issuer: strict.origin }), aFlowSpec('.google')],
  });
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  const app = anAppConnector('.google', google, google.client, { scope, ...drive });
  await fixture.create('drive', app);
}

const walk = (authorizationUrl: string | URL, as: 'ana' | 'ben' = 'ana') =>
  walkConsent(String(authorizationUrl), { as, stopAtOrigin: PUBLIC_BASE_URL });
const tokenCalls = () => [
  strict.tokenRequests().length,
  google.requests({ endpoint: 'token' }).length,
];
/**
 * The malicious connector [drive] sends its user to the honest provider with the client of [files].
 * `arrival` is `undefined` if the flow could not start.
 */
const bounce = async (victim: TestUser, attackersChallenge: boolean) => {
  const { status, body } = await fixture.start(victim, 'drive');
  if (status !== 200) return { refusal: body as Started & { attributes?: unknown } };
  const honest = new URL((await fixture.start(aTestUser(ben), 'files')).body.authorizationUrl);
  const challenge = new URL(body.authorizationUrl).searchParams.get('code_challenge');
  honest.searchParams.set('state', body.state);
  if (!attackersChallenge) honest.searchParams.set('code_challenge', String(challenge));
  return { arrival: await walk(honest) };
};
const codesOf = () =>
  fixture.audit.events
    .filter(({ action }) => action === 'connector_oauth_connect')
    .map(({ outcome, errorCode }) => errorCode ?? outcome);

describe.each([
  ["A14: a code requested with the victim's challenge", false],
  ["A15: a code requested with the attacker's challenge", true],
])('%s', (_title, attackersChallenge) => {
  it('is refused at the start when the issuer of the malicious connector is unknown', async () => {
    const { refusal, arrival } = await bounce(aTestUser(), attackersChallenge);
    expect(arrival).toBeUndefined();
    expect(refusal).toMatchObject({ statusCode: 400, attributes: { code: 'issuer_unknown' } });
    expect(tokenCalls()).toEqual([0, 0]);
    expect(await fixture.statusOf(aTestUser(), 'drive')).toBe('not_connected');
  });

  it('is refused at the callback when the malicious connector names its own issuer', async () => {
    await open({ issuer: `${google.origin}/mine` });
    const victim = aTestUser();
    const { arrival } = await bounce(victim, attackersChallenge);
    expect(arrival?.pathname).toBe(CALLBACK);
    expect(arrival?.searchParams.get('code')).toBeTruthy();
    expect(
      (await fixture.arrive(victim, String(arrival).slice(PUBLIC_BASE_URL.length))).status,
    ).toBe(400);
    expect(codesOf()).toEqual(['issuer_mismatch']);
    expect(tokenCalls()).toEqual([0, 0]);
  });

  it('is refused at the callback when the honest provider does not name its issuer', async () => {
    await open({ issuer: `${google.origin}/mine` });
    const victim = aTestUser();
    const { arrival } = await bounce(victim, attackersChallenge);
    arrival?.searchParams.delete('iss');
    await fixture.arrive(victim, `${CALLBACK}${arrival?.search}`);
    expect(codesOf()).toEqual(['issuer_mismatch']);
    expect(tokenCalls()).toEqual([0, 0]);
  });

  it('prevents saving the malicious connector when it names the honest issuer', async () => {
    await expect(open({ issuer: strict.origin })).rejects.toThrow('endpoint_mismatch');
    expect(tokenCalls()).toEqual([0, 0]);
  });
});

it('A14: a callback sends no code when the issuer was removed while the user was at the provider', async () => {
  await open({ issuer: `${google.origin}/mine` });
  const testUser = aTestUser();
  const arrival = await walk((await fixture.start(testUser, 'drive')).body.authorizationUrl);
  const { secrets } = anAppConnector('.google', google, google.client, { scope });
  const url = '/api/actions/connector/drive';
  const edit = { method: 'PUT', url, body: { name: 'drive', secrets } } as const;
  expect((await fixture.as(aTestUser(), edit)).status).toBe(200);
  const page = await fixture.arrive(testUser, arrival);
  expect(page.status).toBe(400);
  expect(page.text).toContain('issuer of this connector is unknown');
  expect(codesOf()).toEqual(['issuer_unknown']);
  expect(tokenCalls()).toEqual([0, 0]);
});

describe('honest connectors on a shared callback', () => {
  it('are authorized when the response names their issuer', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    const arrival = await walk(body.authorizationUrl);
    expect(arrival.pathname).toBe(CALLBACK);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
  });

  it('A18: are refused when the response does not name their issuer, even if the provider does not promise it', async () => {
    const testUser = aTestUser();
    const arrival = await walk((await fixture.start(testUser, 'files')).body.authorizationUrl);
    arrival.searchParams.delete('iss');
    expect((await fixture.arrive(testUser, arrival)).status).toBe(400);
    expect(tokenCalls()).toEqual([0, 0]);
  });

  it.each([
    ['of the user', 'access_denied', 'provider_refused'],
    ['of an unavailable provider', 'temporarily_unavailable', 'provider_unavailable'],
  ])(
    'report a refusal %s even if the response does not name their issuer',
    async (_whose, error, outcome) => {
      const testUser = aTestUser();
      const { state } = (await fixture.start(testUser, 'files')).body;
      const page = await fixture.arrive(testUser, `${CALLBACK}?error=${error}&state=${state}`);
      expect(page.text).not.toContain('did not come from the provider');
      expect(codesOf()).toEqual([outcome]);
    },
  );

  it('A14: refuse a response with both code and error, and an error of another issuer', async () => {
    const testUser = aTestUser();
    for (const query of ['error=access_denied&code=stolen', 'error=e&iss=https://evil.example']) {
      const { state } = (await fixture.start(testUser, 'files')).body;
      await fixture.arrive(testUser, `${CALLBACK}?${query}&state=${state}`);
    }
    expect(codesOf()).toEqual(['issuer_mismatch', 'issuer_mismatch']);
    expect(tokenCalls()).toEqual([0, 0]);
  });

  it('are authorized without an issuer when an operator lists the origin of the provider', async () => {
    await open({}, { sharedRedirectUriOrigins: [new URL(google.tokenEndpoint).origin] });
    const testUser = aTestUser();
    const arrival = await walk((await fixture.start(testUser, 'drive')).body.authorizationUrl);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
    expect(await fixture.statusOf(testUser, 'drive')).toBe('connected');
  });
});
