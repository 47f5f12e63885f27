import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { type DocumentStore, SavedObjectError } from '@latchkey/saved-objects';
import { afterEach, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  ana,
  aTestUser,
  ben,
  createFlowFixture,
  type FlowFixture,
  type FlowFixtureOptions,
  PUBLIC_BASE_URL,
  withMethods,
} from '../oauth/flow/flow_fixture.mock.ts';

interface Overview {
  readonly connectors: { readonly id: string }[];
  readonly types: { readonly id: string }[];
  readonly status: Record<string, object>;
  readonly capabilities: string[];
  readonly attention: object[];
}

const PROVIDER = {
  authorizationEndpoint: 'http://127.0.0.1:9/authorize',
  tokenEndpoint: 'http://127.0.0.1:9/token',
};
const APP = { clientId: 'development-client', clientSecret: 'development-secret' };

let fixture: FlowFixture;
let strict: FakeOAuthServer | undefined;
afterEach(async () => {
  await fixture.close();
  await strict?.stop();
  strict = undefined;
});

const open = async (options: FlowFixtureOptions = {}) => {
  fixture = await createFlowFixture({ specs: [aFlowSpec('.strict')], ...options });
};
const read = async (testUser = aTestUser()) => {
  const request = { method: 'POST', url: '/internal/actions/_me/overview' } as const;
  const { status, body } = await fixture.as<Overview>(testUser, request);
  expect(status).toBe(200);
  return body;
};

/** Saved-object type whose documents cannot be read. `undefined`: all can be read. */
let failingType: string | undefined;
const failingStore = (inner: DocumentStore) =>
  withMethods(inner, {
    getMany: async (keys, type) => {
      if (type === failingType)
        throw new SavedObjectError('store_unavailable', 'the store is unavailable', { type });
      return inner.getMany(keys, type);
    },
  });
afterEach(() => {
  failingType = undefined;
});

describe('the overview', () => {
  it('contains connectors, types, the status of the user and the privileges', async () => {
    await open();
    await fixture.create('files', anAppConnector('.strict', PROVIDER, APP));
    const overview = await read();
    expect(overview.connectors).toEqual([
      expect.objectContaining({ id: 'files', auth_mode: 'per-user', referenced_by_count: 0 }),
    ]);
    expect(overview.types.map(({ id }) => id)).toContain('.strict');
    expect(overview.status).toEqual({
      files: {
        user_auth_status: 'not_connected',
        connection_status: 'not_connected',
        next_step: 'authorize',
      },
    });
    expect(overview.capabilities).toContain('actions:manage-grants');
    expect(overview.attention).toEqual([]);
  });

  it('contains no credential, because the length of a compressed response reveals its content', async () => {
    await open();
    await fixture.create('files', anAppConnector('.strict', PROVIDER, APP));
    const overview = JSON.stringify(await read());
    expect(overview).toContain('files');
    expect(overview).not.toContain(APP.clientSecret);
  });

  it('lists only the privileges that the user has', async () => {
    await open({ missing: (_, name) => name === 'actions:update' || name === 'actions:create' });
    const { capabilities } = await read();
    expect(capabilities).toContain('actions:get');
    expect(capabilities).not.toContain('actions:update');
  });

  it('contains the connectors even if the status cannot be read', async () => {
    await open({ wrapStore: failingStore });
    await fixture.create('files', anAppConnector('.strict', PROVIDER, APP));
    failingType = 'user_connector_token';
    const overview = await read();
    const failed = { error: { code: 'store_unavailable', message: expect.any(String) } };
    expect(overview).toMatchObject({ status: failed, attention: failed });
    expect(overview.connectors).toHaveLength(1);
    expect(overview.types.length).toBeGreaterThan(0);
    expect(overview.capabilities).toContain('actions:get');
  });

  it('contains no connectors and types if the user may not see them', async () => {
    await open({ missing: (_, name) => name.startsWith('actions:') });
    const overview = await read();
    const refused = {
      error: { code: 'forbidden', message: expect.stringContaining('actions:get') },
    };
    expect(overview).toMatchObject({
      connectors: refused,
      types: refused,
      status: refused,
      attention: refused,
      capabilities: [],
    });
  });

  it('lists the connections of the user that need attention', async () => {
    strict = await startStrict({ port: 0 });
    await open();
    await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
    const testUser = aTestUser(ana);
    const { body } = await fixture.start(testUser, 'files');
    const options = { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL } as const;
    await fixture.arrive(testUser, await walkConsent(body.authorizationUrl, options));
    expect((await read(testUser)).attention).toEqual([]);
    const { secrets } = anAppConnector('.strict', strict, strict.clients.post, {
      tokenEndpointAuthMethod: 'client_secret_post',
    });
    const url = '/api/actions/connector/files';
    await fixture.as(testUser, { method: 'PUT', url, body: { name: 'files', secrets } });
    expect((await read(testUser)).attention).toEqual([
      { connector_id: 'files', reason: 'reconnect' },
    ]);
    expect((await read(aTestUser(ben))).attention).toEqual([]);
  });

  it('needs the same number of store calls for 1 and 1,000 connectors', async () => {
    const calls: string[] = [];
    await open({
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
    const callsOfOverview = async () => {
      calls.length = 0;
      await read();
      return [...calls].sort();
    };
    await fixture.create('c-0', anAppConnector('.strict', PROVIDER, APP));
    const one = await callsOfOverview();
    const [row] = await fixture.store.getMany(['action:c-0'], 'action');
    if (row === undefined) throw new Error('the row was not found');
    const { version: _, ...document } = row;
    for (let index = 1; index < 1000; index += 1)
      await fixture.store.put({ ...document, key: `action:c-${index}` });
    const many = await callsOfOverview();
    expect((await read()).connectors).toHaveLength(1000);
    expect(one.length).toBeGreaterThan(2);
    // The problems of many connectors are read with one search instead of one read by id.
    const kinds = (of: readonly string[]) => of.filter((call) => !call.includes('problem'));
    expect(kinds(many)).toEqual(kinds(one));
    expect(many).toHaveLength(one.length);
  });
});
