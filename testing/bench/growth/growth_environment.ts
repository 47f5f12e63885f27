import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStrict } from '@latchkey/dev-providers';
import { startElasticsearch } from '@latchkey/elasticsearch';
import type { StoreLocation } from '@latchkey/test-environment';
import { type Role, startRole } from '../processes/role.ts';
import { authorizeConnector } from '../server/authorize.ts';
import { type BenchConnector, benchConnector } from '../server/bench_connector.ts';
import { fillTokens } from '../server/fill_store.ts';
import { type BenchServer, startBenchServer } from '../server/start_bench_server.ts';

export type StoreKind = StoreLocation['kind'];

/** One data set with its first server. */
export interface DataSet {
  readonly location: StoreLocation;
  readonly tokens: number;
  readonly apiKey: string;
  readonly server: BenchServer;
}

/** The servers and programs that all data sets of one kind of store share. */
export interface GrowthEnvironment {
  readonly connector: BenchConnector;
  /** Process ids of the cluster; empty for the embedded store. */
  readonly storePids: readonly number[];
  /** Process ids of everything that was started here and by `addServer`. */
  readonly pids: () => readonly number[];
  /**
   * Creates an empty store with one authorized connector, fills it up to that many tokens, then
   * starts its server.
   */
  addDataSet(tokens: number, report: (written: number) => void): Promise<DataSet>;
  /** Starts another server on the same store. */
  addServer(dataSet: DataSet): Promise<BenchServer>;
  stop(): Promise<void>;
}

const HEAP_MB = 1024;

/** Starts the upstream, the provider, and the store when it is a separate program. */
export async function startGrowthEnvironment(kind: StoreKind): Promise<GrowthEnvironment> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-growth-'));
  const cleanUp: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  ];
  // When the run is interrupted, gigabytes must not be left on disk.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const pids: number[] = [];
  const stop = async (): Promise<void> => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  try {
    const keep = <Q, A>(role: Role<Q, A>): Role<Q, A> => {
      cleanUp.push(() => role.stop());
      pids.push(role.pid);
      return role;
    };
    const upstream = await keep(startRole<'listen', string>('upstream')).ask('listen');
    const provider = await startStrict({ port: 0, settings: { accessTokenTtlSeconds: 86_400 } });
    cleanUp.push(() => provider.stop());
    const connector = benchConnector(upstream, provider);
    const cluster = kind === 'elasticsearch' ? await startCluster(join(folder, 'es')) : undefined;
    if (cluster !== undefined) cleanUp.push(() => cluster.stop());
    const storePids = cluster?.nodes.flatMap(({ pid }) => pid ?? []) ?? [];
    const start = async (location: StoreLocation): Promise<BenchServer> => {
      const server = await startBenchServer(location);
      cleanUp.push(() => server.stop());
      pids.push(server.pid);
      return server;
    };
    let made = 0;
    const newLocation = async (tokens: number): Promise<StoreLocation> => {
      made += 1;
      const dataFolder = join(folder, `set-${made}-${tokens}`);
      await mkdir(dataFolder, { recursive: true });
      if (cluster === undefined) return { kind: 'sqlite', dataFolder };
      const indexPrefix = `set${made}_`;
      return { kind: 'elasticsearch', dataFolder, hosts: cluster.hosts, indexPrefix };
    };
    return {
      connector,
      storePids,
      pids: () => [process.pid, ...pids, ...storePids],
      addDataSet: async (tokens, report) => {
        const location = await newLocation(tokens);
        const apiKey = await authorizeOnce(location, connector);
        await fillTokens({ location, connector, count: tokens - 1, report });
        return { location, tokens, apiKey, server: await start(location) };
      },
      addServer: async ({ location }) => start(location),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startCluster(dataPath: string) {
  return startElasticsearch({ dataPath, heapMb: HEAP_MB, shortLived: false });
}

/** Creates a store with one connector, one API key and the token of its owner. */
async function authorizeOnce(location: StoreLocation, connector: BenchConnector): Promise<string> {
  const server = await startBenchServer(location);
  try {
    return await authorizeConnector(server.url, connector);
  } finally {
    await server.stop();
  }
}
