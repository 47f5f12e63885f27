import { createRouterHarness, type RouterHarness } from '@latchkey/core/server/harness';
import { afterEach, describe, expect, it } from 'vitest';
import { aConnectorView } from '../../mocks.ts';
import type { ConnectorView } from '../../types.ts';
import type { ConnectionStatus, ConnectionView } from '../tokens/index.ts';
import { type AuthStatusRouteServices, registerAuthStatusRoute } from './auth_status_route.ts';
import { aFlowSpec, aTestUser, createFlowFixture, withMethods } from './flow_fixture.mock.ts';

const URL_OF_ROUTE = '/internal/actions/connectors/_me/auth_status';
let harness: RouterHarness | undefined;
afterEach(() => harness?.close());

/** Starts a server with the status route and with connections of the given statuses. */
const open = (
  connectors: readonly ConnectorView[],
  over: Partial<ConnectionView> = {},
  attempts: Awaited<ReturnType<AuthStatusRouteServices['attempts']['openOf']>> = new Map(),
) => {
  const asked: (readonly string[])[] = [];
  harness = createRouterHarness();
  const services: AuthStatusRouteServices = {
    visibleConnectors: {
      getAuthModes: async (_principal, ids) =>
        connectors.filter(({ id }) => ids?.includes(id) ?? true),
    },
    connections: {
      ofUser: async (profileUid, wanted) => {
        asked.push(wanted.map(({ id }) => id));
        return new Map(
          wanted.map(({ id }) => [id, { ...aConnection, connectorId: id, profileUid, ...over }]),
        );
      },
    },
    attempts: { openOf: async () => attempts },
  };
  registerAuthStatusRoute(harness.http.createRouter({ services: () => services }));
  const ask = async (body?: object) =>
    await (harness as RouterHarness).inject<Record<string, object>>({
      method: 'POST',
      url: URL_OF_ROUTE,
      ...(body === undefined ? {} : { body }),
    });
  return { asked, ask };
};
const aConnection: Omit<ConnectionView, 'connectorId' | 'profileUid'> = {
  status: 'connected',
  statusSince: undefined,
  lastError: undefined,
  expiresAt: undefined,
  scopes: undefined,
  account: undefined,
  lastUsedAt: undefined,
};

describe('the status of my connections', () => {
  it.each([
    ['not_connected', 'not_connected'],
    ['pending', 'not_connected'],
    ['connected', 'connected'],
    ['expiring', 'connected'],
    ['refresh_failing', 'connected'],
    ['needs_reauth', 'not_connected'],
    ['revocation_pending', 'not_connected'],
  ] satisfies [ConnectionStatus, string][])(
    'is %s, which is %s in the format of Kibana',
    async (status, word) => {
      const { ask } = open([aConnectorView({ id: 'a' })], { status });
      expect((await ask()).body).toEqual({
        a: {
          user_auth_status: word,
          connection_status: status,
          next_step: expect.stringMatching(/^(authorize|reconnect|wait|none)$/),
        },
      });
    },
  );

  it('is not applicable to shared connectors, whose connections are not read', async () => {
    const { ask, asked } = open([
      aConnectorView({ id: 'mine' }),
      aConnectorView({ id: 'ours', authMode: 'shared' }),
    ]);
    expect((await ask()).body).toMatchObject({ ours: { user_auth_status: 'not_applicable' } });
    expect(asked).toEqual([['mine']]);
  });

  it('contains dates, account, scopes and the last error', async () => {
    const at = new Date('2030-01-01T00:00:00Z');
    const { ask } = open([aConnectorView({ id: 'a' })], {
      status: 'refresh_failing',
      statusSince: at,
      connectedAt: at,
      lastUsedAt: at,
      expiresAt: at,
      authorizationEndsAt: at,
      scopeTexts: {
        requested: [
          { scope: 'openid', words: { en: 'Know your account', de: 'Ihr Konto kennen' } },
          { scope: 'files.read', words: undefined },
        ],
        granted: [{ scope: 'files.read', words: undefined }],
      },
      account: { id: '1', label: 'ana@example.com' },
      scopes: ['files.read'],
      lastError: { code: 'provider_unavailable', at },
    });
    expect((await ask()).body).toEqual({
      a: {
        user_auth_status: 'connected',
        connection_status: 'refresh_failing',
        next_step: 'wait',
        status_since: at.toISOString(),
        connected_at: at.toISOString(),
        last_used_at: at.toISOString(),
        expires_at: at.toISOString(),
        authorization_ends_at: at.toISOString(),
        scope_texts: {
          requested: [{ scope: 'openid', text: 'Know your account' }, { scope: 'files.read' }],
          granted: [{ scope: 'files.read' }],
        },
        account: 'ana@example.com',
        scopes: ['files.read'],
        last_error: { code: 'provider_unavailable', at: at.toISOString() },
      },
    });
  });

  it('contains no dates of a disconnected grant', async () => {
    const at = new Date('2030-01-01T00:00:00Z');
    const over = { status: 'revocation_pending', connectedAt: at, lastUsedAt: at } as const;
    const { ask } = open([aConnectorView({ id: 'a' })], over);
    const { body } = await ask();
    expect(body['a']).not.toHaveProperty('connected_at');
    expect(body['a']).not.toHaveProperty('last_used_at');
  });

  it('contains the open attempt, even if the connection works', async () => {
    const expiresAt = new Date('2030-01-01T00:00:00Z');
    const attempts = new Map([['a', { flowId: 'f', expiresAt }]]);
    const connectors = [aConnectorView({ id: 'a' }), aConnectorView({ id: 'b' })];
    const { body } = await open(connectors, {}, attempts).ask();
    expect(body['a']).toMatchObject({
      pending_attempt: { flow_id: 'f', expires_at: expiresAt.toISOString() },
    });
    expect(body['b']).not.toHaveProperty('pending_attempt');
  });

  it('can be requested for some connectors, and omits unknown ones', async () => {
    const { ask, asked } = open([aConnectorView({ id: 'a' }), aConnectorView({ id: 'b' })]);
    expect(Object.keys((await ask({ connector_ids: ['b', 'unknown'] })).body)).toEqual(['b']);
    expect((await ask({ connector_ids: [] })).body).toEqual({});
    expect(asked).toEqual([['b']]);
  });

  it.each([
    { connector_ids: Array.from({ length: 10_001 }, String) },
    { connector_ids: ['x'.repeat(37)] },
    { connector_ids: 'a' },
    { ids: [] },
  ])('is refused for a body with invalid ids (case %#)', async (body) => {
    const { ask } = open([]);
    expect((await ask(body)).status).toBe(400);
  });
});

describe('the status of many connections', () => {
  it('needs one store call per 200 of 10,000 connectors, and a fixed number of further calls', async () => {
    const calls: string[] = [];
    const fixture = await createFlowFixture({
      specs: [aFlowSpec('.strict')],
      wrapStore: (store) =>
        withMethods(store, {
          getMany: (keys, type) => {
            calls.push(`getMany ${type}`);
            return store.getMany(keys, type);
          },
          search: (request) => {
            calls.push('search');
            return store.search(request);
          },
          iterate: (request) => {
            calls.push(`iterate ${request.types.join()}`);
            return store.iterate(request);
          },
        }),
    });
    const ids = Array.from({ length: 10_000 }, (_, index) => `c-${index}`);
    const secrets = {
      authType: 'oauth_authorization_code',
      authorizationUrl: 'http://127.0.0.1:9/authorize',
      tokenUrl: 'http://127.0.0.1:9/token',
      clientId: 'development-client',
      clientSecret: 'development-secret',
    };
    await fixture.create('c-0', { connector_type_id: '.strict', secrets });
    const [row] = await fixture.store.getMany(['action:c-0'], 'action');
    if (row === undefined) throw new Error('the row was not found');
    for (const id of ids.slice(1)) {
      const { version: _, ...document } = row;
      await fixture.store.put({ ...document, key: `action:${id}` });
    }
    const callsFor = async (wanted: readonly string[]) => {
      calls.length = 0;
      const response = await fixture.as<Record<string, object>>(aTestUser(), {
        method: 'POST',
        url: URL_OF_ROUTE,
        body: { connector_ids: wanted },
      });
      expect(Object.keys(response.body)).toHaveLength(wanted.length);
      return [...calls];
    };
    const many = await callsFor(ids);
    expect(many).toEqual(
      expect.arrayContaining(['getMany action', 'getMany user_connector_token']),
    );
    expect(many.filter((call) => call.startsWith('iterate'))).toEqual([]);
    const isReadOfConnectors = (call: string) => call === 'getMany action';
    const others = many.filter((call) => !isReadOfConnectors(call));
    expect(others).toEqual((await callsFor(['c-7'])).filter((call) => !isReadOfConnectors(call)));
    // Each read returns at most 200 connectors, because those of older versions can be large.
    expect(many.filter(isReadOfConnectors)).toHaveLength(10_000 / 200);
    await fixture.close();
  });
});
