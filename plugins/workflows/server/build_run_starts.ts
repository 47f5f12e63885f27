import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { WorkerPatternMatcher, WorkerTemplateRenderer } from '@latchkey/workflow-engine';
import {
  ChildRuns,
  ConcurrencyGroups,
  cancelRun,
  FailureEvents,
  type RunAccess,
  type RunExecutor,
  type RunQuota,
  RunStarter,
  type RunStore,
  type RunWorker,
  type RunWorkerDeps,
  ScheduledRuns,
  WorkflowAuthors,
} from './runs/index.ts';
import type { ScheduleTasks } from './schedules/index.ts';
import type { WorkflowsStartDeps } from './types.ts';
import {
  readWorkflow,
  type StepTypes,
  type WorkflowService,
  workflowsWithTrigger,
} from './workflows/index.ts';

/** Milliseconds between two searches for runs that should continue or start but were missed. */
const REPAIR_MS = 30_000;
/** Milliseconds between two checks of queued runs in concurrency groups. */
const QUEUE_MS = 5_000;

/**
 * Services that start runs for requests, schedules, steps of other runs, and failures of other
 * runs.
 */
export interface RunStarts {
  readonly starter: RunStarter;
  readonly scheduledRuns: ScheduledRuns;
  readonly childRuns: ChildRuns;
  readonly groups: ConcurrencyGroups;
  readonly failureEvents: FailureEvents;
  /** Ends pauses, and waits for work in the background to finish. */
  stop(): Promise<void>;
}

/** Services that {@link buildRunStarts} uses. */
export interface RunStartsDeps {
  readonly repository: SavedObjectsRepository;
  readonly store: RunStore;
  readonly executor: RunExecutor;
  readonly worker: RunWorker;
  readonly workflows: WorkflowService;
  readonly schedules: ScheduleTasks;
  readonly stepTypes: StepTypes;
  readonly spaces: WorkflowsStartDeps['spaces'];
  readonly quota: RunQuota;
  readonly security: WorkflowsStartDeps['security'];
  readonly access: RunAccess;
  readonly patterns: Pick<WorkerPatternMatcher, 'forUser'>;
  readonly templates: Pick<WorkerTemplateRenderer, 'forUser'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** Creates the services that start runs, and informs them about the end of each run. */
export function buildRunStarts(deps: RunStartsDeps): RunStarts {
  const { repository, store, executor, worker, clock, logger } = deps;
  const shared = {
    repository,
    store,
    readWorkflow: (key: Parameters<typeof readWorkflow>[1]) => readWorkflow(repository, key),
    take: (run: Parameters<RunWorker['take']>[0]) => worker.take(run),
    cancel: (runId: string) => cancelRun({ store, executor, clock }, runId),
    clock,
    logger,
  };
  const authors = () => new WorkflowAuthors(deps);
  const groups = new ConcurrencyGroups(shared);
  const starter = new RunStarter({ ...deps, groups });
  const childRuns = new ChildRuns({ ...deps, ...shared, starter, authors });
  const failureEvents = new FailureEvents({
    ...shared,
    starter,
    readDocument: (yaml, profileUid) =>
      deps.stepTypes.documents.read(yaml, { profileUid, isInBackground: true }),
    authors,
    findByTrigger: (trigger, spaceId) => workflowsWithTrigger(repository, trigger, spaceId),
  });
  const scheduledRuns = new ScheduledRuns({ ...deps, ...shared, starter });
  store.onStatus((run, before) => deps.quota.changed(run, before));
  store.onEnd((run) => {
    childRuns.ended(run);
    groups.ended(run);
    failureEvents.ended(run);
  });
  return {
    starter,
    scheduledRuns,
    childRuns,
    groups,
    failureEvents,
    stop: async () => {
      await Promise.all([childRuns.stop(), groups.idle(), failureEvents.stop()]);
    },
  };
}

/** Searches for work that remained unfinished because a process ended between two writes. */
export function searchesOf(starts: () => RunStarts): RunWorkerDeps['searches'] {
  return [
    { everyMs: REPAIR_MS, search: () => starts().childRuns.repair() },
    { everyMs: REPAIR_MS, search: () => starts().failureEvents.repair() },
    { everyMs: QUEUE_MS, search: () => starts().groups.repair() },
  ];
}
