import { freemem, loadavg, platform, release, totalmem, uptime } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** Milliseconds of a window. Averages and maxima describe the last complete window. */
const WINDOW_MS = 5_000;

interface Window {
  count: number;
  sumMs: number;
  maxMs: number;
}

const emptyWindow = (): Window => ({ count: 0, sumMs: 0, maxMs: 0 });

/** Figures of this process for the field `metrics` of `GET /api/status`, with Kibana's names. */
export class OpsMetrics {
  readonly #now: () => number;
  readonly #statusCodes = new Map<string, number>();
  #total = 0;
  #windowBegan: number;
  #last = emptyWindow();
  #current = emptyWindow();

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
    this.#windowBegan = now();
  }

  /** Counts one finished response. */
  observe(statusCode: number, seconds: number): void {
    this.#turn();
    this.#total += 1;
    const code = String(statusCode);
    this.#statusCodes.set(code, (this.#statusCodes.get(code) ?? 0) + 1);
    const ms = seconds * 1000;
    this.#current.count += 1;
    this.#current.sumMs += ms;
    this.#current.maxMs = Math.max(this.#current.maxMs, ms);
  }

  /** @param connections number of open connections now */
  report(connections: number) {
    this.#turn();
    const figures = processFigures();
    const { count, sumMs, maxMs } = this.#last;
    return {
      last_updated: new Date(this.#now()).toISOString(),
      collection_interval_in_millis: WINDOW_MS,
      process: figures,
      processes: [figures],
      os: osFigures(),
      response_times: {
        avg_in_millis: count === 0 ? 0 : Math.round(sumMs / count),
        max_in_millis: Math.round(maxMs),
      },
      requests: { total: this.#total, status_codes: Object.fromEntries(this.#statusCodes) },
      concurrent_connections: connections,
      elasticsearch_client: { totalActiveSockets: 0, totalIdleSockets: 0, totalQueuedRequests: 0 },
    };
  }

  #turn(): void {
    const age = this.#now() - this.#windowBegan;
    // After the wall clock was set back, the age is negative, and a new window is started as well.
    if (age >= 0 && age < WINDOW_MS) return;
    this.#last = age >= 0 && age < 2 * WINDOW_MS ? this.#current : emptyWindow();
    this.#current = emptyWindow();
    this.#windowBegan = this.#now();
  }
}

function processFigures() {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return {
    pid: process.pid,
    uptime_in_millis: Math.round(process.uptime() * 1000),
    memory: {
      heap: {
        total_in_bytes: heapTotal,
        used_in_bytes: heapUsed,
        size_limit: getHeapStatistics().heap_size_limit,
      },
      resident_set_size_in_bytes: rss,
      external_in_bytes: external,
      array_buffers_in_bytes: arrayBuffers,
    },
  };
}

function osFigures() {
  const [oneMinute = 0, fiveMinutes = 0, quarterHour = 0] = loadavg();
  return {
    platform: platform(),
    platformRelease: `${platform()}-${release()}`,
    load: { '1m': oneMinute, '5m': fiveMinutes, '15m': quarterHour },
    memory: {
      total_in_bytes: totalmem(),
      free_in_bytes: freemem(),
      used_in_bytes: totalmem() - freemem(),
    },
    uptime_in_millis: Math.round(uptime() * 1000),
  };
}
