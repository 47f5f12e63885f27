import { type Exchange, TestProxy } from '@latchkey/test-proxy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aNote, NOTE, noteKey } from '../../../conformance/documents.ts';
import type { DocumentStore } from '../../../store/document_store.ts';
import { StoreError } from '../../../store/store_error.ts';
import { createElasticsearchStore } from '../elasticsearch_store.ts';
import { anIndexPrefix, deleteIndices } from './store_for_tests.ts';

const KEY = noteKey('a');
const isWrite = ({ path }: Exchange): boolean => path.startsWith('/_bulk');
const byVersion = (version: string) => ({ condition: { ifVersion: version } }) as const;

/** Number of writers. It is far above the number of write ids that a document always keeps. */
const WRITERS = 30;

/** Registers tests of writes whose response is lost after the cluster processed them. */
export function itSurvivesLostResponses(hosts: readonly string[]): void {
  let proxy: TestProxy;
  /** The store under test, which connects through the proxy. */
  let store: DocumentStore;
  /** The store of another process, which connects directly to the cluster. */
  let other: DocumentStore;
  let indexPrefix: string;

  beforeEach(async () => {
    proxy = await TestProxy.start({ target: hosts[0] ?? '' });
    indexPrefix = anIndexPrefix();
    store = createElasticsearchStore({
      hosts: [proxy.origin],
      indexPrefix,
      // These are more retries than any request of these tests needs.
      maxRetries: 15,
      requestTimeoutMs: 20_000,
    });
    other = createElasticsearchStore({ hosts, indexPrefix });
    await store.prepare([NOTE]);
    await other.prepare([NOTE]);
  });
  afterEach(async () => {
    await store.close();
    await other.close();
    await proxy.stop();
    await deleteIndices(hosts, indexPrefix);
  });

  const stored = async () => (await other.getMany([KEY], NOTE.name))[0];
  const loseFirstResponse = (afterwards: () => Promise<void>): void => {
    proxy.plan(isWrite, 'drop_response');
    proxy.onExchange = async (exchange) => {
      if (!isWrite(exchange)) return;
      proxy.onExchange = () => undefined;
      await afterwards();
    };
  };

  describe.each(['drop_response', 'drop_request'] as const)('with the fault %s', (fault) => {
    const loseFirst = (): void => void proxy.plan(isWrite, fault);

    it('G85: creates a document once, without a false conflict', async () => {
      loseFirst();
      const created = await store.put(aNote('a', { rank: 1 }), { condition: { ifAbsent: true } });
      expect(await stored()).toEqual(created);
    });

    it('G85: writes by version once, without a false conflict', async () => {
      const first = await store.put(aNote('a', { rank: 1 }));
      loseFirst();
      const second = await store.put(aNote('a', { rank: 2 }), byVersion(first.version));
      expect(await stored()).toEqual(second);
      await expect(
        other.put(aNote('a', { rank: 3 }), byVersion(second.version)),
      ).resolves.toBeDefined();
    });

    it('G85: deletes by version once and resolves to true, although the response was lost', async () => {
      const { version } = await store.put(aNote('a'));
      loseFirst();
      expect(await store.delete(KEY, NOTE.name, { ifVersion: version })).toBe(true);
      expect(await stored()).toBeUndefined();
    });
  });

  it('reports a real conflict after a lost response', async () => {
    const first = await store.put(aNote('a', { rank: 1 }));
    proxy.plan(isWrite, 'drop_request');
    await other.put(aNote('a', { rank: 2 }));
    const write = store.put(aNote('a', { rank: 3 }), byVersion(first.version));
    await expect(write).rejects.toMatchObject({ code: 'conflict' });
    expect((await stored())?.attributes).toEqual({ rank: 2 });
  });

  it('recognises the document that it created although another writer has changed it meanwhile', async () => {
    loseFirstResponse(async () => {
      const created = await stored();
      await other.put(aNote('a', { rank: 2 }), byVersion(created?.version ?? ''));
    });
    await store.put(aNote('a', { rank: 1 }), { condition: { ifAbsent: true } });
    expect((await stored())?.attributes).toEqual({ rank: 2 });
  });

  it('does not overwrite a later write of another writer, even without a condition', async () => {
    loseFirstResponse(async () => {
      await other.put(aNote('a', { rank: 2 }));
    });
    const written = await store.put(aNote('a', { rank: 1 }));
    expect((await stored())?.attributes).toEqual({ rank: 2 });
    // The returned version is that of its own write, which is not the newest.
    await expect(store.put(aNote('a'), byVersion(written.version))).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('reports a successful delete when another writer has created the document again meanwhile', async () => {
    const { version } = await store.put(aNote('a', { rank: 1 }));
    loseFirstResponse(async () => {
      await other.put(aNote('a', { rank: 2 }), { condition: { ifAbsent: true } });
    });
    expect(await store.delete(KEY, NOTE.name, { ifVersion: version })).toBe(true);
    expect((await stored())?.attributes).toEqual({ rank: 2 });
  });

  it('reports success for one of two deletes of a version when the first response is lost', async () => {
    const { version } = await store.put(aNote('a'));
    let second: boolean | undefined;
    loseFirstResponse(async () => {
      second = await other.delete(KEY, NOTE.name, { ifVersion: version });
    });
    expect(await store.delete(KEY, NOTE.name, { ifVersion: version })).toBe(true);
    expect(second).toBe(false);
  });

  it('determines the result of a write without a response', async () => {
    await store.close();
    store = createElasticsearchStore({
      hosts: [proxy.origin],
      indexPrefix,
      requestTimeoutMs: 10_000,
    });
    await store.prepare([NOTE]);
    proxy.plan(isWrite, 'hold_response');
    const created = await store.put(aNote('a'), { condition: { ifAbsent: true } });
    expect(await stored()).toEqual(created);
  });

  it('neither loses nor repeats an increment while a quarter of all connections break', async () => {
    await store.put(aNote('a', { count: 0 }));
    let requests = 0;
    proxy.treat = () => {
      requests += 1;
      if (requests % 4 !== 0) return 'forward';
      return requests % 8 === 0 ? 'drop_response' : 'drop_request';
    };
    const acknowledged = await Promise.all(Array.from({ length: WRITERS }, () => increment(store)));
    proxy.heal();
    expect((await stored())?.attributes['count']).toBe(acknowledged.length);
  });
}

async function increment(store: DocumentStore): Promise<void> {
  for (;;) {
    const [counter] = await store.getMany([KEY], NOTE.name);
    const count = Number(counter?.attributes['count']) + 1;
    try {
      await store.put(aNote('a', { count }), byVersion(counter?.version ?? ''));
      return;
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'conflict') throw error;
    }
  }
}
