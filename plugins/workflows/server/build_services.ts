import type {
  CoreStart,
  Logger,
  PluginInitializerContext,
  ReadThroughCache,
} from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { WorkerPatternMatcher, WorkerTemplateRenderer } from '@latchkey/workflow-engine';
import { buildRunStarts, type RunStarts, searchesOf } from './build_run_starts.ts';
import type { WorkflowsConfig } from './config.ts';
import { RunRetention } from './retention/index.ts';
import {
  AuthorizationWaits,
  createSpaceStats,
  RunAccess,
  RunExecutor,
  RunFixtures,
  RunMemory,
  RunQuota,
  RunReader,
  RunRetries,
  RunService,
  RunStore,
  RunWorker,
  SPACE_RUN_TYPES,
  WORKER_TYPE,
} from './runs/index.ts';
import { ScheduleTasks } from './schedules/index.ts';
import type { WorkflowsStartDeps } from './types.ts';
import {
  CurrentValidity,
  type LatestRuns,
  Preflight,
  readWorkflow,
  ScheduledUsers,
  type SpaceStats,
  StepTypes,
  WORKFLOW_TYPE,
  WorkflowLimits,
  WorkflowSearch,
  WorkflowService,
} from './workflows/index.ts';

/** Services of the plugin after its start. */
export interface WorkflowsServices {
  readonly repository: SavedObjectsRepository;
  readonly actions: WorkflowsStartDeps['actions'];
  readonly security: WorkflowsStartDeps['security'];
  readonly logger: Logger;
  readonly stepTypes: StepTypes;
  readonly workflows: WorkflowService;
  readonly validity: CurrentValidity;
  readonly schedules: ScheduleTasks;
  readonly scheduledUsers: ScheduledUsers;
  readonly starts: RunStarts;
  readonly search: WorkflowSearch;
  readonly preflight: Preflight;
  readonly latestRuns: LatestRuns;
  readonly stats: ReadThroughCache<SpaceStats>;
  readonly runs: RunService;
  readonly retries: RunRetries;
  readonly fixtures: RunFixtures;
  readonly reader: RunReader;
  readonly retention: RunRetention;
  readonly executor: RunExecutor;
  readonly worker: RunWorker;
}

/** Creates the services. They do no work before `worker.start` is called. */
export function buildServices({
  context,
  core,
  plugins,
  patterns,
  templates,
}: {
  readonly context: PluginInitializerContext<WorkflowsConfig>;
  readonly core: Pick<CoreStart, 'savedObjects' | 'http'>;
  readonly plugins: WorkflowsStartDeps;
  readonly patterns: WorkerPatternMatcher;
  readonly templates: WorkerTemplateRenderer;
}): WorkflowsServices {
  const { clock, randomness, logger } = context;
  const { executions, ...limits } = context.config;
  const { actions, security, spaces, taskManager } = plugins;
  const includedHiddenTypes = [WORKFLOW_TYPE, ...SPACE_RUN_TYPES, WORKER_TYPE];
  const repository = core.savedObjects.createRepository({ includedHiddenTypes });
  const stepTypes = new StepTypes(actions.connectorTypes);
  const store = new RunStore(repository, clock);
  const executor: RunExecutor = new RunExecutor({
    store,
    stepTypes,
    actions,
    security,
    spaces,
    urls: core.http.urls,
    patterns,
    templates,
    clock,
    logger,
    maxActive: executions.maxActive,
    memory: new RunMemory(executions.maxRecordCharacters),
    isStillOwner: (run) => worker.isStillOwner(run),
    childRuns: () => starts.childRuns,
    onWaitStored: (run) => {
      worker.continueLater(run);
      starts.childRuns.waitStored(run);
      authorizationWaits.waitStored(run);
    },
  });
  const worker: RunWorker = new RunWorker({
    repository,
    store,
    executor,
    searches: [{ search: () => authorizationWaits.search() }, ...searchesOf(() => starts)],
    clock,
    randomness,
    logger,
  });
  const authorizationWaits = new AuthorizationWaits({ store, worker, security, actions, logger });
  actions.onConnectionChange((change) => authorizationWaits.connectionChanged(change));
  const schedules = new ScheduleTasks({
    taskManager,
    read: (key) => readWorkflow(repository, key),
    readDocument: (yaml, profileUid) =>
      stepTypes.documents.read(yaml, { profileUid, isInBackground: true }),
    logger,
  });
  const workflows = new WorkflowService({
    repository,
    actions,
    schedules,
    spaces,
    stepTypes,
    limits: new WorkflowLimits(repository, limits),
    clock,
    randomness,
    security,
  });
  const search = new WorkflowSearch(repository);
  const scheduledUsers = new ScheduledUsers(security);
  const preflight = new Preflight({ actions, workflows, security, scheduledUsers });
  const access = new RunAccess(security);
  const starts: RunStarts = buildRunStarts({
    repository,
    store,
    executor,
    worker,
    workflows,
    schedules,
    stepTypes,
    spaces,
    quota: new RunQuota({ store, limits: executions, clock }),
    security,
    access,
    patterns,
    templates,
    clock,
    randomness,
    logger,
  });
  const { starter } = starts;
  const reader = new RunReader({ store, access, workflows, security });
  const retention = new RunRetention({
    repository,
    limits: executions.retention,
    clock,
    logger,
  });
  const runs = new RunService({
    store,
    executor,
    worker,
    workflows,
    reader,
    access,
    starter,
    actions,
    patterns,
    clock,
  });
  const retries = new RunRetries({
    store,
    starter,
    reader,
    access,
    workflows,
    stepTypes,
    actions,
    patterns,
    templates,
    urls: core.http.urls,
  });
  return {
    repository,
    actions,
    security,
    logger,
    stepTypes,
    workflows,
    validity: new CurrentValidity({ workflows, documents: stepTypes.documents }),
    schedules,
    scheduledUsers,
    starts,
    search,
    preflight,
    latestRuns: (principal, ids) => reader.latestOf(principal, ids),
    stats: createSpaceStats({ store, search, clock }),
    runs,
    retries,
    fixtures: new RunFixtures({ store, reader, access, stepTypes, urls: core.http.urls }),
    reader,
    retention,
    executor,
    worker,
  };
}
