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
import { judge, type Measurements } from './report/aims.ts';
import { conditionsText, machine, say, writeResult } from './report/conditions.ts';
import { summarizeProfile } from './report/profile_summary.ts';
import { renderTables } from './report/table.ts';
import { prepareStand, type Stand } from './server/prepare_stand.ts';

const PROFILED_SECONDS = 10;
const PROFILE_CONNECTIONS = 16;

/** How much to measure. */
export interface BenchPlan {
  readonly throughput: ThroughputPlan;
  readonly readRounds: number;
  /** Stored tokens: few, and many. */
  readonly sizes: readonly [few: number, many: number];
  /** Executions between looks at the memory; the first step is the warm-up. */
  readonly memorySteps: readonly number[];
}

/** About five minutes. */
export const FULL_PLAN: BenchPlan = {
  throughput: { connections: 16, rounds: 16, secondsEach: 2, warmUpRequests: 5_000 },
  readRounds: 5,
  sizes: [10, 100_000],
  memorySteps: [10_000, 20_000, 20_000, 20_000, 20_000, 20_000],
};

/** About a minute and a half; good enough to see whether a change helps. */
export const QUICK_PLAN: BenchPlan = {
  throughput: { connections: 16, rounds: 6, secondsEach: 1, warmUpRequests: 2_000 },
  readRounds: 3,
  sizes: [10, 100_000],
  memorySteps: [4_000, 4_000, 4_000],
};

/**
 * Measures everything, prints tables and writes `results/<time>.json`.
 * @throws Error when any measured request failed: figures of a broken server mean nothing
 */
export async function runBench(plan: BenchPlan): Promise<void> {
  const conditions = machine();
  say(conditionsText(conditions));
  say('Preparing: upstream, bare proxy, servers, stored tokens …');
  const stand = await prepareStand(plan.sizes);
  const generator = startRole<Load, LoadResult>('load_generator');
  try {
    const run = await measure(stand, generator, plan);
    const aims = judge(run);
    say(`\n${renderTables(run, aims)}`);
    const file = await writeResult(
      'json',
      JSON.stringify({ ...conditions, ...run, aims }, null, 2),
    );
    say(`\nWritten to ${file}`);
  } finally {
    await generator.stop();
    await stand.stop();
  }
}

/** Profiles the server under load, prints where the time goes and writes `results/<time>.cpuprofile`. */
export async function runProfile(): Promise<void> {
  const stand = await prepareStand([10]);
  const generator = startRole<Load, LoadResult>('load_generator');
  try {
    const { server, tokens } = smallest(stand);
    const { load } = targetOf(stand, { server, tokens });
    const under = { ...load, connections: PROFILE_CONNECTIONS };
    await generator.ask({ ...under, until: { requests: 5_000 } });
    const inspector = await server.inspect();
    await inspector.startProfile();
    const result = await generator.ask({ ...under, until: { seconds: PROFILED_SECONDS } });
    const profile = await inspector.stopProfile();
    inspector.close();
    say(summarizeProfile(profile));
    say(`\n${Math.round(result.perSecond)} requests/s while profiled`);
    say(`Written to ${await writeResult('cpuprofile', JSON.stringify(profile))}`);
  } finally {
    await generator.stop();
    await stand.stop();
  }
}

async function measure(
  stand: Stand,
  generator: LoadGenerator,
  plan: BenchPlan,
): Promise<Measurements> {
  say('Throughput …');
  const targets = [
    upstreamTarget(stand.upstream),
    bareProxyTarget('undici', stand.bareProxies.undici),
    bareProxyTarget('axios', stand.bareProxies.axios),
    ...stand.servers.map((entry) => targetOf(stand, entry)),
  ];
  const measured = await measureThroughput(targets, generator, plan.throughput);
  const [upstream, bareProxy, axiosProxy, few, many] = measured;
  say('Token reads …');
  const stocks = stand.servers.map(({ dataFolder, tokens }) => ({
    location: { kind: 'sqlite', dataFolder } as const,
    tokens: tokens - 1,
  }));
  const [fewReads, manyReads] = await measureTokenReads(stocks, stand.connector, plan.readRounds);
  if (!upstream || !bareProxy || !axiosProxy || !few || !many || !fewReads || !manyReads) {
    throw new Error('a measurement is missing');
  }
  say('Memory …');
  const { points, failures } = await memoryOf(stand, generator, plan.memorySteps);
  const failed = failures + measured.reduce((sum, target) => sum + target.failures, 0);
  if (failed > 0) throw new Error(`${failed} requests failed`);
  const reads = { few: fewReads, many: manyReads };
  return { upstream, bareProxy, axiosProxy, few, many, reads, memory: points };
}

async function memoryOf(
  stand: Stand,
  generator: LoadGenerator,
  steps: readonly number[],
): Promise<{ readonly points: readonly MemoryPoint[]; readonly failures: number }> {
  const entry = smallest(stand);
  const inspector = await entry.server.inspect();
  try {
    return await measureMemory(targetOf(stand, entry), { generator, inspector }, steps);
  } finally {
    inspector.close();
  }
}

function smallest(stand: Stand): Stand['servers'][number] {
  const [entry] = stand.servers;
  if (entry === undefined) throw new Error('no server was started');
  return entry;
}

function targetOf(
  { apiKey, connector }: Stand,
  { tokens, server }: Pick<Stand['servers'][number], 'tokens' | 'server'>,
): Target {
  const name = `_execute, ${tokens.toLocaleString('en-US')} stored tokens`;
  return executeTarget(name, server, { apiKey, connectorId: connector.id });
}
