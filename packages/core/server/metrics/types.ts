/** Labels are short closed sets; never a token, a user or a connector id. */
export type MetricLabels = Readonly<Record<string, string>>;

/** A number that only grows. */
export interface Counter {
  /** Adds `by` (default 1). */
  inc(labels?: MetricLabels, by?: number): void;
}

/** Durations, counted by size. */
export interface Histogram {
  /** Observes a duration in seconds. */
  observe(seconds: number, labels?: MetricLabels): void;
}

/** Adds to what `GET /metrics` shows. Labels come from small, closed sets: never ids, names or URLs. */
export interface MetricsSetup {
  /** Name must match `latchkey_[a-z_]+_total`. @throws Error when the name is taken. */
  counter(name: string, help: string, labelNames?: readonly string[]): Counter;
  /** Name must match `latchkey_[a-z_]+_seconds`. @throws Error when the name is taken. */
  histogram(name: string, help: string, labelNames?: readonly string[]): Histogram;
  /** Reads a gauge whenever `/metrics` is asked for. */
  gauge(name: string, help: string, read: () => number): void;
}
