import type { MemoryPoint } from '../load/memory.ts';
import { costOf, type TurnSummary } from '../load/rounds.ts';
import type { TokenReads } from '../load/token_reads.ts';

/** Medians of a target under full load. */
export interface Throughput extends TurnSummary {
  readonly name: string;
}

/** Measurements of one run. */
export interface Measurements {
  readonly upstream: Throughput;
  readonly bareProxy: Throughput;
  /** A bare proxy with the axios instance that connectors get, and one with the original axios. */
  readonly axiosProxy: Throughput;
  /** `_execute` of an action that uses axios. */
  readonly axios: Throughput;
  /** `_execute` of an action without axios, with few and with many stored tokens. */
  readonly few: Throughput;
  readonly many: Throughput;
  readonly reads: { readonly few: TokenReads; readonly many: TokenReads };
  /** Memory after each step. The first point is after the warm-up. */
  readonly memory: readonly MemoryPoint[];
}

/** One aim of the benchmark, and whether this run meets it. */
export interface Aim {
  readonly aim: string;
  readonly measured: string;
  readonly met: boolean;
}

const MEGABYTE = 1024 * 1024;
/** Maximum difference of medians that counts as noise of the machine. */
const NOISE = 0.1;
const HEAP_NOISE_BYTES = 3 * MEGABYTE;

/** Compares the measurements of a run with the aims. */
export function evaluate(run: Measurements): readonly Aim[] {
  const direct = costOf(run.few) / costOf(run.axiosProxy);
  const withAxios = costOf(run.axios) / costOf(run.axiosProxy);
  const addedP99 = run.few.p99 - run.bareProxy.p99;
  const growth = costOf(run.many) / costOf(run.few) - 1;
  const readGrowth = run.reads.few.perSecond / run.reads.many.perSecond - 1;
  const slowest = run.reads.many;
  const grown = heapGrowth(run.memory);
  return [
    {
      aim: '_execute without axios: at most 0.7 of the CPU of the axios proxy',
      measured: `${direct.toFixed(2)} of it`,
      met: direct <= 0.7,
    },
    {
      aim: '_execute with axios: at most 1.2 of the CPU of the axios proxy',
      measured: `${withAxios.toFixed(2)} of it`,
      met: withAxios <= 1.2,
    },
    {
      aim: 'p99 at most 5 ms above the bare proxy',
      measured: `${addedP99.toFixed(1)} ms above`,
      met: addedP99 <= 5,
    },
    {
      aim: 'an execution is no slower with many stored tokens',
      measured: `it costs ${signed(growth)} (a token read alone: ${signed(readGrowth)})`,
      met: growth <= NOISE,
    },
    {
      aim: 'token reads: 5,000/s, p50 0.3 ms, p99 2 ms or better',
      measured: `${Math.round(slowest.perSecond)}/s, p50 ${slowest.p50.toFixed(3)} ms, p99 ${slowest.p99.toFixed(3)} ms`,
      met: slowest.perSecond >= 5_000 && slowest.p50 <= 0.3 && slowest.p99 <= 2,
    },
    {
      aim: 'no memory growth after warm-up',
      measured: `live heap ${(grown / MEGABYTE).toFixed(1)} MB`,
      met: grown <= HEAP_NOISE_BYTES,
    },
  ];
}

/** Returns the bytes by which the heap grew between the first and the last point. */
function heapGrowth(points: readonly MemoryPoint[]): number {
  const first = points[0];
  const last = points.at(-1);
  return first === undefined || last === undefined ? 0 : last.heapUsed - first.heapUsed;
}

/** Formats a growth in percent, with its sign. */
export function signed(share: number): string {
  return `${share < 0 ? '' : '+'}${Math.round(share * 100)} %`;
}
