/**
 * One way in which other processes notice that a process has ended, with the builds that use it and
 * the time it may take.
 */
export interface LivenessVariant {
  /** Name of the variant for test titles, as the end of "a process …". */
  readonly of: string;
  /** Build of the process that will be killed. `undefined`: the product. */
  readonly build: URL | undefined;
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

/**
 * Milliseconds that a lease lasts without a heartbeat. When its holder dies, up to a third of this
 * time may already have passed.
 */
const LEASE_MS = 10_000;
const HEARTBEAT_MS = LEASE_MS / 3;
const BUSY_MS = 30_000;
/**
 * A recovery that is shorter than the lease by this much shows that callers did not wait for the
 * end of the lease.
 */
const SHORTER_MS = 200;

const build = (name: string): URL => new URL(`../builds/${name}_build.ts`, import.meta.url);

/**
 * Both ways to notice the end of a process. Either the machine reports it, so that no caller waits,
 * or only the missing heartbeat shows it, so that callers wait for at most the rest of the lease.
 */
export const LIVENESS_VARIANTS: readonly LivenessVariant[] = [
  {
    of: 'whose end the machine reports',
    build: undefined,
    diesBeforeCall: build('dies_before_call'),
    recoveryMs: {
      least: 0,
      highest: LEASE_MS - HEARTBEAT_MS - SHORTER_MS,
      highestForNew: LEASE_MS - SHORTER_MS,
    },
  },
  {
    of: 'known only by its heartbeat',
    build: build('blind'),
    diesBeforeCall: build('blind_and_dies_before_call'),
    recoveryMs: {
      least: LEASE_MS / 4,
      highest: LEASE_MS + BUSY_MS,
      highestForNew: LEASE_MS + BUSY_MS,
    },
  },
];
