import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import {
  type FakeOAuthServer,
  type GoogleEmulator,
  startGoogle,
  startStrict,
  walkConsent,
} from '@latchkey/dev-providers';
import type { DocumentStore } from '@latchkey/saved-objects';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  ben,
  broadcastOf,
  createFlowFixture,
  type FlowFixture,
  type FlowFixtureOptions,
  PUBLIC_BASE_URL,
  type TestUser,
  withMethods,
} from './flow_fixture.mock.ts';

const CALLBACK = '/api/actions/connector/_oauth_callback';
const TEN_MINUTES_MS = 10 * 60_000;

let strict: FakeOAuthServer;
let google: GoogleEmulator;
let fixture: FlowFixture;

beforeAll(async () => {
  [strict, google] = await Promise.all([startStrict({ port: 0 }), startGoogle({ port: 0 })]);
});
afterAll(() => Promise.all([strict.stop(), google.stop()]));
const open = async (over: FlowFixtureOptions = {}) => {
  const strictFacts = { issuer: strict.origin, issuerRequiredInResponse: true };
  fixture = await createFlowFixture({
    ...over,
    specs: [aFlowSpec('.strict', strictFacts), aFlowSpec('.google')],
  });
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  const scope = 'https://www.googleapis.com/auth/drive.readonly';
  await fixture.create('drive', anAppConnector('.google', google, google.client, { scope }));
};
beforeEach(async () => {
  strict.clearRequests();
  google.clearRequests();
  await open();
});
afterEach(() => fixture.close());

const walk = (authorizationUrl: string | URL, as: 'ana' | 'ben' = 'ana', deny = false) =>
  walkConsent(String(authorizationUrl), { as, deny, stopAtOrigin: PUBLIC_BASE_URL });
/** Starts a flow and signs in at the provider, but does not follow the redirect to the callback. */
const approach = async (testUser: TestUser, id = 'files', as: 'ana' | 'ben' = 'ana') => {
  const { body } = await fixture.start(testUser, id);
  return { ...body, arrival: await walk(body.authorizationUrl, as) };
};
const tokenCalls = () => strict.tokenRequests().length;
const googleTokenCalls = () => google.requests({ endpoint: 'token' }).length;
/**
 * Returns a function that lists the results of all callbacks since this call, from their audit
 * events.
 */
const watchAudit = () => {
  const before = fixture.audit.events.length;
  return () =>
    fixture.audit.events
      .slice(before)
      .filter(({ action }) => action === 'connector_oauth_connect')
      .map(({ outcome, errorCode }) => errorCode ?? outcome);
};
const nobodyIsConnected = async () => {
  for (const testUser of [aTestUser(), aTestUser(ben)]) {
    for (const id of ['files', 'drive']) {
      expect(['not_connected', 'pending']).toContain(await fixture.statusOf(testUser, id));
    }
  }
};
const withParam = (url: URL, name: string, value: string | undefined): URL => {
  const changed = new URL(url);
  if (value === undefined) changed.searchParams.delete(name);
  else changed.searchParams.set(name, value);
  return changed;
};

describe('the check of the state in the callback', () => {
  it('A1: refuses a callback without a state with a page, and sends no request to the provider', async () => {
    const events = watchAudit();
    const page = await fixture.arrive(aTestUser(), `${CALLBACK}?code=stolen`);
    expect(page.status).toBe(400);
    expect(page.headers['content-type']).toContain('text/html');
    expect(broadcastOf(page.text)).toBeUndefined();
    // Only the page that opened the window is told about the error.
    expect(page.text).toContain('data-unknown-state="state_missing"');
    expect(tokenCalls()).toBe(0);
    expect(events()).toEqual(['state_missing']);
  });

  it('A2: responds to another user in the same way for an unknown and for an expired state', async () => {
    const { arrival, state } = await approach(aTestUser(ben), 'files', 'ben');
    await fixture.clock.advance(TEN_MINUTES_MS);
    const forged = await fixture.arrive(aTestUser(), withParam(arrival, 'state', 'A'.repeat(43)));
    const expired = await fixture.arrive(aTestUser(), arrival);
    expect(forged.status).toBe(400);
    expect(expired.status).toBe(400);
    // Each page contains the id of its own request, for the administrator.
    const withoutReference = (text: string) => text.replace(/<code>[0-9a-f-]{36}<\/code>/, '');
    expect(withoutReference(expired.text)).toBe(withoutReference(forged.text));
    expect(forged.text).toContain('data-unknown-state="state_invalid"');
    expect(expired.cookies).toEqual(forged.cookies);
    expect(expired.text).not.toContain(state);
    expect(tokenCalls()).toBe(0);
  });

  it('A3: refuses a state after ten minutes with the text for an unknown state, and notifies the tab of its owner', async () => {
    const testUser = aTestUser();
    const { arrival, flowId } = await approach(testUser);
    await fixture.clock.advance(TEN_MINUTES_MS);
    const events = watchAudit();
    const page = await fixture.arrive(testUser, arrival);
    expect(page.status).toBe(400);
    expect(page.text).toContain('unknown or has timed out');
    expect(broadcastOf(page.text)).toMatchObject({ connectorId: 'files', status: 'error', flowId });
    expect(tokenCalls()).toBe(0);
    expect(events()).toEqual(['state_expired']);
    expect((await fixture.arrive(testUser, arrival)).text).toContain('already completed or ended');
  });

  it('A3: accepts a state immediately before it expires', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    await fixture.clock.advance(TEN_MINUTES_MS - 1);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
  });

  it('A4: refuses a used state, so that only one token request is sent', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const events = watchAudit();
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
    const again = await fixture.arrive(testUser, arrival);
    expect(again.status).toBe(400);
    expect(again.text).toContain('already completed or ended');
    expect(tokenCalls()).toBe(1);
    expect(events()).toEqual(['success', 'state_used']);
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
  });

  it('A4: refuses a state after its code exchange has failed', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    strict.failNext({ endpoint: 'token', fault: { kind: 'status', status: 503 } });
    expect((await fixture.arrive(testUser, arrival)).status).toBe(502);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(400);
    expect(tokenCalls()).toBe(1);
  });

  it('A5: accepts exactly one of twenty simultaneous callbacks that all have read the unused state', async () => {
    await fixture.close();
    const everybodyHasRead = Promise.withResolvers<void>();
    let readers = 0;
    const wrapStore = (store: DocumentStore) =>
      withMethods(store, {
        getMany: async (keys, type) => {
          const found = await store.getMany(keys, type);
          if (type !== 'oauth_state') return found;
          readers += 1;
          if (readers === 20) everybodyHasRead.resolve();
          await everybodyHasRead.promise;
          return found;
        },
      });
    await open({ wrapStore });
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const pages = await Promise.all(
      Array.from({ length: 20 }, () => {
        const copy = { ...testUser, browser: testUser.browser.copy() };
        return fixture.arrive(copy, arrival);
      }),
    );
    const losers = pages.filter(({ status }) => status !== 200);
    expect(losers).toHaveLength(19);
    for (const { status, text } of losers) {
      expect(status).toBe(400);
      expect(text).toContain('already completed or ended');
      expect(broadcastOf(text)).toBeUndefined();
    }
    expect(tokenCalls()).toBe(1);
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
  });

  it('A6: consumes the state when the user refuses, so that a later code is refused', async () => {
    const testUser = aTestUser();
    const { arrival, state } = await approach(testUser);
    const events = watchAudit();
    const refusal = `error=access_denied&state=${state}&iss=${strict.origin}`;
    const denied = await fixture.arrive(testUser, `${arrival.pathname}?${refusal}`);
    expect(denied.status).toBe(400);
    expect(events()).toEqual(['provider_refused']);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(400);
    expect(tokenCalls()).toBe(0);
    await nobodyIsConnected();
  });
});

describe('the check of user and browser in the callback', () => {
  it("A7: does not let Ben finish Ana's flow, saves nothing and writes one event", async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const events = watchAudit();
    const thief = { ...aTestUser(ben), browser: testUser.browser.copy() };
    const page = await fixture.arrive(thief, arrival);
    expect(page.status).toBe(403);
    expect(page.text).toContain('another user');
    expect(events()).toEqual(['wrong_user']);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(400);
    expect(tokenCalls()).toBe(0);
    await nobodyIsConnected();
  });

  it("A7: does not redirect Ben to Ana's return URL", async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files', { returnUrl: '/app/secret-project' });
    const page = await fixture.arrive(aTestUser(ben), await walk(body.authorizationUrl));
    expect(page.status).toBe(403);
    expect(JSON.stringify([page.headers, page.text])).not.toContain('secret-project');
  });

  it.each([
    ['no cookie', () => ({})],
    ["another flow's nonce", (name: string) => ({ cookie: `${name}=${'x'.repeat(43)}` })],
    ['an empty cookie', (name: string) => ({ cookie: `${name}=` })],
  ])('A8: refuses the same user in a browser with %s', async (_what, headersOf) => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const name = testUser.browser.all[0]?.name ?? '';
    const events = watchAudit();
    const page = await fixture.as<string>(aTestUser(), {
      method: 'GET',
      url: `${arrival.pathname}${arrival.search}`,
      headers: headersOf(name),
    });
    expect(page.status).toBe(403);
    expect(page.text).toContain('another browser');
    expect(events()).toEqual(['wrong_browser']);
    expect(tokenCalls()).toBe(0);
    await nobodyIsConnected();
  });

  it('A8: binds each of two flows in one browser to its own cookie', async () => {
    const testUser = aTestUser();
    const files = await approach(testUser, 'files');
    const drive = await approach(testUser, 'drive');
    expect(testUser.browser.all.length).toBe(2);
    expect((await fixture.arrive(testUser, files.arrival)).status).toBe(200);
    expect((await fixture.arrive(testUser, drive.arrival)).status).toBe(200);
    expect(testUser.browser.all.length).toBe(0);
  });

  it('A8: hides the cookie from scripts and from cross-site requests', async () => {
    const { cookies } = await fixture.start(aTestUser(), 'files');
    expect(cookies).toEqual([
      expect.objectContaining({ httpOnly: true, sameSite: 'Lax', maxAge: 600, path: '/' }),
    ]);
  });

  it("A9: refuses a victim who follows the attacker's complete callback link", async () => {
    const { arrival } = await approach(aTestUser(ben), 'files', 'ben');
    const victim = aTestUser();
    const page = await fixture.arrive(victim, arrival);
    expect(page.status).toBe(403);
    expect(tokenCalls()).toBe(0);
    await nobodyIsConnected();
  });

  it('A10: ignores a session id in the URL of a callback', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const page = await fixture.arrive(testUser, withParam(arrival, 'sid', 'of-the-attacker'));
    expect(page.cookies.map(({ name }) => name)).not.toContain('sid');
    const url = '/api/actions/connector/files/oauth/start?sid=of-the-attacker';
    expect((await fixture.as(aTestUser(), { method: 'GET', url })).status).toBe(400);
  });

  it.each([
    { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate' },
    { 'sec-fetch-dest': 'image', 'sec-fetch-mode': 'no-cors' },
    { 'sec-fetch-dest': 'script' },
    { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-purpose': 'prefetch' },
  ])('A11: an embedded or prefetched link starts no flow: %j', async (headers) => {
    const url = '/api/actions/connector/files/oauth/start';
    const response = await fixture.as(aTestUser(), { method: 'GET', url, headers });
    expect(response.status).toBe(403);
    expect(response.cookies).toEqual([]);
    expect(await fixture.statusOf(aTestUser(), 'files')).toBe('not_connected');
  });

  it('asks a user without a session to sign in, and the flow can still be finished', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const anonymous = { user: null, browser: testUser.browser };
    const page = await fixture.arrive(anonymous, arrival);
    expect(page.status).toBe(401);
    expect(page.headers['www-authenticate']).toBe('ApiKey');
    expect(page.text).toContain('href="/login"');
    expect(page.text).not.toContain(arrival.searchParams.get('code'));
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
  });

  it('refuses an API key with api_key_not_allowed, and the flow can still be finished', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const user = anAuthenticatedUser({ authenticationType: 'api_key', apiKeyId: 'key-1' });
    const key = { user, browser: testUser.browser };
    const events = watchAudit();
    expect((await fixture.arrive(key, arrival)).status).toBe(403);
    expect(events()).toEqual(['api_key_not_allowed']);
    expect(await fixture.start(key, 'files')).toMatchObject({
      status: 403,
      body: { attributes: { code: 'api_key_not_allowed' } },
    });
    expect((await fixture.openLink(key, 'files')).status).toBe(403);
    expect(tokenCalls()).toBe(0);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
  });

  it('does not consume the state on a HEAD request', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const url = `${arrival.pathname}${arrival.search}`;
    expect((await fixture.as(testUser, { method: 'HEAD', url })).status).toBe(405);
    const start = '/api/actions/connector/files/oauth/start';
    expect((await fixture.as(testUser, { method: 'HEAD', url: start })).status).toBe(405);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
  });
});

describe('codes and providers', () => {
  it("A13: a stolen code with the attacker's own state yields no tokens", async () => {
    const stolen = (await approach(aTestUser())).arrival.searchParams.get('code');
    const attacker = aTestUser(ben);
    const { arrival } = await approach(attacker, 'files', 'ben');
    const page = await fixture.arrive(attacker, withParam(arrival, 'code', String(stolen)));
    expect(page.status).toBe(502);
    expect(strict.tokenRequests().map(({ error }) => error)).toEqual(['invalid_grant']);
    await nobodyIsConnected();
  });

  /**
   * The malicious connector [drive] sends its user to the honest provider, with the client of the
   * connector [files]. The honest provider redirects only to the redirect URI of [files].
   */
  const bounce = async (attackersChallenge: boolean) => {
    const victim = aTestUser();
    const malicious = (await fixture.start(victim, 'drive')).body;
    const honest = new URL((await fixture.start(aTestUser(ben), 'files')).body.authorizationUrl);
    const challenge = new URL(malicious.authorizationUrl).searchParams.get('code_challenge');
    honest.searchParams.set('state', malicious.state);
    if (!attackersChallenge) honest.searchParams.set('code_challenge', String(challenge));
    return { victim, arrival: await walk(honest) };
  };

  it.each([
    ["A14: a code of one provider never reaches another's token endpoint", false],
    [
      "A15: a code of one provider is also stopped with the challenge of the attacker's own pending flow",
      true,
    ],
  ])('%s', async (_title, attackersChallenge) => {
    const { victim, arrival } = await bounce(attackersChallenge);
    expect(arrival.searchParams.get('code')).toBeTruthy();
    const events = watchAudit();
    const page = await fixture.arrive(victim, arrival);
    expect(page.status).toBe(400);
    expect(events()).toEqual(['wrong_provider']);
    expect(googleTokenCalls()).toBe(0);
    expect(tokenCalls()).toBe(0);
    await nobodyIsConnected();
  });

  it.each([
    [
      "another provider's callback",
      async () => new URL((await approach(aTestUser(ben), 'drive', 'ben')).arrival).pathname,
    ],
    ['the shared callback', async () => CALLBACK],
    ['an unregistered callback', async () => `${CALLBACK}/AAAAAAAAAAAAAAAA`],
  ])('A16: a state is refused at %s', async (_where, pathOf) => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const page = await fixture.arrive(testUser, `${await pathOf()}${arrival.search}`);
    expect(page.status).toBe(400);
    expect(tokenCalls()).toBe(0);
    expect(googleTokenCalls()).toBe(0);
    await nobodyIsConnected();
  });

  it.each(['https://evil.example', 'HTTP://127.0.0.1'])(
    'A17: a response with the wrong issuer %s causes no token request',
    async (iss) => {
      const testUser = aTestUser();
      const { arrival } = await approach(testUser);
      const events = watchAudit();
      const page = await fixture.arrive(testUser, withParam(arrival, 'iss', iss));
      expect(page.status).toBe(400);
      expect(events()).toEqual(['issuer_mismatch']);
      expect(tokenCalls()).toBe(0);
    },
  );

  it('A17: a refusal with the wrong issuer is not accepted as a refusal of the user', async () => {
    const testUser = aTestUser();
    const { arrival, state } = await approach(testUser);
    const query = `error=access_denied&state=${state}&iss=https://evil.example`;
    const events = watchAudit();
    await fixture.arrive(testUser, `${arrival.pathname}?${query}`);
    expect(events()).toEqual(['issuer_mismatch']);
  });

  it('A18: a response without `iss` causes no token request if the provider definition promises it', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const page = await fixture.arrive(testUser, withParam(arrival, 'iss', undefined));
    expect(page.status).toBe(400);
    expect(tokenCalls()).toBe(0);
    await nobodyIsConnected();
  });

  it('A18: a response without `iss` causes no token request if the metadata promises it', async () => {
    const app = anAppConnector('.google', strict, strict.clients.basic, { issuer: strict.origin });
    await fixture.create('stated', app);
    const testUser = aTestUser();
    const { arrival } = await approach(testUser, 'stated');
    const events = watchAudit();
    const page = await fixture.arrive(testUser, withParam(arrival, 'iss', undefined));
    expect(page.status).toBe(400);
    expect(events()).toEqual(['issuer_mismatch']);
    expect(tokenCalls()).toBe(0);
    const again = await approach(testUser, 'stated');
    expect((await fixture.arrive(testUser, again.arrival)).status).toBe(200);
  });

  it('A21: a start requests S256, and refuses an authorization URL with another method', async () => {
    const authorizationUrl = `${strict.authorizationEndpoint}?code_challenge_method=plain`;
    const over = anAppConnector('.strict', strict, strict.clients.basic, { authorizationUrl });
    await expect(fixture.create('plain', over)).rejects.toThrow('authorization_params_refused');
    await fixture.create('plain', anAppConnector('.strict', strict, strict.clients.basic));
    const { body } = await fixture.start(aTestUser(), 'plain');
    const { searchParams } = new URL(body.authorizationUrl);
    expect(searchParams.getAll('code_challenge_method')).toEqual(['S256']);
    expect(searchParams.get('code_challenge')).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
