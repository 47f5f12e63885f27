import {
  type FakeOAuthServer,
  startStrict,
  walkConsent,
  walkConsentToForm,
} from '@latchkey/dev-providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { submitted } from '../pages/page_form.mock.ts';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  ben,
  broadcastOf,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  type TestUser,
} from './flow_fixture.mock.ts';
import { FLOW_RESPONSES } from './flow_responses.ts';

/** The sender of a form of another site: it has neither a session nor the cookie of the flow. */
const ANOTHER_SITE: TestUser = aTestUser(null);

let strict: FakeOAuthServer;
let fixture: FlowFixture;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());

const app = (search = '?response_mode=form_post') =>
  anAppConnector('.strict', strict, strict.clients.basic, {
    authorizationUrl: `${strict.authorizationEndpoint}${search}`,
  });
beforeEach(async () => {
  strict.clearRequests();
  const facts = { issuer: strict.origin, revocationUrl: strict.revocationEndpoint };
  const typed = { ...facts, authorizationParams: { response_mode: 'form_post' } };
  fixture = await createFlowFixture({
    specs: [aFlowSpec('.strict', facts), aFlowSpec('.typed', typed)],
  });
  await fixture.create('form', app());
  await fixture.create('query', app(''));
});
afterEach(() => fixture.close());

const walkOptions = { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL } as const;
/** Starts a flow, and returns the form with which the provider responds. */
const approach = async (testUser: TestUser, id = 'form', over: { returnUrl?: string } = {}) => {
  const { body } = await fixture.start(testUser, id, over);
  const posted = await walkConsentToForm(body.authorizationUrl, walkOptions);
  return { ...body, ...posted };
};
/** Posts the form of the provider, and reads the form of our page that is the response. */
const continued = async ({ url, fields }: { url: URL; fields: Readonly<Record<string, string>> }) =>
  submitted(await fixture.post(ANOTHER_SITE, url, fields));
const finish = async (
  testUser: TestUser,
  from: { url: URL; fields: Readonly<Record<string, string>> },
) => {
  const { action, fields } = await continued(from);
  return fixture.post(testUser, action, fields);
};
const tokenCalls = () => strict.tokenRequests().length;
const lastOutcome = () => {
  const event = fixture.audit.events.findLast(({ action }) => action === 'connector_oauth_connect');
  return event?.errorCode ?? event?.outcome;
};

describe('a response that the provider posts', () => {
  it('is posted again by our page with cookies, and connects the user', async () => {
    const testUser = aTestUser();
    const { url, fields, flowId } = await approach(testUser);
    const page = await fixture.post(ANOTHER_SITE, url, fields);
    expect(page.status).toBe(200);
    expect(page.cookies).toEqual([]);
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("form-action 'self'"),
    });
    expect(page.text).not.toMatch(/<script(?![^>]* src=)|\son\w+=|style=/);
    expect(JSON.stringify(page.headers)).not.toContain(fields['code']);
    expect(tokenCalls()).toBe(0);
    const { action, fields: again } = submitted(page);
    expect(action).toBe(url.pathname);
    expect(again).toEqual({ ...fields, latchkey_continued: 'true' });
    const result = await fixture.post(testUser, action, again);
    expect(result.status).toBe(200);
    expect(result.text).toContain('You are connected');
    expect(result.text).not.toContain(fields['code']);
    expect(broadcastOf(result.text)).toMatchObject({ status: 'success', flowId });
    expect(testUser.browser.all.length).toBe(0);
    expect(await fixture.statusOf(testUser, 'form')).toBe('connected');
    expect(tokenCalls()).toBe(1);
  });

  it('leads to the return URL of the flow', async () => {
    const testUser = aTestUser();
    const result = await finish(
      testUser,
      await approach(testUser, 'form', { returnUrl: '/app/x' }),
    );
    expect(result.status).toBe(302);
    expect(result.headers['location']).toMatch(/\/app\/x\?oauth_authorization=success/);
    expect(result.headers['location']).not.toMatch(/[?&]code=/);
  });

  it('can also be requested by the definition of a connector type', async () => {
    const typed = { ...app(''), connector_type_id: '.typed' };
    await fixture.create('typed', typed);
    const testUser = aTestUser();
    expect((await finish(testUser, await approach(testUser, 'typed'))).status).toBe(200);
  });

  it('leads to the login page if the user has no session, and the flow can still be finished', async () => {
    const testUser = aTestUser();
    const from = await approach(testUser);
    const { action, fields } = await continued(from);
    const refused = await fixture.post({ user: null, browser: testUser.browser }, action, fields);
    expect(refused.status).toBe(401);
    expect(refused.text).toContain('Sign in first');
    expect((await fixture.post(testUser, action, fields)).status).toBe(200);
  });

  it('A4, A5: is processed once, even if the page posts it several times', async () => {
    const testUser = aTestUser();
    const { action, fields } = await continued(await approach(testUser));
    const results = await Promise.all(
      Array.from({ length: 5 }, () => fixture.post(testUser, action, fields)),
    );
    expect(results.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
    expect(tokenCalls()).toBe(1);
  });

  it('A6: consumes the state if the user has refused at the provider', async () => {
    const testUser = aTestUser();
    const { url, fields } = await approach(testUser);
    const { state = '' } = fields;
    const denied = { state, error: 'access_denied', iss: strict.origin };
    expect((await finish(testUser, { url, fields: denied })).status).toBe(400);
    expect(lastOutcome()).toBe('provider_refused');
    expect((await finish(testUser, { url, fields })).status).toBe(400);
    expect(tokenCalls()).toBe(0);
  });
});

describe('a posted response of an attacker', () => {
  const refusals = [
    ['A7: of another user', 403, 'wrong_user', { by: () => aTestUser(ben) }],
    ['A8: in another browser', 403, 'wrong_browser', { by: () => aTestUser() }],
    ['A14: on the path of another provider', 400, 'wrong_provider', { path: 'another-provider' }],
    ['A17: of another issuer', 400, 'issuer_mismatch', { over: { iss: 'https://evil.example' } }],
    ['A2: with a forged state', 400, 'state_invalid', { over: { state: 'forged' } }],
    ['A1: without a state', 400, 'state_missing', { over: { state: '' } }],
  ] as const;

  it.each(refusals)(
    '%s is refused before the provider is called',
    async (_what, status, code, how) => {
      const testUser = aTestUser();
      const from = await approach(testUser);
      const { by, path, over }: { by?: () => TestUser; path?: string; over?: object } = how;
      const url = new URL(from.url);
      if (path !== undefined) url.pathname = url.pathname.replace(/[^/]+$/, path);
      const result = await finish(by?.() ?? testUser, { url, fields: { ...from.fields, ...over } });
      expect([result.status, lastOutcome()]).toEqual([status, code]);
      expect(tokenCalls()).toBe(0);
      expect(await fixture.statusOf(testUser, 'form')).not.toBe('connected');
    },
  );

  it('A25: is refused, and consumes the state, when the flow requested a query', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'query');
    const arrival = await walkConsent(body.authorizationUrl, walkOptions);
    const fields = Object.fromEntries(arrival.searchParams);
    const result = await finish(testUser, { url: arrival, fields });
    expect(result.status).toBe(400);
    expect(result.text).toContain(FLOW_RESPONSES.wrong_response_mode.text.en);
    expect(lastOutcome()).toBe('wrong_response_mode');
    expect((await fixture.arrive(testUser, arrival)).text).toContain('already completed or ended');
    expect(tokenCalls()).toBe(0);
  });

  it('A25: is refused as a query when the flow requested a form', async () => {
    const testUser = aTestUser();
    const { url, fields } = await approach(testUser);
    const query = `${url.pathname}?${new URLSearchParams(fields)}`;
    expect((await fixture.arrive(testUser, query)).status).toBe(400);
    expect(lastOutcome()).toBe('wrong_response_mode');
    expect((await finish(testUser, { url, fields })).status).toBe(400);
    expect(tokenCalls()).toBe(0);
  });

  it('does not finish a flow if another site posts it, even with the field of our page', async () => {
    const testUser = aTestUser();
    const { url, fields } = await approach(testUser);
    const forged = { ...fields, latchkey_continued: 'true' };
    expect((await fixture.post(ANOTHER_SITE, url, forged)).status).toBe(401);
    expect((await finish(testUser, { url, fields })).status).toBe(200);
  });

  it('A24: is refused when a field is repeated, is too long or contains a NUL character', async () => {
    const { url } = await approach(aTestUser());
    const send = (body: string, type = 'application/x-www-form-urlencoded') =>
      fixture.inject({
        method: 'POST',
        url: url.pathname,
        user: null,
        headers: { 'content-type': type },
        body,
        defaultHeaders: false,
      });
    for (const body of ['state=a&state=b', 'code[]=x', `code=${'c'.repeat(9000)}`, 'code=%00']) {
      const { status } = await send(body);
      expect([body.slice(0, 20), status]).toEqual([
        body.slice(0, 20),
        body === 'code[]=x' ? 200 : 400,
      ]);
    }
    for (const body of ['state=a&state=b', `code=${'c'.repeat(9000)}`])
      expect((await send(body)).text).toContain('Go back to the window of the provider');
    expect((await send(`user=${'u'.repeat(200_000)}`)).status).toBe(413);
    expect((await send('{"code":"c"}', 'application/json')).status).toBe(415);
  });

  it('A26: is escaped in the page that posts it again', async () => {
    const { url, fields } = await approach(aTestUser());
    const code = '"><script>alert(1)</script>';
    const page = await fixture.post(ANOTHER_SITE, url, { ...fields, code, user: '<b>' });
    expect(page.text).not.toContain('<script>');
    expect(page.text).not.toContain('<b>');
    expect(submitted(page).fields['code']).toBe(code);
  });
});

describe('a response mode that cannot be received', () => {
  it.each([
    '?response_mode=fragment',
    '?response_mode=query.jwt',
    '?response_mode=query&response_mode=fragment',
  ])(
    'is refused when a connector with this authorization URL parameter is saved: %s',
    async (search) => {
      await expect(fixture.create('other', app(search))).rejects.toThrow(/400.*response_mode/);
      const { status, body } = await fixture.as(aTestUser(), {
        method: 'PUT',
        url: '/api/actions/connector/query',
        body: { name: 'query', secrets: app(search).secrets },
      });
      expect([status, body]).toMatchObject([
        400,
        { attributes: { code: 'response_mode_refused' } },
      ]);
    },
  );
});
