/**
 * Level of a service, as in Kibana. `degraded`: it works in part. `unavailable`: it does not work.
 */
export type StatusLevel = 'available' | 'degraded' | 'unavailable';

/** Current state of one service. */
export interface ServiceStatus {
  readonly level: StatusLevel;
  /** One sentence for an operator: the problem and its remedy. */
  readonly summary: string;
}

/** Adds checks to `GET /api/status`. */
export interface StatusSetup {
  /**
   * Adds a check of this plugin to `GET /api/status`. It runs on each request, so it must be cheap.
   * A check that throws counts as `unavailable`.
   */
  register(name: string, check: () => ServiceStatus | Promise<ServiceStatus>): void;
}
