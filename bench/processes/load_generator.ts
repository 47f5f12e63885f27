/// <reference path="../autocannon.d.ts" />
import autocannon from 'autocannon';
import { percentile, Samples } from '../measure/statistics.ts';
import { answerPrompts } from './role.ts';

/** One burst of requests, every connection sending its next request when the last one was answered. */
export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly connections: number;
  /** How long, in seconds, or how many requests. */
  readonly until: { readonly seconds: number } | { readonly requests: number };
  /** Every answer must contain this. */
  readonly expected: string;
}

/** What came back. Times are milliseconds. */
export interface LoadResult {
  readonly requests: number;
  /** Answers with another status or text than expected, and requests without an answer. */
  readonly failures: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

const SAMPLE_INTERVAL_MS = 100;

function run(load: Load): Promise<LoadResult> {
  const { until, expected } = load;
  return new Promise((resolve, reject) => {
    const times = new Samples();
    const start = performance.now();
    let end = start;
    const instance = autocannon(
      {
        url: load.url,
        method: load.method,
        headers: load.headers,
        ...(load.body === undefined ? {} : { body: load.body }),
        connections: load.connections,
        sampleInt: SAMPLE_INTERVAL_MS,
        verifyBody: (body) => body?.includes(expected) === true,
        ...('seconds' in until ? { duration: until.seconds } : { amount: until.requests }),
      },
      (error, result) => {
        if (error !== null) return reject(error);
        const sorted = times.sorted();
        resolve({
          requests: times.count,
          failures: result.errors + result.timeouts + result.mismatches + result.non2xx,
          perSecond: times.count / ((end - start) / 1000),
          p50: percentile(sorted, 0.5),
          p99: percentile(sorted, 0.99),
        });
      },
    );
    instance.on('response', (_client, _statusCode, _bytes, responseTime) => {
      end = performance.now();
      times.add(responseTime);
    });
  });
}

answerPrompts(run);
