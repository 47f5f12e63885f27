import { withRefreshTimings } from './refresh_timings.ts';

/**
 * One way in which other processes notice that a process has ended, with the builds that use it and
 * the time it may take.
 */
export interface LivenessVariant {
  /** Name of the variant for test titles, as the end of "a process …". */
  readonly of: string;
  /** Build of the process that will be killed. */
  readonly build: URL;
  /** Build of the other processes. `undefined`: the product. */
  readonly others: URL | undefined;
  /**
   * Like `build`, but the process kills itself while it holds the lease, before it calls the
   * provider.
   */
  readonly diesBeforeCall: URL;
  /** Limits in milliseconds, from the kill until other callers continue, even on a busy machine. */
  readonly recoveryMs: {
    /** Minimum time for callers that already waited when the process was killed. */
    readonly least: number;
    /** Maximum time for callers that already waited when the process was killed. */
    readonly highest: number;
    /** Maximum time for callers that arrive after the kill. */
    readonly highestForNew: number;
  };
}

/** Milliseconds that a lease lasts without a heartbeat. */
const LEASE_MS = 10_000;
/** Milliseconds by which a busy machine is late. */
const BUSY_MS = 30_000;
/**
 * A lease that lasts longer than any caller waits. Callers continue only if the machine reports the
 * end of its holder, however busy the machine is.
 */
const ENDLESS_MS = 3_600_000;
const ENDLESS_LEASES = withRefreshTimings({ leaseTtlMs: ENDLESS_MS });

const build = (name: string): URL => new URL(`../builds/${name}_build.ts`, import.meta.url);

/**
 * Both ways to notice the end of a process. Either the machine reports it, so that no caller waits,
 * or only the missing heartbeat shows it, so that callers wait for at most the rest of the lease.
 */
export const LIVENESS_VARIANTS: readonly LivenessVariant[] = [
  {
    of: 'whose end the machine reports',
    build: ENDLESS_LEASES,
    others: ENDLESS_LEASES,
    diesBeforeCall: build('dies_before_call'),
    recoveryMs: { least: 0, highest: ENDLESS_MS / 2, highestForNew: ENDLESS_MS / 2 },
  },
  {
    of: 'known only by its heartbeat',
    build: build('blind'),
    others: undefined,
    diesBeforeCall: build('blind_and_dies_before_call'),
    recoveryMs: {
      least: LEASE_MS / 4,
      highest: LEASE_MS + BUSY_MS,
      highestForNew: LEASE_MS + BUSY_MS,
    },
  },
];
