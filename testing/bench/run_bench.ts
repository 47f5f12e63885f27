import { type MemoryPoint, measureMemory } from './measure/memory.ts';
import { bareProxyTarget, executeTarget, type Target, upstreamTarget } from './measure/targets.ts';
import {
  type LoadGenerator,
  measureThroughput,
  type ThroughputPlan,
} from './measure/throughput.ts';
import { measureTokenReads } from './measure/token_reads.ts';
import type { Load, LoadResult } from './processes/load_generator.ts';
import { startRole } from './processes/role.ts';
import { evaluate, type Measurements } from './report/aims.ts';
import { conditionsText, machine, say, writeResult } from './report/conditions.ts';
import { summarizeProfile } from './report/profile_summary.ts';
import { renderTables } from './report/table.ts';
import { type BenchEnvironment, prepareEnvironment } from './server/prepare_environment.ts';

const PROFILED_SECONDS = 10;
const PROFILE_CONNECTIONS = 16;

/** Sizes and durations of a run. */
export interface BenchPlan {
  readonly throughput: ThroughputPlan;
  readonly readRounds: number;
  /** Stored tokens: few, and many. */
  readonly sizes: readonly [few: number, many: number];
  /** Executions between measurements of the memory; the first step is the warm-up. */
  readonly memorySteps: readonly number[];
}

/** About five minutes. */
export const FULL_PLAN: BenchPlan = {
  throughput: { connections: 16, rounds: 16, secondsEach: 2, warmUpRequests: 20_000 },
  readRounds: 5,
  sizes: [10, 100_000],
  memorySteps: [10_000, 20_000, 20_000, 20_000, 20_000, 20_000],
};

/** About a minute and a half; enough to see the effect of a change. */
export const QUICK_PLAN: BenchPlan = {
  throughput: { connections: 16, rounds: 6, secondsEach: 1, warmUpRequests: 5_000 },
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
  say('Preparing: upstream, bare proxy, servers, stored tokens …');
  const environment = await prepareEnvironment(plan.sizes);
  const generator = startRole<Load, LoadResult>('load_generator');
  try {
    const run = await measure(environment, generator, plan);
    const aims = evaluate(run);
    say(`\n${renderTables(run, aims)}`);
    const file = await writeResult(
      'json',
      JSON.stringify({ ...conditions, ...run, aims }, null, 2),
    );
    say(`\nWritten to ${file}`);
  } finally {
    await generator.stop();
    await environment.stop();
  }
}

/** Profiles the server under load, prints a summary and writes `results/<time>.cpuprofile`. */
export async function runProfile(): Promise<void> {
  const environment = await prepareEnvironment([10]);
  const generator = startRole<Load, LoadResult>('load_generator');
  try {
    const { server, tokens } = smallest(environment);
    const { load } = targetOf(environment, { server, tokens });
    const under = { ...load, connections: PROFILE_CONNECTIONS };
    await generator.ask({ ...under, until: { requests: 5_000 } });
    const inspector = await server.inspect();
    await inspector.startProfile();
    const result = await generator.ask({ ...under, until: { seconds: PROFILED_SECONDS } });
    const profile = await inspector.stopProfile();
    inspector.close();
    say(summarizeProfile(profile));
    say(`\n${Math.round(result.perSecond)} requests/s during the profile`);
    say(`Written to ${await writeResult('cpuprofile', JSON.stringify(profile))}`);
  } finally {
    await generator.stop();
    await environment.stop();
  }
}

async function measure(
  environment: BenchEnvironment,
  generator: LoadGenerator,
  plan: BenchPlan,
): Promise<Measurements> {
  say('Throughput …');
  const targets = [
    upstreamTarget(environment.upstream),
    bareProxyTarget('undici', environment.bareProxies.undici),
    bareProxyTarget('axios', environment.bareProxies.axios),
    axiosTargetOf(environment),
    ...environment.servers.map((entry) => targetOf(environment, entry)),
  ];
  const measured = await measureThroughput(targets, generator, plan.throughput);
  const [upstream, bareProxy, axiosProxy, axios, few, many] = measured;
  say('Token reads …');
  const stocks = environment.servers.map(({ dataFolder, tokens }) => ({
    location: { kind: 'sqlite', dataFolder } as const,
    tokens: tokens - 1,
  }));
  const [fewReads, manyReads] = await measureTokenReads(
    stocks,
    environment.connector,
    plan.readRounds,
  );
  const targetsFound = upstream && bareProxy && axiosProxy && axios && few && many;
  if (!targetsFound || !fewReads || !manyReads) {
    throw new Error('a measurement is missing');
  }
  say('Memory …');
  const { points, failures } = await memoryOf(environment, generator, plan.memorySteps);
  const failed = failures + measured.reduce((sum, target) => sum + target.failures, 0);
  if (failed > 0) throw new Error(`${failed} requests failed`);
  const reads = { few: fewReads, many: manyReads };
  return { upstream, bareProxy, axiosProxy, axios, few, many, reads, memory: points };
}

async function memoryOf(
  environment: BenchEnvironment,
  generator: LoadGenerator,
  steps: readonly number[],
): Promise<{ readonly points: readonly MemoryPoint[]; readonly failures: number }> {
  const entry = smallest(environment);
  const inspector = await entry.server.inspect();
  try {
    return await measureMemory(targetOf(environment, entry), { generator, inspector }, steps);
  } finally {
    inspector.close();
  }
}

function smallest(environment: BenchEnvironment): BenchEnvironment['servers'][number] {
  const [entry] = environment.servers;
  if (entry === undefined) throw new Error('no server was started');
  return entry;
}

function targetOf(
  { apiKey, connector }: BenchEnvironment,
  { tokens, server }: Pick<BenchEnvironment['servers'][number], 'tokens' | 'server'>,
): Target {
  const name = `_execute, ${tokens.toLocaleString('en-US')} stored tokens`;
  return executeTarget(name, server, { apiKey, connectorId: connector.id });
}

/** `_execute` of an action that uses axios, on the server with few tokens. */
function axiosTargetOf(environment: BenchEnvironment): Target {
  const { apiKey, axiosConnector } = environment;
  const { server } = smallest(environment);
  return executeTarget('_execute with axios', server, { apiKey, connectorId: axiosConnector.id });
}
