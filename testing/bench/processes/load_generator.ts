import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { Samples } from '../measure/statistics.ts';
import { handleInputs } from './role.ts';

/** A request that is sent to one server, or to several in turn. */
export interface LoadRequest {
  readonly origins: readonly string[];
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Every response must contain this text. */
  readonly expected: string;
}

/** A request, the pace at which it is sent, and when the load ends. */
export interface Load extends LoadRequest {
  readonly pace: Pace;
  readonly until: { readonly seconds: number } | { readonly requests: number };
}

/**
 * Pace of a load.
 * - `perSecond`: number of requests that start in every second, however slow the responses are.
 *   Waiting counts as latency, as it does for users.
 * - `atOnce`: number of concurrent requests. Each is followed by the next one as soon as its
 *   response has arrived.
 */
export type Pace = { readonly perSecond: number } | { readonly atOnce: number };

/** Result of a load. Times are in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  /**
   * Number of responses with a different status or text than expected, and of requests without a
   * response.
   */
  readonly failures: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Bytes of the last response. */
  readonly bytes: number;
}

/** Maximum delay of a timer in milliseconds. It is not part of the server's latency. */
const TIMER_GRAIN_MS = 1.2;
const CONNECTIONS_PER_ORIGIN = 128;

const agent = new Agent({ connections: CONNECTIONS_PER_ORIGIN, pipelining: 1 });

/** The counts of one run. */
class Counts {
  readonly times = new Samples();
  readonly start = performance.now();
  failures = 0;
  bytes = 0;
  started = 0;
}

async function run(load: Load): Promise<LoadResult> {
  const counts = new Counts();
  if ('atOnce' in load.pace) await saturate(load, counts, load.pace.atOnce);
  else await pace(load, counts, load.pace.perSecond);
  const elapsed = performance.now() - counts.start;
  const { times, failures, bytes } = counts;
  const { p50, p99 } = times.distribution();
  const perSecond = (times.count * 1000) / elapsed;
  return { requests: times.count, failures, perSecond, p50, p99, bytes };
}

async function saturate(load: Load, counts: Counts, atOnce: number): Promise<void> {
  const { until } = load;
  const hasEnded = (): boolean =>
    'seconds' in until
      ? performance.now() > counts.start + until.seconds * 1000
      : counts.started >= until.requests;
  const caller = async (): Promise<void> => {
    while (!hasEnded()) await send(load, counts, performance.now());
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
}

async function pace(load: Load, counts: Counts, perSecond: number): Promise<void> {
  const { until } = load;
  const total = 'seconds' in until ? Math.round(until.seconds * perSecond) : until.requests;
  const underWay: Promise<void>[] = [];
  while (counts.started < total) {
    const due = counts.start + (counts.started * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await delay(wait);
    underWay.push(send(load, counts, Math.min(performance.now(), due + TIMER_GRAIN_MS)));
  }
  await Promise.all(underWay);
}

/**
 * Sends one request. Never rejects: failures are counted.
 * @param from instant from which the caller has been waiting
 */
function send(load: Load, counts: Counts, from: number): Promise<void> {
  const { origins, path, method, headers, body = null, expected } = load;
  const origin = origins[counts.started % origins.length] ?? '';
  counts.started += 1;
  const chunks: Buffer[] = [];
  let status = 0;
  return new Promise((resolve) => {
    const end = (isExpected: boolean): void => {
      counts.times.add(performance.now() - from);
      if (!isExpected) counts.failures += 1;
      resolve();
    };
    // The request is sent without streams, which need more CPU time: this process shares the
    // machine with what it measures.
    agent.dispatch(
      { origin, path, method, headers, body },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: (_controller, chunk) => {
          chunks.push(chunk);
        },
        onResponseEnd: () => {
          const received = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
          counts.bytes = received?.length ?? 0;
          end(status === 200 && received?.includes(expected) === true);
        },
        onResponseError: () => end(false),
      },
    );
  });
}

handleInputs(run);
