import {
  type BenchEnvironment,
  type DataSet,
  startBenchEnvironment,
} from './environment/bench_environment.ts';
import { measureMemory } from './load/memory.ts';
import { ensureNothingFailed, measureRounds, type Target } from './load/rounds.ts';
import { bareProxyRequest, execution, upstreamRequest } from './load/targets.ts';
import { measureTokenReads } from './load/token_reads.ts';
import type { BareClient } from './processes/bare_proxy.ts';
import type { LoadRequest } from './processes/load_generator.ts';
import { evaluate, type Measurements, type Throughput } from './report/aims.ts';
import { conditionsText, machine, say, writeResult } from './report/conditions.ts';
import { summarizeProfile } from './report/profile_summary.ts';
import { count, renderTables } from './report/table.ts';

const PROFILED_SECONDS = 10;
const PROFILE_CONNECTIONS = 16;

/** Sizes and durations of a run. */
export interface BenchPlan {
  readonly throughput: {
    readonly connections: number;
    readonly rounds: number;
    readonly secondsEach: number;
    /** Number of requests per target before the first round, so that code is compiled. */
    readonly warmUpRequests: number;
  };
  readonly readRounds: number;
  /** Numbers of stored tokens: few, and many. */
  readonly sizes: readonly [few: number, many: number];
  /** Number of executions before each measurement of the memory. The first step is the warm-up. */
  readonly memorySteps: readonly number[];
}

/** The plan of a full run, which takes about five minutes. */
export const FULL_PLAN: BenchPlan = {
  throughput: { connections: 16, rounds: 16, secondsEach: 2, warmUpRequests: 20_000 },
  readRounds: 5,
  sizes: [10, 100_000],
  memorySteps: [10_000, 20_000, 20_000, 20_000, 20_000, 20_000],
};

/**
 * A plan that takes about two minutes, which is enough to see the effect of a change. The warm-up
 * is that of the full plan: after only 5,000 requests, the compiler still uses a third of the CPU
 * time.
 */
export const QUICK_PLAN: BenchPlan = {
  throughput: { connections: 16, rounds: 6, secondsEach: 1, warmUpRequests: 20_000 },
  readRounds: 3,
  sizes: [10, 100_000],
  memorySteps: [4_000, 4_000, 4_000],
};

/**
 * Measures everything, prints tables and writes `results/<time>.json`.
 * @throws Error when any measured request failed, because figures of a broken server are
 * meaningless
 */
export async function runBench(plan: BenchPlan): Promise<void> {
  const conditions = machine();
  say(conditionsText(conditions));
  say('Preparing: upstream, bare proxies, servers, stored tokens …');
  const environment = await startBenchEnvironment('sqlite');
  try {
    const [few, many] = plan.sizes;
    const dataSets = [
      await environment.addDataSet(few),
      await environment.addDataSet(many),
    ] as const;
    const run = await measure(environment, dataSets, plan);
    const aims = evaluate(run);
    say(`\n${renderTables(run, aims)}`);
    const result = JSON.stringify({ ...conditions, ...run, aims }, null, 2);
    say(`\nWritten to ${await writeResult('json', result)}`);
  } finally {
    await environment.stop();
  }
}

/** Profiles the server under load, prints a summary and writes `results/<time>.cpuprofile`. */
export async function runProfile(): Promise<void> {
  const environment = await startBenchEnvironment('sqlite');
  try {
    const dataSet = await environment.addDataSet(10);
    const generator = environment.startLoadGenerator();
    const load = { ...executionOf(environment, dataSet), pace: { atOnce: PROFILE_CONNECTIONS } };
    await generator.ask({ ...load, until: { requests: 20_000 } });
    const inspector = await dataSet.server.inspect();
    await inspector.startProfile();
    const result = await generator.ask({ ...load, until: { seconds: PROFILED_SECONDS } });
    const profile = await inspector.stopProfile();
    inspector.close();
    say(summarizeProfile(profile));
    say(`\n${Math.round(result.perSecond)} requests/s during the profile`);
    say(`Written to ${await writeResult('cpuprofile', JSON.stringify(profile))}`);
  } finally {
    await environment.stop();
  }
}

async function measure(
  environment: BenchEnvironment,
  dataSets: readonly [few: DataSet, many: DataSet],
  plan: BenchPlan,
): Promise<Measurements> {
  const [fewTokens] = dataSets;
  const generator = environment.startLoadGenerator();
  const { connections, rounds, secondsEach, warmUpRequests } = plan.throughput;
  say('Throughput …');
  const measured = await measureRounds(await targetsOf(environment, dataSets), {
    generator,
    ownPids: environment.pids,
    rounds,
    turns: [{ pace: { atOnce: connections }, seconds: secondsEach }],
    warmUp: { pace: { atOnce: connections }, requests: warmUpRequests },
  });
  ensureNothingFailed(measured);
  const [upstream, bareProxy, axiosProxy, axios, few, many] = measured.flatMap(
    ({ name, turns }): Throughput[] => turns.map((turn) => ({ name, ...turn })),
  );
  say('Token reads …');
  const [fewReads, manyReads] = await measureTokenReads(
    dataSets,
    environment.connector,
    plan.readRounds,
  );
  const targetsFound = upstream && bareProxy && axiosProxy && axios && few && many;
  if (!targetsFound || !fewReads || !manyReads)
    throw new Error('A measurement is missing: each target must return a result.');
  say('Memory …');
  const inspector = await fewTokens.server.inspect();
  const load = executionOf(environment, fewTokens);
  const memory = await measureMemory(load, { generator, inspector }, plan.memorySteps).finally(() =>
    inspector.close(),
  );
  const reads = { few: fewReads, many: manyReads };
  return { upstream, bareProxy, axiosProxy, axios, few, many, reads, memory };
}

async function targetsOf(
  environment: BenchEnvironment,
  dataSets: readonly [DataSet, DataSet],
): Promise<readonly Target[]> {
  const { upstream, axiosConnector } = environment;
  const [few] = dataSets;
  const target = (name: string, pid: number, load: LoadRequest): Target => ({
    name,
    size: 0,
    load,
    servers: [pid],
    store: [],
  });
  const bareProxy = async (client: BareClient): Promise<Target> => {
    const { pid, url } = await environment.startBareProxy(client);
    return target(`bare fastify + ${client} proxy`, pid, bareProxyRequest(url));
  };
  return [
    target('upstream alone', upstream.pid, upstreamRequest(upstream.url)),
    await bareProxy('undici'),
    await bareProxy('axios'),
    target(
      '_execute with axios',
      few.server.pid,
      execution([few.server], { apiKey: few.apiKey, connectorId: axiosConnector.id }),
    ),
    ...dataSets.map((dataSet) =>
      target(
        `_execute, ${count(dataSet.tokens)} stored tokens`,
        dataSet.server.pid,
        executionOf(environment, dataSet),
      ),
    ),
  ];
}

function executionOf({ connector }: BenchEnvironment, { server, apiKey }: DataSet): LoadRequest {
  return execution([server], { apiKey, connectorId: connector.id });
}
