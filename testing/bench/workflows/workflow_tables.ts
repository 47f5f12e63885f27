import type { Distribution } from '../measure/statistics.ts';
import type { RequestFigures } from '../measure/store_requests.ts';
import type { RunnerFigures } from '../processes/workflow_protocol.ts';
import { count, table } from '../report/table.ts';

/** Figures of runs with three steps, per run. */
export interface MeasuredRuns {
  readonly name: string;
  /** Runs per second. At a fixed rate, this is the rate if the process keeps up. */
  readonly perSecond: number;
  readonly cpuMs: number;
  /** CPU time of the store in milliseconds. `undefined`: it is part of the process. */
  readonly storeMs: number | undefined;
  /** Number of written documents of runs and journals. */
  readonly writes: number;
  /** Number of documents that were read by key, and of searches. */
  readonly reads: number;
  /** Requests of all runs to Elasticsearch, by operation. */
  readonly requests: Readonly<Record<string, RequestFigures>>;
  /** Number of runs. */
  readonly runs: number;
  /** Milliseconds from the handler of the request to the end of the first step. */
  readonly firstStep: Distribution;
  /** Share of the machine that other programs used, from 0 to 1. `undefined`: unknown. */
  readonly othersShare: number | undefined;
}

/** Figures of runs that only compute. */
export interface MeasuredSteps {
  readonly length: number;
  /** CPU time of a run in milliseconds. */
  readonly cpuMs: number;
  /**
   * CPU time in microseconds of each step that the next shorter run does not have. `undefined`:
   * this is the shortest run.
   */
  readonly microsPerStep: number | undefined;
  readonly writes: number;
}

/** All figures for which there is an aim. */
interface Measured {
  readonly few: MeasuredRuns;
  readonly many: MeasuredRuns;
  readonly fewPaced: MeasuredRuns;
  readonly manyPaced: MeasuredRuns;
  readonly steps: readonly MeasuredSteps[];
}

interface Aim {
  readonly aim: string;
  readonly measured: string;
  readonly isMet: boolean;
}

const MIN_PER_SECOND = { sqlite: 300, elasticsearch: 100 } as const;
const MAX_FIRST_STEP_MS = 5;
const MAX_WRITES = 3;
const MAX_GROWTH = 0.1;

/** Compares the figures with the aims. Runs per second and latency need a quiet machine. */
export function workflowAims(
  store: keyof typeof MIN_PER_SECOND,
  { few, many, fewPaced, manyPaced, steps }: Measured,
): readonly Aim[] {
  const minimum = MIN_PER_SECOND[store];
  const ofCpu = 1_000 / few.cpuMs;
  const { p50 } = fewPaced.firstStep;
  const writes = Math.max(fewPaced.writes, manyPaced.writes);
  const perStep = steps.flatMap(({ microsPerStep = [] }) => microsPerStep);
  const stepGrowth = Math.max(...perStep) / Math.min(...perStep) - 1;
  const runGrowth = many.cpuMs / few.cpuMs - 1;
  return [
    {
      aim: `at least ${minimum} runs/s`,
      measured: count(few.perSecond),
      isMet: few.perSecond >= minimum,
    },
    {
      aim: `CPU time for at least ${minimum} runs/s on one core`,
      measured: count(ofCpu),
      isMet: ofCpu >= minimum,
    },
    {
      aim: `first step within ${MAX_FIRST_STEP_MS} ms (p50)`,
      measured: `${p50.toFixed(1)} ms`,
      isMet: p50 <= MAX_FIRST_STEP_MS,
    },
    {
      aim: `at most ${MAX_WRITES} writes per run`,
      measured: writes.toFixed(2),
      isMet: writes <= MAX_WRITES,
    },
    {
      aim: 'cost of a step flat within 10 % from 10 to 1,000 steps',
      measured: `${percent(stepGrowth)} between the cheapest and the most expensive`,
      isMet: stepGrowth <= MAX_GROWTH,
    },
    {
      aim: 'cost of a run flat within 10 % with many old runs',
      measured: percent(runGrowth),
      isMet: runGrowth <= MAX_GROWTH,
    },
  ];
}

/** Returns the columns of the table of aims. */
export function aimRowOf({ aim, measured, isMet }: Aim): string[] {
  return [aim, measured, isMet ? 'met' : 'missed'];
}

/** Returns the columns of the table of runs. */
function rowOf({ name, ...run }: MeasuredRuns): string[] {
  return [
    name,
    count(run.perSecond),
    run.cpuMs.toFixed(2),
    run.storeMs === undefined ? '–' : run.storeMs.toFixed(2),
    run.writes.toFixed(2),
    run.reads.toFixed(1),
    run.firstStep.p50.toFixed(1),
    run.firstStep.p99.toFixed(1),
    run.othersShare === undefined ? '–' : percent(run.othersShare),
  ];
}

/** Returns the tables of runs with three steps. */
export function runTables(store: string, measured: readonly MeasuredRuns[]): string {
  const head = [
    `${store}: runs`,
    'runs/s',
    'CPU ms/run',
    'store ms/run',
    'writes/run',
    'reads/run',
    'first step p50 ms',
    'p99',
    'others',
  ];
  const ofRequests = measured.map(({ name, requests, runs }) => requestTable(name, requests, runs));
  return [table(head, measured.map(rowOf)), ...ofRequests].filter(Boolean).join('\n\n');
}

/**
 * Returns a table of the requests to Elasticsearch by operation, per thousand runs. Empty: the
 * store is not Elasticsearch.
 */
export function requestTable(
  name: string,
  requests: Readonly<Record<string, RequestFigures>>,
  runs: number,
): string {
  if (Object.keys(requests).length === 0) return '';
  const head = [name, 'requests', 'per 1,000 runs', 'waited ms each'];
  const rows = Object.entries(requests)
    .sort(([, a], [, b]) => b.waitedMs - a.waitedMs)
    .map(([operation, { requests: sent, waitedMs }]) => [
      operation,
      count(sent),
      ((sent / runs) * 1_000).toFixed(1),
      (waitedMs / sent).toFixed(1),
    ]);
  return table(head, rows);
}

/** Returns the columns of the table of steps. */
export function stepsRowOf({ length, cpuMs, microsPerStep, writes }: MeasuredSteps): string[] {
  return [count(length), cpuMs.toFixed(2), microsPerStep?.toFixed(0) ?? '–', writes.toFixed(2)];
}

/** Returns the number of documents that were read by key, and of searches. */
export function readsOf({ calls }: Pick<RunnerFigures, 'calls'>): number {
  const reads = Object.entries(calls).filter(([name]) => /^(get|search|iterate) /.test(name));
  return reads.reduce((sum, [, times]) => sum + times, 0);
}

/**
 * Returns the round with the least CPU time, because other programs only add to it.
 * @throws Error when nothing was measured
 */
export function cheapestOf(measured: readonly MeasuredRuns[]): MeasuredRuns {
  const [first, ...others] = measured;
  if (first === undefined) throw new Error('Nothing was measured.');
  return others.reduce((best, each) => (each.cpuMs < best.cpuMs ? each : best), first);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
