import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStrict } from '@latchkey/dev-providers';
import { startElasticsearch } from '@latchkey/elasticsearch';
import type { StoreLocation } from '@latchkey/test-environment';
import type { BareClient, BareProxyOrder } from '../processes/bare_proxy.ts';
import type { Filling, SpaceFilling } from '../processes/filler.ts';
import type { Load, LoadResult } from '../processes/load_generator.ts';
import { type Role, type RoleName, startRole } from '../processes/role.ts';
import { axiosConnectorOf, type BenchConnector, benchConnector } from '../store/bench_connector.ts';
import { authorizeConnector } from './authorize.ts';
import { type BenchServer, startBenchServer } from './start_bench_server.ts';

export type StoreKind = StoreLocation['kind'];

/** A process that listens at a URL. */
interface Listening {
  readonly pid: number;
  readonly url: string;
}

/** One store with stored tokens, and its first server. */
export interface DataSet {
  readonly location: StoreLocation;
  /** Number of stored tokens of the connector. One of them belongs to the caller. */
  readonly tokens: number;
  /** API key of the caller, for `Authorization: ApiKey …`. */
  readonly apiKey: string;
  readonly server: BenchServer;
}

/** The servers and programs that all data sets of one kind of store share. */
export interface BenchEnvironment {
  readonly upstream: Listening;
  readonly connector: BenchConnector;
  /** Connector that calls the same service with axios. */
  readonly axiosConnector: BenchConnector;
  /** Process ids of the cluster. Empty for the embedded store. */
  readonly storePids: readonly number[];
  /** Process ids of everything that was started here. */
  readonly pids: () => readonly number[];
  startBareProxy(client: BareClient): Promise<Listening>;
  startLoadGenerator(): Role<Load, LoadResult>;
  /**
   * Creates an empty store with both connectors, which the caller authorizes in a real OAuth flow.
   * Fills it with tokens up to the given number, then starts its server.
   * @param report called with the number of tokens written so far
   */
  addDataSet(tokens: number, report?: (written: number) => void): Promise<DataSet>;
  /** Starts another server on the same store. */
  addServer(location: StoreLocation): Promise<BenchServer>;
  stop(): Promise<void>;
}

const HEAP_MB = 1024;
/** Number of tokens that are written between two reports of the progress. */
const STEP = 50_000;

/** Starts the upstream, the provider, and the store when it is a separate program. */
export async function startBenchEnvironment(kind: StoreKind): Promise<BenchEnvironment> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'));
  const cleanUp: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  ];
  // The folder is also removed when the run is interrupted, because it may contain gigabytes.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const pids: number[] = [];
  const stop = async (): Promise<void> => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  const keep = <T extends { readonly pid: number; stop(): Promise<unknown> }>(started: T): T => {
    cleanUp.push(() => started.stop());
    pids.push(started.pid);
    return started;
  };
  const listen = async <T>(name: RoleName, order: T): Promise<Listening> => {
    const role = keep(startRole<T, string>(name));
    return { pid: role.pid, url: await role.ask(order) };
  };
  try {
    const upstream = await listen('upstream', 'listen');
    const provider = await startStrict({ port: 0, settings: { accessTokenTtlSeconds: 86_400 } });
    cleanUp.push(() => provider.stop());
    const connector = benchConnector(upstream.url, provider);
    const axiosConnector = axiosConnectorOf(connector);
    const cluster =
      kind === 'elasticsearch'
        ? await startElasticsearch({
            dataPath: join(folder, 'es'),
            heapMb: HEAP_MB,
            shortLived: false,
          })
        : undefined;
    if (cluster !== undefined) cleanUp.push(() => cluster.stop());
    const storePids = cluster?.nodes.flatMap(({ pid }) => pid ?? []) ?? [];
    let sets = 0;
    const newLocation = (): StoreLocation => {
      sets += 1;
      const dataFolder = join(folder, `set-${sets}`);
      return cluster === undefined
        ? { kind: 'sqlite', dataFolder }
        : { kind: 'elasticsearch', dataFolder, hosts: cluster.hosts, indexPrefix: `set${sets}_` };
    };
    const addServer = async (location: StoreLocation) => keep(await startBenchServer(location));
    return {
      upstream,
      connector,
      axiosConnector,
      storePids,
      pids: () => [process.pid, ...pids, ...storePids],
      startBareProxy: (client) =>
        listen<BareProxyOrder>('bare_proxy', { upstream: upstream.url, client }),
      startLoadGenerator: () => keep(startRole<Load, LoadResult>('load_generator')),
      addDataSet: async (tokens, report = () => undefined) => {
        const location = newLocation();
        const apiKey = await authorizeOnce(location, [axiosConnector, connector]);
        await withFiller(location, connector, async (filler) => {
          for (let from = 0; from < tokens - 1; from += STEP) {
            const count = Math.min(STEP, tokens - 1 - from);
            await filler.ask({ from, count });
            report(from + count);
          }
        });
        return { location, tokens, apiKey, server: await addServer(location) };
      },
      addServer,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Writes the connectors of a space, and one user's grants for them. */
export async function fillSpace(
  location: StoreLocation,
  connector: BenchConnector,
  space: SpaceFilling,
): Promise<void> {
  await withFiller(location, connector, (filler) => filler.ask(space));
}

/** Opens the store in a separate process, and passes this process to `work`. */
async function withFiller(
  open: StoreLocation,
  connector: BenchConnector,
  work: (filler: Role<Filling, void>) => Promise<void>,
): Promise<void> {
  const filler = startRole<Filling, void>('filler');
  try {
    await filler.ask({ open, connector });
    await work(filler);
    await filler.ask('close');
  } finally {
    await filler.stop();
  }
}

/**
 * Creates the connectors, an API key, and the tokens of its owner.
 * @returns the key
 */
async function authorizeOnce(
  location: StoreLocation,
  connectors: readonly BenchConnector[],
): Promise<string> {
  const server = await startBenchServer(location);
  try {
    let apiKey = '';
    for (const connector of connectors) apiKey = await authorizeConnector(server, connector);
    return apiKey;
  } finally {
    await server.stop();
  }
}
