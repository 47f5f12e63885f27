/** Durations of a run in milliseconds. */
export interface Timings {
  readonly leaseTtlMs: number;
  readonly callTimeoutMs: number;
  readonly waitMs: number;
  readonly pollMs: number;
  readonly saveMs: number;
  /** Milliseconds after which a caller gives up. */
  readonly deadlineMs: number;
}

const SHORTEST_LEASE_MS = 1_000;
/** Maximum lifetime of a lease, a quarter of the production value. */
const MAX_LEASE_MS = 2_500;
const LEASE_MS_PER_CALLER = 2.5;
/**
 * Cost of a call through routes, authentication and privileges, relative to a call of the
 * capability alone.
 */
const SERVER_WEIGHT = 10;

/**
 * Returns durations that are short enough for many rounds, in the same proportions as in
 * production. With very many callers, or whole servers, the processes are busy for seconds, and a
 * cluster on a small machine is slow. Leases are longer then, so that they do not expire because of
 * that.
 */
export function timingsFor({
  callers,
  wholeServer = false,
  store,
}: {
  readonly callers: number;
  readonly wholeServer?: boolean | undefined;
  readonly store: 'sqlite' | 'elasticsearch';
}): Timings {
  const wanted = callers * LEASE_MS_PER_CALLER * (wholeServer ? SERVER_WEIGHT : 1);
  const shortest = store === 'elasticsearch' ? MAX_LEASE_MS : SHORTEST_LEASE_MS;
  const leaseTtlMs = Math.min(MAX_LEASE_MS, Math.max(shortest, wanted));
  return {
    leaseTtlMs,
    callTimeoutMs: leaseTtlMs * 2.5,
    waitMs: leaseTtlMs * 4.5,
    pollMs: 20,
    saveMs: 20_000,
    deadlineMs: leaseTtlMs * 6,
  };
}
