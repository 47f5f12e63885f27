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

/** Dependencies of {@link buildServices}. */
interface BuildDeps {
  readonly context: PluginInitializerContext<WorkflowsConfig>;
  readonly core: Pick<CoreStart, 'savedObjects' | 'http'>;
  readonly plugins: WorkflowsStartDeps;
  readonly patterns: WorkerPatternMatcher;
  readonly templates: WorkerTemplateRenderer;
}

/** Objects that the services of every capability use. */
interface Shared {
  readonly repository: SavedObjectsRepository;
  readonly store: RunStore;
  readonly stepTypes: StepTypes;
  readonly access: RunAccess;
}

/**
 * Creates the services of each capability: stored workflows, execution of runs, their starts, and
 * what users read and do with them. The services do no work before `worker.start` is called.
 */
export function buildServices(deps: BuildDeps): WorkflowsServices {
  const { context, core, plugins } = deps;
  const { clock, logger, config } = context;
  const { actions, security, spaces } = plugins;
  const includedHiddenTypes = [WORKFLOW_TYPE, ...SPACE_RUN_TYPES, WORKER_TYPE];
  const repository = core.savedObjects.createRepository({ includedHiddenTypes });
  const shared: Shared = {
    repository,
    store: new RunStore(repository, clock),
    stepTypes: new StepTypes(actions.connectorTypes),
    access: new RunAccess(security),
  };
  // A function, because executions start other runs, and starts need the executor.
  const execution = buildExecution(deps, shared, () => starts);
  const workflowServices = buildWorkflows(deps, shared);
  const { workflows, schedules, search } = workflowServices;
  const starts: RunStarts = buildRunStarts({
    ...context,
    ...shared,
    ...execution,
    workflows,
    schedules,
    spaces,
    quota: new RunQuota({ store: shared.store, limits: config.executions, clock }),
    security,
    patterns: deps.patterns,
    templates: deps.templates,
  });
  return {
    ...shared,
    ...workflowServices,
    ...execution,
    ...buildRunServices(deps, shared, { ...execution, workflows, starter: starts.starter }),
    actions,
    security,
    logger,
    starts,
    stats: createSpaceStats({ store: shared.store, search, clock }),
    retention: new RunRetention({
      repository,
      limits: config.executions.retention,
      clock,
      logger,
    }),
  };
}

/** Creates the services of stored workflows. */
function buildWorkflows({ context, plugins }: BuildDeps, { repository, stepTypes }: Shared) {
  const { clock, randomness, logger } = context;
  const { executions: _, ...limits } = context.config;
  const { actions, security, spaces, taskManager } = plugins;
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
  const scheduledUsers = new ScheduledUsers(security);
  return {
    workflows,
    schedules,
    scheduledUsers,
    validity: new CurrentValidity({ workflows, documents: stepTypes.documents }),
    search: new WorkflowSearch(repository),
    preflight: new Preflight({ actions, workflows, security, scheduledUsers }),
  };
}

/** Creates the services that execute runs, and continue those that wait for an authorization. */
function buildExecution(
  { context, core, plugins, patterns, templates }: BuildDeps,
  { repository, store, stepTypes }: Shared,
  starts: () => RunStarts,
) {
  const { clock, randomness, logger } = context;
  const { executions } = context.config;
  const { actions, security, spaces } = plugins;
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
    childRuns: () => starts().childRuns,
    onWaitStored: (run) => {
      worker.continueLater(run);
      starts().childRuns.waitStored(run);
      authorizationWaits.waitStored(run);
    },
  });
  const worker: RunWorker = new RunWorker({
    repository,
    store,
    executor,
    searches: [{ search: () => authorizationWaits.search() }, ...searchesOf(starts)],
    clock,
    randomness,
    logger,
  });
  const authorizationWaits = new AuthorizationWaits({
    store,
    worker,
    security,
    actions,
    clock,
    logger,
  });
  actions.onConnectionChange((change) => authorizationWaits.connectionChanged(change));
  return { executor, worker };
}

/** Creates the services with which users read runs, and start and retry them. */
function buildRunServices(
  { context, core, plugins, patterns, templates }: BuildDeps,
  { store, stepTypes, access }: Shared,
  services: Pick<WorkflowsServices, 'executor' | 'worker' | 'workflows'> & {
    readonly starter: RunStarts['starter'];
  },
) {
  const { actions, security } = plugins;
  const { urls } = core.http;
  const { workflows } = services;
  const reader = new RunReader({ store, access, workflows, security });
  const latestRuns: LatestRuns = (principal, ids) => reader.latestOf(principal, ids);
  const shared = { ...services, store, reader, access, actions, patterns };
  return {
    reader,
    latestRuns,
    runs: new RunService({ ...shared, clock: context.clock }),
    retries: new RunRetries({ ...shared, stepTypes, templates, urls }),
    fixtures: new RunFixtures({ store, reader, access, stepTypes, urls }),
  };
}
