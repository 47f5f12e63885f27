import { TestProxy } from '@latchkey/test-proxy';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aNote, GLOBAL, NOTE, noteKey } from '../../../conformance/documents.ts';
import type { DocumentStore } from '../../../store/document_store.ts';
import { createElasticsearchStore } from '../elasticsearch_store.ts';
import { anIndexPrefix, ask, deleteIndices, refusal } from './store_for_tests.ts';
import type { TestCluster } from './test_cluster.ts';

const KEY = noteKey('a');
const unavailable = (message: string) => ({
  name: 'StoreError',
  code: 'unavailable',
  message: expect.stringContaining(message),
});

/**
 * Registers tests with a cluster that is down, read-only, full, slow or refuses requests. Every
 * test uses the same store again after the failure.
 */
export function itReportsOutages({ hosts, nodes }: TestCluster): void {
  let proxy: TestProxy;
  let store: DocumentStore;
  let indexPrefix: string;

  beforeEach(async () => {
    proxy = await TestProxy.start({ target: hosts[0] ?? '' });
    indexPrefix = anIndexPrefix();
    store = createElasticsearchStore({ hosts: [proxy.origin], indexPrefix });
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

  it('G90: reports an unreachable cluster, and works again when it is reachable', async () => {
    proxy.treat = () => 'drop_request';
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

  it('reports that no server listens at the configured hosts', async () => {
    const { origin } = proxy;
    await proxy.stop();
    proxy = await TestProxy.start({ target: hosts[0] ?? '' });
    const down = createElasticsearchStore({ hosts: [origin], indexPrefix });
    await expect(down.prepare([NOTE])).rejects.toMatchObject(unavailable(origin));
    await down.close();
  });

  it('G90: reads and reports a read-only index, and writes again when it is writable', async () => {
    await block('write', true);
    await expect(store.put(aNote('a'))).rejects.toMatchObject(unavailable('refuses writes'));
    await expect(store.ping()).rejects.toMatchObject(unavailable('index.blocks.write'));
    expect((await store.getMany([KEY], NOTE.name))[0]?.attributes).toEqual({ rank: 1 });
    await block('write', null);
    await works();
  });

  it('G90: asks for disk space when a full disk blocks an index', async () => {
    await block('read_only_allow_delete', true);
    await expect(store.put(aNote('a'))).rejects.toMatchObject(unavailable('free disk space'));
    await expect(store.ping()).rejects.toMatchObject(unavailable('free disk space'));
    await block('read_only_allow_delete', null);
    await works();
  });

  it('reports a read-only cluster', async () => {
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

  it('reports the timeout of a suspended cluster, and works again when it is resumed', async () => {
    // This test waits for the timeout, so it uses a store with a short one.
    const impatient = createElasticsearchStore({
      hosts: [proxy.origin],
      indexPrefix,
      requestTimeoutMs: 4_000,
    });
    await impatient.prepare([NOTE, GLOBAL]);
    nodes[0]?.pause();
    try {
      const late = unavailable('did not respond in time');
      await expect(impatient.ping()).rejects.toMatchObject(late);
      await expect(impatient.put(aNote('a'))).rejects.toMatchObject(late);
    } finally {
      nodes[0]?.resume();
    }
    // This request waits until the node works again, because the timeout of the store may be too
    // short for that.
    await ask(hosts, 'GET', '/_cluster/health');
    await impatient.ping();
    await impatient.close();
    await works();
  });

  it.each([
    [429, 'es_rejected_execution_exception'],
    [503, 'master_not_discovered_exception'],
    [502, 'bad_gateway'],
  ])('repeats a request that the cluster temporarily refused (%i %s)', async (status, type) => {
    proxy.plan(() => true, refusal(status, { type }), 2);
    await store.put(aNote('a', { rank: 3 }));
    expect((await store.getMany([KEY], NOTE.name))[0]?.attributes).toEqual({ rank: 3 });
  });

  it.each([
    [429, 'es_rejected_execution_exception', 'is overloaded (429)'],
    [503, 'master_not_discovered_exception', 'no master is elected'],
    [401, 'security_exception', 'refuses the credentials (401)'],
    [403, 'security_exception', 'this account lacks a privilege (403)'],
  ])('advises the operator when every attempt fails (%i %s)', async (status, type, message) => {
    proxy.treat = () => refusal(status, { type });
    await expect(store.put(aNote('a'))).rejects.toMatchObject(unavailable(message));
    proxy.heal();
    await works();
  });

  it('reports a deleted index and does not treat its documents as deleted', async () => {
    await ask(hosts, 'DELETE', `/${indexPrefix}${NOTE.name}.1`);
    const missing = unavailable('has lost an index');
    await expect(store.getMany([KEY], NOTE.name)).rejects.toMatchObject(missing);
    await expect(store.put(aNote('a'), { condition: { ifAbsent: true } })).rejects.toMatchObject(
      missing,
    );
    await expect(store.search({ types: [NOTE.name], limit: 1 })).rejects.toMatchObject(missing);
    await expect(store.ping()).rejects.toMatchObject(missing);
    await store.prepare([NOTE, GLOBAL]);
    await store.put(aNote('a', { rank: 1 }));
    await works();
  });

  it('includes neither attributes nor credentials in any error', async () => {
    const secret = 'canary-5fd1';
    const withSecret = createElasticsearchStore({
      hosts: [proxy.origin],
      indexPrefix,
      username: 'someone',
      password: secret,
      maxRetries: 0,
    });
    await withSecret.prepare([NOTE]);
    const responses = [400, 401, 403, 429, 500, 503];
    for (const fault of [...responses, 'drop_request', 'drop_response'] as const) {
      proxy.treat = ({ body }) => {
        if (typeof fault === 'string') return fault;
        const reason = `cannot parse [${secret}] of ${body}`;
        return refusal(fault, { type: 'some_exception', reason });
      };
      const failure = await withSecret.put(aNote('a', { token: secret })).catch((error) => error);
      expect(everythingOf(failure)).not.toContain(secret);
      expect(failure).toBeInstanceOf(Error);
    }
    await withSecret.close();
  });
}

/** Returns the message, the stack and all own properties of an error and of its causes. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((name) => String(Reflect.get(error, name)));
  return [...own, JSON.stringify(error), everythingOf(error.cause)].join('\n');
}
