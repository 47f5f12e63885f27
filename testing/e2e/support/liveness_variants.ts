/** Builds, and limits of time, of one way to detect that another process has ended. */
export interface LivenessVariant {
  /** Completes "a process …". */
  readonly of: string;
  /** Build of the process that will be killed. `undefined`: the normal one. */
  readonly build: URL | undefined;
  /**
   * Like `build`, but the process is killed while it holds the lease, before it calls the provider.
   */
  readonly diesBeforeCall: URL;
  /** Milliseconds after the kill within which other callers continue, also on a busy machine. */
  readonly recoveryMs: {
    /** Minimum for callers that waited before the kill. */
    readonly least: number;
    /** Maximum for callers that waited before the kill. */
    readonly highest: number;
    /** Maximum for callers that arrive after the kill. */
    readonly highestForNew: number;
  };
}

/**
 * Duration of a lease without a heartbeat. Up to a third of it may have passed when its holder
 * dies.
 */
const LEASE_MS = 10_000;
const HEARTBEAT_MS = LEASE_MS / 3;
const BUSY_MS = 30_000;
/** A caller that did not know that the holder is dead would wait for longer than this. */
const SHORTER_MS = 200;

const build = (name: string): URL => new URL(`../builds/${name}_build.ts`, import.meta.url);

/**
 * The ways to test: the machine reports the end of a process, so no caller waits; or the missing
 * heartbeat shows it, so callers wait at most for the rest of the lease.
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
