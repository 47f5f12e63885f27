/** Durations of the worker of runs, in milliseconds. */
export interface WorkerTimings {
  /** Lifetime of the lease of a process without a heartbeat. */
  leaseMs: number;
  /** Time between two searches for runs that are due or have lost their process. */
  searchMs: number;
}

/** Durations in production. Tools that kill many processes shorten them. */
export const DEFAULT_WORKER_TIMINGS: WorkerTimings = { leaseMs: 30_000, searchMs: 5_000 };
