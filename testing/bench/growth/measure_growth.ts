import {
  type BenchEnvironment,
  type DataSet,
  type StoreKind,
  startBenchEnvironment,
} from '../environment/bench_environment.ts';
import type { BenchServer } from '../environment/start_bench_server.ts';
import { type LoadGenerator, measureRounds, type Row } from '../load/rounds.ts';
import { execution } from '../load/targets.ts';
import { measureTokenReads, type TokenReads } from '../load/token_reads.ts';
import { count } from '../report/table.ts';
import type { GrowthPlan } from './growth_plan.ts';
import { type ListGrowth, measureLists } from './measure_lists.ts';
import { untilStoreIdle } from './until_store_idle.ts';

/** Results of one store. The first turn of a row is at full load, the second at the fixed rate. */
export interface StoreGrowth {
  readonly store: StoreKind;
  readonly fills: readonly Fill[];
  /** Executions by number of stored tokens. */
  readonly executions: readonly Row[];
  /** Token reads by number of stored tokens. */
  readonly reads: readonly TokenReads[];
  /** Executions by number of server processes. */
  readonly processes: readonly Row[];
  readonly lists: ListGrowth;
}

/** Cost of creating one data set. */
interface Fill {
  readonly tokens: number;
  readonly seconds: number;
  /** Milliseconds from the start of the server to its first response. */
  readonly readyAfterMs: number;
}

type Say = (text: string) => void;

/** Number of requests after which a server only runs compiled code. */
const WARM_UP_REQUESTS = 4_000;

/** Fills and measures one store. */
export async function measureStore(
  kind: StoreKind,
  plan: GrowthPlan,
  say: Say,
): Promise<StoreGrowth> {
  const environment = await startBenchEnvironment(kind);
  try {
    const { dataSets, fills } = await fillAll(environment, plan, say);
    if (environment.storePids.length > 0) await untilStoreIdle(environment.storePids, say);
    const parts = { environment, generator: environment.startLoadGenerator(), plan };
    say('Executions by stored tokens …');
    const executions = await measureExecutions(parts, dataSets);
    say('Token reads …');
    const reads = await measureTokenReads(dataSets, environment.connector, plan.readRounds);
    say('Server processes on one store …');
    const processes = await measureProcesses(parts, dataSets);
    say('Lists …');
    const lists = await measureLists(parts);
    return { store: kind, fills, executions, reads, processes, lists };
  } finally {
    await environment.stop();
  }
}

interface Parts {
  readonly environment: BenchEnvironment;
  readonly generator: LoadGenerator;
  readonly plan: GrowthPlan;
}

async function fillAll(
  environment: BenchEnvironment,
  plan: GrowthPlan,
  say: Say,
): Promise<{ readonly dataSets: readonly DataSet[]; readonly fills: readonly Fill[] }> {
  const dataSets: DataSet[] = [];
  const fills: Fill[] = [];
  for (const tokens of plan.sizes) {
    const start = performance.now();
    const dataSet = await environment.addDataSet(tokens, progressOf(tokens, start, say));
    dataSets.push(dataSet);
    const seconds = (performance.now() - start) / 1000;
    fills.push({ tokens, seconds, readyAfterMs: dataSet.server.readyAfterMs });
    say(
      `${count(tokens)} tokens after ${seconds.toFixed(0)} s; the server was ready after ${dataSet.server.readyAfterMs.toFixed(0)} ms`,
    );
  }
  return { dataSets, fills };
}

/** Returns a function that prints a line every 50,000 tokens. */
function progressOf(tokens: number, start: number, say: Say): (written: number) => void {
  return (written) => {
    if (written % 50_000 !== 0) return;
    const perSecond = (written * 1000) / (performance.now() - start);
    const left = (tokens - written) / perSecond;
    say(
      `  ${count(written)} of ${count(tokens)}, ${count(perSecond)}/s, ${left.toFixed(0)} s to go`,
    );
  };
}

function measureExecutions(parts: Parts, dataSets: readonly DataSet[]): Promise<readonly Row[]> {
  const { environment } = parts;
  const connectorId = environment.connector.id;
  const targets = dataSets.map(({ tokens, apiKey, server }) => ({
    name: `${count(tokens)} stored tokens`,
    size: tokens,
    load: execution([server], { apiKey, connectorId }),
    servers: [server.pid],
    store: environment.storePids,
  }));
  return measureRounds(targets, turnsOf(parts));
}

/**
 * Measures executions with a growing number of server processes. It uses the second smallest data
 * set, because the effect of the number of stored tokens is measured separately.
 */
async function measureProcesses(
  parts: Parts,
  dataSets: readonly DataSet[],
): Promise<readonly Row[]> {
  const { environment, plan } = parts;
  const dataSet = dataSets[1] ?? dataSets[0];
  if (dataSet === undefined) throw new Error('The data set was not created.');
  const servers: BenchServer[] = [dataSet.server];
  while (servers.length < Math.max(...plan.processes))
    servers.push(await environment.addServer(dataSet.location));
  const connectorId = environment.connector.id;
  const targets = plan.processes.map((size) => {
    const some = servers.slice(0, size);
    return {
      name: size === 1 ? '1 process' : `${size} processes`,
      size,
      load: execution(some, { apiKey: dataSet.apiKey, connectorId }),
      servers: some.map(({ pid }) => pid),
      store: environment.storePids,
    };
  });
  return measureRounds(targets, turnsOf(parts));
}

function turnsOf({ environment, generator, plan }: Parts) {
  const { rounds, atOnce, saturatedSeconds, perSecond, pacedSeconds } = plan;
  return {
    generator,
    ownPids: environment.pids,
    rounds,
    turns: [
      { pace: { atOnce }, seconds: saturatedSeconds },
      { pace: { perSecond }, seconds: pacedSeconds },
    ],
    warmUp: { pace: { atOnce }, requests: WARM_UP_REQUESTS },
  };
}
