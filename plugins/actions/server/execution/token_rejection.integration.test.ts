import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  ben,
  clientCredentials,
  createActionsFixture,
  oauthApp,
} from './actions_fixture.mock.ts';
import { PROBE_ORIGIN } from './probe_spec.mock.ts';
import type { UpstreamResponse } from './upstream.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
  await fixture.create('personal', { connector_type_id: '.probe', secrets: oauthApp() });
  await fixture.connect('personal');
});
afterEach(() => fixture.close());

const INVALID_TOKEN = { 'www-authenticate': 'Bearer error="invalid_token"' };

/**
 * Makes the service accept only tokens of the authorization server, and respond to others with
 * `refusal`.
 */
const guardedBy = (refusal: UpstreamResponse) => {
  fixture.api.response = ({ headers }) => {
    const caller = fixture.idp.ownerOf(headers.authorization);
    return caller === undefined ? refusal : { body: { caller } };
  };
};
const run = async (subAction: string, id = 'personal', user = ana) =>
  (await fixture.execute(id, { subAction }, { user })).body;
const refreshes = () => fixture.idp.tokenCalls.length;

describe('a token that the service rejects', () => {
  it.each([
    ['401', { status: 401 }],
    ['401 invalid_token', { status: 401, headers: INVALID_TOKEN }],
    ['403 invalid_token', { status: 403, headers: INVALID_TOKEN }],
    ['200 body that the provider’s entry knows', { body: { ok: false, error: 'token_expired' } }],
  ])(
    'G101: is refreshed once after a %s, and the call is repeated once',
    async (_case, refusal) => {
      guardedBy(refusal);
      fixture.idp.expireAccessTokens();
      expect(await run('get')).toMatchObject({ status: 'ok', data: { caller: 'ana' } });
      expect([refreshes(), fixture.api.seen.length]).toEqual([1, 2]);
    },
  );

  it.each([
    ['401', { status: 401 }, { status: 'error', message: 'Request failed with status code 401' }],
    ['403 invalid_token', { status: 403, headers: INVALID_TOKEN }, { status: 'error' }],
    ['200 body', { body: { error: 'token_expired' } }, { status: 'ok' }],
  ])(
    'G101: costs one refresh and one retry when every response is a %s',
    async (_case, refusal, expected) => {
      fixture.api.response = () => refusal;
      expect(await run('get')).toMatchObject(expected);
      expect([refreshes(), fixture.api.seen.length]).toEqual([1, 2]);
    },
  );

  it.each([
    [
      '401 insufficient_scope',
      { status: 401, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } },
    ],
    [
      '403 insufficient_scope',
      { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } },
    ],
    ['403', { status: 403 }],
    ['404', { status: 404 }],
    ['429', { status: 429 }],
    ['500', { status: 500 }],
    ['another 200 body', { body: { ok: false, error: 'channel_not_found' } }],
  ])('G101: is neither refreshed nor sent again after a %s', async (_case, response) => {
    fixture.api.response = () => response;
    await run('get');
    expect([refreshes(), fixture.api.seen.length]).toEqual([0, 1]);
  });

  it.each([
    ['entered', { body: [{ path: 'error', equals: ['token_revoked'] }] }, [1, 2]],
    ['not entered', undefined, [0, 1]],
  ])(
    'G101: causes a refresh after a 200 body only if an administrator has described it (%s)',
    async (_case, rule, expected) => {
      const providerData =
        rule && JSON.stringify({ api: { tokenRejected: [{ status: [200, 200], ...rule }] } });
      await fixture.create('custom', {
        connector_type_id: '.custom_api',
        config: { url: PROBE_ORIGIN, providerData },
        secrets: oauthApp(),
      });
      await fixture.connect('custom');
      guardedBy({ body: { error: 'token_revoked' } });
      fixture.idp.expireAccessTokens();
      const tokenCalls = refreshes();
      await run('request', 'custom');
      expect([refreshes() - tokenCalls, fixture.api.seen.length]).toEqual(expected);
    },
  );

  it.each([
    [
      'described: 0 refreshes',
      [{ status: [401, 401], body: [{ path: 'message', contains: 'scope' }] }],
      0,
    ],
    ['not described: 1 refresh', [], 1],
  ])(
    'G101: causes a refresh after a 401 for a missing scope only if no administrator has described such a response (%s)',
    async (_case, missingScope, expected) => {
      await fixture.create('custom', {
        connector_type_id: '.custom_api',
        config: { url: PROBE_ORIGIN, providerData: JSON.stringify({ api: { missingScope } }) },
        secrets: { ...oauthApp(), scope: 'files.read' },
      });
      await fixture.connect('custom');
      fixture.api.response = () => ({ status: 401, body: { message: 'Scope does not match' } });
      const tokenCalls = refreshes();
      const body = await run('request', 'custom');
      expect(refreshes() - tokenCalls).toBe(expected);
      expect(body['authorization_reason']).toBe(expected === 0 ? 'missing_scope' : undefined);
    },
  );

  it('C45: is not refreshed after a 401 from another origin, to which it was not sent', async () => {
    await fixture.create('http', {
      connector_type_id: '.custom_api',
      config: { url: fixture.api.origin },
      secrets: oauthApp(),
    });
    await fixture.connect('http');
    fixture.api.response = ({ url }) =>
      url === '/'
        ? { status: 302, headers: { location: `${fixture.api.otherOrigin}/elsewhere` } }
        : { status: 401 };
    const body = await run('request', 'http');
    expect(body).toMatchObject({ status: 'ok', data: { status: 401 } });
    expect([refreshes(), fixture.api.seen.length]).toEqual([0, 2]);
  });

  it('makes the execution ask the user to authorize when the refresh fails permanently', async () => {
    guardedBy({ status: 401 });
    fixture.idp.expireAccessTokens();
    fixture.idp.refuse = { status: 400, body: { error: 'invalid_grant' } };
    expect(await run('get')).toMatchObject({
      status: 'error',
      authorization_reason: 'token_revoked',
    });
    expect(fixture.api.seen).toHaveLength(1);
  });

  it('makes the execution fail with an instant for a retry when the refresh fails temporarily', async () => {
    guardedBy({ status: 401 });
    fixture.idp.expireAccessTokens();
    fixture.idp.refuse = { status: 503, body: {} };
    const body = await run('get');
    expect(body).toMatchObject({ status: 'error', errorSource: 'framework' });
    expect(body).not.toHaveProperty('authorization_reason');
  });

  it('is replaced in all later requests of the execution', async () => {
    guardedBy({ status: 401 });
    fixture.idp.expireAccessTokens();
    expect(await run('twice')).toMatchObject({ status: 'ok' });
    expect([refreshes(), fixture.api.seen.length]).toEqual([1, 3]);
  });

  it('G84: is refreshed once for 40 rejected executions, and all succeed', async () => {
    guardedBy({ status: 401 });
    fixture.idp.expireAccessTokens();
    const results = await Promise.all(Array.from({ length: 40 }, () => run('get')));
    expect(results.filter(({ status }) => status === 'ok')).toHaveLength(40);
    expect(refreshes()).toBe(1);
  });

  it('G84: is refreshed without changing the token of another user', async () => {
    await fixture.connect('personal', ben);
    guardedBy({ status: 401 });
    expect(await run('get', 'personal', ben)).toMatchObject({ data: { caller: 'ben' } });
    fixture.idp.expireAccessTokens();
    await Promise.all([run('get'), run('get', 'personal', ben), run('get')]);
    expect(
      fixture.idp.tokenCalls.map((form) => form['refresh_token']?.split('-')[2]).sort(),
    ).toEqual(['ana', 'ben']);
  });
});

describe('a path to which the account has no access', () => {
  /** Makes the service reject every token at the given paths. Other paths accept valid tokens. */
  const closed = (isClosed: (url: string) => boolean) => {
    fixture.api.response = ({ url, headers }) => {
      const caller = fixture.idp.ownerOf(headers.authorization);
      return caller === undefined || isClosed(url) ? { status: 401 } : { body: { caller } };
    };
  };
  const get = (path: string) =>
    fixture
      .execute('personal', { subAction: 'get', subActionParams: { path } })
      .then(({ body }) => body);

  it('causes one refresh in 30 consecutive calls, and other paths still accept the token', async () => {
    closed((url) => url === '/admin');
    for (let call = 0; call < 30; call++) {
      expect(await get('/admin')).toMatchObject({
        status: 'error',
        message: 'Request failed with status code 401',
      });
    }
    expect([refreshes(), fixture.api.seen.length]).toEqual([1, 31]);
    expect(await get('/user')).toMatchObject({ data: { caller: 'ana' } });
  });

  it('causes another refresh after a pause, and none when it accepts the token again', async () => {
    closed((url) => url === '/admin');
    await get('/admin');
    await fixture.clock.advance(60_000);
    await get('/admin');
    await get('/admin');
    expect(refreshes()).toBe(2);
    closed(() => false);
    expect(await get('/admin')).toMatchObject({ status: 'ok' });
    fixture.idp.expireAccessTokens();
    expect(await get('/admin')).toMatchObject({ status: 'ok' });
    expect(refreshes()).toBe(3);
  });

  it('does not prevent a refresh for another path when the token is invalidated early', async () => {
    closed((url) => url === '/admin');
    await get('/admin');
    fixture.idp.expireAccessTokens();
    expect(await get('/user')).toMatchObject({ data: { caller: 'ana' } });
    expect(refreshes()).toBe(2);
  });

  it('is called again with a token that another execution has refreshed in the meantime', async () => {
    closed((url) => url === '/admin');
    await get('/admin');
    fixture.idp.expireAccessTokens();
    // The first request of this execution contains the old token. The new token is stored before
    // the service responds to it.
    const { response } = fixture.api;
    closed(() => false);
    fixture.api.response = async (request) => {
      fixture.api.response = response;
      closed(() => false);
      await get('/user');
      return { status: request.url === '/admin' ? 401 : 200 };
    };
    expect(await get('/admin')).toMatchObject({ data: { caller: 'ana' } });
    expect(refreshes()).toBe(2);
  });

  it('causes one refresh in 40 simultaneous calls', async () => {
    closed((url) => url === '/admin');
    await Promise.all(Array.from({ length: 40 }, () => get('/admin')));
    await get('/admin');
    expect(refreshes()).toBe(1);
  });
});

describe('a token that is valid for seconds', () => {
  const LIFETIME_MS = 2_000;

  beforeEach(async () => {
    fixture.idp.lifetimeSeconds = LIFETIME_MS / 1_000;
    await fixture.connect('personal', ana, 'default', { lifetimeSeconds: LIFETIME_MS / 1_000 });
  });

  /**
   * Makes the service reject the first requests. Before each of these responses the time passes.
   */
  const rejectFirst = (count: number, elapsedMs: number) => {
    let rejected = 0;
    fixture.api.response = async ({ headers }) => {
      if (rejected >= count)
        return { body: { caller: fixture.idp.ownerOf(headers.authorization) } };
      rejected += 1;
      await fixture.clock.advance(elapsedMs);
      return { status: 401 };
    };
  };

  it.each([
    ['axios', 'get'],
    ['a direct request', 'optionallyScoped'],
  ])(
    'is replaced again if its replacement also expires before the service checks it, with %s',
    async (_case, action) => {
      rejectFirst(2, LIFETIME_MS);
      expect(await run(action)).toMatchObject({ status: 'ok', data: { caller: 'ana' } });
      expect([refreshes(), fixture.api.seen.length]).toEqual([2, 3]);
    },
  );

  it('is replaced three times in one request at most', async () => {
    rejectFirst(10, LIFETIME_MS);
    const message = 'Request failed with status code 401';
    expect(await run('get')).toMatchObject({ status: 'error', message });
    expect([refreshes(), fixture.api.seen.length]).toEqual([3, 4]);
  });

  it('is refreshed for the next request after several expired on the way to the service', async () => {
    rejectFirst(4, LIFETIME_MS);
    await run('get');
    rejectFirst(1, LIFETIME_MS);
    expect(await run('get')).toMatchObject({ status: 'ok', data: { caller: 'ana' } });
  });

  it('is refreshed once in a request to a path that rejects its replacement while it is fresh', async () => {
    fixture.api.response = () => ({ status: 401 });
    for (let call = 0; call < 5; call += 1) await run('get');
    expect([refreshes(), fixture.api.seen.length]).toEqual([1, 6]);
  });

  it('is refreshed once per expiry for a path that rejects every token', async () => {
    fixture.api.response = () => ({ status: 401 });
    await run('get');
    for (let expiry = 1; expiry <= 3; expiry += 1) {
      await fixture.clock.advance(LIFETIME_MS);
      await run('get');
      await run('get');
      expect(refreshes()).toBe(1 + expiry);
    }
  });

  it('counts from the token request, so that a slow response of the provider does not extend it', async () => {
    const { response } = fixture.idp.upstream;
    fixture.idp.expireAccessTokens();
    guardedBy({ status: 401 });
    fixture.idp.upstream.response = async (request) => {
      const issued = await response(request);
      await fixture.clock.advance(LIFETIME_MS / 2);
      return issued;
    };
    await run('get');
    fixture.idp.upstream.response = response;
    await fixture.clock.advance(LIFETIME_MS / 2);
    await run('get');
    expect(refreshes()).toBe(2);
  });
});

it('a fresh token that another request has replaced is replaced again in a repeated request', async () => {
  // Some providers end the previous access token at a refresh.
  const fresh = () => fixture.idp.ownerOf(fixture.api.seen.at(-1)?.headers.authorization);
  let responses = 0;
  fixture.api.response = async ({ url }) => {
    if (url !== '/') return { status: responses === 2 ? 401 : 200 };
    responses += 1;
    if (responses === 2) {
      fixture.idp.expireAccessTokens();
      await fixture.execute('personal', { subAction: 'get', subActionParams: { path: '/other' } });
    }
    return responses <= 2 ? { status: 401 } : { body: { caller: fresh() } };
  };
  expect(await run('get')).toMatchObject({ status: 'ok', data: { caller: 'ana' } });
  expect(refreshes()).toBe(2);
});

describe('a token that cannot be refreshed', () => {
  beforeEach(() => fixture.connect('personal', ana, 'default', { refreshToken: undefined }));

  const get = (path: string) =>
    fixture
      .execute('personal', { subAction: 'get', subActionParams: { path } })
      .then(({ body }) => body);
  const status = async () => {
    const connector = await fixture.read('personal');
    const views = await fixture.services.tokens.connections.ofUser('u_ana', [connector]);
    return views.get('personal');
  };

  it('stays connected after many 401 responses of one path, and works for other paths', async () => {
    fixture.api.response = ({ url }) => (url === '/admin-only' ? { status: 401 } : {});
    for (let call = 0; call < 5; call++) {
      const body = await get('/admin-only');
      expect(body).toMatchObject({ message: 'Request failed with status code 401' });
      expect(body).not.toHaveProperty('authorization_reason');
    }
    expect(await status()).toMatchObject({ status: 'connected', lastError: undefined });
    expect(await get('/user')).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['says invalid_token', { status: 401, headers: INVALID_TOKEN }, 'rejected_invalid_token'],
    [
      'signals it in the way that the connector type knows',
      { body: { error: 'token_expired' } },
      'rejected_by_service',
    ],
  ])(
    'makes executions ask the user to authorize when the service %s',
    async (_case, response, code) => {
      fixture.api.response = () => response;
      expect(await get('/user')).toMatchObject({
        status: 'error',
        authorization_reason: 'token_revoked',
        service_message: expect.stringMatching(
          /^The service says .* Authorize the connector again/,
        ),
      });
      expect(await status()).toMatchObject({ status: 'needs_reauth', lastError: { code } });
      expect(fixture.api.seen).toHaveLength(1);
    },
  );

  it('makes executions ask the user to authorize when three endpoints in a row reject it', async () => {
    fixture.api.response = () => ({ status: 401 });
    await get('/a');
    await get('/b');
    expect(await status()).toMatchObject({ status: 'connected' });
    expect(await get('/c')).toMatchObject({ authorization_reason: 'token_revoked' });
    expect(await status()).toMatchObject({
      status: 'needs_reauth',
      lastError: { code: 'rejected_on_several_paths' },
    });
  });

  it.each([
    ['numbers', (item: number) => `/items/${item}`],
    ['names', (item: number) => `/users/user${'abcdefghij'[item]}`],
    ['names in the middle', (item: number) => `/repos/acme/${'abcdefghij'[item]}/issues`],
  ])(
    'P3: stays connected after a loop over the items of one endpoint that rejects it, with %s in the paths',
    async (_case, pathOf) => {
      const closed = pathOf(0).split('/')[1];
      fixture.api.response = ({ url }) => (url?.startsWith(`/${closed}/`) ? { status: 401 } : {});
      for (let item = 0; item < 10; item += 1) {
        expect(await get(pathOf(item))).not.toHaveProperty('authorization_reason');
      }
      expect(await status()).toMatchObject({ status: 'connected', lastError: undefined });
      expect(await get('/user')).toMatchObject({ status: 'ok' });
    },
  );

  it('stays connected while other paths accept it between the rejections', async () => {
    fixture.api.response = ({ url }) => (url === '/user' ? {} : { status: 401 });
    for (const path of ['/a', '/b', '/user', '/c', '/d', '/user', '/e']) await get(path);
    expect(await status()).toMatchObject({ status: 'connected' });
  });
});

describe('the body of a repeated call', () => {
  it('G102: is sent again unchanged with the new token if it is JSON', async () => {
    guardedBy({ status: 401 });
    fixture.idp.expireAccessTokens();
    expect(await run('post')).toMatchObject({ status: 'ok' });
    expect(fixture.api.seen.map(({ body }) => body)).toEqual(['{"amount":1}', '{"amount":1}']);
    const [first, second] = fixture.api.seen.map(({ headers }) => headers);
    expect(second?.['content-type']).toBe(first?.['content-type']);
    expect(second?.authorization).not.toBe(first?.authorization);
  });

  it('G102: is not sent again if it is a stream: the caller gets the 401, and nothing is refreshed', async () => {
    guardedBy({ status: 401 });
    fixture.idp.expireAccessTokens();
    expect(await run('upload')).toMatchObject({
      status: 'error',
      message: 'Request failed with status code 401',
    });
    expect(fixture.api.seen.map(({ body }) => body)).toEqual(['halfhalf']);
    expect(refreshes()).toBe(0);
  });
});

describe('the token of an application', () => {
  const rowsOf = async (type: string) =>
    (await fixture.store.search({ types: [type], limit: 10 })).documents;

  beforeEach(() =>
    fixture.create('shared', {
      connector_type_id: '.custom_api',
      config: { url: fixture.api.origin },
      secrets: clientCredentials,
    }),
  );

  it('is requested once and shared by all users', async () => {
    guardedBy({ status: 401 });
    const results = await Promise.all([run('request', 'shared'), run('request', 'shared', ben)]);
    results.push(await run('request', 'shared', ben));
    for (const result of results) {
      expect(result).toMatchObject({ data: { status: 200, data: { caller: 'everybody' } } });
    }
    expect(fixture.idp.tokenCalls).toEqual([{ grant_type: 'client_credentials' }]);
    expect(await rowsOf('connector_token')).toHaveLength(1);
  });

  it('is requested again when it expires', async () => {
    guardedBy({ status: 401 });
    await run('request', 'shared');
    fixture.clock.jumpWall(2 * 3_600_000);
    await run('request', 'shared');
    expect(refreshes()).toBe(2);
  });

  it('is replaced after a 401, with one retry in the same call', async () => {
    guardedBy({ status: 401 });
    await run('request', 'shared');
    fixture.idp.expireAccessTokens();
    expect(await run('request', 'shared')).toMatchObject({ data: { status: 200 } });
    expect([refreshes(), fixture.api.seen.length]).toEqual([2, 3]);
  });

  it.each([400, 403, 404, 409, 429, 500])('is kept after a response with %d', async (status) => {
    fixture.api.response = () => ({ status });
    await run('request', 'shared');
    await run('request', 'shared');
    expect([refreshes(), fixture.api.seen.length]).toEqual([1, 2]);
  });

  it('F77: per-user and shared tokens are never stored in each other’s document', async () => {
    guardedBy({ status: 401 });
    await fixture.connect('personal', ben);
    await run('request', 'shared');
    fixture.idp.expireAccessTokens();
    const all = () =>
      Promise.all([run('get'), run('get', 'personal', ben), run('request', 'shared')]);
    expect(await all()).toMatchObject([
      { data: { caller: 'ana' } },
      { data: { caller: 'ben' } },
      { data: { data: { caller: 'everybody' } } },
    ]);
    const shared = await rowsOf('connector_token');
    const personal = await rowsOf('user_connector_token');
    expect(shared.map(({ attributes }) => attributes['connectorId'])).toEqual(['shared']);
    expect(shared[0]?.attributes).not.toHaveProperty('profileUid');
    expect(personal.map(({ attributes }) => attributes['profileUid']).sort()).toEqual([
      'u_ana',
      'u_ben',
    ]);
    expect(new Set(personal.map(({ attributes }) => attributes['connectorId']))).toEqual(
      new Set(['personal']),
    );
  });

  it('makes executions name the administrator when the provider refuses the client', async () => {
    fixture.idp.refuse = { status: 401, body: { error: 'invalid_client' } };
    const body = await run('request', 'shared');
    expect(body).toMatchObject({ status: 'error', retry: false, errorSource: 'user' });
    expect(fixture.api.seen).toEqual([]);
  });
});
