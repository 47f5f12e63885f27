import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aPrincipal } from '@latchkey/core/server/mocks';
import { type StrictStandIn, startStrict, walkConsent } from '@latchkey/dev-providers';
import { type DocumentStore, type StoredDocument, StoreError } from '@latchkey/saved-objects';
import type { SpaceDataRequest } from '@latchkey/spaces-plugin/server';
import {
  aFlowSpec,
  anAppConnector,
  aPerson,
  createFlowBench,
  type FlowBench,
  type Person,
  PUBLIC_BASE_URL,
  withMethods,
} from '../oauth/flow/flow_bench.mock.ts';

let strict: StrictStandIn;
let bench: FlowBench;
/** Called before every write. */
let onPut: (document: { readonly type: string; readonly attributes: object }) => void;
beforeEach(async () => {
  onPut = () => undefined;
  strict = await startStrict({ port: 0 });
  bench = await createFlowBench({
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
  await bench.close();
  await strict.stop();
});

const app = () => anAppConnector('.strict', strict, strict.clients.basic);
const deleter = aPerson().user ?? undefined;

/** One call of the handler for space `b`, as a deletion of the space makes it. */
const deleteData = (over: Partial<SpaceDataRequest> = {}) => {
  const [handler] = bench.spaceData;
  if (handler === undefined) throw new Error('no handler');
  return handler.deleteData({
    spaceId: 'b',
    requestedBy: aPrincipal({ user: deleter }),
    signal: new AbortController().signal,
    ensureCurrent: async () => undefined,
    ...over,
  });
};

const approach = async (person: Person, id: string, space = 'b') => {
  const { body } = await bench.start(person, id, { space });
  return walkConsent(body.authorizationUrl, { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL });
};
const connect = async (id: string, space = 'b') => {
  const person = aPerson();
  const { status } = await bench.arrive(person, await approach(person, id, space));
  expect(status).toBe(200);
};

/** Documents whose attributes name space `b`. */
const ofSpace = async () =>
  ((await bench.dump()) as StoredDocument[]).filter(
    ({ namespace, attributes }) => namespace === 'b' || attributes['spaceId'] === 'b',
  );
/** Revocations are sent in the background. */
const until = async (isSo: () => Promise<boolean>) => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
};
const revoked = () => until(async () => !strict.isGrantAlive('ana'));
const typesOf = (documents: readonly StoredDocument[]) =>
  [...new Set(documents.map(({ type }) => type))].sort();

describe('the data of a space that is deleted', () => {
  it('is deleted with its connectors, secrets, flows and grants, which are revoked; other spaces keep theirs', async () => {
    await bench.create('files', app(), 'b');
    await bench.create('idle', app(), 'b');
    await bench.create('other', app());
    await connect('files');
    await bench.start(aPerson(), 'idle', { space: 'b' });
    const result = await deleteData();
    expect(result).toEqual({
      removed: { connectors: 2, authorizations: 1, authorization_flows: 2 },
      remaining: 0,
    });
    await revoked();
    // A grant's document is removed when the outbox has the provider's response. The record of the
    // run stays for a month, without the client.
    await until(async () => typesOf(await ofSpace()).join() === 'oauth_ending');
    expect(await deleteData()).toEqual({
      removed: { connectors: 0, authorizations: 0, authorization_flows: 0 },
      remaining: 0,
    });
    expect(
      (await bench.as(aPerson(), { method: 'GET', url: '/api/actions/connector/other' })).status,
    ).toBe(200);
    const deletions = bench.audit.events.filter(({ action }) => action === 'connector_delete');
    expect(deletions.map(({ savedObject, principal }) => [savedObject?.id, principal])).toEqual(
      ['files', 'idle'].map((id) => [id, expect.objectContaining({ user: deleter, spaceId: 'b' })]),
    );
  });

  it('is found by the spaces that connectors are in', async () => {
    await bench.create('files', app(), 'b');
    await bench.create('other', app());
    const found: string[] = [];
    for await (const id of bench.spaceData[0]?.spacesInUse?.() ?? []) found.push(id);
    expect(found.sort()).toEqual(['b', 'default']);
  });

  it('waits for runs that a crash interrupted, and for nothing else', async () => {
    await bench.create('files', app(), 'b');
    await connect('files');
    onPut = ({ type, attributes }) => {
      // The process dies after it deleted the connector and before it started the run.
      const isBegun = 'state' in attributes && attributes.state === 'running';
      if (type === 'oauth_ending' && isBegun) throw new StoreError('unavailable', 'crash');
    };
    await expect(deleteData()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(typesOf(await ofSpace())).not.toContain('action');
    onPut = () => undefined;
    expect(await deleteData()).toMatchObject({ remaining: 1 });
    const [run] = (await ofSpace()).filter(({ type }) => type === 'oauth_ending');
    const endingId = run?.key.replace('oauth_ending:', '');
    await bench.tasks.run('actions:oauth_ending', { params: { endingId } });
    expect(await deleteData()).toMatchObject({ remaining: 0 });
    await revoked();
  });

  it.each([503, 401])(
    'counts revocations that the provider answers with HTTP %i, and does not wait for them',
    async (status) => {
      await bench.create('files', app(), 'b');
      await connect('files');
      strict.failNext({ endpoint: 'revoke', times: 1000, fault: { kind: 'status', status } });
      expect(await deleteData()).toMatchObject({ removed: { connectors: 1 }, remaining: 0 });
      expect(await bench.spaceData[0]?.countOutstanding?.('b')).toEqual({
        revocations: 1,
        failed_revocations: 0,
        unsupported_revocations: 0,
      });
      expect(typesOf(await ofSpace())).not.toContain('action');
    },
  );

  it('stays when the deletion turns out to be over', async () => {
    await bench.create('files', app(), 'b');
    const over = new Error('over');
    const ensureCurrent = () => Promise.reject(over);
    await expect(deleteData({ ensureCurrent })).rejects.toBe(over);
    expect(typesOf(await ofSpace())).toContain('action');
  });

  it('leaves a connector that was edited since it was read to the next call', async () => {
    await bench.create('files', app(), 'b');
    const ensureCurrent = async () => {
      const url = '/s/b/api/actions/connector/files';
      await bench.as(aPerson(), { method: 'PUT', url, body: { name: 'edited' } });
    };
    expect(await deleteData({ ensureCurrent })).toMatchObject({
      removed: { connectors: 0 },
      remaining: 1,
    });
    expect(await deleteData()).toMatchObject({ removed: { connectors: 1 }, remaining: 0 });
  });
});

describe('a space that is closed while this process still believes it open', () => {
  const close = () => bench.spaces.open.delete('b');
  const create = () =>
    bench.as<{ attributes?: unknown }>(aPerson(), {
      method: 'POST',
      url: '/s/b/api/actions/connector/files',
      body: { name: 'files', ...app() },
    });
  const gone = { status: 404, body: { attributes: { code: 'space_gone' } } };

  it('accepts no new connector', async () => {
    close();
    expect(await create()).toMatchObject(gone);
    expect(await ofSpace()).toEqual([]);
  });

  it('keeps no connector that was written at that moment', async () => {
    onPut = ({ type }) => {
      if (type === 'action') close();
    };
    expect(await create()).toMatchObject(gone);
    expect(await ofSpace()).toEqual([]);
  });

  it.each(['files', 'fixed'])('executes and authorizes nothing there: [%s]', async (id) => {
    await bench.create('files', app(), 'b');
    close();
    const url = `/s/b/api/actions/connector/${id}/_execute`;
    const body = { params: { subAction: 'noop', subActionParams: {} } };
    const execution = await bench.as(aPerson(), { method: 'POST', url, body });
    expect(execution.status).toBe(404);
    expect((await bench.start(aPerson(), id, { space: 'b' })).status).toBe(404);
    expect(typesOf(await ofSpace())).not.toContain('oauth_state');
  });

  it.each(['files', 'fixed'])('accepts no late callback of [%s]', async (id) => {
    await bench.create('files', app(), 'b');
    const person = aPerson();
    const arrival = await approach(person, id);
    close();
    strict.clearRequests();
    expect((await bench.arrive(person, arrival)).status).toBe(404);
    expect(strict.requests({ endpoint: 'token' })).toEqual([]);
  });

  it('revokes a grant that a callback stored at that moment', async () => {
    const person = aPerson();
    const arrival = await approach(person, 'fixed');
    onPut = ({ attributes }) => {
      if ('status' in attributes && attributes.status === 'connected') close();
    };
    expect((await bench.arrive(person, arrival)).status).toBe(404);
    await revoked();
  });
});
