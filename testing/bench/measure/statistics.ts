import { setTimeout as delay } from 'node:timers/promises';

/**
 * Returns the middle value, or the mean of the two middle ones.
 * @throws Error for an empty list
 */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  if (upper === undefined || lower === undefined)
    throw new Error('a median needs at least one value');
  return (lower + upper) / 2;
}

/**
 * Returns the medians of several figures over many measurements.
 * @throws Error for an empty list
 */
export function medians<K extends string>(
  measured: readonly Readonly<Record<K, number>>[],
  ...names: readonly K[]
): Record<K, number> {
  const entries = names.map((name) => [name, median(measured.map((one) => one[name]))]);
  return Object.fromEntries(entries) as Record<K, number>;
}

/** Percentiles of samples, by nearest rank. 0 without samples. */
export interface Distribution {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A growing list of samples in typed arrays. */
export class Samples {
  #values = new Float64Array(4096);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count] = value;
    this.#count += 1;
  }

  distribution(): Distribution {
    const sorted = this.#values.slice(0, this.#count).sort();
    const at = (share: number): number =>
      sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}

/** Distribution of times in milliseconds, and how often the work was done and failed. */
export interface Repeated extends Distribution {
  readonly count: number;
  readonly failures: number;
}

/**
 * Repeats some work, with a pause after each time, until the signal aborts. Failures are counted,
 * and the first three are printed.
 */
export async function repeat(
  work: () => Promise<unknown>,
  { everyMs, signal }: { readonly everyMs: number; readonly signal: AbortSignal },
): Promise<Repeated> {
  const times = new Samples();
  let failures = 0;
  while (!signal.aborted) {
    const before = performance.now();
    try {
      await work();
      times.add(performance.now() - before);
    } catch (error) {
      failures += 1;
      if (failures <= 3) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    }
    await delay(everyMs);
  }
  return { count: times.count, failures, ...times.distribution() };
}
