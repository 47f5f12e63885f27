import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { percentile, Samples } from '../measure/statistics.ts';
import { answerPrompts } from './role.ts';

/** The same request to one server or to several in turn. */
export interface SpreadLoad {
  readonly origins: readonly string[];
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Every answer must contain this. */
  readonly expected: string;
  readonly pace: Pace;
  readonly seconds: number;
}

/**
 * `perSecond`: so many begin in every second, however slow the answers are: what waits in line counts as latency, as it does for people.
 * `atOnce`: so many are always under way.
 */
type Pace = { readonly perSecond: number } | { readonly atOnce: number };

/** What came back. Times are milliseconds. */
export interface SpreadResult {
  readonly requests: number;
  /** Answers with another status or text than expected, and requests without an answer. */
  readonly failures: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of the last answer. */
  readonly bytes: number;
}

/** A timer comes up to this late; the lateness of our own clock is not the server's. */
const TIMER_GRAIN_MS = 1.2;
const CONNECTIONS_PER_ORIGIN = 128;

const agent = new Agent({ connections: CONNECTIONS_PER_ORIGIN, pipelining: 1 });

/** The counts of one run. */
class Tally {
  readonly times = new Samples();
  failures = 0;
  bytes = 0;
}

async function run(load: SpreadLoad): Promise<SpreadResult> {
  const tally = new Tally();
  const start = performance.now();
  if ('atOnce' in load.pace) await saturate(load, tally, start, load.pace.atOnce);
  else await pace(load, tally, start, load.pace.perSecond);
  const elapsed = performance.now() - start;
  const sorted = tally.times.sorted();
  return {
    requests: tally.times.count,
    failures: tally.failures,
    perSecond: (tally.times.count * 1000) / elapsed,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    bytes: tally.bytes,
  };
}

async function saturate(
  load: SpreadLoad,
  tally: Tally,
  start: number,
  atOnce: number,
): Promise<void> {
  const end = start + load.seconds * 1000;
  const worker = async (first: number): Promise<void> => {
    for (let turn = first; performance.now() < end; turn += atOnce) {
      await send(load, tally, turn, performance.now());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => worker(index)));
}

async function pace(
  load: SpreadLoad,
  tally: Tally,
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
    underWay.push(send(load, tally, turn, Math.min(performance.now(), due + TIMER_GRAIN_MS)));
  }
  await Promise.all(underWay);
}

/** Never rejects. @param from the instant from which the caller has been waiting */
async function send(load: SpreadLoad, tally: Tally, turn: number, from: number): Promise<void> {
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
    tally.times.add(performance.now() - from);
    tally.bytes = body.length;
    if (response.statusCode !== 200 || !body.includes(load.expected)) tally.failures += 1;
  } catch {
    tally.times.add(performance.now() - from);
    tally.failures += 1;
  }
}

answerPrompts(run);
