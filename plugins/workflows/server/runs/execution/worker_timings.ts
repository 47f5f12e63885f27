/** Durations of the worker of runs, in milliseconds. */
export interface WorkerTimings {
  /** Lifetime of the lease of a process that sends no heartbeat. */
  leaseMs: number;
  /** Time between two searches for runs whose wait or whose process has ended. */
  searchMs: number;
}

/** Durations in production. Tools that kill many processes use shorter ones. */
export const DEFAULT_WORKER_TIMINGS: WorkerTimings = { leaseMs: 30_000, searchMs: 5_000 };
