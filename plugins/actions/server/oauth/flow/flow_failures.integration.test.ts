import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
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
import { FLOW_RESPONSES, type FlowErrorCode } from './flow_responses.ts';

let strict: FakeOAuthServer;
let fixture: FlowFixture;
/** Function that the store calls before every write. */
let onPut: (type: string) => void;

beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());

const open = async (over: FlowFixtureOptions = {}) => {
  strict.clearRequests();
  strict.clearFaults();
  onPut = () => undefined;
  const wrapStore = (inner: DocumentStore) =>
    withMethods(inner, {
      put: async (document, options) => {
        onPut(document.type);
        return inner.put(document, options);
      },
    });
  const facts = { revocationUrl: strict.revocationEndpoint, issuer: strict.origin };
  fixture = await createFlowFixture({ wrapStore, specs: [aFlowSpec('.strict', facts)], ...over });
  await fixture.create('files', aStrictApp());
};
const aStrictApp = (over: Readonly<Record<string, unknown>> = {}) =>
  anAppConnector('.strict', strict, strict.clients.basic, over);
const approach = async (testUser: TestUser, over: { returnUrl?: string } = {}) => {
  const { body } = await fixture.start(testUser, 'files', over);
  const arrival = await walkConsent(body.authorizationUrl, {
    as: 'ana',
    stopAtOrigin: PUBLIC_BASE_URL,
  });
  return { ...body, arrival };
};
type Approach = Awaited<ReturnType<typeof approach>>;
const edit = (secrets: Readonly<Record<string, unknown>>) =>
  fixture.as(aTestUser(), {
    method: 'PUT',
    url: '/api/actions/connector/files',
    body: { name: 'files', secrets: { ...aStrictApp().secrets, ...secrets } },
  });
/** Advances the clock until the response arrives, so that pauses between attempts pass. */
const whileTimePasses = async <T>(response: Promise<T>): Promise<T> => {
  let isDone = false;
  const done = response.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    if (fixture.clock.sleeping > 0) await fixture.clock.advance(500);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return done;
};
const query = (at: Approach, over: Record<string, string>) =>
  `${at.arrival.pathname}?${new URLSearchParams({ state: at.state, iss: strict.origin, ...over })}`;

interface Case {
  readonly code: FlowErrorCode;
  readonly status: number;
  /** Causes the failure, and returns the callback URL that the browser opens. */
  readonly arrange: (at: Approach) => Promise<URL | string> | URL | string;
  readonly testUser?: (original: TestUser) => TestUser;
  /** `true`: the flow is unknown, so the page sends no message to its opener. */
  readonly tellsNobody?: true;
}

const CASES: readonly Case[] = [
  {
    code: 'state_missing',
    status: 400,
    arrange: ({ arrival }) => arrival.pathname,
    tellsNobody: true,
  },
  {
    code: 'state_invalid',
    status: 400,
    arrange: ({ arrival }) => `${arrival.pathname}?state=forged&code=c`,
    tellsNobody: true,
  },
  {
    code: 'state_expired',
    status: 400,
    arrange: async ({ arrival }) => {
      await fixture.clock.advance(10 * 60_000);
      return arrival;
    },
  },
  {
    code: 'wrong_user',
    status: 403,
    arrange: ({ arrival }) => arrival,
    testUser: () => aTestUser(ben),
  },
  {
    code: 'wrong_browser',
    status: 403,
    arrange: ({ arrival }) => arrival,
    testUser: () => aTestUser(),
  },
  {
    code: 'wrong_provider',
    status: 400,
    arrange: ({ arrival }) => `${arrival.pathname}x${arrival.search}`,
  },
  {
    code: 'issuer_mismatch',
    status: 400,
    arrange: (at) => query(at, { iss: 'https://evil.example', code: 'c' }),
  },
  {
    code: 'connector_deleted',
    status: 404,
    arrange: async ({ arrival }) => {
      await fixture.as(aTestUser(), { method: 'DELETE', url: '/api/actions/connector/files' });
      return arrival;
    },
  },
  {
    code: 'connector_changed',
    status: 409,
    arrange: async ({ arrival }) => {
      await edit({ clientId: strict.clients.post.clientId });
      return arrival;
    },
  },
  { code: 'provider_refused', status: 400, arrange: (at) => query(at, { error: 'access_denied' }) },
  {
    code: 'provider_rejected_request',
    status: 400,
    arrange: (at) => query(at, { error: 'invalid_scope' }),
  },
  {
    code: 'provider_unavailable',
    status: 502,
    arrange: (at) => query(at, { error: 'server_error' }),
  },
  { code: 'code_missing', status: 400, arrange: (at) => query(at, {}) },
  { code: 'exchange_failed', status: 502, arrange: (at) => query(at, { code: 'never-given-out' }) },
  {
    code: 'connector_misconfigured',
    status: 502,
    arrange: async ({ arrival }) => {
      await edit({ clientSecret: 'development-but-wrong' });
      return arrival;
    },
  },
  {
    code: 'store_unavailable',
    status: 503,
    arrange: ({ arrival }) => {
      onPut = (type) => {
        if (type === 'user_connector_token') throw new StoreError('unavailable', 'test');
      };
      return arrival;
    },
  },
  {
    code: 'unexpected',
    status: 500,
    arrange: ({ arrival }) => {
      onPut = (type) => {
        if (type === 'user_connector_token') throw new TypeError('canary of an internal error');
      };
      return arrival;
    },
  },
];

/** Resolves with the audit events when both tokens were sent to the revocation endpoint. */
const untilAttempted = async () => {
  const attempts = () =>
    fixture.audit.events.filter(({ action }) => action === 'connector_oauth_revoke');
  while (attempts().length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  return attempts();
};

describe('a failed authorization', () => {
  afterEach(() => fixture.close());

  it('C44: has status 502 and asks for an administrator when the token endpoint redirects', async () => {
    await open();
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    strict.failNext({ endpoint: 'token', fault: { kind: 'status', status: 307 } });
    const page = await fixture.arrive(testUser, arrival);
    expect(page.status).toBe(502);
    expect(page.text).toContain(FLOW_RESPONSES.connector_misconfigured.text.en);
  });

  it.each(CASES)(
    'with the code $code has status $status, stores no grant, writes one audit event and notifies the opener',
    async (given) => {
      await open();
      const testUser = aTestUser();
      const at = await approach(testUser);
      const where = await given.arrange(at);
      const before = fixture.audit.events.length;
      const visitor = given.testUser?.(testUser) ?? testUser;
      const page = await whileTimePasses(fixture.arrive(visitor, where));
      onPut = () => undefined;
      expect(page.status).toBe(given.status);
      expect(page.headers['content-type']).toContain('text/html');
      const events = fixture.audit.events
        .slice(before)
        .filter(({ action }) => action === 'connector_oauth_connect');
      expect(events.map(({ action, outcome, errorCode }) => [action, outcome, errorCode])).toEqual([
        ['connector_oauth_connect', 'failure', given.code],
      ]);
      expect(broadcastOf(page.text)).toEqual(
        given.tellsNobody
          ? undefined
          : {
              connectorId: 'files',
              status: 'error',
              statusCode: given.status,
              error: expect.stringContaining(FLOW_RESPONSES[given.code].text.en),
              flowId: at.flowId,
            },
      );
      expect(page.text).not.toContain('canary');
      expect(JSON.stringify(fixture.logger.lines)).not.toContain(at.state);
      const logged = fixture.logger.lines.filter(({ message }) => message.includes(given.code));
      expect(logged).toHaveLength(1);
      expect(logged[0]?.level).toBe(given.code === 'unexpected' ? 'error' : 'warn');
      const status = await fixture.statusOf(testUser, 'files');
      const expected = given.code === 'connector_deleted' ? undefined : 'not_connected';
      expect(status).toBe(given.tellsNobody ? 'pending' : expected);
      // The state is consumed by every failure of a known flow.
      if (!given.tellsNobody) {
        expect((await fixture.arrive(testUser, at.arrival)).text).toContain(
          'already completed or ended',
        );
      }
    },
  );

  it('is tested for every code', () => {
    const elsewhere: FlowErrorCode[] = [
      'public_base_url_missing',
      'return_url_refused',
      'endpoint_not_allowed',
      'rate_limited',
      'state_used',
      'not_permitted',
      'api_key_not_allowed',
      'issuer_unknown',
      'wrong_response_mode',
      // Tested in grant_facts.integration.test.ts.
      'grant_fact_refused',
      'grant_fact_missing',
      // Tested in sites.integration.test.ts.
      'site_not_found',
      // Tested in callback_page.integration.test.ts.
      'response_malformed',
      // Tested in account_change.integration.test.ts.
      'account_kept',
      'nothing_to_decide',
      // Tested in attempt_outcomes.integration.test.ts.
      'attempt_not_found',
      'interrupted',
    ];
    const seen = [...CASES.map(({ code }) => code), ...elsewhere];
    expect(seen.sort()).toEqual(Object.keys(FLOW_RESPONSES).sort());
  });
});

describe('the state after a failed authorization', () => {
  beforeEach(() => open());
  afterEach(() => fixture.close());

  it('is connected when only the first writes of the store fail', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    let failures = 0;
    onPut = (type) => {
      if (type !== 'user_connector_token' || failures === 2) return;
      failures += 1;
      throw new StoreError('unavailable', 'test');
    };
    const page = await whileTimePasses(fixture.arrive(testUser, arrival));
    expect(page.status).toBe(200);
    expect(failures).toBe(2);
    expect(strict.tokenRequests()).toHaveLength(1);
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
  });

  it.each([
    ['changed', 409, () => edit({ clientId: strict.clients.post.clientId })],
    [
      'deleted',
      404,
      () => fixture.as(aTestUser(), { method: 'DELETE', url: '/api/actions/connector/files' }),
    ],
  ])(
    'has no grant here or at the provider when the connector is %s during the exchange',
    async (_what, status, act) => {
      strict.revokeGrant('ana');
      const testUser = aTestUser();
      const { arrival } = await approach(testUser);
      const response = strict.holdNext({ endpoint: 'token', when: 'after_acting' });
      const pending = fixture.arrive(testUser, arrival);
      while (!response.isHolding) await new Promise((resolve) => setTimeout(resolve, 5));
      await act();
      response.release();
      const page = await pending;
      expect(page.status).toBe(status);
      await untilAttempted();
      expect(strict.isGrantAlive('ana')).toBe(false);
      expect(JSON.stringify(await fixture.dump())).not.toContain('accessToken');
    },
  );

  it('keeps the old connection when a second authorization fails', async () => {
    const testUser = aTestUser();
    await fixture.arrive(testUser, (await approach(testUser)).arrival);
    const again = await approach(testUser);
    strict.failNext({ endpoint: 'token', fault: { kind: 'drop' } });
    expect((await fixture.arrive(testUser, again.arrival)).status).toBe(502);
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
  });

  it('refuses and deletes a state document that was changed in the store', async () => {
    const testUser = aTestUser();
    const { arrival, flowId } = await approach(testUser);
    const key = `oauth_state:${flowId}`;
    const [row] = await fixture.store.getMany([key], 'oauth_state');
    if (row === undefined) throw new Error('the row was not found');
    const attributes = { ...row.attributes, kibanaReturnUrl: '/app/of-the-attacker' };
    await fixture.store.put({ ...row, attributes });
    const page = await fixture.arrive(testUser, arrival);
    expect(page.status).toBe(400);
    expect(page.text).toContain('unknown or has timed out');
    expect(strict.tokenRequests()).toEqual([]);
    expect(await fixture.store.getMany([key], 'oauth_state')).toEqual([undefined]);
  });
});

describe('a provider that is down when the code is exchanged', () => {
  beforeEach(() => open());
  afterEach(() => fixture.close());

  it.each([
    ['responds with 503', { kind: 'status', status: 503, retryAfterSeconds: 30 }, '30'],
    ['responds with 503 without a delay', { kind: 'status', status: 503 }, undefined],
    ['responds with 429', { kind: 'status', status: 429, retryAfterSeconds: 90 }, '90'],
    ['cuts the connection', { kind: 'drop' }, undefined],
  ] as const)(
    'is reported as unavailable, with a time to retry, when it %s',
    async (_what, fault, retryAfter) => {
      const testUser = aTestUser();
      const { arrival } = await approach(testUser);
      strict.failNext({ endpoint: 'token', fault });
      const page = await fixture.arrive(testUser, arrival);
      expect([page.status, page.headers['retry-after']]).toEqual([502, retryAfter]);
      expect(page.text).toContain(FLOW_RESPONSES.provider_unavailable.text.en);
      expect(page.text).toContain('Start again');
      expect(fixture.audit.events.at(-1)?.errorCode).toBe('provider_unavailable');
    },
  );
});

describe('issued tokens that cannot be used', () => {
  beforeEach(async () => {
    await open();
    strict.revokeGrant('ana');
  });
  afterEach(() => fixture.close());

  /**
   * Makes tokens unusable: the setting lets the server read the token type from the wrong field.
   */
  const unusable = () => edit({ tokenTypePath: 'scope' });

  it('are revoked when their type is unknown', async () => {
    await unusable();
    const testUser = aTestUser();
    const page = await fixture.arrive(testUser, (await approach(testUser)).arrival);
    expect(page.status).toBe(502);
    expect((await untilAttempted()).map(({ outcome }) => outcome)).toEqual(['success', 'success']);
    expect(strict.isGrantAlive('ana')).toBe(false);
    expect(await fixture.statusOf(testUser, 'files')).toBe('not_connected');
  });

  it('wait in the outbox while the provider is down', async () => {
    await unusable();
    strict.failNext({ endpoint: 'revoke', times: 2, fault: { kind: 'status', status: 503 } });
    const testUser = aTestUser();
    await fixture.arrive(testUser, (await approach(testUser)).arrival);
    await untilAttempted();
    const dump = JSON.stringify(await fixture.dump());
    expect(dump).toContain('oauth_revocation');
    expect(strict.isGrantAlive('ana')).toBe(true);
  });

  it('are revoked when they could not be stored', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    onPut = (type) => {
      if (type === 'user_connector_token') throw new StoreError('unavailable', 'test');
    };
    const page = await whileTimePasses(fixture.arrive(testUser, arrival));
    expect(page.status).toBe(503);
    onPut = () => undefined;
    await untilAttempted();
    expect(strict.isGrantAlive('ana')).toBe(false);
  });

  it('are revoked when the connector becomes unusable during the exchange', async () => {
    const testUser = aTestUser();
    const { arrival } = await approach(testUser);
    const response = strict.holdNext({ endpoint: 'token', when: 'after_acting' });
    const pending = fixture.arrive(testUser, arrival);
    while (!response.isHolding) await new Promise((resolve) => setTimeout(resolve, 5));
    const [row] = await fixture.store.getMany(['action:files'], 'action');
    if (row === undefined) throw new Error('the row was not found');
    await fixture.store.put({ ...row, attributes: { ...row.attributes, isMissingSecrets: true } });
    response.release();
    expect((await pending).status).toBe(400);
    await untilAttempted();
    expect(strict.isGrantAlive('ana')).toBe(false);
  });
});

describe('a refused start', () => {
  afterEach(() => fixture.close());

  it('reports a return URL on another site, and stores nothing', async () => {
    await open();
    const response = await fixture.start(aTestUser(), 'files', {
      returnUrl: 'https://evil.example/',
    });
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ attributes: { code: 'return_url_refused' } });
    expect(response.cookies).toEqual([]);
    expect(JSON.stringify(await fixture.dump())).not.toContain('oauth_state');
  });

  it('reports an endpoint that is no longer allowed', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const shared: DocumentStore = withMethods(store, { close: async () => undefined });
    await open({ store: shared });
    await fixture.close();
    const settings = { allowedHosts: ['localhost'] };
    fixture = await createFlowFixture({ store, settings, specs: [aFlowSpec('.strict')] });
    const response = await fixture.start(aTestUser(), 'files');
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ attributes: { code: 'endpoint_not_allowed' } });
  });

  it('distinguishes a missing connector from one without per-user authorization', async () => {
    await open();
    await fixture.create('open', { connector_type_id: '.strict', secrets: { authType: 'none' } });
    const notFound = { status: 404, body: { attributes: { code: 'not_found' } } };
    expect(await fixture.start(aTestUser(), 'nowhere')).toMatchObject(notFound);
    expect(await fixture.start(aTestUser(), 'files', { space: 'b' })).toMatchObject(notFound);
    await fixture.create('shared', {
      connector_type_id: '.custom_api',
      config: { url: 'http://localhost:1234' },
      secrets: { authType: 'bearer', token: 'development-token' },
    });
    for (const id of ['open', 'shared']) {
      expect((await fixture.start(aTestUser(), id)).body).toMatchObject({
        statusCode: 400,
        attributes: { code: 'not_oauth' },
      });
    }
    expect((await fixture.start(aTestUser(null), 'files')).status).toBe(401);
  });

  it('names the missing privilege', async () => {
    await open({ missing: (_principal, privilege) => privilege === 'actions:execute-oauth' });
    const response = await fixture.start(aTestUser(), 'files');
    expect(response.status).toBe(403);
    expect(response.body).toMatchObject({
      message: expect.stringContaining('actions:execute-oauth'),
    });
  });
});
