/// <reference path="../autocannon.d.ts" />
import autocannon from 'autocannon';
import { percentile, Samples } from '../measure/statistics.ts';
import { handleInputs } from './role.ts';

/**
 * A load in which every connection sends its next request as soon as it has received a response.
 */
export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly connections: number;
  /** Duration in seconds, or number of requests. */
  readonly until: { readonly seconds: number } | { readonly requests: number };
  /** Every response must contain this text. */
  readonly expected: string;
}

/** Result of a load. Times are in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  /** Responses with another status or text than expected, and requests without a response. */
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

handleInputs(run);
