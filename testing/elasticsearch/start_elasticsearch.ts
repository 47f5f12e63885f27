import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ELASTICSEARCH_VERSION } from './artifacts.ts';
import { EsError } from './es_error.ts';
import { findJava } from './find_java.ts';
import { aFreePort } from './free_ports.ts';
import { ensureHomeFolder } from './home_folder.ts';
import { type EsNode, NodeProcess } from './node_process.ts';

const DEFAULT_HEAP_MB = 512;
const READY_TIMEOUT_MS = 300_000;
/**
 * Maximum number of attempts to start a cluster. Free ports are chosen before nodes listen on them,
 * so another program may take one in between.
 */
const MAX_ATTEMPTS = 3;

export interface StartElasticsearchOptions {
  /** Number of nodes. Default: 1. A cluster of three or more nodes survives the loss of one. */
  readonly nodes?: number;
  /** Folder of the data. Default: a temporary folder that `stop` removes. */
  readonly dataPath?: string;
  /** Java heap of each node in MB. Default: 512. */
  readonly heapMb?: number;
  /** HTTP port of the first node; the other nodes use the ports after it. Default: free ports. */
  readonly port?: number;
  /** `true`: the nodes end together with this process. Default: `true`. */
  readonly attached?: boolean;
  /**
   * `true`: the nodes use half the CPU time to start, and afterwards reach half the speed. Use
   * `false` for measurements. Default: the value of `attached`.
   */
  readonly shortLived?: boolean;
  /** More Elasticsearch settings for every node. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Called with one line per step. Default: no output. */
  readonly report?: (line: string) => void;
}

/** A running cluster of real Elasticsearch nodes on this machine, without security. */
export interface RunningElasticsearch {
  /** URLs of all nodes. */
  readonly hosts: readonly string[];
  readonly nodes: readonly EsNode[];
  /** Stops all nodes. A second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a cluster, and fetches Elasticsearch first if needed. Resolves when all nodes have joined.
 * @throws EsError that says what is missing, or contains the end of a log; no node is left running
 * then
 */
export async function startElasticsearch(
  options: StartElasticsearchOptions = {},
): Promise<RunningElasticsearch> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      const mayTryOthers =
        error instanceof EsError && error.code === 'port_taken' && options.port === undefined;
      if (!mayTryOthers || attempts === MAX_ATTEMPTS) throw error;
      options.report?.('A port was taken in the meantime, trying others …');
    }
  }
}

async function startOnce(options: StartElasticsearchOptions): Promise<RunningElasticsearch> {
  const { nodes: count = 1, report = () => {} } = options;
  const java = await findJava();
  const home = await ensureHomeFolder({ report });
  const folder = options.dataPath ?? (await mkdtemp(join(tmpdir(), 'latchkey-es-')));
  const nodes = await planNodes({ ...options, java, home, folder, count });
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    if (options.dataPath === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    report(
      `Starting Elasticsearch ${ELASTICSEARCH_VERSION}: ${count} node${count === 1 ? '' : 's'}, logs in ${folder} …`,
    );
    await Promise.all(nodes.map((node) => node.spawn()));
    await Promise.all(nodes.map((node) => node.untilReady(count, READY_TIMEOUT_MS)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { hosts: nodes.map(({ url }) => url), nodes, stop };
}

interface Plan extends StartElasticsearchOptions {
  readonly java: string;
  readonly home: string;
  readonly folder: string;
  readonly count: number;
}

async function planNodes(plan: Plan): Promise<readonly NodeProcess[]> {
  const { java, home, folder, count, port, heapMb = DEFAULT_HEAP_MB, attached = true } = plan;
  const { shortLived = attached } = plan;
  const free: number[] = [];
  while (free.length < 2 * count) free.push(await aFreePort());
  const names = Array.from({ length: count }, (_, i) => `node-${i + 1}`);
  const transportPorts = free.slice(count);
  const cluster =
    count === 1
      ? { 'discovery.type': 'single-node' }
      : {
          'discovery.seed_hosts': transportPorts.map((each) => `127.0.0.1:${each}`).join(','),
          // Nodes ignore this setting once the cluster has formed.
          'cluster.initial_master_nodes': names.join(','),
        };
  return names.map(
    (name, i) =>
      new NodeProcess({
        name,
        java,
        home,
        folder: join(folder, name),
        heapMb,
        attached,
        shortLived,
        httpPort: port === undefined ? (free[i] ?? 0) : port + i,
        settings: {
          'cluster.name': 'latchkey',
          'transport.port': String(transportPorts[i]),
          // Development machines often have little free disk space, and tests must not depend on
          // it.
          'cluster.routing.allocation.disk.threshold_enabled': 'false',
          ...cluster,
          ...plan.settings,
        },
      }),
  );
}
