/** Durations of a run in milliseconds. */
export interface Timings {
  readonly leaseTtlMs: number;
  readonly callTimeoutMs: number;
  readonly waitMs: number;
  readonly pollMs: number;
  readonly saveMs: number;
  /** A caller gives up after this time. */
  readonly deadlineMs: number;
}

const SHORTEST_LEASE_MS = 1_000;
/** A quarter of the production value. */
const MAX_LEASE_MS = 2_500;
const LEASE_MS_PER_CALLER = 2.5;
/**
 * A call through routes, authentication and privileges costs this many times more than one of the
 * capability.
 */
const SERVER_WEIGHT = 10;

/**
 * Short enough for many rounds, in the same proportions as in production. With very many callers,
 * or whole servers, the processes are busy for seconds, and a cluster on a small machine is slow: a
 * lease must not expire because of that.
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
