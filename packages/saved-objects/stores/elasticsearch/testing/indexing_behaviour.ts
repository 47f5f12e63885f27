import { TestProxy } from '@latchkey/test-proxy';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aNote, idsOf, idsUpTo, NOTE, noteKey, putAll } from '../../../conformance/documents.ts';
import { filter } from '../../../filter/filter.ts';
import type { DocumentStore } from '../../../store/document_store.ts';
import type { SavedObjectsType } from '../../../types/saved_objects_type.ts';
import { ClusterClient, resolveOptions } from '../connection/index.ts';
import { createElasticsearchStore } from '../elasticsearch_store.ts';
import { purgeTombstones } from '../purge_tombstones.ts';
import { typeIndex } from '../type_index.ts';
import { anIndexPrefix, ask, deleteIndices, refusal } from './store_for_tests.ts';

const KEY = noteKey('a');

/** The note type of the next build, with further mappings. */
const NEXT_NOTE: SavedObjectsType = {
  ...NOTE,
  modelVersions: {
    ...NOTE.modelVersions,
    2: {
      changes: [{ type: 'mappings_addition', addedMappings: { color: { type: 'keyword' } } }],
      schemas: NOTE.modelVersions[1]?.schemas ?? never(),
    },
  },
};

/** Registers tests of the content of indices and of their changes. */
export function itMaintainsIndices(hosts: readonly string[]): void {
  let store: DocumentStore;
  let next: DocumentStore;
  let indexPrefix: string;

  beforeEach(async () => {
    indexPrefix = anIndexPrefix();
    store = createElasticsearchStore({ hosts, indexPrefix });
    next = createElasticsearchStore({ hosts, indexPrefix });
    await store.prepare([NOTE]);
  });
  afterEach(async () => {
    await store.close();
    await next.close();
    await deleteIndices(hosts, indexPrefix);
  });

  const alias = (): string => `${indexPrefix}${NOTE.name}`;
  const byColor = (color: string) => ({
    types: [NOTE.name],
    filter: filter.equals('color', color),
    limit: 10,
  });

  it('creates indices once when many processes start at the same time', async () => {
    const prefix = anIndexPrefix();
    const stores = Array.from({ length: 6 }, () =>
      createElasticsearchStore({ hosts, indexPrefix: prefix }),
    );
    await Promise.all(stores.map((each, i) => each.prepare([i % 2 === 0 ? NOTE : NEXT_NOTE])));
    const [first, last] = [stores.at(0), stores.at(-1)];
    const written = await first?.put(aNote('a', { color: 'red' }));
    expect(await last?.getMany([KEY], NOTE.name)).toEqual([written]);
    await last?.put(aNote('b', { color: 'red' }), { visibleToSearch: true });
    for (const each of stores) await each.close();
    await deleteIndices(hosts, prefix);
  });

  it('indexes only mapped attributes', async () => {
    const before = await ask(hosts, 'GET', `/${alias()}/_mapping`);
    const free = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`key.${i}`, { i }]));
    await store.put(
      aNote('a', { free, '': 1, ciphertext: 'x'.repeat(50_000), owner: { odd: true } }),
    );
    expect(await ask(hosts, 'GET', `/${alias()}/_mapping`)).toEqual(before);
    const query = { query: { multi_match: { query: 'xxx', fields: ['*'], lenient: true } } };
    expect(await ask(hosts, 'POST', `/${alias()}/_search`, query)).toMatchObject({
      hits: { total: { value: 0 } },
    });
    expect((await store.getMany([KEY], NOTE.name))[0]?.attributes['free']).toEqual(free);
  });

  it('adds mappings while the older build continues to write', async () => {
    await next.prepare([NEXT_NOTE]);
    await next.put(aNote('a', { color: 'red' }), { visibleToSearch: true });
    await store.put(aNote('old', { owner: 'x' }), { visibleToSearch: true });
    await store.prepare([NOTE]);
    expect(idsOf((await next.search(byColor('red'))).documents)).toEqual(['a']);
    // The next build uses the same index, which still rejects unmapped fields.
    const color = expect.objectContaining({ color: { type: 'keyword' } });
    const fields = { dynamic: 'strict', properties: color };
    expect(await ask(hosts, 'GET', `/${alias()}*/_mapping?expand_wildcards=all`)).toEqual({
      [`${alias()}.1`]: {
        mappings: expect.objectContaining({
          dynamic: 'strict',
          properties: expect.objectContaining({ fields: expect.objectContaining(fields) }),
        }),
      },
    });
  });

  it('finds a document of the older build by a new field and keeps its version', async () => {
    await next.prepare([NEXT_NOTE]);
    const written = await store.put(aNote('a', { color: 'red' }), { visibleToSearch: true });
    expect((await next.search(byColor('red'))).documents).toEqual([written]);
    const rewritten = await store.put(aNote('a', { color: 'blue' }), {
      condition: { ifVersion: written.version },
      visibleToSearch: true,
    });
    expect((await next.search(byColor('red'))).documents).toEqual([]);
    expect((await next.search(byColor('blue'))).documents).toEqual([rewritten]);
  });

  it('reads some attributes of documents without a summary, which older builds wrote', async () => {
    const { largeAttributes: _, ...older } = NOTE;
    const prefix = anIndexPrefix();
    const [old, current] = [prefix, prefix].map((each) =>
      createElasticsearchStore({ hosts, indexPrefix: each }),
    );
    await old?.prepare([older]);
    const first = await old?.put(aNote('a', { rank: 1, text: 'x' }), { visibleToSearch: true });
    await current?.prepare([NOTE]);
    await current?.put(aNote('b', { rank: 1, text: 'x' }), { visibleToSearch: true });
    // An older build also replaces documents of the newer one.
    await old?.put(aNote('b', { rank: 2, text: 'y' }), { visibleToSearch: true });
    const fields = { names: ['rank'], modelVersions: { [NOTE.name]: 1 } };
    const found = await current?.search({ types: [NOTE.name], limit: 5, fields });
    expect(found?.documents.map(({ attributes }) => attributes)).toEqual([
      { rank: 1 },
      { rank: 2 },
    ]);
    expect(await current?.getMany([KEY], NOTE.name, fields)).toEqual([
      { ...first, attributes: { rank: 1 } },
    ]);
    for (const each of [old, current]) await each?.close();
    await deleteIndices(hosts, prefix);
  });

  it('the search for some attributes does not transfer large attributes', async () => {
    await store.put(aNote('a', { rank: 1, text: 'z'.repeat(100_000) }), { visibleToSearch: true });
    const proxy = await TestProxy.start({ target: hosts[0] ?? '' });
    const viaProxy = createElasticsearchStore({ hosts: [proxy.origin], indexPrefix });
    await viaProxy.prepare([NOTE]);
    const before = proxy.exchanges.length;
    const fields = { names: ['rank'], modelVersions: { [NOTE.name]: 1 } };
    await viaProxy.search({ types: [NOTE.name], limit: 5, fields });
    await viaProxy.getMany([KEY], NOTE.name, fields);
    const exchanges = proxy.exchanges.slice(before);
    expect(exchanges.map(({ path }) => path.split('/').at(-1))).toEqual(['_search', '_mget']);
    for (const { response } of exchanges)
      expect(response?.body.toString('utf8')).not.toContain('zzz');
    await viaProxy.close();
    await proxy.stop();
  });

  it('distinguishes keys that are longer than an id of Elasticsearch', async () => {
    const long = (end: string): string => noteKey('ü'.repeat(511) + end);
    await store.put(aNote('', { rank: 1 }, { key: long('a') }));
    await store.put(aNote('', { rank: 2 }, { key: long('b') }), { visibleToSearch: true });
    const read = await store.getMany([long('b'), long('a')], NOTE.name);
    expect(read.map((document) => document?.attributes['rank'])).toEqual([2, 1]);
    const found = await store.search({
      types: [NOTE.name],
      filter: filter.equals('rank', 1),
      limit: 5,
    });
    expect(found.documents.map(({ key }) => key)).toEqual([long('a')]);
  });

  it('distinguishes texts that are longer than a term of the index', async () => {
    const long = (end: string): string => 'x'.repeat(40_000) + end;
    await putAll(store, [aNote('a', { owner: long('a') }), aNote('b', { owner: long('b') })]);
    for (const id of ['a', 'b']) {
      const condition = filter.equals('owner', long(id));
      const { documents } = await store.search({ types: [NOTE.name], filter: condition, limit: 5 });
      expect(idsOf(documents)).toEqual([id]);
    }
  });

  it('stores an attribute that does not match its mapping, but does not find it', async () => {
    const odd = { rank: 'many', dueAt: 'tomorrow', done: 'yes', owner: { name: 'x' }, tags: [[1]] };
    await store.put(aNote('a', odd), { visibleToSearch: true });
    expect((await store.getMany([KEY], NOTE.name))[0]?.attributes).toEqual(odd);
    const { documents } = await store.search({
      types: [NOTE.name],
      filter: filter.and(filter.exists('rank'), filter.not(filter.after('rank', -1))),
      limit: 5,
    });
    expect(idsOf(documents)).toEqual(['a']);
  });

  it('removes tombstones, but not documents that replaced a tombstone', async () => {
    for (const id of ['a', 'b']) {
      await store.put(aNote(id));
      await store.delete(noteKey(id), NOTE.name, { visibleToSearch: true });
    }
    const successor = await store.put(aNote('b'));
    const client = new ClusterClient(resolveOptions({ hosts, indexPrefix }), undefined);
    const index = typeIndex(NOTE, indexPrefix);
    expect(await purgeTombstones(client, index, Date.now() - 60_000)).toBe(0);
    expect(await purgeTombstones(client, index, Date.now() + 60_000)).toBe(1);
    await client.close();
    expect(await store.getMany([KEY, noteKey('b')], NOTE.name)).toEqual([undefined, successor]);
    await expect(store.put(aNote('a'), { condition: { ifAbsent: true } })).resolves.toBeDefined();
  });

  it('continues an iteration after the last key when its point in time is lost', async () => {
    const ids = idsUpTo(30);
    await putAll(
      store,
      ids.map((id) => aNote(id)),
    );
    const proxy = await TestProxy.start({ target: hosts[0] ?? '' });
    const viaProxy = createElasticsearchStore({ hosts: [proxy.origin], indexPrefix });
    await viaProxy.prepare([NOTE]);
    const seen: string[] = [];
    for await (const batch of viaProxy.iterate({ types: [NOTE.name], batchSize: 7 })) {
      seen.push(...idsOf(batch));
      const lost = refusal(404, { type: 'search_phase_execution_exception' });
      proxy.plan(({ path }) => path.startsWith('/_search'), lost);
    }
    expect(seen).toEqual(ids);
    expect(
      proxy.exchanges.some(({ method, path }) => method === 'DELETE' && path === '/_pit'),
    ).toBe(true);
    await viaProxy.close();
    await proxy.stop();
  });

  it('iterates with one search and no point in time when one batch is enough', async () => {
    const ids = idsUpTo(6);
    await putAll(
      store,
      ids.map((id) => aNote(id)),
    );
    const proxy = await TestProxy.start({ target: hosts[0] ?? '' });
    const viaProxy = createElasticsearchStore({ hosts: [proxy.origin], indexPrefix });
    await viaProxy.prepare([NOTE]);
    const before = proxy.exchanges.length;
    const seen: string[] = [];
    for await (const batch of viaProxy.iterate({ types: [NOTE.name], batchSize: 7 })) {
      seen.push(...idsOf(batch));
    }
    expect(seen).toEqual(ids);
    const asked = proxy.exchanges.slice(before).map(({ path }) => path.split('/').at(-1));
    expect(asked).toEqual(['_refresh', '_search']);
    await viaProxy.close();
    await proxy.stop();
  });

  it('D61: refuses a version that was read before the index was lost or restored', async () => {
    const { version } = await store.put(aNote('a', { rank: 1 }));
    await ask(hosts, 'DELETE', `/${alias()}.1`);
    await store.prepare([NOTE]);
    // This is the first write to the new index, so it has the same sequence number as the lost one.
    const now = await store.put(aNote('a', { rank: 2 }));
    const condition = { ifVersion: version };
    await expect(store.put(aNote('a'), { condition })).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.delete(KEY, NOTE.name, condition)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await store.getMany([KEY], NOTE.name)).toEqual([now]);
  });
}

function never(): never {
  throw new Error('NOTE has no first model version.');
}
