import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStrict } from '@latchkey/dev-providers';
import type { BareClient, BareProxyOrder } from '../processes/bare_proxy.ts';
import { type Role, startRole } from '../processes/role.ts';
import { authorizeConnector } from './authorize.ts';
import { axiosConnectorOf, type BenchConnector, benchConnector } from './bench_connector.ts';
import { fillTokens } from './fill_store.ts';
import { type BenchServer, startBenchServer } from './start_bench_server.ts';

/** All running targets of the benchmark. */
export interface BenchEnvironment {
  readonly upstream: { readonly pid: number; readonly url: string };
  readonly bareProxies: Readonly<
    Record<BareClient, { readonly pid: number; readonly url: string }>
  >;
  readonly connector: BenchConnector;
  /** Calls the same service with axios. */
  readonly axiosConnector: BenchConnector;
  readonly apiKey: string;
  /** By number of stored tokens, ascending. */
  readonly servers: readonly {
    readonly tokens: number;
    readonly dataFolder: string;
    readonly server: BenchServer;
  }[];
  stop(): Promise<void>;
}

/**
 * Starts upstream, bare proxy and one server per size. The caller's token comes from an OAuth flow;
 * the other users' tokens are written through the token store into copies of the same data folder.
 */
export async function prepareEnvironment(sizes: readonly number[]): Promise<BenchEnvironment> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'));
  const cleanUp: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  ];
  const stop = async (): Promise<void> => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  try {
    const keep = <Q, A>(role: Role<Q, A>): Role<Q, A> => {
      cleanUp.push(() => role.stop());
      return role;
    };
    const upstreamRole = keep(startRole<'listen', string>('upstream'));
    const upstream = { pid: upstreamRole.pid, url: await upstreamRole.ask('listen') };
    const bareProxy = async (client: BareClient) => {
      const role = keep(startRole<BareProxyOrder, string>('bare_proxy'));
      return { pid: role.pid, url: await role.ask({ upstream: upstream.url, client }) };
    };
    const bareProxies = { undici: await bareProxy('undici'), axios: await bareProxy('axios') };
    const provider = await startStrict({ port: 0, settings: { accessTokenTtlSeconds: 86_400 } });
    cleanUp.push(() => provider.stop());
    const connector = benchConnector(upstream.url, provider);
    const template = join(folder, 'template');
    const apiKey = await authorizeOnce(template, connector);
    const servers: BenchEnvironment['servers'][number][] = [];
    for (const tokens of sizes) {
      const dataFolder = join(folder, `tokens-${tokens}`);
      await cp(template, dataFolder, { recursive: true });
      const location = { kind: 'sqlite', dataFolder } as const;
      await fillTokens({ location, connector, count: tokens - 1 });
      const server = await startBenchServer(location);
      cleanUp.push(() => server.stop());
      servers.push({ tokens, dataFolder, server });
    }
    const axiosConnector = axiosConnectorOf(connector);
    return { upstream, bareProxies, connector, axiosConnector, apiKey, servers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Creates a data folder with both connectors, one API key and the tokens of its owner. */
async function authorizeOnce(dataFolder: string, connector: BenchConnector): Promise<string> {
  const server = await startBenchServer({ kind: 'sqlite', dataFolder });
  try {
    await authorizeConnector(server.url, axiosConnectorOf(connector));
    return await authorizeConnector(server.url, connector);
  } finally {
    await server.stop();
  }
}
