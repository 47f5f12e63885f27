import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { type DocumentStore, SavedObjectError } from '@latchkey/saved-objects';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  ana,
  aTestUser,
  ben,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  type TestUser,
  withMethods,
} from './flow_fixture.mock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let strict: FakeOAuthServer;
let fixture: FlowFixture;
/** Number of writes of an outcome that the store will refuse. */
let failingOutcomes = 0;

const failingStore = (inner: DocumentStore): DocumentStore =>
  withMethods(inner, {
    put: async (document, options) => {
      if (failingOutcomes > 0 && document.attributes['outcome'] !== undefined) {
        failingOutcomes -= 1;
        throw new SavedObjectError('store_unavailable', 'the store is unavailable', {
          type: document.type,
        });
      }
      return inner.put(document, options);
    },
  });

beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  strict.clearRequests();
  strict.clearFaults();
  strict.revokeGrant('ana');
  strict.revokeGrant('ben');
  failingOutcomes = 0;
  fixture = await createFlowFixture({
    specs: [aFlowSpec('.strict', { revocationUrl: strict.revocationEndpoint })],
    wrapStore: failingStore,
  });
  for (const id of ['files', 'other']) await fixture.create(id, aConnector());
});
afterEach(() => fixture.close());

const aConnector = (over: Readonly<Record<string, unknown>> = {}) =>
  anAppConnector('.strict', strict, strict.clients.basic, {
    scope: 'openid email files.read offline_access',
    ...over,
  });

const outcomeOf = (
  testUser: TestUser,
  flowId: string,
  over: { id?: string; space?: string } = {},
) =>
  fixture.as<Record<string, unknown>>(testUser, {
    method: 'GET',
    url: `${over.space ?? ''}/internal/actions/connector/${over.id ?? 'files'}/_oauth_flow/${flowId}`,
  });
const bodyOf = async (testUser: TestUser, flowId: string) => {
  const { status, body } = await outcomeOf(testUser, flowId);
  expect(status).toBe(200);
  return body;
};

/** Starts an attempt, and signs the user in at the provider. */
async function approach(testUser: TestUser, as: 'ana' | 'ben' = 'ana') {
  const { body } = await fixture.start(testUser, 'files');
  const { authorizationUrl, flowId } = body;
  const arrival = await walkConsent(authorizationUrl, { as, stopAtOrigin: PUBLIC_BASE_URL });
  return { ...body, flowId, arrival };
}

const connect = async (testUser: TestUser, as: 'ana' | 'ben' = 'ana') => {
  const { flowId, arrival } = await approach(testUser, as);
  await fixture.arrive(testUser, arrival);
  return flowId;
};

/** Gives the connector another client, which ends all grants. */
async function editClient(testUser: TestUser): Promise<void> {
  const { secrets } = aConnector({ ...strict.clients.post });
  const body = {
    name: 'files',
    secrets: { ...secrets, tokenEndpointAuthMethod: 'client_secret_post' },
  };
  const url = '/api/actions/connector/files';
  expect((await fixture.as(testUser, { method: 'PUT', url, body })).status).toBe(200);
}

/** Lets the pauses between attempts pass until the call has ended. */
async function whileTimePasses<T>(call: Promise<T>): Promise<T> {
  let isDone = false;
  const ended = call.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve));
    if (fixture.clock.sleeping > 0) await fixture.clock.advance(1000);
  }
  return ended;
}

const NOT_FOUND = { status: 404, body: { attributes: { code: 'attempt_not_found' } } };
const failed = (code: string) => ({ status: 'failed', connector_id: 'files', code });

describe('the outcome of an attempt', () => {
  it('is pending until the deadline that the start returned, then expired', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    expect(body.expiresAt).toBe(new Date(fixture.clock.now() + 10 * MINUTE_MS).toISOString());
    const pending = { status: 'pending', connector_id: 'files', expires_at: body.expiresAt };
    expect(await bodyOf(testUser, body.flowId)).toEqual(pending);
    fixture.clock.jumpWall(10 * MINUTE_MS - 1);
    expect(await bodyOf(testUser, body.flowId)).toEqual(pending);
    fixture.clock.jumpWall(1);
    expect(await bodyOf(testUser, body.flowId)).toEqual({
      status: 'expired',
      connector_id: 'files',
    });
  });

  it('contains the account after an authorization, and after another authorization', async () => {
    const testUser = aTestUser();
    const succeeded = {
      status: 'succeeded',
      connector_id: 'files',
      account: 'ana@example.com',
      account_changed: false,
    };
    expect(await bodyOf(testUser, await connect(testUser))).toEqual(succeeded);
    const again = await approach(testUser);
    expect(await bodyOf(testUser, again.flowId)).toMatchObject({ status: 'pending' });
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
    await fixture.arrive(testUser, again.arrival);
    expect(await bodyOf(testUser, again.flowId)).toEqual(succeeded);
  });

  it('is the failure of a second authorization, although the user stays connected', async () => {
    const testUser = aTestUser();
    await connect(testUser);
    const { flowId, arrival } = await approach(testUser);
    arrival.searchParams.delete('code');
    arrival.searchParams.set('error', 'access_denied');
    await fixture.arrive(testUser, arrival);
    expect(await bodyOf(testUser, flowId)).toEqual(failed('provider_refused'));
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
  });

  it('can be read for one hour after the end of the attempt, and is then removed', async () => {
    const testUser = aTestUser();
    const flowId = await connect(testUser);
    fixture.clock.jumpWall(HOUR_MS - 1);
    expect(await bodyOf(testUser, flowId)).toMatchObject({ status: 'succeeded' });
    fixture.clock.jumpWall(1);
    expect(await outcomeOf(testUser, flowId)).toMatchObject(NOT_FOUND);
    fixture.clock.jumpWall(HOUR_MS);
    await fixture.tasks.run('actions:oauth_state_cleanup');
    expect(await fixture.dump()).not.toContainEqual(
      expect.objectContaining({ type: 'oauth_state' }),
    );
  });

  it('can be read for one hour after the attempt has expired', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    fixture.clock.jumpWall(70 * MINUTE_MS - 1);
    await fixture.tasks.run('actions:oauth_state_cleanup');
    expect(await bodyOf(testUser, body.flowId)).toMatchObject({ status: 'expired' });
    fixture.clock.jumpWall(1);
    expect(await outcomeOf(testUser, body.flowId)).toMatchObject(NOT_FOUND);
  });

  it('is stored without the state in clear text', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    expect(JSON.stringify(await fixture.dump())).not.toContain(body.state);
  });

  it('can be read after the connector was deleted', async () => {
    const testUser = aTestUser();
    const { flowId, arrival } = await approach(testUser);
    await fixture.as(testUser, { method: 'DELETE', url: '/api/actions/connector/files' });
    await fixture.arrive(testUser, arrival);
    expect(await bodyOf(testUser, flowId)).toEqual(failed('connector_deleted'));
  });

  it.each(['is revoked', 'cannot be revoked yet'])(
    'says that the account has changed, even if the client was edited in between, when the former grant %s',
    async (grant) => {
      const testUser = aTestUser();
      await connect(testUser);
      const isRevoked = grant === 'is revoked';
      if (!isRevoked)
        strict.failNext({ endpoint: 'revoke', times: 10, fault: { kind: 'status', status: 503 } });
      await editClient(testUser);
      const isEnded = async () => JSON.stringify(await fixture.dump()).includes('"status":"ended"');
      if (isRevoked) await waitUntil('the end of the former grant', isEnded);
      expect(await bodyOf(testUser, await connect(testUser, 'ben'))).toMatchObject({
        status: 'succeeded',
        account: 'ben@example.com',
        account_changed: true,
      });
    },
  );
});

describe('reading an outcome', () => {
  it('gets 404 for other users, for another connector and in another space, like an unknown attempt', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    const { flowId } = body;
    expect(await outcomeOf(aTestUser(ben), flowId)).toMatchObject(NOT_FOUND);
    expect(await outcomeOf(testUser, flowId, { id: 'other' })).toMatchObject(NOT_FOUND);
    expect(await outcomeOf(testUser, flowId, { space: '/s/b' })).toMatchObject(NOT_FOUND);
    expect(await outcomeOf(testUser, 'A'.repeat(43))).toMatchObject(NOT_FOUND);
  });

  it('is refused for an API key of the user', async () => {
    const { body } = await fixture.start(aTestUser(), 'files');
    const key = aTestUser(anAuthenticatedUser({ authenticationType: 'api_key' }));
    expect(await outcomeOf(key, body.flowId)).toMatchObject({
      status: 403,
      body: { attributes: { code: 'api_key_not_allowed' } },
    });
  });

  it('is allowed even after the user has lost the privilege', async () => {
    await fixture.close();
    let missing: readonly string[] = [];
    fixture = await createFlowFixture({
      specs: [aFlowSpec('.strict')],
      missing: (_, name) => missing.includes(name),
    });
    await fixture.create('files', aConnector());
    const testUser = aTestUser();
    const { flowId, arrival } = await approach(testUser);
    missing = ['actions:execute-oauth'];
    await fixture.arrive(testUser, arrival);
    expect(await bodyOf(testUser, flowId)).toEqual(failed('not_permitted'));
  });
});

describe('the outcome of a callback', () => {
  const withoutCode = (arrival: URL) => {
    arrival.searchParams.delete('code');
  };
  it.each([
    ['code_missing', withoutCode],
    [
      'provider_rejected_request',
      (arrival: URL) => arrival.searchParams.set('error', 'invalid_scope'),
    ],
    ['exchange_failed', (arrival: URL) => arrival.searchParams.set('code', 'forged')],
    [
      'wrong_provider',
      (arrival: URL) => {
        arrival.pathname = arrival.pathname.replace(/[^/]+$/, 'another');
      },
    ],
  ])('is %s when the callback fails for that reason', async (code, change) => {
    const testUser = aTestUser();
    const { flowId, arrival } = await approach(testUser);
    change(arrival);
    await fixture.arrive(testUser, arrival);
    expect(await bodyOf(testUser, flowId)).toEqual(failed(code));
  });

  it('is wrong_browser when the user returns in another browser', async () => {
    const testUser = aTestUser();
    const { flowId, arrival } = await approach(testUser);
    await fixture.arrive(aTestUser(), arrival);
    expect(await bodyOf(testUser, flowId)).toEqual(failed('wrong_browser'));
  });

  it('is wrong_user when another user returns, and only the user who started can read it', async () => {
    const [testUser, attacker] = [aTestUser(), aTestUser(ben)];
    const { flowId, arrival } = await approach(testUser);
    await fixture.arrive(attacker, arrival);
    expect(await bodyOf(testUser, flowId)).toEqual(failed('wrong_user'));
    expect(await outcomeOf(attacker, flowId)).toMatchObject(NOT_FOUND);
  });

  it('remains a success when another user repeats the callback', async () => {
    const [testUser, attacker] = [aTestUser(), aTestUser(ben)];
    const { flowId, arrival } = await approach(testUser);
    await fixture.arrive(testUser, arrival);
    await fixture.arrive(attacker, arrival);
    await fixture.arrive(testUser, arrival);
    expect(await bodyOf(testUser, flowId)).toMatchObject({ status: 'succeeded' });
  });

  it('remains pending after a response with a repeated parameter, which does not use the state', async () => {
    const testUser = aTestUser();
    const { flowId, arrival } = await approach(testUser);
    const repeated = new URL(arrival);
    repeated.searchParams.append('code', 'second');
    await fixture.arrive(testUser, repeated);
    expect(await bodyOf(testUser, flowId)).toMatchObject({ status: 'pending' });
    await fixture.arrive(testUser, arrival);
    expect(await bodyOf(testUser, flowId)).toMatchObject({ status: 'succeeded' });
  });

  it('is expired when the provider responds too late', async () => {
    const testUser = aTestUser();
    const { flowId, arrival } = await approach(testUser);
    fixture.clock.jumpWall(11 * MINUTE_MS);
    await fixture.arrive(testUser, arrival);
    expect(await bodyOf(testUser, flowId)).toEqual({ status: 'expired', connector_id: 'files' });
  });

  it('is independent for two attempts in two tabs', async () => {
    const testUser = aTestUser();
    const [first, second] = [await approach(testUser), await approach(testUser)];
    withoutCode(first.arrival);
    await fixture.arrive(testUser, first.arrival);
    expect(await bodyOf(testUser, second.flowId)).toMatchObject({ status: 'pending' });
    await fixture.arrive(testUser, second.arrival);
    expect(await bodyOf(testUser, first.flowId)).toEqual(failed('code_missing'));
    expect(await bodyOf(testUser, second.flowId)).toMatchObject({ status: 'succeeded' });
  });
});

describe('an outcome that could not be stored', () => {
  it('is stored when the server tries again later', async () => {
    const testUser = aTestUser();
    failingOutcomes = 2;
    const { flowId, arrival } = await approach(testUser);
    await whileTimePasses(fixture.arrive(testUser, arrival));
    expect(await bodyOf(testUser, flowId)).toMatchObject({ status: 'succeeded' });
  });

  it('is derived from the stored grant two minutes after the state was used', async () => {
    const testUser = aTestUser();
    failingOutcomes = 10;
    const { flowId, arrival } = await approach(testUser);
    await whileTimePasses(fixture.arrive(testUser, arrival));
    expect(await bodyOf(testUser, flowId)).toMatchObject({ status: 'pending' });
    fixture.clock.jumpWall(2 * MINUTE_MS);
    expect(await bodyOf(testUser, flowId)).toMatchObject({
      status: 'succeeded',
      account: 'ana@example.com',
    });
  });

  it('is interrupted two minutes after the state was used, if no grant was stored', async () => {
    const testUser = aTestUser();
    await connect(testUser);
    failingOutcomes = 10;
    const { flowId, arrival } = await approach(testUser);
    arrival.searchParams.delete('code');
    await whileTimePasses(fixture.arrive(testUser, arrival));
    expect(await bodyOf(testUser, flowId)).toMatchObject({ status: 'pending' });
    fixture.clock.jumpWall(2 * MINUTE_MS);
    expect(await bodyOf(testUser, flowId)).toEqual(failed('interrupted'));
    fixture.clock.jumpWall(HOUR_MS);
    expect(await outcomeOf(testUser, flowId)).toMatchObject(NOT_FOUND);
  });
});

describe('a cancellation', () => {
  const cancel = (testUser: TestUser, body: object, id = 'files') =>
    fixture.as(testUser, {
      method: 'POST',
      url: `/internal/actions/connector/${id}/_oauth_cancel`,
      body,
    });

  it.each(['state', 'flowId'] as const)(
    'sets the outcome to cancelled permanently when %s names the attempt',
    async (name) => {
      const testUser = aTestUser();
      const { arrival, ...started } = await approach(testUser);
      expect((await cancel(testUser, { [name]: started[name] })).status).toBe(204);
      const cancelled = { status: 'cancelled', connector_id: 'files' };
      expect(await bodyOf(testUser, started.flowId)).toEqual(cancelled);
      expect((await fixture.arrive(testUser, arrival)).status).toBe(400);
      expect(await bodyOf(testUser, started.flowId)).toEqual(cancelled);
      expect(strict.tokenRequests()).toEqual([]);
    },
  );

  it('has no effect with the flow id of another user or for another connector', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    const { flowId } = body;
    expect((await cancel(aTestUser(ben), { flowId })).status).toBe(204);
    expect((await cancel(testUser, { flowId }, 'other')).status).toBe(204);
    expect(await bodyOf(testUser, flowId)).toMatchObject({ status: 'pending' });
  });

  it('has no effect after the attempt has ended', async () => {
    const testUser = aTestUser();
    const flowId = await connect(testUser);
    expect((await cancel(testUser, { flowId })).status).toBe(204);
    expect(await bodyOf(testUser, flowId)).toMatchObject({ status: 'succeeded' });
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
  });

  it('is refused with 400 unless it contains either the state or the flow id', async () => {
    expect((await cancel(aTestUser(), {})).status).toBe(400);
    expect((await cancel(aTestUser(), { state: 'a', flowId: 'b' })).status).toBe(400);
  });
});

describe('the outcome of an attempt with another account', () => {
  const decide = (testUser: TestUser, flowId: string, decision: string) =>
    fixture.as(testUser, {
      method: 'POST',
      url: '/api/actions/connector/files/_account_change',
      body: { flow_id: flowId, decision },
    });
  const held = async (testUser: TestUser) => {
    await connect(testUser);
    return connect(testUser, 'ben');
  };

  it('is pending, with both accounts, until the deadline of the decision', async () => {
    const testUser = aTestUser();
    const flowId = await held(testUser);
    const until = new Date(fixture.clock.now() + 15 * MINUTE_MS).toISOString();
    expect(await bodyOf(testUser, flowId)).toMatchObject({
      status: 'pending',
      expires_at: until,
      account_change: {
        flow_id: flowId,
        connected_account: { label: 'ana@example.com' },
        new_account: { label: 'ben@example.com' },
        expires_at: until,
        can_change: true,
      },
    });
    expect(await bodyOf(aTestUser(), flowId)).toMatchObject({
      account_change: { can_change: false },
    });
    fixture.clock.jumpWall(15 * MINUTE_MS);
    expect(await bodyOf(testUser, flowId)).toEqual(failed('account_kept'));
    fixture.clock.jumpWall(HOUR_MS);
    expect(await outcomeOf(testUser, flowId)).toMatchObject(NOT_FOUND);
  });

  it.each([0, 10])('is a success after the change, with %d failed writes', async (failures) => {
    const testUser = aTestUser();
    const flowId = await held(testUser);
    failingOutcomes = failures;
    await whileTimePasses(decide(testUser, flowId, 'change'));
    expect(await bodyOf(testUser, flowId)).toEqual({
      status: 'succeeded',
      connector_id: 'files',
      account: 'ben@example.com',
      account_changed: true,
    });
  });

  it.each([0, 10])(
    'is a failure after the user keeps the connected account, with %d failed writes',
    async (failures) => {
      const testUser = aTestUser();
      const flowId = await held(testUser);
      failingOutcomes = failures;
      await whileTimePasses(decide(testUser, flowId, 'keep'));
      expect(await bodyOf(testUser, flowId)).toEqual(failed('account_kept'));
    },
  );

  it('is the failure nothing_to_decide after the user has disconnected', async () => {
    const testUser = aTestUser();
    const flowId = await held(testUser);
    await fixture.disconnect(testUser, 'files');
    expect(await bodyOf(testUser, flowId)).toEqual(failed('nothing_to_decide'));
  });

  it('is unchanged after a later authorization', async () => {
    const testUser = aTestUser();
    const flowId = await held(testUser);
    await decide(testUser, flowId, 'change');
    await connect(testUser, 'ben');
    expect(await bodyOf(testUser, flowId)).toMatchObject({ status: 'succeeded' });
  });

  it('can be read only by the user who started', async () => {
    const flowId = await held(aTestUser(ana));
    expect(await outcomeOf(aTestUser(ben), flowId)).toMatchObject(NOT_FOUND);
  });
});

describe('the status of my connections', () => {
  const statusOf = async (testUser: TestUser, space = '') => {
    const url = `${space}/internal/actions/connectors/_me/auth_status`;
    const request = { method: 'POST', url } as const;
    return (await fixture.as<Record<string, object>>(testUser, request)).body;
  };

  it('contains the newest open attempt of the user, even while connected', async () => {
    const testUser = aTestUser();
    await connect(testUser);
    expect((await statusOf(testUser))['files']).not.toHaveProperty('pending_attempt');
    await fixture.start(testUser, 'files');
    fixture.clock.jumpWall(1);
    const { arrival, flowId, expiresAt } = await approach(testUser);
    const status = await statusOf(testUser);
    expect(status['files']).toMatchObject({
      connection_status: 'connected',
      pending_attempt: { flow_id: flowId, expires_at: expiresAt },
    });
    expect(status['other']).not.toHaveProperty('pending_attempt');
    expect((await statusOf(aTestUser(ben)))['files']).not.toHaveProperty('pending_attempt');
    fixture.clock.jumpWall(10 * MINUTE_MS - 1);
    await fixture.arrive(testUser, arrival);
    expect((await statusOf(testUser))['files']).not.toHaveProperty('pending_attempt');
  });
});

describe('the parameter login_hint', () => {
  const hintOf = async (testUser: TestUser) => {
    const { body } = await fixture.start(testUser, 'files');
    return new URL(body.authorizationUrl).searchParams.get('login_hint');
  };

  it('is the connected account when the user authorizes again', async () => {
    const testUser = aTestUser();
    expect(await hintOf(testUser)).toBeNull();
    await connect(testUser);
    expect(await hintOf(testUser)).toBe('ana@example.com');
    expect(await hintOf(aTestUser(ben))).toBeNull();
  });

  it('is not sent after a disconnect, so that the user can choose an account', async () => {
    const testUser = aTestUser();
    await connect(testUser);
    await fixture.disconnect(testUser, 'files');
    expect(await hintOf(testUser)).toBeNull();
  });

  it('is not sent after an edit has set another client', async () => {
    const testUser = aTestUser();
    await connect(testUser);
    await editClient(testUser);
    expect(await hintOf(testUser)).toBeNull();
  });
});
