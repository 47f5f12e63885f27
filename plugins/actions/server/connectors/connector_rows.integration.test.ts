import type { AuthenticatedUser } from '@latchkey/core/server';
import {
  createTestEncryption,
  TEST_ENCRYPTION_KEY,
} from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import { type DocumentStore, filter, type StoredDocument } from '@latchkey/saved-objects';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  ben,
  clientCredentials,
  createActionsFixture,
  type FixtureOptions,
  fixtureEncryption,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';
import { CONNECTOR_TOKEN_TYPE } from '../oauth/tokens/index.ts';
import { openActionsStore } from '../testing/index.ts';
import { connectorEncryption } from './connector_so_type.ts';
import { ConnectorStore } from './connector_store.ts';

const fixtures: ActionsFixture[] = [];
afterEach(async () => {
  for (const fixture of fixtures.splice(0)) await fixture.close();
});
const aFixture = async (options: FixtureOptions = {}) => {
  const fixture = await createActionsFixture(options);
  fixtures.push(fixture);
  return fixture;
};

const authorOf = ({ username, profileUid }: AuthenticatedUser) => ({ username, profileUid });

const KEY = { type: 'action', id: 'c1', namespace: 'default' };

const rowOf = async (store: DocumentStore): Promise<StoredDocument> => {
  const [row] = await store.getMany(['action:c1'], 'action');
  if (row === undefined) throw new Error('the row was not found');
  return row;
};

/** Changes attributes of the connector directly in the store. */
const tamper = async (store: DocumentStore, change: Readonly<Record<string, unknown>>) => {
  const { version: _, ...row } = await rowOf(store);
  await store.put({ ...row, attributes: { ...row.attributes, ...change } });
};

/** Writes a connector as the first version did: without auth mode and copy of the auth type. */
const seedVersion1 =
  (attributes: Readonly<Record<string, unknown>>) =>
  async (store: DocumentStore): Promise<void> => {
    const now = '2029-01-01T00:00:00.000Z';
    const plain = { name: 'Old', isMissingSecrets: false, config: {}, ...attributes };
    await store.put({
      key: 'action:c1',
      type: 'action',
      namespace: 'default',
      attributes: fixtureEncryption().encrypt(KEY, plain),
      references: [],
      modelVersion: 1,
      createdAt: now,
      updatedAt: now,
    });
  };

describe('connectors stored by the first model version', () => {
  const old = { actionTypeId: '.probe', secrets: { authType: 'bearer', token: 'development-old' } };

  it('are read as shared, keep their secrets, and are rewritten in the newest version', async () => {
    const fixture = await aFixture({ seed: seedVersion1(old) });
    const { body } = await fixture.inject({ method: 'GET', url: '/api/actions/connector/c1' });
    expect(body).toMatchObject({ name: 'Old', auth_mode: 'shared' });
    expect((await fixture.read('c1')).secrets).toEqual(old.secrets);
    const row = await rowOf(fixture.store);
    expect([row.modelVersion, row.attributes['authMode']]).toEqual([9, 'shared']);
  });

  it('use per-user authorization when their secrets require it, whatever mode the migration stored', async () => {
    const fixture = await aFixture({ seed: seedVersion1({ ...old, secrets: oauthApp() }) });
    expect(await fixture.read('c1')).toMatchObject({ authMode: 'per-user' });
    const { body } = await fixture.execute('c1', { subAction: 'get' });
    expect(body).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
  });

  it('get the copy of their auth type with the next update', async () => {
    const fixture = await aFixture({ seed: seedVersion1({ ...old, secrets: oauthApp() }) });
    const url = '/api/actions/connector/c1';
    const put = { method: 'PUT', url, body: { name: 'New', secrets: oauthApp() } } as const;
    const { status, body } = await fixture.inject(put);
    expect(status).toBe(200);
    expect(body).toMatchObject({ auth_mode: 'per-user' });
    const { attributes } = await rowOf(fixture.store);
    expect(attributes).toMatchObject({
      authMode: 'per-user',
      config: { authType: 'oauth_authorization_code' },
    });
  });
});

describe('the authors of a connector', () => {
  const edit = (fixture: ActionsFixture, user: AuthenticatedUser) =>
    fixture.inject({
      method: 'PUT',
      url: '/api/actions/connector/c1',
      body: { name: 'New' },
      user,
    });

  it('are the creator and the last editor, and no API returns them', async () => {
    const fixture = await aFixture();
    const created = await fixture.create('c1', {
      connector_type_id: '.probe',
      secrets: oauthApp(),
    });
    expect(await fixture.read('c1')).toMatchObject({ createdBy: authorOf(ana) });
    expect(await fixture.read('c1')).not.toHaveProperty('updatedBy');
    expect((await edit(fixture, ben)).status).toBe(200);
    const authors = { createdBy: authorOf(ana), updatedBy: authorOf(ben) };
    expect(await fixture.read('c1')).toMatchObject(authors);
    expect(JSON.stringify(created)).not.toContain(ana.profileUid);
  });

  it('are unknown for an older connector until its next edit, which stores the editor', async () => {
    const attributes = { actionTypeId: '.probe', secrets: oauthApp() };
    const fixture = await aFixture({ seed: seedVersion1(attributes) });
    expect(await fixture.read('c1')).not.toHaveProperty('createdBy');
    await edit(fixture, ben);
    expect(await fixture.read('c1')).toMatchObject({ updatedBy: authorOf(ben) });
    expect(await fixture.read('c1')).not.toHaveProperty('createdBy');
  });
});

describe('stored connectors of a type that was renamed', () => {
  const bearer = { authType: 'bearer', token: 'development-old' };
  const url = 'http://localhost:1234/api';
  /**
   * Writes a connector as the previous version did: with six model versions, and with ciphertext
   * that is not bound to the current id of the type.
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

  it('have the current type and their secrets, and keep the former id for older servers', async () => {
    const fixture = await aFixture({ seed: seedFormer });
    expect(await fixture.read('c1')).toMatchObject({
      connectorTypeId: '.custom_api',
      secrets: bearer,
    });
    const { attributes, modelVersion } = await rowOf(fixture.store);
    expect(attributes).toMatchObject({ actionTypeId: '.http', connectorTypeId: '.custom_api' });
    expect(modelVersion).toBe(9);
  });

  it('are not treated as the other type that has the former id now', async () => {
    const fixture = await aFixture({ seed: seedFormer });
    await fixture.inject({
      method: 'POST',
      url: '/api/actions/connector/c2',
      body: { name: 'Kibana', connector_type_id: '.http', config: { url } },
    });
    const { body } = await fixture.inject<readonly { id: string; connector_type_id: string }[]>({
      method: 'GET',
      url: '/api/actions/connectors',
    });
    const types = body.map(({ id, connector_type_id: type }) => [id, type]);
    expect(types.sort()).toEqual([
      ['c1', '.custom_api'],
      ['c2', '.http'],
    ]);
  });

  it('D55: cannot become the other type by a direct change in the store', async () => {
    const fixture = await aFixture({ seed: seedFormer });
    const put = await fixture.inject({
      method: 'PUT',
      url: '/api/actions/connector/c1',
      body: { name: 'Edited', config: { url }, secrets: bearer },
    });
    expect(put.status).toBe(200);
    await tamper(fixture.store, { connectorTypeId: '.http' });
    await expect(fixture.read('c1')).rejects.toMatchObject({ code: 'undecryptable' });
  });
});

describe('a connector that was changed directly in the store', () => {
  const aConnector = async (secrets: object = oauthApp()) => {
    const fixture = await aFixture();
    await fixture.create('c1', { connector_type_id: '.probe', secrets });
    return fixture;
  };
  const run = (fixture: ActionsFixture) => fixture.execute('c1', { subAction: 'get' });

  it('contains no secret in clear text', async () => {
    const fixture = await aConnector();
    expect(JSON.stringify(await rowOf(fixture.store))).not.toContain('development-client');
  });

  it('D54: cannot be decrypted with another config, type or id', async () => {
    for (const change of [
      { config: { authType: 'oauth_authorization_code', note: 'evil' } },
      { actionTypeId: '.custom_api' },
      { isMissingSecrets: true },
    ]) {
      const fixture = await aConnector();
      await tamper(fixture.store, change);
      await expect(fixture.read('c1')).rejects.toMatchObject({ code: 'undecryptable' });
    }
    const fixture = await aConnector();
    const row = await rowOf(fixture.store);
    await fixture.store.put({ ...row, key: 'action:c2' });
    await expect(fixture.read('c2')).rejects.toMatchObject({ code: 'undecryptable' });
  });

  it('fails its executions with advice for an administrator, and sends no request', async () => {
    const fixture = await aConnector();
    await tamper(fixture.store, { config: { note: 'evil' } });
    const { status, body } = await run(fixture);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'error', retry: false, errorSource: 'user' });
    expect(body['service_message']).toContain('cannot be read');
    expect(fixture.api.seen).toEqual([]);
    expect(fixture.audit.events.at(-1)).toMatchObject({
      action: 'connector_execute',
      outcome: 'failure',
    });
  });

  it('can be repaired only by entering the secrets again', async () => {
    const fixture = await aConnector();
    await fixture.connect('c1');
    await tamper(fixture.store, { secrets: 'damaged' });
    const put = (body: object) =>
      fixture.inject<Record<string, unknown>>({
        method: 'PUT',
        url: '/api/actions/connector/c1',
        body: { name: 'c1', ...body },
      });
    expect((await put({})).body).toMatchObject({ attributes: { code: 'secrets_required' } });
    expect((await put({ secrets: oauthApp() })).body).toMatchObject({ disconnected_users: 1 });
    expect((await fixture.read('c1')).secrets).toEqual(oauthApp());
  });

  it('can be deleted although it cannot be decrypted', async () => {
    const fixture = await aConnector();
    await fixture.connect('c1');
    await tamper(fixture.store, { secrets: 'damaged' });
    const url = '/api/actions/connector/c1';
    expect((await fixture.inject({ method: 'DELETE', url })).status).toBe(204);
    const grants = await fixture.services.tokens.connections.ofUser('u_ana', [{ id: 'c1' }]);
    expect(grants.get('c1')?.status).not.toBe('connected');
  });

  describe('whose secrets are encrypted with a key that this server lacks', () => {
    const url = '/api/actions/connector/c1';
    const encryptWithAnotherKey = async (
      { store, clock }: ActionsFixture,
      secrets: Record<string, unknown> = oauthApp(),
    ) => {
      const { repository } = await openActionsStore({
        store,
        clock,
        keys: {
          primary: 'development-only-another-key-0123456789',
          decryptionOnly: [TEST_ENCRYPTION_KEY],
        },
      });
      const options = { namespace: 'default' };
      await repository.update('action', 'c1', { secrets }, options);
    };
    const refused = {
      status: 503,
      body: {
        message: expect.stringContaining('keyRotation.decryptionOnlyKeys'),
        attributes: { code: 'key_not_configured' },
      },
    };

    it('D60: cannot be deleted or edited while it has authorizations, which stay unchanged', async () => {
      const fixture = await aConnector();
      await fixture.connect('c1');
      await encryptWithAnotherKey(fixture);
      expect(await fixture.inject({ method: 'DELETE', url })).toMatchObject(refused);
      const body = { name: 'c1', secrets: oauthApp({ clientId: 'other' }) };
      expect(await fixture.inject({ method: 'PUT', url, body })).toMatchObject(refused);
      const { connections, outbox } = fixture.services.tokens;
      await outbox.drain(1000);
      expect((await connections.ofUser('u_ana', [{ id: 'c1' }])).get('c1')?.status).toBe(
        'connected',
      );
      expect((await fixture.inject({ method: 'GET', url })).status).toBe(200);
      expect(fixture.idp.revoked).toEqual([]);
    });

    it('D62: can be deleted with force, and the job reports that its grants were not revoked', async () => {
      const fixture = await aConnector();
      await fixture.connect('c1');
      await encryptWithAnotherKey(fixture);
      expect((await fixture.inject({ method: 'DELETE', url: `${url}?force=true` })).status).toBe(
        204,
      );
      const { views } = await fixture.services.revocationJobs.list({ page: 1, perPage: 10 });
      expect(views.map(({ counts }) => counts.revocation.unsupported)).toEqual([1]);
    });

    it('can be deleted when it has no authorization', async () => {
      const fixture = await aConnector();
      await encryptWithAnotherKey(fixture);
      expect((await fixture.inject({ method: 'DELETE', url })).status).toBe(204);
    });

    it('D60: delays the deletion of its space for a day, so that a server with the key can revoke its grants', async () => {
      const fixture = await aConnector();
      await fixture.connect('c1');
      await encryptWithAnotherKey(fixture);
      const { connectorReader, connectors } = fixture.services;
      if (!(connectorReader instanceof ConnectorStore)) throw new Error('no connector store');
      const connector = await connectorReader.readStoredForChange('c1', 'default');
      if (connector === undefined) throw new Error('the connector was not found');
      const remove = (isForced: boolean) =>
        connectors.deleteWithSpace(connector, { actor: undefined, isForced });
      await expect(remove(false)).rejects.toMatchObject({ code: 'store_unavailable' });
      expect(await remove(true)).toBe(1);
    });

    describe('and whose shared token this server can read', () => {
      const withLostKey = async () => {
        const fixture = await aConnector(clientCredentials);
        expect((await run(fixture)).body).toMatchObject({ status: 'ok' });
        await encryptWithAnotherKey(fixture, { ...clientCredentials });
        return fixture;
      };
      const sharedTokens = async ({ store }: ActionsFixture) => {
        const keys: string[] = [];
        for await (const batch of store.iterate({ types: [CONNECTOR_TOKEN_TYPE], batchSize: 100 }))
          keys.push(...batch.map(({ key }) => key));
        return keys;
      };
      const unrevocable = ({ audit }: ActionsFixture) =>
        audit.events.filter(({ action }) => action === 'connector_oauth_revoke');

      it.each(['', '?force=true'])(
        'D62: can be deleted together with its token, with the query [%s]',
        async (query) => {
          const fixture = await withLostKey();
          const response = await fixture.inject({ method: 'DELETE', url: `${url}${query}` });
          expect(response.status).toBe(204);
          expect(await sharedTokens(fixture)).toEqual([]);
          expect(unrevocable(fixture)).toHaveLength(1);
          expect(fixture.idp.revoked).toEqual([]);
        },
      );

      it('D62: can be repaired with new secrets, and then requests a new token', async () => {
        const fixture = await withLostKey();
        const body = { name: 'c1', secrets: clientCredentials };
        expect((await fixture.inject({ method: 'PUT', url, body })).status).toBe(200);
        expect(await sharedTokens(fixture)).toEqual([]);
        expect((await run(fixture)).body).toMatchObject({ status: 'ok' });
        expect(fixture.idp.tokenCalls).toHaveLength(2);
      });

      it('D62: does not delay the deletion of its space', async () => {
        const fixture = await withLostKey();
        const { connectorReader, connectors } = fixture.services;
        if (!(connectorReader instanceof ConnectorStore)) throw new Error('no connector store');
        const connector = await connectorReader.readStoredForChange('c1', 'default');
        if (connector === undefined) throw new Error('the connector was not found');
        const how = { actor: undefined, isForced: true };
        expect(await connectors.deleteWithSpace(connector, how)).toBe(0);
        expect(await sharedTokens(fixture)).toEqual([]);
        expect(await connectorReader.read('c1', 'default')).toBeUndefined();
      });
    });
  });

  it('F79, D55: does not prevent grants of a removed user from ending, or grants of other connectors from being revoked', async () => {
    const fixture = await aConnector();
    await fixture.create('c2', { connector_type_id: '.probe', secrets: oauthApp() });
    await fixture.connect('c1');
    await fixture.connect('c2');
    await tamper(fixture.store, { secrets: 'damaged' });
    const { connections, revocationJobs } = fixture.services;
    const { signal } = new AbortController();
    expect(await revocationJobs.revokeForUser('u_ana', 'user_removed', signal)).toBe(2);
    await fixture.services.tokens.stop(1000);
    const now = await connections.ofUser('u_ana', [{ id: 'c1' }, { id: 'c2' }]);
    expect([...now.values()].map(({ status }) => status)).toEqual([
      'not_connected',
      'not_connected',
    ]);
    expect(fixture.idp.revoked).toHaveLength(2);
  });

  it.each([
    ['per-user', 'shared', oauthApp()],
    ['shared', 'per-user', { authType: 'bearer', token: 'development-bearer' }],
  ])('F78: is still %s when its stored mode was changed to %s', async (mode, flipped, secrets) => {
    const fixture = await aConnector(secrets);
    const before = [(await run(fixture)).body, fixture.api.seen.length];
    await tamper(fixture.store, { authMode: flipped });
    expect([(await run(fixture)).body, fixture.api.seen.length - Number(before[1])]).toEqual(
      before,
    );
    const { body } = await fixture.inject({ method: 'GET', url: '/api/actions/connector/c1' });
    expect(body).toMatchObject({ auth_mode: mode });
    expect(await fixture.read('c1')).toMatchObject({ authMode: mode });
  });
});

it('lists of connectors can be filtered by auth mode in the store', async () => {
  const fixture = await aFixture();
  await fixture.create('shared-one', { connector_type_id: '.probe' });
  await fixture.create('personal-one', { connector_type_id: '.probe', secrets: oauthApp() });
  const store = fixture.services.connectorReader;
  if (!(store instanceof ConnectorStore)) throw new Error('the reader is replaced');
  const found = await store.list('default', filter.equals('authMode', 'per-user'));
  expect(found.map(({ id }) => id)).toEqual(['personal-one']);
});
