import type { Clock } from '@latchkey/core/server';
import type { EgressClient } from '@latchkey/egress';
import type { AxiosInstance } from 'axios';
import type { ExecutionTimings } from '../types.ts';

/** Measures the parts of one execution, for callers that asked for them. */
export class ExecutionTimer {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #createdAt: number;
  readonly #token: Stopwatch;
  readonly #upstream: Stopwatch;
  #waitedMs = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#createdAt = clock.monotonic();
    this.#token = new Stopwatch(clock);
    this.#upstream = new Stopwatch(clock);
  }

  get timings(): ExecutionTimings {
    return {
      waitedMs: this.#waitedMs,
      tokenMs: this.#token.elapsedMs,
      upstreamMs: this.#upstream.elapsedMs,
    };
  }

  /** The execution has a slot. */
  endWait(): void {
    this.#waitedMs = this.#clock.monotonic() - this.#createdAt;
  }

  /** Measures the read or refresh of a token. */
  token<T>(work: () => Promise<T>): Promise<T> {
    return this.#token.during(work);
  }

  /** A client whose requests are measured until their responses were read. */
  client(client: EgressClient): EgressClient {
    return { request: (request) => this.#upstream.during(() => client.request(request)) };
  }

  /** Measures the requests of an instance. Call it before other interceptors are added. */
  watch(instance: AxiosInstance): void {
    instance.interceptors.request.use((config) => {
      this.#upstream.begin();
      return config;
    });
    instance.interceptors.response.use(
      (response) => {
        this.#upstream.end();
        return response;
      },
      (error: unknown) => {
        this.#upstream.end();
        throw error;
      },
    );
  }
}

/** Time in which at least one of several works was in progress. */
class Stopwatch {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #running = 0;
  #startedAt = 0;
  #totalMs = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Work that has not ended counts until now. */
  get elapsedMs(): number {
    return this.#totalMs + (this.#running > 0 ? this.#clock.monotonic() - this.#startedAt : 0);
  }

  begin(): void {
    if (this.#running === 0) this.#startedAt = this.#clock.monotonic();
    this.#running += 1;
  }

  end(): void {
    // An interceptor of a handler may end a request that never began.
    if (this.#running === 0) return;
    this.#running -= 1;
    if (this.#running === 0) this.#totalMs += this.#clock.monotonic() - this.#startedAt;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work();
    } finally {
      this.end();
    }
  }
}
