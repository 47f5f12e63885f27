/** As in Kibana: `degraded` works in part, `unavailable` does not answer its purpose. */
export type StatusLevel = 'available' | 'degraded' | 'unavailable';

/** How one service is right now. */
export interface ServiceStatus {
  readonly level: StatusLevel;
  /** One sentence for an operator: what is wrong and what to do. */
  readonly summary: string;
}

/** Adds to what `GET /api/status` shows. */
export interface StatusSetup {
  /** Adds a check of this plugin to `GET /api/status`. Asked on each request, so it must be cheap; a throw counts as `unavailable`. */
  register(name: string, check: () => ServiceStatus | Promise<ServiceStatus>): void;
}
