import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { SavedObjectError } from '@latchkey/saved-objects';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  ana,
  aTestUser,
  ben,
  broadcastOf,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  type TestUser,
  withMethods,
} from '../flow/flow_fixture.mock.ts';

const DECISION_MS = 15 * 60_000;
const API = '/api/actions/connector/files/_account_change';

let strict: FakeOAuthServer;
let fixture: FlowFixture;
/** `true`: the store refuses every write of a grant. */
let failing = false;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  strict.clearRequests();
  strict.clearFaults();
  strict.revokeGrant('ana');
  strict.revokeGrant('ben');
  const { revocationEndpoint: revocationUrl } = strict;
  failing = false;
  fixture = await createFlowFixture({
    specs: [aFlowSpec('.strict', { revocationUrl })],
    wrapStore: (store) =>
      withMethods(store, {
        put: async (document, options) => {
          if (failing && document.type === 'user_connector_token')
            throw new SavedObjectError('store_unavailable', 'the store is unavailable', {
              type: document.type,
            });
          return store.put(document, options);
        },
      }),
  });
  await fixture.create('files', aConnector());
});
afterEach(() => fixture.close());

const aConnector = (over: Readonly<Record<string, unknown>> = {}) =>
  anAppConnector('.strict', strict, strict.clients.basic, {
    scope: 'openid email files.read offline_access',
    ...over,
  });

/** Sends the user to the provider, where the user signs in as `account` and returns. */
async function authorize(
  testUser: TestUser,
  account: 'ana' | 'ben',
  over: { returnUrl?: string } = {},
) {
  const { body } = await fixture.start(testUser, 'files', over);
  const options = { as: account, stopAtOrigin: PUBLIC_BASE_URL };
  const arrival = await walkConsent(body.authorizationUrl, options);
  return { flowId: body.flowId, response: await fixture.arrive(testUser, arrival) };
}

/** Connects the account of Ana, then authorizes with the account of Ben, which is held. */
async function held(testUser = aTestUser(), over: { returnUrl?: string } = {}) {
  expect((await authorize(testUser, 'ana')).response.status).toBe(200);
  const token = await tokenInUse();
  const { flowId, response } = await authorize(testUser, 'ben', over);
  expect(response.status).toBe(302);
  const page = await fixture.arrive(testUser, String(response.headers['location']));
  return { testUser, flowId, response, page, token };
}

/** Changes the requested scopes. Without `openid`, the provider does not name the account. */
const askFor = (scope: string) =>
  fixture.as(aTestUser(), {
    method: 'PUT',
    url: '/api/actions/connector/files',
    body: { name: 'files', secrets: aConnector({ scope }).secrets },
  });
const tokenInUse = () =>
  fixture.actions
    .getActionsClient({ user: ana, spaceId: 'default' })
    .getOAuthAccessToken({ connectorId: 'files' });
const statusOf = async (testUser = aTestUser()) => {
  const { body } = await fixture.as<Record<string, Record<string, unknown>>>(testUser, {
    method: 'POST',
    url: '/internal/actions/connectors/_me/auth_status',
    body: { connector_ids: ['files'] },
  });
  return body['files'];
};
const decide = (testUser: TestUser, flowId: string, decision: string) =>
  fixture.as<Record<string, unknown>>(testUser, {
    method: 'POST',
    url: API,
    body: { flow_id: flowId, decision },
  });
const find = (testUser: TestUser) =>
  fixture.as<Record<string, unknown>>(testUser, { method: 'GET', url: API });
const alive = () => (['ana', 'ben'] as const).filter((account) => strict.isGrantAlive(account));
const workOff = () => fixture.tasks.run('actions:revocation_outbox');
const until = (condition: () => boolean) => waitUntil('the end of the grants', condition);
const changes = () =>
  fixture.audit.events
    .filter(({ action }) => action === 'connector_oauth_account_change')
    .map(({ outcome, errorCode }) => errorCode ?? outcome);
const oneConnection = { 'content-type': 'text/html; charset=utf-8' };

describe('A33: an authorization with another account', () => {
  it('is held until a decision, and the connected account stays in use', async () => {
    const { testUser, flowId, response, page, token } = await held();
    expect(response.headers['location']).toBe(
      `/api/actions/connector/files/oauth/account_change?flow=${flowId}`,
    );
    expect(page).toMatchObject({ status: 200, headers: oneConnection });
    expect(page.text).toContain('<dt>Connected</dt>\n<dd>ana@example.com</dd>');
    expect(page.text).toContain('<dt>Signed in now</dt>\n<dd>ben@example.com</dd>');
    expect(page.text).not.toContain('<script');
    expect(await statusOf()).toMatchObject({
      connection_status: 'connected',
      account: 'ana@example.com',
      account_change: { flow_id: flowId, account: 'ben@example.com' },
    });
    expect(await tokenInUse()).toBe(token);
    await workOff();
    expect(alive()).toEqual(['ana', 'ben']);
    expect(changes()).toEqual(['unknown']);
    const connect = fixture.audit.events.filter(
      ({ action }) => action === 'connector_oauth_connect',
    );
    expect(connect.map(({ outcome }) => outcome)).toEqual(['success', 'unknown']);
    expect(testUser.browser.all.length).toBeGreaterThan(0);
  });

  it('replaces the connected grant, which is revoked, after the user confirms the change', async () => {
    const { testUser, flowId, page, token } = await held();
    const result = await fixture.press(testUser, page, { button: 'change' });
    expect(result.status).toBe(200);
    expect(result.text).toContain('You are connected');
    expect(broadcastOf(result.text)).toMatchObject({ status: 'success', statusCode: 200, flowId });
    expect(await tokenInUse()).not.toBe(token);
    const status = await statusOf();
    expect(status).toMatchObject({ connection_status: 'connected', account: 'ben@example.com' });
    expect(status).not.toHaveProperty('account_change');
    await until(() => alive().join() === 'ben');
    expect(changes()).toEqual(['unknown', 'success']);
    expect(fixture.audit.events.at(-1)?.message).toBeDefined();
  });

  it('is revoked when the user keeps the connected account', async () => {
    const { testUser, flowId, page, token } = await held();
    const result = await fixture.press(testUser, page, { button: 'keep' });
    expect(result.status).toBe(409);
    expect(result.text).toContain('Nothing was changed');
    expect(result.text).toContain('The new authorization was revoked.');
    expect(broadcastOf(result.text)).toMatchObject({ status: 'error', statusCode: 409, flowId });
    await until(() => alive().join() === 'ana');
    expect(await tokenInUse()).toBe(token);
    expect(await statusOf()).not.toHaveProperty('account_change');
    expect(changes()).toEqual(['unknown', 'account_kept']);
  });

  it('is reported on page and API as waiting when its revocation fails', async () => {
    const fault = { kind: 'status', status: 401 } as const;
    strict.failNext({ endpoint: 'revoke', times: 1000, fault });
    const { testUser, page } = await held();
    const result = await fixture.press(testUser, page, { button: 'keep' });
    expect(result.status).toBe(409);
    expect(result.text).toContain('could not be revoked yet');
    expect(result.text).not.toContain('The provider says');
    const { flowId } = await authorize(testUser, 'ben');
    expect((await decide(testUser, flowId, 'keep')).body).toMatchObject({ revocation: 'waiting' });
    expect(alive()).toEqual(['ana', 'ben']);
  });

  it('must be removed at the provider, as the page says, when the provider offers no revocation', async () => {
    await fixture.close();
    fixture = await createFlowFixture({ specs: [aFlowSpec('.strict', {})] });
    await fixture.create('files', aConnector());
    const { testUser, page } = await held();
    const result = await fixture.press(testUser, page, { button: 'keep' });
    expect(result.text).toContain('This provider offers no way to revoke the new authorization.');
    expect(alive()).toEqual(['ana', 'ben']);
  });

  it('is revoked within a minute after the deadline of the decision', async () => {
    const { testUser, flowId, token } = await held();
    await fixture.clock.advance(DECISION_MS - 1000);
    expect((await find(testUser)).status).toBe(200);
    await fixture.clock.advance(1000);
    expect((await find(testUser)).status).toBe(404);
    expect((await decide(testUser, flowId, 'change')).status).toBe(404);
    await workOff();
    await until(() => alive().join() === 'ana');
    expect(await tokenInUse()).toBe(token);
    expect(changes()).toEqual(['unknown', 'account_change_expired']);
  });

  it.each([
    ['change', 'success', '200'],
    ['keep', 'error', '409'],
  ])(
    'sends the user to the return URL of its flow after the decision [%s]',
    async (button, outcome, code) => {
      const { testUser, page } = await held(aTestUser(), { returnUrl: '/app/connectors?tab=mine' });
      const result = await fixture.press(testUser, page, { button });
      expect(result.status).toBe(302);
      const { pathname, searchParams } = new URL(String(result.headers['location']));
      expect(pathname).toBe('/app/connectors');
      expect(Object.fromEntries(searchParams)).toMatchObject({
        tab: 'mine',
        oauth_authorization: outcome,
        status_code: code,
      });
    },
  );

  it('is held even if the connected grant needs a new authorization', async () => {
    const testUser = aTestUser();
    await authorize(testUser, 'ana');
    strict.revokeGrant('ana');
    await fixture.clock.advance(24 * 60 * 60_000);
    await tokenInUse().catch(() => undefined);
    expect(await statusOf()).toMatchObject({ connection_status: 'needs_reauth' });
    expect((await authorize(testUser, 'ben')).response.status).toBe(302);
    expect(await statusOf()).toMatchObject({ connection_status: 'needs_reauth' });
  });

  it('A30: is decided on a page that may be neither cached nor framed', async () => {
    const { page } = await held();
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['cache-control']).toBe('no-store');
  });
});

describe('A33: an authorization whose account the provider does not name', () => {
  /**
   * Connects the account of Ana, then authorizes with another account that the provider does not
   * name.
   */
  async function unnamed() {
    const testUser = aTestUser();
    await authorize(testUser, 'ana');
    await askFor('files.read offline_access');
    const token = await tokenInUse();
    const { flowId, response } = await authorize(testUser, 'ben');
    expect(response.status).toBe(302);
    const page = await fixture.arrive(testUser, String(response.headers['location']));
    return { testUser, flowId, page, token };
  }

  it('is held, and page, API and audit event show an unknown account', async () => {
    const { testUser, flowId, page, token } = await unnamed();
    expect(page.text).toContain('did not say with which account you have just signed in');
    expect(page.text).toContain('<dt>Signed in now</dt>\n<dd>An unknown account</dd>');
    expect(page.text).toContain('Use the new authorization');
    const status = await statusOf();
    expect(status).toMatchObject({
      account: 'ana@example.com',
      account_change: { flow_id: flowId },
    });
    expect(status?.['account_change']).not.toHaveProperty('account');
    const { body } = await find(testUser);
    expect(body).toMatchObject({ connected_account: { id: 'ana@example.com' }, can_change: true });
    expect(body).not.toHaveProperty('new_account');
    expect(await tokenInUse()).toBe(token);
    const held = fixture.audit.events.find(({ action }) => action.endsWith('account_change'));
    expect(held?.message).toContain('[an unknown account]');
  });

  it('is revoked when the user keeps the connected account', async () => {
    const { testUser, page, token } = await unnamed();
    expect((await fixture.press(testUser, page, { button: 'keep' })).status).toBe(409);
    await until(() => alive().join() === 'ana');
    expect(await tokenInUse()).toBe(token);
  });

  it('is used after the user confirms, and a disconnect then revokes both grants', async () => {
    const { testUser, flowId, token } = await unnamed();
    expect((await decide(testUser, flowId, 'change')).body).toEqual({ decision: 'change' });
    expect(await tokenInUse()).not.toBe(token);
    expect(await statusOf()).not.toHaveProperty('account');
    await fixture.disconnect(testUser, 'files');
    await until(() => alive().length === 0);
  });

  it('is held even if the connected grant needs a new authorization', async () => {
    const testUser = aTestUser();
    await authorize(testUser, 'ana');
    strict.revokeGrant('ana');
    await fixture.clock.advance(24 * 60 * 60_000);
    await tokenInUse().catch(() => undefined);
    await askFor('files.read offline_access');
    expect((await authorize(testUser, 'ben')).response.status).toBe(302);
    expect(await statusOf()).toMatchObject({ connection_status: 'needs_reauth' });
  });
});

describe('an authorization', () => {
  it('requests no decision when its account is the connected account', async () => {
    await authorize(aTestUser(), 'ana');
    expect((await authorize(aTestUser(), 'ana')).response.status).toBe(200);
    expect(await statusOf()).not.toHaveProperty('account_change');
  });

  it('requests no decision when the connected account is unknown', async () => {
    await askFor('files.read offline_access');
    await authorize(aTestUser(), 'ana');
    await askFor('openid email files.read offline_access');
    expect((await authorize(aTestUser(), 'ben')).response.status).toBe(200);
  });

  it('requests no decision after a disconnect', async () => {
    const testUser = aTestUser();
    await authorize(testUser, 'ana');
    await fixture.disconnect(testUser, 'files');
    expect((await authorize(testUser, 'ben')).response.status).toBe(200);
  });
});

describe('a decision', () => {
  it('is made exactly once when several requests arrive at the same time', async () => {
    const { testUser, flowId } = await held();
    const responses = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        decide(testUser, flowId, index % 2 === 0 ? 'change' : 'keep'),
      ),
    );
    const made = responses.filter(({ status }) => status === 200);
    expect(made).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 404)).toHaveLength(7);
    expect(changes()).toHaveLength(2);
    const survivor = made[0]?.body['decision'] === 'change' ? 'ben' : 'ana';
    // The refused requests changed the outbox entry at the same time. The next run of the outbox
    // task revokes what remains.
    await fixture.clock.advance(60_000);
    await workOff();
    await until(() => alive().join() === survivor);
    expect(await statusOf()).toMatchObject({ account: `${survivor}@example.com` });
  });

  it('may keep the account, but not change it, in another browser of the same user', async () => {
    const { flowId } = await held();
    const other = aTestUser();
    expect((await find(other)).body).toMatchObject({ can_change: false });
    const page = await fixture.arrive(
      other,
      `/api/actions/connector/files/oauth/account_change?flow=${flowId}`,
    );
    expect(page.text).not.toContain('value="change"');
    const refused = await decide(other, flowId, 'change');
    expect(refused).toMatchObject({ status: 403, body: { attributes: { code: 'wrong_browser' } } });
    const forced = await fixture.press(other, page, { fields: { decision: 'change' } });
    expect(forced.status).toBe(403);
    expect(alive()).toEqual(['ana', 'ben']);
    expect((await decide(other, flowId, 'keep')).status).toBe(200);
  });

  it('can be made and seen only by its user', async () => {
    const { testUser, flowId } = await held();
    const other = { user: ben, browser: testUser.browser };
    expect((await find(other)).status).toBe(404);
    expect((await decide(other, flowId, 'change')).status).toBe(404);
    expect(
      (await fixture.as({ user: null, browser: testUser.browser }, { method: 'GET', url: API }))
        .status,
    ).toBe(401);
  });

  it('is refused when it names a different flow than the pending one', async () => {
    const { testUser } = await held();
    expect((await decide(testUser, 'another', 'change')).status).toBe(404);
    const stale = '/api/actions/connector/files/oauth/account_change?flow=another';
    expect((await fixture.arrive(testUser, stale)).status).toBe(404);
  });

  it.each([
    ['a form of another site', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['another origin', { headers: { origin: 'https://evil.example' } }],
    ['a made-up token', { fields: { token: 'x'.repeat(43) } }],
  ])('A11: is refused when it comes from %s', async (_, over) => {
    const { testUser, page } = await held();
    const response = await fixture.press(testUser, page, { button: 'change', ...over });
    expect(response.status).toBe(403);
    expect(await statusOf()).toMatchObject({ account: 'ana@example.com' });
  });

  it('is refused with 403 and no link when another site sends the form without a session', async () => {
    const { page, token } = await held();
    const response = await fixture.press({ ...aTestUser(null) }, page, {
      button: 'change',
      headers: { 'sec-fetch-site': 'cross-site', origin: 'null' },
    });
    expect(response.status).toBe(403);
    expect(response.text).not.toContain('<a ');
    expect(await tokenInUse()).toBe(token);
  });

  it('is refused for an API key, and the user can still make it', async () => {
    const { testUser, page, flowId } = await held();
    const user = anAuthenticatedUser({ authenticationType: 'api_key', apiKeyId: 'key-1' });
    const key = { user, browser: testUser.browser };
    const decided = await fixture.as(key, {
      method: 'POST',
      url: API,
      body: { flow_id: flowId, decision: 'change' },
    });
    expect(decided).toMatchObject({
      status: 403,
      body: { attributes: { code: 'api_key_not_allowed' } },
    });
    expect((await fixture.press(key, page, { button: 'change' })).status).toBe(403);
    expect((await fixture.press(testUser, page, { button: 'change' })).status).toBe(200);
  });

  it('continues through the login page when the session has ended', async () => {
    const { testUser, page, flowId } = await held();
    const response = await fixture.press({ user: null, browser: testUser.browser }, page);
    expect(response.status).toBe(401);
    const next = `/api/actions/connector/files/oauth/account_change?flow=${flowId}`;
    expect(response.text).toContain(`href="/login?next=${encodeURIComponent(next)}"`);
  });

  it('returns, through the API, the account that is connected afterwards', async () => {
    const { testUser, flowId } = await held();
    expect((await find(testUser)).body).toEqual({
      flow_id: flowId,
      connected_account: { id: 'ana@example.com', label: 'ana@example.com' },
      new_account: { id: 'ben@example.com', label: 'ben@example.com' },
      expires_at: new Date(fixture.clock.now() + DECISION_MS).toISOString(),
      can_change: true,
    });
    const response = await decide(testUser, flowId, 'change');
    expect(response.body).toEqual({
      decision: 'change',
      account: { id: 'ben@example.com', label: 'ben@example.com' },
    });
  });

  it('can still be made after the connected grant was refreshed', async () => {
    const testUser = aTestUser();
    await authorize(testUser, 'ana');
    const token = await tokenInUse();
    await fixture.clock.advance(50 * 60_000);
    const { flowId } = await authorize(testUser, 'ben');
    await fixture.clock.advance(11 * 60_000);
    const renewed = await tokenInUse();
    expect(renewed).not.toBe(token);
    expect((await decide(testUser, flowId, 'change')).status).toBe(200);
    expect([token, renewed]).not.toContain(await tokenInUse());
    await until(() => alive().join() === 'ben');
  });
});

describe('a crash after the write to the outbox and before the write to the grant', () => {
  const MINUTE_MS = 60_000;

  it.each([
    ['keep', 'change', 'ben'],
    ['change', 'keep', 'ana'],
    ['keep', 'keep', 'ana'],
    ['change', 'change', 'ben'],
  ])(
    'revokes no grant in use if it interrupts the decision [%s], and the later decision [%s] is carried out',
    async (crashed, then, left) => {
      const { testUser, flowId } = await held();
      await fixture.clock.advance(MINUTE_MS);
      failing = true;
      expect((await decide(testUser, flowId, crashed)).status).toBe(503);
      failing = false;
      for (let round = 0; round < 7; round += 1) {
        await fixture.clock.advance(MINUTE_MS);
        await workOff();
        expect(alive()).toEqual(['ana', 'ben']);
      }
      expect((await decide(testUser, flowId, then)).status).toBe(200);
      await fixture.clock.advance(MINUTE_MS);
      await workOff();
      await until(() => alive().join() === left);
      for (let round = 0; round < 7; round += 1) {
        await fixture.clock.advance(MINUTE_MS);
        await workOff();
      }
      expect(alive()).toEqual([left]);
      expect(await statusOf()).toMatchObject({ account: `${left}@example.com` });
    },
  );
});

describe('a held grant', () => {
  const nothingIsLeft = async () => {
    await until(() => alive().length === 0);
    await workOff();
    const rows = JSON.stringify(await fixture.dump());
    expect(rows).not.toContain('"credentials":');
  };

  it('ends and is revoked with the connected grant when its owner disconnects', async () => {
    const { testUser, flowId } = await held();
    await fixture.disconnect(testUser, 'files');
    expect((await decide(testUser, flowId, 'change')).status).toBe(404);
    await nothingIsLeft();
  });

  it('ends and is revoked with the connected grant when the connector is deleted', async () => {
    await held();
    await fixture.as(aTestUser(), { method: 'DELETE', url: '/api/actions/connector/files' });
    await nothingIsLeft();
  });

  it('ends and is revoked with the connected grant when the connector gets another client', async () => {
    const { testUser, flowId } = await held();
    const { post } = strict.clients;
    await fixture.as(aTestUser(), {
      method: 'PUT',
      url: '/api/actions/connector/files',
      body: {
        name: 'files',
        secrets: {
          ...aConnector({ tokenEndpointAuthMethod: 'client_secret_post' }).secrets,
          clientId: post.clientId,
          clientSecret: post.clientSecret,
        },
      },
    });
    expect((await decide(testUser, flowId, 'change')).status).toBe(404);
    await until(() => alive().length === 0);
  });

  it('ends and is revoked with the connected grant when an administrator revokes everything', async () => {
    await held();
    await fixture.as(aTestUser(), {
      method: 'POST',
      url: '/api/actions/grants/_revoke',
      body: { scope: { type: 'all' } },
    });
    for (const call of fixture.taskManager.calls)
      if (call.method === 'schedule')
        await fixture.tasks.run(call.task.taskType, { params: call.task.params ?? {} });
    await nothingIsLeft();
  });

  it('ends and is revoked with the connected grant when its owner is removed', async () => {
    await held();
    await fixture.tasks.run('actions:revoke_grants_of_user', { params: { profileUid: 'u_ana' } });
    await nothingIsLeft();
  });
});

describe('another authorization while a grant is held', () => {
  it('replaces the connected grant and ends the held one when it has the connected account', async () => {
    const { testUser } = await held();
    expect((await authorize(testUser, 'ana')).response.status).toBe(200);
    expect(await statusOf()).not.toHaveProperty('account_change');
    await until(() => !strict.isGrantAlive('ben'));
    expect(strict.isGrantAlive('ana')).toBe(true);
  });

  it.each([
    ['keep', 'ana'],
    ['change', 'ben'],
  ])(
    'replaces the held grant when it has the held account, and one account remains after [%s]',
    async (decision, left) => {
      const { testUser, flowId } = await held();
      const again = await authorize(testUser, 'ben');
      expect(again.response.status).toBe(302);
      expect((await decide(testUser, flowId, 'change')).status).toBe(404);
      await workOff();
      expect(alive()).toEqual(['ana', 'ben']);
      expect((await decide(testUser, again.flowId, decision)).status).toBe(200);
      await until(() => alive().join() === left);
      expect(await statusOf()).toMatchObject({
        connection_status: 'connected',
        account: `${left}@example.com`,
      });
    },
  );
});
