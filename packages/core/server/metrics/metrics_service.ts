import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricLabels, MetricsSetup } from './types.ts';

const COUNTER_NAME = /^latchkey_[a-z_]+_total$/;
const HISTOGRAM_NAME = /^latchkey_[a-z_]+_seconds$/;
const GAUGE_NAME = /^latchkey_[a-z_]+$/;
const NO_LABELS: MetricLabels = {};

/**
 * Bounds of the buckets in seconds, from half a millisecond, the time of the fastest routes,
 * to the longest calls of connectors.
 */
const SECONDS_BUCKETS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/**
 * The metrics of one server. Each instance has its own registry, so several servers fit in one
 * process.
 */
export class MetricsService {
  readonly #registry = new Registry();

  /**
   * @param options.processMetrics `true`: includes memory, event loop and garbage collection of the
   * process; default `true`
   */
  constructor(options: { readonly processMetrics?: boolean } = {}) {
    if (options.processMetrics ?? true) collectDefaultMetrics({ register: this.#registry });
  }

  get setup(): MetricsSetup {
    return {
      counter: (name, help, labelNames = []) => {
        this.#checkName(name, COUNTER_NAME);
        const counter = new Counter({ name, help, labelNames, registers: [this.#registry] });
        return { inc: (labels = NO_LABELS, by = 1) => counter.inc(labels, by) };
      },
      histogram: (name, help, labelNames = []) => {
        this.#checkName(name, HISTOGRAM_NAME);
        const histogram = new Histogram({
          name,
          help,
          labelNames,
          buckets: SECONDS_BUCKETS,
          registers: [this.#registry],
        });
        return { observe: (seconds, labels = NO_LABELS) => histogram.observe(labels, seconds) };
      },
      gauge: (name, help, read) => {
        this.#checkName(name, GAUGE_NAME);
        new Gauge({
          name,
          help,
          registers: [this.#registry],
          collect() {
            this.set(read());
          },
        });
      },
    };
  }

  /** Returns all metrics in Prometheus' text format. */
  async expose(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #checkName(name: string, pattern: RegExp): void {
    if (!pattern.test(name)) throw new Error(`The metric name ${name} does not match ${pattern}`);
    if (this.#registry.getSingleMetric(name) !== undefined) {
      throw new Error(`The metric ${name} is registered twice`);
    }
  }
}
