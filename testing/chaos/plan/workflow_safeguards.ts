import { WORKFLOW_TIMINGS, type WorkflowMutation } from './workflow_protocol.ts';
import type { PlannedRun, WorkflowInjection, WorkflowScript } from './workflow_script.ts';
import { shapeWith } from './workflow_shapes.ts';

/** Milliseconds of a stop after which another process has certainly taken over the runs. */
const LONG_STOP_MS = WORKFLOW_TIMINGS.leaseMs * 4;

const runs = (count: number, over: Partial<PlannedRun> = {}): readonly PlannedRun[] =>
  Array.from({ length: count }, (_, index) => ({
    shape: 0,
    user: 'u_ana',
    worker: 0,
    // Faults at points are prepared before the runs start.
    afterMs: 800 + index * 20,
    ...over,
  }));

const script = (
  kinds: Parameters<typeof shapeWith>[1][],
  planned: readonly PlannedRun[],
  ...injections: readonly WorkflowInjection[]
): WorkflowScript => ({ shapes: [shapeWith('safeguard', ...kinds)], runs: planned, injections });

const slow = (ms: number): WorkflowInjection => ({ atMs: 0, type: 'slow_service', ms });

/** Script in which the process is killed while the service has a request. */
const killedDuringCall = (effect: 'post' | 'put'): WorkflowScript =>
  script([effect, 'pause'], runs(3), slow(2_500), { atMs: 2_000, type: 'kill', worker: 0 });

/**
 * For each safeguard, the shortest script for two processes that needs it. With all safeguards no
 * invariant is violated; without the safeguard, at least one is violated.
 */
export const WORKFLOW_SAFEGUARD_SCRIPTS: Readonly<Record<WorkflowMutation, WorkflowScript>> = {
  intent: killedDuringCall('post'),
  content: killedDuringCall('put'),
  /**
   * The former owner is stopped during the next call, when it is about to store the result of a
   * call. The new owner calls a fast service, so it ends the run without a further entry.
   */
  fence: script(
    ['post', 'get'],
    runs(1),
    slow(2_500),
    // The process stops after it has stored the journal entry that announces the call.
    { atMs: 2_000, type: 'stop_at', worker: 0, point: 'before_result', forMs: LONG_STOP_MS },
    { atMs: 4_500, type: 'slow_service', ms: 0 },
  ),
  /** The former owner ends the run when it is continued. */
  cas: script(['get'], runs(1), {
    atMs: 0,
    type: 'stop_at',
    worker: 0,
    point: 'before_end',
    forMs: LONG_STOP_MS,
  }),
  /** No fault happens to the owner of the runs. */
  lease: script(['post', 'post'], runs(3), slow(1_500)),
  /** The former owner is about to call when it is continued. */
  ownership: script(['get', 'pause', 'get'], runs(1), {
    atMs: 0,
    type: 'stop_at',
    worker: 0,
    point: 'before_check',
    forMs: LONG_STOP_MS,
  }),
  takeover: script(['pause', 'get'], runs(2), { atMs: 1_500, type: 'kill', worker: 0 }),
  /** The result is stored during the wait, and then the process ends. */
  journal: script(['get', 'pause', 'pause', 'pause', 'get'], runs(2), {
    atMs: 4_000,
    type: 'kill',
    worker: 0,
  }),
  cancel: script(['get'], runs(2, { cancelAfterMs: 200 }), slow(6_000)),
  privacy: script(['personal'], runs(1)),
};
