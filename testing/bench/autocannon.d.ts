/** Types of the part of autocannon that the load generator uses; the package has none. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  export interface Options {
    readonly url: string;
    readonly method: 'GET' | 'POST';
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly connections: number;
    /** Seconds; ignored when `amount` is given. */
    readonly duration?: number;
    /** Requests in total. */
    readonly amount?: number;
    /** Milliseconds between samples; a run limited by duration ends at a sample. */
    readonly sampleInt?: number;
    readonly verifyBody?: (body: string | undefined) => boolean;
  }

  export interface Result {
    readonly errors: number;
    readonly timeouts: number;
    readonly mismatches: number;
    readonly non2xx: number;
  }

  export interface Instance extends EventEmitter {
    /** `responseTime` in milliseconds with fractions. */
    on(
      event: 'response',
      listener: (client: unknown, statusCode: number, bytes: number, responseTime: number) => void,
    ): this;
  }

  // biome-ignore lint/style/noDefaultExport: the package exports this way
  export default function autocannon(
    options: Options,
    done: (error: Error | null, result: Result) => void,
  ): Instance;
}
