import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { type RunningElasticsearch, startElasticsearch } from '@latchkey/elasticsearch';
import { askNode, dropIndices, type StoreLocation } from '@latchkey/test-environment';
import { TestProxy } from '@latchkey/test-proxy';
import { z } from 'zod';
import type { Recorder } from '../history/recorder.ts';
import type { ElasticsearchSettings } from '../plan/chaos_settings.ts';
import type { CommandedWorker, StoreFault } from '../plan/protocol.ts';
import { injectFault } from './store_fault_proxy.ts';
import type { StoreUnderChaos } from './store_under_chaos.ts';

/** Number of nodes with which a cluster can elect a master after losing one. */
const NODES_THAT_SURVIVE = 3;
const HEAP_MB = 512;
const SMALL_HEAP_MB = 384;
const MAX_DOCUMENTS = 10_000;
const TIMEOUT_MS = 120_000;

const dump = z.object({
  hits: z.object({ hits: z.array(z.object({ _index: z.string() }).loose()) }),
});

/**
 * Opens a real cluster with an index prefix of its own. Each worker reaches it through its own
 * proxies.
 * @throws EsError
 */
export async function openElasticsearchCluster(options: {
  readonly settings: ElasticsearchSettings;
  readonly workers: number;
  /** Folder in which the documents are kept for inspection. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly recorder: Recorder;
}): Promise<StoreUnderChaos> {
  const { settings, workers } = options;
  const { nodes, urls } = settings;
  const heapMb = nodes === 1 ? HEAP_MB : SMALL_HEAP_MB;
  const cluster = urls === undefined ? await startElasticsearch({ nodes, heapMb }) : undefined;
  const hosts = urls ?? cluster?.hosts ?? [];
  const proxies = await Promise.all(
    Array.from({ length: workers }, () =>
      Promise.all(hosts.map((target) => TestProxy.start({ target, records: false }))),
    ),
  );
  return new ElasticsearchCluster({ ...options, cluster, hosts, proxies });
}

interface Parts {
  readonly folder: string;
  readonly dataFolder: string;
  readonly recorder: Recorder;
  readonly cluster: RunningElasticsearch | undefined;
  readonly hosts: readonly string[];
  /** Proxies by worker, then by node. */
  readonly proxies: readonly (readonly TestProxy[])[];
}

class ElasticsearchCluster implements StoreUnderChaos {
  readonly #parts: Parts;
  readonly #indexPrefix = `chaos-${randomBytes(5).toString('hex')}-`;
  readonly #lost = new Set<number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get expendableNodes(): number {
    const nodes = this.#parts.cluster?.nodes.length ?? 0;
    return nodes >= NODES_THAT_SURVIVE ? nodes : 0;
  }

  locationFor(index: number): StoreLocation {
    const hosts = (this.#parts.proxies[index] ?? []).map(({ origin }) => origin);
    const { dataFolder } = this.#parts;
    return { kind: 'elasticsearch', dataFolder, hosts, indexPrefix: this.#indexPrefix };
  }

  async setFault(worker: CommandedWorker, index: number, mode: StoreFault): Promise<void> {
    const { proxies, recorder } = this.#parts;
    const set = (): void => {
      for (const proxy of proxies[index] ?? []) injectFault(proxy, mode);
    };
    const note = (): void => recorder.record({ type: 'store_fault', worker: worker.name, mode });
    if (mode !== 'none') {
      note();
      set();
      return;
    }
    set();
    // The client of the worker may still avoid the nodes for a moment.
    await worker.ask({ do: 'await_store' }).finally(note);
  }

  async killNode(node: number): Promise<void> {
    // With two lost nodes, no majority would be left.
    if (this.#lost.size > 0) return;
    this.#lost.add(node);
    this.#parts.recorder.record({ type: 'node_lost', node });
    await this.#parts.cluster?.nodes[node]?.kill9();
  }

  async recover(): Promise<void> {
    const { cluster, proxies, recorder } = this.#parts;
    for (const proxy of proxies.flat()) injectFault(proxy, 'none');
    if (this.#lost.size === 0) return;
    for (const node of this.#lost) {
      await cluster?.nodes[node]?.restart();
      recorder.record({ type: 'node_back', node });
    }
    this.#lost.clear();
    const path = `/_cluster/health/${this.#indexPrefix}*?expand_wildcards=all&wait_for_status=green&timeout=5s`;
    const isGreen = (): Promise<boolean> =>
      askNode(this.#url, 'GET', path).then(
        () => true,
        () => false,
      );
    await waitUntil('the recovery of the cluster', isGreen, { timeoutMs: TIMEOUT_MS });
  }

  async placesOf(text: string): Promise<readonly string[]> {
    const hits = await this.#dump();
    return hits.filter((hit) => JSON.stringify(hit).includes(text)).map(({ _index }) => _index);
  }

  async close(keep: boolean): Promise<void> {
    const { cluster, proxies, folder } = this.#parts;
    if (keep) {
      const hits = await this.#dump().catch(() => []);
      writeFileSync(join(folder, 'store.json'), JSON.stringify(hits, undefined, 1));
    }
    await Promise.all(proxies.flat().map((proxy) => proxy.stop()));
    if (cluster === undefined) await dropIndices(this.#url, this.#indexPrefix);
    else await cluster.stop();
  }

  async #dump(): Promise<z.infer<typeof dump>['hits']['hits']> {
    const all = `/${this.#indexPrefix}*`;
    await askNode(this.#url, 'POST', `${all}/_refresh?expand_wildcards=all`);
    const path = `${all}/_search?size=${MAX_DOCUMENTS}&expand_wildcards=all`;
    const found = await askNode(this.#url, 'GET', path);
    const { hits } = dump.parse(found).hits;
    if (hits.length === 0) throw new Error('The dump of the store is empty.');
    return hits;
  }

  /** URL of a node that was not killed, without a proxy. */
  get #url(): string {
    return this.#parts.hosts.find((_, node) => !this.#lost.has(node)) ?? '';
  }
}
