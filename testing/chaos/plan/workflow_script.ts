import type { StoreFault } from './protocol.ts';
import { Random } from './random.ts';
import { USERS } from './round_script.ts';
import { WORKFLOW_POINTS, type WorkflowPoint, type WorkflowTimings } from './workflow_protocol.ts';
import { type Shape, writeShape } from './workflow_shapes.ts';

const SHAPES_PER_ROUND = 6;
/** Milliseconds of a round during which runs start. */
const STARTS_MS = 3_000;
/** Milliseconds of a round during which faults begin. */
const FAULTS_MS = 5_000;
/** Maximum error of the clocks of servers, in milliseconds. */
const MAX_SKEW_MS = 600_000;
const CANCELLED_SHARE = 0.12;
/** For rounds with a series of kills: milliseconds before a kill, and delay of the service. */
const KILL_PAUSE_MS = 1_000;
const KILL_SERVICE_MS = { shortest: 3_000, longest: 15_000 };
/** Milliseconds of a long stop of a process. */
const LONG_STOP_MS = 60_000;
const LONG_OUTAGE_MS = 30_000;
/** Number of further runs that can be started during a series, per run at its beginning. */
const MORE_RUNS = 8;

/** A fault during the runs of a round. Workers are numbered from 0. */
export type WorkflowInjection = { readonly atMs: number } & (
  | { readonly type: 'stop'; readonly worker: number; readonly forMs: number }
  | { readonly type: 'kill'; readonly worker: number }
  | {
      readonly type: 'stop_at';
      readonly worker: number;
      readonly point: WorkflowPoint;
      readonly forMs: number;
    }
  | { readonly type: 'kill_at'; readonly worker: number; readonly point: WorkflowPoint }
  | {
      readonly type: 'store';
      readonly worker: number;
      readonly mode: StoreFault;
      readonly forMs: number;
    }
  /** Fault of the stores of all processes at the same time. */
  | { readonly type: 'outage'; readonly mode: StoreFault; readonly forMs: number }
  /** Kills one after the other, while the same number of runs is in progress. */
  | {
      readonly type: 'kills';
      readonly kills: readonly PlannedKill[];
      readonly more: readonly PlannedRun[];
    }
  | { readonly type: 'slow_service'; readonly ms: number }
  | { readonly type: 'clock'; readonly worker: number; readonly offsetMs: number }
  /** The user disconnects, and connects again when a run waits for the user. */
  | { readonly type: 'disconnect'; readonly worker: number; readonly user: string }
);

/** A kill in a series. */
export interface PlannedKill {
  readonly worker: number;
  /** Milliseconds after the start of the process that replaced the one killed before. */
  readonly afterMs: number;
  /** Point at which the process is killed. `undefined`: at any moment. */
  readonly point?: WorkflowPoint;
}

/** A run that the harness starts. */
export interface PlannedRun {
  /** Index of the shape. */
  readonly shape: number;
  readonly user: string;
  readonly worker: number;
  readonly afterMs: number;
  /** Milliseconds until the run is cancelled. `undefined`: it is not cancelled. */
  readonly cancelAfterMs?: number;
}

/** One round: its workflows, their runs, and the faults during them. */
export interface WorkflowScript {
  readonly shapes: readonly Shape[];
  readonly runs: readonly PlannedRun[];
  readonly injections: readonly WorkflowInjection[];
}

/** Arguments of {@link writeWorkflowScript}. */
export interface WorkflowScriptRequest {
  readonly seed: number;
  readonly round: number;
  readonly processes: number;
  /** Number of runs of one round. */
  readonly runs: number;
  /** Number of kills in a series. 0: the round has other faults. */
  readonly kills: number;
  /** `true`: one fault in each round lasts as long as in the requirements. Default: `false`. */
  readonly hasLongFaults?: boolean | undefined;
  readonly timings: WorkflowTimings;
}

/** Returns the script of a round. It depends only on the arguments. */
export function writeWorkflowScript(request: WorkflowScriptRequest): WorkflowScript {
  const { seed, round, runs, kills, hasLongFaults = false } = request;
  const random = new Random(seed, round);
  const shapes = Array.from({ length: SHAPES_PER_ROUND }, (_, index) =>
    writeShape(random, `round-${round}-workflow-${index + 1}`),
  );
  const writeFaults = (): readonly WorkflowInjection[] => {
    if (hasLongFaults) return writeLongFault(random, request);
    if (kills > 0) return writeKills(random, request);
    return Array.from({ length: random.integer(1, 4) }, () => writeInjection(random, request));
  };
  const injections = writeFaults();
  return { shapes, injections, runs: writeRuns(random, request, runs) };
}

function writeRuns(
  random: Random,
  { processes }: WorkflowScriptRequest,
  count: number,
): readonly PlannedRun[] {
  return Array.from({ length: count }, () => ({
    shape: random.integer(0, SHAPES_PER_ROUND - 1),
    user: random.pick(USERS),
    worker: random.integer(0, processes - 1),
    afterMs: random.integer(0, STARTS_MS),
    ...(random.chance(CANCELLED_SHARE) ? { cancelAfterMs: random.integer(0, FAULTS_MS) } : {}),
  }));
}

function writeKills(random: Random, request: WorkflowScriptRequest): readonly WorkflowInjection[] {
  const { processes, kills, runs } = request;
  const { shortest, longest } = KILL_SERVICE_MS;
  const series = Array.from({ length: kills }, (): PlannedKill => {
    const afterMs = random.integer(0, KILL_PAUSE_MS);
    const worker = random.integer(0, processes - 1);
    return {
      worker,
      afterMs,
      ...(random.chance(0.5) ? { point: random.pick(WORKFLOW_POINTS) } : {}),
    };
  });
  return [
    { atMs: 0, type: 'slow_service', ms: random.integer(shortest, longest) },
    {
      atMs: STARTS_MS,
      type: 'kills',
      kills: series,
      more: writeRuns(random, request, runs * MORE_RUNS),
    },
  ];
}

/**
 * Returns a suspended process, an outage of the store, or a wrong clock. They take turns by round.
 */
function writeLongFault(
  random: Random,
  { round, processes }: WorkflowScriptRequest,
): readonly WorkflowInjection[] {
  const atMs = random.integer(STARTS_MS, FAULTS_MS);
  const worker = random.integer(0, processes - 1);
  const offsetMs = random.pick([-MAX_SKEW_MS, MAX_SKEW_MS]);
  const faults: readonly WorkflowInjection[] = [
    { atMs, type: 'stop', worker, forMs: LONG_STOP_MS },
    { atMs, type: 'outage', mode: 'all', forMs: LONG_OUTAGE_MS },
    { atMs: 0, type: 'clock', worker, offsetMs },
  ];
  const slow: WorkflowInjection = { atMs: 0, type: 'slow_service', ms: random.integer(500, 3_000) };
  return [slow, ...faults.slice((round - 1) % faults.length).slice(0, 1)];
}

function writeInjection(
  random: Random,
  { processes, timings }: WorkflowScriptRequest,
): WorkflowInjection {
  const atMs = random.integer(0, FAULTS_MS);
  const worker = random.integer(0, processes - 1);
  const point = random.pick(WORKFLOW_POINTS);
  const forMs = random.integer(timings.leaseMs * 1.5, timings.leaseMs * 3);
  const kinds: readonly (() => WorkflowInjection)[] = [
    () => ({ atMs, type: 'kill', worker }),
    () => ({ atMs, type: 'kill_at', worker, point }),
    () => ({ atMs, type: 'kill_at', worker, point }),
    () => ({ atMs, type: 'stop', worker, forMs }),
    () => ({ atMs, type: 'stop_at', worker, point, forMs }),
    () => ({ atMs, type: 'stop_at', worker, point, forMs }),
    () => ({
      atMs,
      type: 'store',
      worker,
      mode: random.pick(['writes', 'all', 'lost', 'lost', 'slow'] as const),
      forMs: random.integer(200, timings.leaseMs * 2),
    }),
    () => ({
      atMs,
      type: 'outage',
      mode: random.pick(['writes', 'all', 'lost'] as const),
      forMs: random.integer(200, timings.leaseMs * 2),
    }),
    () => ({ atMs, type: 'slow_service', ms: random.integer(200, 2_500) }),
    () => ({
      atMs,
      type: 'clock',
      worker,
      offsetMs: random.integer(-MAX_SKEW_MS, MAX_SKEW_MS),
    }),
    () => ({ atMs, type: 'disconnect', worker, user: random.pick(USERS) }),
  ];
  return random.pick(kinds)();
}
