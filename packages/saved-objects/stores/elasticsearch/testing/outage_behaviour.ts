import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { RunningElasticsearch } from '@latchkey/elasticsearch';
import { aNote, GLOBAL, NOTE, noteKey } from '../../../conformance/documents.ts';
import type { DocumentStore } from '../../../store/document_store.ts';
import { createElasticsearchStore } from '../elasticsearch_store.ts';
import { type FaultyProxy, firstTimes, startFaultyProxy } from './faulty_proxy.ts';
import { anIndexPrefix, ask, deleteIndices } from './store_for_tests.ts';

const KEY = noteKey('a');
const unavailable = (message: string) => ({
  name: 'StoreError',
  code: 'unavailable',
  message: expect.stringContaining(message),
});

/** A cluster that is down, read-only, full, slow or refuses. Every store is used again after the failure: none is made anew. */
export function itReportsOutages({ hosts, nodes }: RunningElasticsearch): void {
  let proxy: FaultyProxy;
  let store: DocumentStore;
  let indexPrefix: string;

  beforeEach(async () => {
    proxy = await startFaultyProxy(hosts[0] ?? '');
    indexPrefix = anIndexPrefix();
    store = createElasticsearchStore({ hosts: [proxy.url], indexPrefix });
    await store.prepare([NOTE, GLOBAL]);
    await store.put(aNote('a', { rank: 1 }), { visibleToSearch: true });
  });
  afterEach(async () => {
    await store.close();
    await proxy.stop();
    await deleteIndices(hosts, indexPrefix);
  });

  const block = (setting: string, value: boolean | null): Promise<unknown> =>
    ask(hosts, 'PUT', `/${indexPrefix}${NOTE.name}/_settings`, {
      [`index.blocks.${setting}`]: value,
    });
  const works = async (): Promise<void> => {
    await store.ping();
    await store.put(aNote('a', { rank: 2 }));
    expect((await store.getMany([KEY], NOTE.name))[0]?.attributes).toEqual({ rank: 2 });
  };

  it('G90: says that the cluster cannot be reached, and works again once it can', async () => {
    proxy.inject(() => 'drop_request');
    const expected = unavailable('cannot be reached: check that it runs, that elasticsearch.hosts');
    await expect(store.put(aNote('a'))).rejects.toMatchObject(expected);
    await expect(store.getMany([KEY], NOTE.name)).rejects.toMatchObject(expected);
    await expect(store.delete(KEY, NOTE.name)).rejects.toMatchObject(expected);
    await expect(store.search({ types: [NOTE.name], limit: 1 })).rejects.toMatchObject(expected);
    await expect(store.ping()).rejects.toMatchObject(expected);
    await expect(store.prepare([NOTE])).rejects.toMatchObject(expected);
    proxy.heal();
    await works();
  });

  it('says that nothing listens at the configured hosts', async () => {
    const { url } = proxy;
    await proxy.stop();
    proxy = await startFaultyProxy(hosts[0] ?? '');
    const down = createElasticsearchStore({ hosts: [url], indexPrefix });
    await expect(down.prepare([NOTE])).rejects.toMatchObject(unavailable(url));
    await down.close();
  });

  it('G90: reads on while an index is read-only, says so, and writes again once it is not', async () => {
    await block('write', true);
    await expect(store.put(aNote('a'))).rejects.toMatchObject(unavailable('refuses writes'));
    await expect(store.ping()).rejects.toMatchObject(unavailable('index.blocks.write'));
    expect((await store.getMany([KEY], NOTE.name))[0]?.attributes).toEqual({ rank: 1 });
    await block('write', null);
    await works();
  });

  it('G90: asks for disk space when the cluster has blocked an index for want of it', async () => {
    await block('read_only_allow_delete', true);
    await expect(store.put(aNote('a'))).rejects.toMatchObject(unavailable('free disk space'));
    await expect(store.ping()).rejects.toMatchObject(unavailable('free disk space'));
    await block('read_only_allow_delete', null);
    await works();
  });

  it('says that the whole cluster is read-only', async () => {
    const setting = (value: boolean | null): Promise<unknown> =>
      ask(hosts, 'PUT', '/_cluster/settings', {
        persistent: { 'cluster.blocks.read_only': value },
      });
    await setting(true);
    try {
      await expect(store.put(aNote('a'))).rejects.toMatchObject(unavailable('refuses writes'));
      await expect(store.ping()).rejects.toMatchObject(unavailable('refuses writes'));
    } finally {
      await setting(null);
    }
    await works();
  });

  it('says that a frozen cluster does not answer in time, and works again when it thaws', async () => {
    // The only one that waits for answers that never come.
    await store.close();
    store = createElasticsearchStore({ hosts: [proxy.url], indexPrefix, requestTimeoutMs: 2_000 });
    await store.prepare([NOTE, GLOBAL]);
    nodes[0]?.pause();
    try {
      await expect(store.ping()).rejects.toMatchObject(unavailable('did not answer in time'));
      await expect(store.put(aNote('a'))).rejects.toMatchObject(
        unavailable('did not answer in time'),
      );
    } finally {
      nodes[0]?.resume();
    }
    // It has to be awake, not as quick as the store is impatient.
    await ask(hosts, 'GET', '/_cluster/health');
    await works();
  });

  it.each([
    [429, 'es_rejected_execution_exception'],
    [503, 'master_not_discovered_exception'],
    [502, 'bad_gateway'],
  ])('repeats what a busy or leaderless cluster refused (%i)', async (status, type) => {
    proxy.inject(firstTimes(2, () => true, { status, body: { error: { type }, status } }));
    await store.put(aNote('a', { rank: 3 }));
    expect((await store.getMany([KEY], NOTE.name))[0]?.attributes).toEqual({ rank: 3 });
  });

  it.each([
    [429, 'es_rejected_execution_exception', 'too much of it (429)'],
    [503, 'master_not_discovered_exception', 'no master is elected'],
    [401, 'security_exception', 'refuses the credentials (401)'],
    [403, 'security_exception', 'does not allow this account'],
  ])('tells the operator what to do when it stays so (%i %s)', async (status, type, message) => {
    proxy.inject(() => ({ status, body: { error: { type }, status } }));
    await expect(store.put(aNote('a'))).rejects.toMatchObject(unavailable(message));
    proxy.heal();
    await works();
  });

  it('says that an index is gone instead of taking its documents for deleted', async () => {
    await ask(hosts, 'DELETE', `/${indexPrefix}${NOTE.name}.1`);
    const gone = unavailable('has lost an index');
    await expect(store.getMany([KEY], NOTE.name)).rejects.toMatchObject(gone);
    await expect(store.put(aNote('a'), { condition: { ifAbsent: true } })).rejects.toMatchObject(
      gone,
    );
    await expect(store.search({ types: [NOTE.name], limit: 1 })).rejects.toMatchObject(gone);
    await expect(store.ping()).rejects.toMatchObject(gone);
    await store.prepare([NOTE, GLOBAL]);
    await store.put(aNote('a', { rank: 1 }));
    await works();
  });

  it('names neither attributes nor credentials in any error', async () => {
    const secret = 'canary-5fd1';
    const careful = createElasticsearchStore({
      hosts: [proxy.url],
      indexPrefix,
      username: 'someone',
      password: secret,
      maxRetries: 0,
    });
    await careful.prepare([NOTE]);
    const responses = [400, 401, 403, 429, 500, 503];
    for (const fault of [...responses, 'drop_request', 'drop_answer'] as const) {
      proxy.inject(({ body }) => {
        if (typeof fault === 'string') return fault;
        const error = { type: 'some_exception', reason: `cannot parse [${secret}] of ${body}` };
        return { status: fault, body: { error, status: fault } };
      });
      const failure = await careful.put(aNote('a', { token: secret })).catch((error) => error);
      expect(everythingOf(failure)).not.toContain(secret);
      expect(failure).toBeInstanceOf(Error);
    }
    await careful.close();
  });
}

/** Message, stack and all own properties of an error and its causes. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((name) => String(Reflect.get(error, name)));
  return [...own, JSON.stringify(error), everythingOf(error.cause)].join('\n');
}
