import { LeaseMonitor } from '@latchkey/saved-objects/coordination';
import { DEFAULT_WORKER_TIMINGS } from '@latchkey/workflows-plugin/server/testing';
import type { Recorder } from '../history/recorder.ts';
import type { Point, WorkerSettings } from '../plan/protocol.ts';
import type { WorkflowPoint } from '../plan/workflow_protocol.ts';
import { createHarness as createServerHarness } from './server_harness.ts';
import type { WorkerHarness } from './worker_harness.ts';
import { failRunStore, type RunStoreFaults } from './workflow_faults.ts';
import { switchOffFence, switchOffSafeguard } from './workflow_mutations.ts';
import { watchRuns } from './workflow_watch.ts';

/**
 * Creates a harness with a whole server that runs workflows. The harness of the run uses its routes
 * directly. Only the durations of the lease and of searches, the wall clock, and faults of a SQLite
 * store are set from inside.
 */
export async function createHarness(
  settings: WorkerSettings,
  hooks: {
    readonly recorder: Recorder;
    readonly checkpoint: (point: Point | WorkflowPoint) => Promise<void>;
  },
): Promise<WorkerHarness> {
  const { workflows, worker, store } = settings;
  if (workflows === undefined) throw new Error('The worker has no settings of workflows.');
  Object.assign(DEFAULT_WORKER_TIMINGS, workflows.timings);
  if (workflows.areMachinesSeparate) hideProcess();
  const faults: RunStoreFaults = { mode: 'none' };
  // Faults of Elasticsearch are injected between the server and the node instead.
  if (store.kind === 'sqlite') failRunStore(faults);
  if (workflows.mutation !== undefined) switchOffSafeguard(workflows.mutation);
  watchRuns(hooks, worker);
  if (workflows.mutation === 'fence') switchOffFence();
  const server = await createServerHarness(settings, hooks);
  return {
    ...server,
    store_fault: ({ mode }) => {
      faults.mode = mode;
    },
  };
}

/**
 * Removes the identity of the process from its leases, so that no other process can check whether
 * it is alive.
 */
function hideProcess(): void {
  const { newOwner } = LeaseMonitor.prototype;
  LeaseMonitor.prototype.newOwner = function (randomness) {
    const [instance, , unique] = newOwner.call(this, randomness).split(':');
    return `${instance}::${unique}`;
  };
}
