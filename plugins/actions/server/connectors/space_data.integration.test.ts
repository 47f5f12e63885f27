import { aPrincipal } from '@latchkey/core/server/mocks';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { type DocumentStore, type StoredDocument, StoreError } from '@latchkey/saved-objects';
import type { SpaceDataRequest } from '@latchkey/spaces-plugin/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  type TestUser,
  withMethods,
} from '../oauth/flow/flow_fixture.mock.ts';

let strict: FakeOAuthServer;
let fixture: FlowFixture;
/** Function that the store calls before every write. */
let onPut: (document: { readonly type: string; readonly attributes: object }) => void;
beforeEach(async () => {
  onPut = () => undefined;
  strict = await startStrict({ port: 0 });
  fixture = await createFlowFixture({
    specs: [aFlowSpec('.strict', { revocationUrl: strict.revocationEndpoint })],
    settings: {
      preconfigured: {
        fixed: {
          name: 'Fixed',
          actionTypeId: '.strict',
          secrets: anAppConnector('.strict', strict, strict.clients.post).secrets,
        },
      },
    },
    wrapStore: (inner: DocumentStore) =>
      withMethods(inner, {
        put: async (document, options) => {
          onPut(document);
          return inner.put(document, options);
        },
      }),
  });
});
afterEach(async () => {
  await fixture.close();
  await strict.stop();
});

const app = () => anAppConnector('.strict', strict, strict.clients.basic);
const deleter = aTestUser().user ?? undefined;

/** Calls the deletion handler for space `b`, as the deletion of a space does. */
const deleteData = (over: Partial<SpaceDataRequest> = {}) => {
  const [handler] = fixture.spaceData;
  if (handler === undefined) throw new Error('the handler was not registered');
  return handler.deleteData({
    spaceId: 'b',
    requestedBy: aPrincipal({ user: deleter }),
    signal: new AbortController().signal,
    deletingSince: new Date(fixture.clock.now()),
    ensureCurrent: async () => undefined,
    ...over,
  });
};

const approach = async (testUser: TestUser, id: string, space = 'b') => {
  const { body } = await fixture.start(testUser, id, { space });
  return walkConsent(body.authorizationUrl, { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL });
};
const connect = async (id: string, space = 'b') => {
  const testUser = aTestUser();
  const { status } = await fixture.arrive(testUser, await approach(testUser, id, space));
  expect(status).toBe(200);
};

/** Returns the documents whose attributes name space `b`. */
const ofSpace = async () =>
  ((await fixture.dump()) as StoredDocument[]).filter(
    ({ namespace, attributes }) => namespace === 'b' || attributes['spaceId'] === 'b',
  );
/** Waits until the condition is true. Needed because revocations are sent in the background. */
const until = (isSo: () => Promise<boolean>) => waitUntil('the data of the space', isSo);
const revoked = () => until(async () => !strict.isGrantAlive('ana'));
const typesOf = (documents: readonly StoredDocument[]) =>
  [...new Set(documents.map(({ type }) => type))].sort();

describe('the deletion of a space', () => {
  it('deletes all connectors, secrets, flows and grants of the space, and changes no other space', async () => {
    await fixture.create('files', app(), 'b');
    await fixture.create('idle', app(), 'b');
    await fixture.create('other', app());
    await connect('files');
    await fixture.start(aTestUser(), 'idle', { space: 'b' });
    const counted = await fixture.spaceData[0]?.countData('b');
    expect(counted).toEqual({
      connectors: 2,
      authorizations: 1,
      shared_tokens: 0,
      authorization_flows: 2,
    });
    const result = await deleteData();
    expect(result).toEqual({
      removed: { connectors: 2, authorizations: 1, authorization_flows: 2 },
      remaining: 0,
    });
    await revoked();
    // The outbox deletes the document of a grant after the provider has responded. The document of
    // the job is kept for 30 days, without the client.
    await until(async () => typesOf(await ofSpace()).join() === 'oauth_revocation_job');
    expect(await fixture.spaceData[0]?.countData('b')).toEqual({
      connectors: 0,
      authorizations: 0,
      shared_tokens: 0,
      authorization_flows: 0,
    });
    expect(await deleteData()).toEqual({
      removed: { connectors: 0, authorizations: 0, authorization_flows: 0 },
      remaining: 0,
    });
    expect(
      (await fixture.as(aTestUser(), { method: 'GET', url: '/api/actions/connector/other' }))
        .status,
    ).toBe(200);
    const deletions = fixture.audit.events.filter(({ action }) => action === 'connector_delete');
    expect(deletions.map(({ savedObject, principal }) => [savedObject?.id, principal])).toEqual(
      ['files', 'idle'].map((id) => [id, expect.objectContaining({ user: deleter, spaceId: 'b' })]),
    );
  });

  it('finds every space that has connectors', async () => {
    await fixture.create('files', app(), 'b');
    await fixture.create('other', app());
    const found: string[] = [];
    for await (const id of fixture.spaceData[0]?.spacesInUse?.() ?? []) found.push(id);
    expect(found.sort()).toEqual(['b', 'default']);
  });

  it('waits only for jobs that a crash interrupted', async () => {
    await fixture.create('files', app(), 'b');
    await connect('files');
    onPut = ({ type, attributes }) => {
      // The process crashes between the deletion of the connector and the start of the job.
      const isBegun = 'state' in attributes && attributes.state === 'running';
      if (type === 'oauth_revocation_job' && isBegun) throw new StoreError('unavailable', 'crash');
    };
    await expect(deleteData()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(typesOf(await ofSpace())).not.toContain('action');
    onPut = () => undefined;
    expect(await deleteData()).toMatchObject({ remaining: 1 });
    const [run] = (await ofSpace()).filter(({ type }) => type === 'oauth_revocation_job');
    const revocationJobId = run?.key.replace('oauth_revocation_job:', '');
    await fixture.tasks.run('actions:oauth_revocation_job', { params: { revocationJobId } });
    expect(await deleteData()).toMatchObject({ remaining: 0 });
    await revoked();
  });

  it.each([503, 401])(
    'counts revocations that failed with HTTP %i, and does not wait for them',
    async (status) => {
      await fixture.create('files', app(), 'b');
      await connect('files');
      strict.failNext({ endpoint: 'revoke', times: 1000, fault: { kind: 'status', status } });
      expect(await deleteData()).toMatchObject({ removed: { connectors: 1 }, remaining: 0 });
      expect(await fixture.spaceData[0]?.countOutstanding?.('b')).toEqual({
        revocations: 1,
        failed_revocations: 0,
        unsupported_revocations: 0,
      });
      expect(typesOf(await ofSpace())).not.toContain('action');
    },
  );

  it('counts a revocation as failed when the provider refused it for a week', async () => {
    await fixture.create('files', app(), 'b');
    await connect('files');
    strict.failNext({ endpoint: 'revoke', times: 1000, fault: { kind: 'status', status: 503 } });
    expect(await deleteData()).toMatchObject({ removed: { connectors: 1 }, remaining: 0 });
    for (let hour = 0; hour <= 7 * 24 + 1; hour += 1) {
      await fixture.clock.advance(3_600_000);
      await fixture.tasks.run('actions:revocation_outbox');
    }
    expect(await fixture.spaceData[0]?.countOutstanding?.('b')).toEqual({
      revocations: 0,
      failed_revocations: 1,
      unsupported_revocations: 0,
    });
    expect(strict.isGrantAlive('ana')).toBe(true);
    expect(await deleteData()).toMatchObject({ remaining: 0 });
  });

  it('deletes nothing when another deletion of the space has taken over', async () => {
    await fixture.create('files', app(), 'b');
    const over = new Error('over');
    const ensureCurrent = () => Promise.reject(over);
    await expect(deleteData({ ensureCurrent })).rejects.toBe(over);
    expect(typesOf(await ofSpace())).toContain('action');
  });

  it('leaves a connector that is edited during the deletion to the next call', async () => {
    await fixture.create('files', app(), 'b');
    const ensureCurrent = async () => {
      const url = '/s/b/api/actions/connector/files';
      await fixture.as(aTestUser(), { method: 'PUT', url, body: { name: 'edited' } });
    };
    expect(await deleteData({ ensureCurrent })).toMatchObject({
      removed: { connectors: 0 },
      remaining: 1,
    });
    expect(await deleteData()).toMatchObject({ removed: { connectors: 1 }, remaining: 0 });
  });
});

describe('a space that was closed while the cache of this process says that it is open', () => {
  const close = () => fixture.spaces.open.delete('b');
  const create = () =>
    fixture.as<{ attributes?: unknown }>(aTestUser(), {
      method: 'POST',
      url: '/s/b/api/actions/connector/files',
      body: { name: 'files', ...app() },
    });
  const deletedSpace = { status: 404, body: { attributes: { code: 'space_deleted' } } };

  it('accepts no new connector', async () => {
    close();
    expect(await create()).toMatchObject(deletedSpace);
    expect(await ofSpace()).toEqual([]);
  });

  it('removes a connector that was written when the space was closed', async () => {
    onPut = ({ type }) => {
      if (type === 'action') close();
    };
    expect(await create()).toMatchObject(deletedSpace);
    expect(await ofSpace()).toEqual([]);
  });

  it.each(['files', 'fixed'])(
    'allows no execution or authorization of the connector [%s]',
    async (id) => {
      await fixture.create('files', app(), 'b');
      close();
      const url = `/s/b/api/actions/connector/${id}/_execute`;
      const body = { params: { subAction: 'noop', subActionParams: {} } };
      const execution = await fixture.as(aTestUser(), { method: 'POST', url, body });
      expect(execution.status).toBe(404);
      expect((await fixture.start(aTestUser(), id, { space: 'b' })).status).toBe(404);
      expect(typesOf(await ofSpace())).not.toContain('oauth_state');
    },
  );

  it.each(['files', 'fixed'])('accepts no callback of the connector [%s]', async (id) => {
    await fixture.create('files', app(), 'b');
    const testUser = aTestUser();
    const arrival = await approach(testUser, id);
    close();
    strict.clearRequests();
    expect((await fixture.arrive(testUser, arrival)).status).toBe(404);
    expect(strict.requests({ endpoint: 'token' })).toEqual([]);
  });

  it('revokes a grant that a callback stored when the space was closed', async () => {
    const testUser = aTestUser();
    const arrival = await approach(testUser, 'fixed');
    onPut = ({ attributes }) => {
      if ('status' in attributes && attributes.status === 'connected') close();
    };
    expect((await fixture.arrive(testUser, arrival)).status).toBe(404);
    await revoked();
  });
});
