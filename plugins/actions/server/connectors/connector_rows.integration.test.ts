import { afterEach, describe, expect, it } from '@jest/globals';
import type { AuthenticatedUser } from '@latchkey/core/server';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import { type DocumentStore, filter, type StoredDocument } from '@latchkey/saved-objects';
import {
  type ActionsBench,
  ana,
  type BenchOptions,
  ben,
  benchEncryption,
  createActionsBench,
  oauthApp,
} from '../execution/actions_bench.mock.ts';
import { connectorEncryption } from './connector_so_type.ts';

const benches: ActionsBench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});
const aBench = async (options: BenchOptions = {}) => {
  const bench = await createActionsBench(options);
  benches.push(bench);
  return bench;
};

const authorOf = ({ username, profileUid }: AuthenticatedUser) => ({ username, profileUid });

const KEY = { type: 'action', id: 'c1', namespace: 'default' };

const rowOf = async (store: DocumentStore): Promise<StoredDocument> => {
  const [row] = await store.getMany(['action:c1'], 'action');
  if (row === undefined) throw new Error('no row');
  return row;
};

/** Changes attributes in the store behind the server's back. */
const tamper = async (store: DocumentStore, change: Readonly<Record<string, unknown>>) => {
  const { version: _, ...row } = await rowOf(store);
  await store.put({ ...row, attributes: { ...row.attributes, ...change } });
};

/** A row as the first version wrote it: no auth mode, no copy of the auth type. */
const seedVersion1 =
  (attributes: Readonly<Record<string, unknown>>) =>
  async (store: DocumentStore): Promise<void> => {
    const now = '2029-01-01T00:00:00.000Z';
    const plain = { name: 'Old', isMissingSecrets: false, config: {}, ...attributes };
    await store.put({
      key: 'action:c1',
      type: 'action',
      namespace: 'default',
      attributes: benchEncryption().encrypt(KEY, plain),
      references: [],
      modelVersion: 1,
      createdAt: now,
      updatedAt: now,
    });
  };

describe('rows of the first model version', () => {
  const old = { actionTypeId: '.probe', secrets: { authType: 'bearer', token: 'development-old' } };

  it('read as shared, keep their secrets, and are rewritten in the newest version', async () => {
    const bench = await aBench({ seed: seedVersion1(old) });
    const { body } = await bench.inject({ method: 'GET', url: '/api/actions/connector/c1' });
    expect(body).toMatchObject({ name: 'Old', auth_mode: 'shared' });
    expect((await bench.read('c1')).secrets).toEqual(old.secrets);
    const row = await rowOf(bench.store);
    expect([row.modelVersion, row.attributes['authMode']]).toEqual([9, 'shared']);
  });

  it('act per person when their secrets say so, whatever mode the migration gave them', async () => {
    const bench = await aBench({ seed: seedVersion1({ ...old, secrets: oauthApp() }) });
    expect(await bench.read('c1')).toMatchObject({ authMode: 'per-user' });
    const { body } = await bench.execute('c1', { subAction: 'get' });
    expect(body).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
  });

  it('learn their auth type with the next update', async () => {
    const bench = await aBench({ seed: seedVersion1({ ...old, secrets: oauthApp() }) });
    const url = '/api/actions/connector/c1';
    const put = { method: 'PUT', url, body: { name: 'New', secrets: oauthApp() } } as const;
    const { status, body } = await bench.inject(put);
    expect(status).toBe(200);
    expect(body).toMatchObject({ auth_mode: 'per-user' });
    const { attributes } = await rowOf(bench.store);
    expect(attributes).toMatchObject({
      authMode: 'per-user',
      config: { authType: 'oauth_authorization_code' },
    });
  });
});

describe('the authors of a connector', () => {
  const edit = (bench: ActionsBench, user: AuthenticatedUser) =>
    bench.inject({
      method: 'PUT',
      url: '/api/actions/connector/c1',
      body: { name: 'New' },
      user,
    });

  it('are its creator and its last editor, and no API shows them', async () => {
    const bench = await aBench();
    const created = await bench.create('c1', { connector_type_id: '.probe', secrets: oauthApp() });
    expect(await bench.read('c1')).toMatchObject({ createdBy: authorOf(ana) });
    expect(await bench.read('c1')).not.toHaveProperty('updatedBy');
    expect((await edit(bench, ben)).status).toBe(200);
    const authors = { createdBy: authorOf(ana), updatedBy: authorOf(ben) };
    expect(await bench.read('c1')).toMatchObject(authors);
    expect(JSON.stringify(created)).not.toContain(ana.profileUid);
  });

  it('stay unknown for an older connector, except for its next editor', async () => {
    const attributes = { actionTypeId: '.probe', secrets: oauthApp() };
    const bench = await aBench({ seed: seedVersion1(attributes) });
    expect(await bench.read('c1')).not.toHaveProperty('createdBy');
    await edit(bench, ben);
    expect(await bench.read('c1')).toMatchObject({ updatedBy: authorOf(ben) });
    expect(await bench.read('c1')).not.toHaveProperty('createdBy');
  });
});

describe('rows of a type that was renamed', () => {
  const bearer = { authType: 'bearer', token: 'development-old' };
  const url = 'http://localhost:1234/api';
  /**
   * As the previous build wrote it: six model versions, and ciphertext that is not bound to the
   * present id.
   */
  const seedFormer = async (store: DocumentStore): Promise<void> => {
    const before = createTestEncryption([
      {
        ...connectorEncryption,
        attributesToIncludeInAAD: ['actionTypeId', 'isMissingSecrets', 'config'],
      },
    ]);
    const now = '2029-01-01T00:00:00.000Z';
    await store.put({
      key: 'action:c1',
      type: 'action',
      namespace: 'default',
      attributes: before.encrypt(KEY, {
        name: 'Old',
        actionTypeId: '.http',
        isMissingSecrets: false,
        config: { url, authType: 'bearer' },
        secrets: bearer,
        authMode: 'shared',
      }),
      references: [],
      modelVersion: 6,
      createdAt: now,
      updatedAt: now,
    });
  };

  it('have the present type, keep their secrets, and keep the former id for older servers', async () => {
    const bench = await aBench({ seed: seedFormer });
    expect(await bench.read('c1')).toMatchObject({
      connectorTypeId: '.custom_api',
      secrets: bearer,
    });
    const { attributes, modelVersion } = await rowOf(bench.store);
    expect(attributes).toMatchObject({ actionTypeId: '.http', connectorTypeId: '.custom_api' });
    expect(modelVersion).toBe(9);
  });

  it('are not taken for the type that has the former id now', async () => {
    const bench = await aBench({ seed: seedFormer });
    await bench.inject({
      method: 'POST',
      url: '/api/actions/connector/c2',
      body: { name: 'Kibana', connector_type_id: '.http', config: { url } },
    });
    const { body } = await bench.inject<readonly { id: string; connector_type_id: string }[]>({
      method: 'GET',
      url: '/api/actions/connectors',
    });
    const types = body.map(({ id, connector_type_id: type }) => [id, type]);
    expect(types.sort()).toEqual([
      ['c1', '.custom_api'],
      ['c2', '.http'],
    ]);
  });

  it('D55: cannot be changed into the other type by editing the stored row', async () => {
    const bench = await aBench({ seed: seedFormer });
    const put = await bench.inject({
      method: 'PUT',
      url: '/api/actions/connector/c1',
      body: { name: 'Edited', config: { url }, secrets: bearer },
    });
    expect(put.status).toBe(200);
    await tamper(bench.store, { connectorTypeId: '.http' });
    await expect(bench.read('c1')).rejects.toMatchObject({ code: 'undecryptable' });
  });
});

describe('a row changed behind the server’s back', () => {
  const aConnector = async (secrets: object = oauthApp()) => {
    const bench = await aBench();
    await bench.create('c1', { connector_type_id: '.probe', secrets });
    return bench;
  };
  const run = (bench: ActionsBench) => bench.execute('c1', { subAction: 'get' });

  it('holds no secret in clear', async () => {
    const bench = await aConnector();
    expect(JSON.stringify(await rowOf(bench.store))).not.toContain('development-client');
  });

  it('D54: does not decrypt under another config, type or id', async () => {
    for (const change of [
      { config: { authType: 'oauth_authorization_code', note: 'evil' } },
      { actionTypeId: '.custom_api' },
      { isMissingSecrets: true },
    ]) {
      const bench = await aConnector();
      await tamper(bench.store, change);
      await expect(bench.read('c1')).rejects.toMatchObject({ code: 'undecryptable' });
    }
    const bench = await aConnector();
    const row = await rowOf(bench.store);
    await bench.store.put({ ...row, key: 'action:c2' });
    await expect(bench.read('c2')).rejects.toMatchObject({ code: 'undecryptable' });
  });

  it('says in an execution that an administrator must act, and calls nobody', async () => {
    const bench = await aConnector();
    await tamper(bench.store, { config: { note: 'evil' } });
    const { status, body } = await run(bench);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'error', retry: false, errorSource: 'user' });
    expect(body['service_message']).toContain('cannot be read');
    expect(bench.api.seen).toEqual([]);
    expect(bench.audit.events.at(-1)).toMatchObject({
      action: 'connector_execute',
      outcome: 'failure',
    });
  });

  it('can be repaired by entering the secrets again, not without them', async () => {
    const bench = await aConnector();
    await bench.connect('c1');
    await tamper(bench.store, { secrets: 'damaged' });
    const put = (body: object) =>
      bench.inject<Record<string, unknown>>({
        method: 'PUT',
        url: '/api/actions/connector/c1',
        body: { name: 'c1', ...body },
      });
    expect((await put({})).body).toMatchObject({ attributes: { code: 'secrets_required' } });
    expect((await put({ secrets: oauthApp() })).body).toMatchObject({ disconnected_users: 1 });
    expect((await bench.read('c1')).secrets).toEqual(oauthApp());
  });

  it('can be deleted though nobody can read it', async () => {
    const bench = await aConnector();
    await bench.connect('c1');
    await tamper(bench.store, { secrets: 'damaged' });
    const url = '/api/actions/connector/c1';
    expect((await bench.inject({ method: 'DELETE', url })).status).toBe(204);
    const grants = await bench.services.tokens.connections.ofPerson('u_ana', [{ id: 'c1' }]);
    expect(grants.get('c1')?.status).not.toBe('connected');
  });

  it('F79, D55: ends all grants of a person who is gone, those of other connectors with revocation', async () => {
    const bench = await aConnector();
    await bench.create('c2', { connector_type_id: '.probe', secrets: oauthApp() });
    await bench.connect('c1');
    await bench.connect('c2');
    await tamper(bench.store, { secrets: 'damaged' });
    const { connections } = bench.services.tokens;
    const { endings } = bench.services.endings;
    const { signal } = new AbortController();
    expect(await endings.endForPerson('u_ana', 'user_removed', signal)).toBe(2);
    await bench.services.tokens.stop(1000);
    const now = await connections.ofPerson('u_ana', [{ id: 'c1' }, { id: 'c2' }]);
    expect([...now.values()].map(({ status }) => status)).toEqual([
      'not_connected',
      'not_connected',
    ]);
    expect(bench.idp.revoked).toHaveLength(2);
  });

  it.each([
    ['per-user', 'shared', oauthApp()],
    ['shared', 'per-user', { authType: 'bearer', token: 'development-bearer' }],
  ])(
    'F78: a %s connector whose stored mode was flipped to %s acts as before',
    async (mode, flipped, secrets) => {
      const bench = await aConnector(secrets);
      const before = [(await run(bench)).body, bench.api.seen.length];
      await tamper(bench.store, { authMode: flipped });
      expect([(await run(bench)).body, bench.api.seen.length - Number(before[1])]).toEqual(before);
      const { body } = await bench.inject({ method: 'GET', url: '/api/actions/connector/c1' });
      expect(body).toMatchObject({ auth_mode: mode });
      expect(await bench.read('c1')).toMatchObject({ authMode: mode });
    },
  );
});

it('lists can be narrowed to an auth mode by the store', async () => {
  const bench = await aBench();
  await bench.create('shared-one', { connector_type_id: '.probe' });
  await bench.create('personal-one', { connector_type_id: '.probe', secrets: oauthApp() });
  const { store } = bench.services.spaceData;
  const found = await store.list('default', filter.equals('authMode', 'per-user'));
  expect(found.map(({ id }) => id)).toEqual(['personal-one']);
});
