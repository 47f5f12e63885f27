/**
 * Labels of a value. Their values are small closed sets, never a token, a user or a connector id.
 */
export type MetricLabels = Readonly<Record<string, string>>;

/** A number that only increases. */
export interface Counter {
  /** Adds `by` (default 1). */
  inc(labels?: MetricLabels, by?: number): void;
}

/** A distribution of durations. */
export interface Histogram {
  /** Records a duration in seconds. */
  observe(seconds: number, labels?: MetricLabels): void;
}

/**
 * Adds metrics to `GET /metrics`. Labels come from small, closed sets: never ids, names or URLs.
 */
export interface MetricsSetup {
  /**
   * Adds a counter. The name must match `latchkey_[a-z_]+_total`.
   * @throws Error when the name is taken
   */
  counter(name: string, help: string, labelNames?: readonly string[]): Counter;
  /**
   * Adds a histogram. The name must match `latchkey_[a-z_]+_seconds`.
   * @throws Error when the name is taken
   */
  histogram(name: string, help: string, labelNames?: readonly string[]): Histogram;
  /** Adds a gauge. `read` is called on each request of `/metrics`. */
  gauge(name: string, help: string, read: () => number): void;
}
