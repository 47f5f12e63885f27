import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type GoogleStandIn,
  type StrictStandIn,
  startGoogle,
  startStrict,
  walkConsent,
} from '@latchkey/dev-providers';
import {
  aFlowSpec,
  anAppConnector,
  aPerson,
  ben,
  createFlowBench,
  type FlowBench,
  type Person,
  PUBLIC_BASE_URL,
  type Started,
} from './flow_bench.mock.ts';

const CALLBACK = '/api/actions/connector/_oauth_callback';
const scope = 'https://www.googleapis.com/auth/drive.readonly';

let strict: StrictStandIn;
let google: GoogleStandIn;
let bench: FlowBench;
beforeAll(async () => {
  [strict, google] = await Promise.all([startStrict({ port: 0 }), startGoogle({ port: 0 })]);
});
afterAll(() => Promise.all([strict.stop(), google.stop()]));
beforeEach(async () => {
  strict.clearRequests();
  google.clearRequests();
  await open();
});
afterEach(() => bench.close());

/** Connector [files] is honest and knows its issuer by its type; [drive] may be anything. */
async function open(drive: Readonly<Record<string, unknown>> = {}, more: object = {}) {
  await bench?.close();
  bench = await createFlowBench({
    settings: { auth: { oauth_authorization_code: { redirectUri: 'shared', ...more } } },
    specs: [aFlowSpec('.strict', { issuer: strict.origin }), aFlowSpec('.google')],
  });
  await bench.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  const app = anAppConnector('.google', google, google.client, { scope, ...drive });
  await bench.create('drive', app);
}

const walk = (authorizationUrl: string | URL, as: 'ana' | 'ben' = 'ana') =>
  walkConsent(String(authorizationUrl), { as, stopAtOrigin: PUBLIC_BASE_URL });
const tokenCalls = () => [
  strict.tokenRequests().length,
  google.requests({ endpoint: 'token' }).length,
];
/** The malicious connector [drive] sends its person on to the honest provider. `undefined`: it could not even start. */
const bounce = async (victim: Person, attackersChallenge: boolean) => {
  const { status, body } = await bench.start(victim, 'drive');
  if (status !== 200) return { refusal: body as Started & { attributes?: unknown } };
  const honest = new URL((await bench.start(aPerson(ben), 'files')).body.authorizationUrl);
  const challenge = new URL(body.authorizationUrl).searchParams.get('code_challenge');
  honest.searchParams.set('state', body.state);
  if (!attackersChallenge) honest.searchParams.set('code_challenge', String(challenge));
  return { arrival: await walk(honest) };
};
const codesOf = () =>
  bench.audit.events
    .filter(({ action }) => action === 'connector_oauth_connect')
    .map(({ outcome, errorCode }) => errorCode ?? outcome);

describe.each([
  ["A14: a code that was asked for with the victim's challenge", false],
  ["A15: a code that was asked for with the attacker's challenge", true],
])('%s', (_title, attackersChallenge) => {
  it('reaches nobody when nothing ties the malicious connector to an issuer: it does not start', async () => {
    const { refusal, arrival } = await bounce(aPerson(), attackersChallenge);
    expect(arrival).toBeUndefined();
    expect(refusal).toMatchObject({ statusCode: 400, attributes: { code: 'issuer_unknown' } });
    expect(tokenCalls()).toEqual([0, 0]);
    expect(await bench.statusOf(aPerson(), 'drive')).toBe('not_connected');
  });

  it('reaches nobody when the malicious connector states an issuer of its own', async () => {
    await open({ issuer: `${google.origin}/mine` });
    const victim = aPerson();
    const { arrival } = await bounce(victim, attackersChallenge);
    expect(arrival?.pathname).toBe(CALLBACK);
    expect(arrival?.searchParams.get('code')).toBeTruthy();
    expect((await bench.arrive(victim, String(arrival).slice(PUBLIC_BASE_URL.length))).status).toBe(
      400,
    );
    expect(codesOf()).toEqual(['issuer_mismatch']);
    expect(tokenCalls()).toEqual([0, 0]);
  });

  it('reaches nobody when the honest provider does not name itself', async () => {
    await open({ issuer: `${google.origin}/mine` });
    const victim = aPerson();
    const { arrival } = await bounce(victim, attackersChallenge);
    arrival?.searchParams.delete('iss');
    await bench.arrive(victim, `${CALLBACK}${arrival?.search}`);
    expect(codesOf()).toEqual(['issuer_mismatch']);
    expect(tokenCalls()).toEqual([0, 0]);
  });

  it('reaches nobody when the malicious connector states the issuer of the honest provider: it cannot be saved', async () => {
    await expect(open({ issuer: strict.origin })).rejects.toThrow('endpoint_mismatch');
    expect(tokenCalls()).toEqual([0, 0]);
  });
});

it('A14: a code reaches nobody when the issuer was taken out while the person was at the provider', async () => {
  await open({ issuer: `${google.origin}/mine` });
  const person = aPerson();
  const arrival = await walk((await bench.start(person, 'drive')).body.authorizationUrl);
  const { secrets } = anAppConnector('.google', google, google.client, { scope });
  const url = '/api/actions/connector/drive';
  const edit = { method: 'PUT', url, body: { name: 'drive', secrets } } as const;
  expect((await bench.as(aPerson(), edit)).status).toBe(200);
  const page = await bench.arrive(person, arrival);
  expect(page.status).toBe(400);
  expect(page.text).toContain('nothing ties this connector');
  expect(codesOf()).toEqual(['issuer_unknown']);
  expect(tokenCalls()).toEqual([0, 0]);
});

describe('honest connectors on a shared callback', () => {
  it('are authorized when the answer names their issuer', async () => {
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    const arrival = await walk(body.authorizationUrl);
    expect(arrival.pathname).toBe(CALLBACK);
    expect((await bench.arrive(person, arrival)).status).toBe(200);
    expect(await bench.statusOf(person, 'files')).toBe('connected');
  });

  it('A18: are refused when the answer does not, whatever the provider promised', async () => {
    const person = aPerson();
    const arrival = await walk((await bench.start(person, 'files')).body.authorizationUrl);
    arrival.searchParams.delete('iss');
    expect((await bench.arrive(person, arrival)).status).toBe(400);
    expect(tokenCalls()).toEqual([0, 0]);
  });

  it.each([
    ['of the person', 'access_denied', 'provider_refused'],
    ['of a provider that cannot now', 'temporarily_unavailable', 'provider_unavailable'],
  ])(
    'show a no %s as what it is, though it does not name their issuer',
    async (_whose, error, outcome) => {
      const person = aPerson();
      const { state } = (await bench.start(person, 'files')).body;
      const page = await bench.arrive(person, `${CALLBACK}?error=${error}&state=${state}`);
      expect(page.text).not.toContain('did not come from the provider');
      expect(codesOf()).toEqual([outcome]);
    },
  );

  it('A14: get no code past the issuer by an error beside it, nor a no in the name of another issuer', async () => {
    const person = aPerson();
    for (const query of ['error=access_denied&code=stolen', 'error=e&iss=https://evil.example']) {
      const { state } = (await bench.start(person, 'files')).body;
      await bench.arrive(person, `${CALLBACK}?${query}&state=${state}`);
    }
    expect(codesOf()).toEqual(['issuer_mismatch', 'issuer_mismatch']);
    expect(tokenCalls()).toEqual([0, 0]);
  });

  it('of a provider that names no issuer are authorized where an operator lists its origin', async () => {
    await open({}, { sharedRedirectUriOrigins: [new URL(google.tokenEndpoint).origin] });
    const person = aPerson();
    const arrival = await walk((await bench.start(person, 'drive')).body.authorizationUrl);
    expect((await bench.arrive(person, arrival)).status).toBe(200);
    expect(await bench.statusOf(person, 'drive')).toBe('connected');
  });
});
