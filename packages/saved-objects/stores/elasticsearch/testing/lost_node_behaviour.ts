import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { aNote, NOTE, noteKey } from '../../../conformance/documents.ts';
import type { DocumentStore } from '../../../store/document_store.ts';
import { StoreError } from '../../../store/store_error.ts';
import { createElasticsearchStore } from '../elasticsearch_store.ts';
import { haveRunning } from './have_running.ts';
import { anIndexPrefix, ask, deleteIndices } from './store_for_tests.ts';
import type { TestCluster } from './test_cluster.ts';

const WRITERS = 4;
const ROUNDS_BEFORE = 25;
const ROUNDS_AFTER = 50;
const MAX_PINGS = 100;
const masterResponse = z.array(z.object({ node: z.string() }));

const NO_MASTER = {
  name: 'StoreError',
  code: 'unavailable',
  message: expect.stringContaining('no master is elected'),
};

/**
 * Returns the path of a request that waits until the indices of one test have all copies. Indices
 * of other tests are not included, because they may have copies on killed nodes.
 */
const healthPath = (indexPrefix: string): string =>
  `/_cluster/health/${indexPrefix}*?wait_for_status=green&timeout=30s`;

/** Waits until the last node has detected that the others do not respond. */
async function untilRefused(store: DocumentStore): Promise<void> {
  let failure: unknown;
  for (let pings = 0; pings < MAX_PINGS; pings += 1) {
    failure = await store.ping().catch((error: unknown) => error);
    if (failure instanceof StoreError && failure.message.includes('no master')) return;
    await delay(200);
  }
  throw new Error('The cluster still works without a quorum.', { cause: failure });
}

/** The acknowledged writes of one writer, and those with unknown result. */
interface Ledger {
  readonly created: Set<string>;
  readonly deleted: Set<string>;
  /** The last acknowledged value of the counter. */
  count: number;
  /** Later increments with unknown result. */
  unknown: number;
}

/**
 * Registers a test that kills the elected master of a cluster of three nodes under load. Two nodes
 * remain.
 */
export function itSurvivesALostMaster(cluster: TestCluster): void {
  const { hosts, nodes } = cluster;
  let indexPrefix = '';
  let store: DocumentStore | undefined;

  afterEach(async () => {
    if (store === undefined) return;
    await store.close();
    store = undefined;
    await deleteIndices(hosts, indexPrefix);
  });

  it('G85: loses no acknowledged write when the elected master is killed', async () => {
    await haveRunning(cluster, 3);
    indexPrefix = anIndexPrefix();
    store = createElasticsearchStore({ hosts, indexPrefix, requestTimeoutMs: 10_000 });
    const current = store;
    await current.prepare([NOTE]);
    await ask(hosts, 'GET', healthPath(indexPrefix));
    const before = await Promise.all(
      Array.from({ length: WRITERS }, (_, writer) => write(current, writer, 0, ROUNDS_BEFORE)),
    );
    const writing = before.map((ledger, writer) =>
      write(current, writer, ROUNDS_BEFORE, ROUNDS_BEFORE + ROUNDS_AFTER, ledger),
    );
    const master = await electedMaster(hosts);
    await nodes.find(({ name }) => name === master)?.kill9();
    const ledgers = await Promise.all(writing);

    for (const [writer, { created, deleted, count, unknown }] of ledgers.entries()) {
      expect(created.size).toBeGreaterThan(ROUNDS_BEFORE);
      expect(await missing(current, created)).toEqual([]);
      expect((await missing(current, deleted)).length).toBe(deleted.size);
      const [counter] = await current.getMany([counterKey(writer)], NOTE.name);
      expect(counter?.attributes['count']).toBeGreaterThanOrEqual(count);
      expect(counter?.attributes['count']).toBeLessThanOrEqual(count + unknown);
    }
    expect(await electedMaster(hosts)).not.toBe(master);
    await current.ping();
  });
}

/**
 * Registers a test with one remaining node of three, which cannot elect a master. The test then
 * starts a second node.
 */
export function itWaitsForAMaster(cluster: TestCluster): void {
  const { hosts, nodes } = cluster;
  it('G90: reads and reports a missing master, and writes again when one is elected', async () => {
    // With three nodes, the last one might not have a copy of the document.
    await haveRunning(cluster, 2);
    const indexPrefix = anIndexPrefix();
    const store = createElasticsearchStore({ hosts, indexPrefix, requestTimeoutMs: 10_000 });
    await store.prepare([NOTE]);
    await ask(hosts, 'GET', healthPath(indexPrefix));
    await store.put(aNote('a', { rank: 1 }));
    const [survivor, ...victims] = nodes.filter(({ pid }) => pid !== undefined);
    expect(survivor).toBeDefined();
    await Promise.all(victims.map((victim) => victim.kill9()));
    await untilRefused(store);
    await expect(store.put(aNote('a', { rank: 2 }))).rejects.toMatchObject(NO_MASTER);
    const [read] = await store.getMany([noteKey('a')], NOTE.name);
    expect(read?.attributes).toEqual({ rank: 1 });

    await Promise.all(victims.map((victim) => victim.restart()));
    await store.put(aNote('a', { rank: 3 }));
    await store.ping();
    expect((await store.getMany([noteKey('a')], NOTE.name))[0]?.attributes).toEqual({ rank: 3 });
    await store.close();
    await deleteIndices(hosts, indexPrefix);
  });
}

/**
 * Writes in rounds. Each round creates one document and increments the counter of the writer; every
 * fifth round deletes its document.
 */
async function write(
  store: DocumentStore,
  writer: number,
  from: number,
  to: number,
  ledger: Ledger = { created: new Set(), deleted: new Set(), count: 0, unknown: 0 },
): Promise<Ledger> {
  for (let round = from; round < to; round += 1) {
    const note = aNote(`w${writer}-${round}`, { writer, round });
    const wasCreated = await attempt(() => store.put(note, { condition: { ifAbsent: true } }));
    if (wasCreated) ledger.created.add(note.key);
    await increment(store, writer, ledger);
    if (wasCreated && round % 5 === 0) {
      ledger.created.delete(note.key);
      if (await attempt(() => store.delete(note.key, NOTE.name))) ledger.deleted.add(note.key);
    }
  }
  return ledger;
}

async function increment(store: DocumentStore, writer: number, ledger: Ledger): Promise<void> {
  await attempt(async () => {
    const [counter] = await store.getMany([counterKey(writer)], NOTE.name);
    const count = Number(counter?.attributes['count'] ?? 0) + 1;
    ledger.unknown += 1;
    const condition =
      counter === undefined ? { ifAbsent: true as const } : { ifVersion: counter.version };
    await store.put(aNote(`counter-${writer}`, { count }), { condition });
    ledger.count = count;
    ledger.unknown = 0;
  });
}

/**
 * Runs a write. Resolves to `false` when its result is unknown.
 * @throws every other error; a conflict is an error too, because only one writer writes a document
 */
async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'unavailable') return false;
    throw error;
  }
}

async function missing(
  store: DocumentStore,
  keys: ReadonlySet<string>,
): Promise<readonly string[]> {
  const list = [...keys];
  const documents = await store.getMany(list, NOTE.name);
  return list.filter((_, i) => documents[i] === undefined);
}

async function electedMaster(hosts: readonly string[]): Promise<string | undefined> {
  const response = await ask(hosts, 'GET', '/_cat/master?format=json');
  return masterResponse.parse(response)[0]?.node;
}

function counterKey(writer: number): string {
  return noteKey(`counter-${writer}`);
}
