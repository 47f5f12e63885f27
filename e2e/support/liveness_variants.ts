/** What a machine knows of a process of it that died. */
export interface LivenessVariant {
  /** Completes "a process …". */
  readonly of: string;
  /** Of the process that is going to die. */
  readonly build: URL | undefined;
  /** The same, and it dies when it holds the lease and has not called the provider. */
  readonly diesBeforeCall: URL;
  /** Milliseconds within which others answer after its death, a busy machine included. */
  readonly recoveryMs: { readonly least: number; readonly highest: number };
}

/** The life of a lease without a heartbeat, a third of which may have passed when its holder dies. */
const LEASE_MS = 10_000;
const BUSY_MS = 5_000;

const build = (name: string): URL => new URL(`../builds/${name}_build.ts`, import.meta.url);

/** With and without it: where a machine tells that a process is gone nobody waits, and elsewhere nobody waits longer than its lease lives. */
export const LIVENESS_VARIANTS: readonly LivenessVariant[] = [
  {
    of: 'whose end its machine tells',
    build: undefined,
    diesBeforeCall: build('dies_before_call'),
    recoveryMs: { least: 0, highest: BUSY_MS },
  },
  {
    of: 'known by its heartbeat alone',
    build: build('blind'),
    diesBeforeCall: build('blind_and_dies_before_call'),
    recoveryMs: { least: LEASE_MS / 2, highest: LEASE_MS + BUSY_MS },
  },
];
