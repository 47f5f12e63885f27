import { measureTokenReads, type TokenReads } from '../measure/token_reads.ts';
import { startRole } from '../processes/role.ts';
import type { SpreadLoad, SpreadResult } from '../processes/spread_load.ts';
import type { BenchServer } from '../server/start_bench_server.ts';
import {
  type DataSet,
  type GrowthEnvironment,
  type StoreKind,
  startGrowthEnvironment,
} from './growth_environment.ts';
import { execution } from './growth_loads.ts';
import type { GrowthPlan } from './growth_plan.ts';
import { type ListGrowth, measureLists } from './measure_lists.ts';
import { type GrowthRow, measureRounds, type SpreadGenerator } from './rounds.ts';
import { untilStoreIdle } from './until_store_idle.ts';

/** Results of one store. The first turn of a row is at full load, the second at the fixed rate. */
export interface StoreGrowth {
  readonly store: StoreKind;
  readonly fills: readonly Fill[];
  /** By stored tokens. */
  readonly executions: readonly GrowthRow[];
  /** By stored tokens. */
  readonly reads: readonly TokenReads[];
  /** By server processes. */
  readonly processes: readonly GrowthRow[];
  readonly lists: ListGrowth;
}

/** How a data set was created. */
interface Fill {
  readonly tokens: number;
  readonly seconds: number;
  /** How long its server took to start. */
  readonly readyAfterMs: number;
}

type Say = (text: string) => void;

/** After this many requests a server runs compiled code only. */
const WARM_UP_REQUESTS = 4_000;

/** Fills and measures one store. */
export async function measureStore(
  kind: StoreKind,
  plan: GrowthPlan,
  say: Say,
): Promise<StoreGrowth> {
  const environment = await startGrowthEnvironment(kind);
  const generator = startRole<SpreadLoad, SpreadResult>('spread_load');
  const second = startRole<SpreadLoad, SpreadResult>('spread_load');
  const ownPids = (): readonly number[] => [...environment.pids(), generator.pid, second.pid];
  try {
    const { dataSets, fills } = await fillAll(environment, plan, say);
    if (environment.storePids.length > 0) await untilStoreIdle(environment.storePids, say);
    const parts = { environment, generator, second, ownPids, plan };
    say('Executions by stored tokens …');
    const executions = await measureExecutions(parts, dataSets);
    say('Token reads …');
    const stocks = dataSets.map(({ location, tokens }) => ({ location, tokens: tokens - 1 }));
    const reads = await measureTokenReads(stocks, environment.connector, plan.readRounds);
    say('Server processes on one store …');
    const processes = await measureProcesses(parts, dataSets);
    say('Lists …');
    const lists = await measureLists(parts);
    return { store: kind, fills, executions, reads, processes, lists };
  } finally {
    await Promise.all([generator.stop(), second.stop()]);
    await environment.stop();
  }
}

interface Parts {
  readonly environment: GrowthEnvironment;
  readonly generator: SpreadGenerator;
  readonly ownPids: () => readonly number[];
  readonly plan: GrowthPlan;
}

async function fillAll(
  environment: GrowthEnvironment,
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
      `${grouped(tokens)} tokens after ${seconds.toFixed(0)} s; the server was ready after ${dataSet.server.readyAfterMs.toFixed(0)} ms`,
    );
  }
  return { dataSets, fills };
}

/** Prints a line every 50,000 tokens. */
function progressOf(tokens: number, start: number, say: Say): (written: number) => void {
  return (written) => {
    if (written % 50_000 !== 0) return;
    const perSecond = (written * 1000) / (performance.now() - start);
    const left = (tokens - written) / perSecond;
    say(
      `  ${grouped(written)} of ${grouped(tokens)}, ${grouped(perSecond)}/s, ${left.toFixed(0)} s to go`,
    );
  };
}

function measureExecutions(
  parts: Parts,
  dataSets: readonly DataSet[],
): Promise<readonly GrowthRow[]> {
  const { environment } = parts;
  const connectorId = environment.connector.id;
  const targets = dataSets.map(({ tokens, apiKey, server }) => ({
    name: `${grouped(tokens)} stored tokens`,
    size: tokens,
    load: execution([server], { apiKey, connectorId }),
    servers: [server.pid],
    store: environment.storePids,
  }));
  return measureRounds(targets, { ...parts, ...turnsOf(parts.plan) });
}

/** Uses the second smallest data set; the number of stored tokens is measured separately. */
async function measureProcesses(
  parts: Parts,
  dataSets: readonly DataSet[],
): Promise<readonly GrowthRow[]> {
  const { environment, plan } = parts;
  const dataSet = dataSets[1] ?? dataSets[0];
  if (dataSet === undefined) throw new Error('there is no data set');
  const servers: BenchServer[] = [dataSet.server];
  while (servers.length < Math.max(...plan.processes))
    servers.push(await environment.addServer(dataSet));
  const connectorId = environment.connector.id;
  const targets = plan.processes.map((count) => {
    const some = servers.slice(0, count);
    return {
      name: count === 1 ? '1 process' : `${count} processes`,
      size: count,
      load: execution(some, { apiKey: dataSet.apiKey, connectorId }),
      servers: some.map(({ pid }) => pid),
      store: environment.storePids,
    };
  });
  return measureRounds(targets, { ...parts, ...turnsOf(plan) });
}

function turnsOf({ rounds, atOnce, saturatedSeconds, perSecond, pacedSeconds }: GrowthPlan) {
  return {
    rounds,
    turns: [
      { pace: { atOnce }, seconds: saturatedSeconds },
      { pace: { perSecond }, seconds: pacedSeconds },
    ],
    warmUp: { pace: { atOnce }, requests: WARM_UP_REQUESTS },
  };
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
