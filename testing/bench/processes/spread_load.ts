import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { percentile, Samples } from '../measure/statistics.ts';
import { handleInputs } from './role.ts';

/** The same request to one server or to several in turn. */
export interface SpreadLoad {
  readonly origins: readonly string[];
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Every response must contain this text. */
  readonly expected: string;
  readonly pace: Pace;
  readonly seconds: number;
}

/**
 * `perSecond`: requests that start in every second, however slow the responses are; waiting counts
 * as latency, as it does for users. `atOnce`: concurrent requests.
 */
type Pace = { readonly perSecond: number } | { readonly atOnce: number };

/** Result of a load. Times are in milliseconds. */
export interface SpreadResult {
  readonly requests: number;
  /** Responses with another status or text than expected, and requests without a response. */
  readonly failures: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Bytes of the last response. */
  readonly bytes: number;
}

/** Maximum lateness of a timer, which is not part of the server's latency. */
const TIMER_GRAIN_MS = 1.2;
const CONNECTIONS_PER_ORIGIN = 128;

const agent = new Agent({ connections: CONNECTIONS_PER_ORIGIN, pipelining: 1 });

/** The counts of one run. */
class Counts {
  readonly times = new Samples();
  failures = 0;
  bytes = 0;
}

async function run(load: SpreadLoad): Promise<SpreadResult> {
  const counts = new Counts();
  const start = performance.now();
  if ('atOnce' in load.pace) await saturate(load, counts, start, load.pace.atOnce);
  else await pace(load, counts, start, load.pace.perSecond);
  const elapsed = performance.now() - start;
  const sorted = counts.times.sorted();
  return {
    requests: counts.times.count,
    failures: counts.failures,
    perSecond: (counts.times.count * 1000) / elapsed,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    bytes: counts.bytes,
  };
}

async function saturate(
  load: SpreadLoad,
  counts: Counts,
  start: number,
  atOnce: number,
): Promise<void> {
  const end = start + load.seconds * 1000;
  const worker = async (first: number): Promise<void> => {
    for (let turn = first; performance.now() < end; turn += atOnce) {
      await send(load, counts, turn, performance.now());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => worker(index)));
}

async function pace(
  load: SpreadLoad,
  counts: Counts,
  start: number,
  perSecond: number,
): Promise<void> {
  const total = Math.round(load.seconds * perSecond);
  const intervalMs = 1000 / perSecond;
  const underWay: Promise<void>[] = [];
  for (let turn = 0; turn < total; turn += 1) {
    const due = start + turn * intervalMs;
    const wait = due - performance.now();
    if (wait > 0) await delay(wait);
    underWay.push(send(load, counts, turn, Math.min(performance.now(), due + TIMER_GRAIN_MS)));
  }
  await Promise.all(underWay);
}

/**
 * Never rejects.
 * @param from instant from which the caller has been waiting
 */
async function send(load: SpreadLoad, counts: Counts, turn: number, from: number): Promise<void> {
  const origin = load.origins[turn % load.origins.length] ?? '';
  try {
    const response = await agent.request({
      origin,
      path: load.path,
      method: load.method,
      headers: load.headers,
      body: load.body ?? null,
    });
    const body = Buffer.from(await response.body.arrayBuffer());
    counts.times.add(performance.now() - from);
    counts.bytes = body.length;
    if (response.statusCode !== 200 || !body.includes(load.expected)) counts.failures += 1;
  } catch {
    counts.times.add(performance.now() - from);
    counts.failures += 1;
  }
}

handleInputs(run);
