export { AuthorizationWaits } from './execution/authorization_waits.ts';
export { cancelRun } from './execution/cancel_run.ts';
export { RunExecutor } from './execution/run_executor.ts';
export { RunMemory } from './execution/run_memory.ts';
export { RunWorker, type RunWorkerDeps } from './execution/run_worker.ts';
export { RunAccess } from './reading/run_access.ts';
export { RunFixtures } from './reading/run_fixtures.ts';
export { registerRunReadRoutes } from './reading/run_read_routes.ts';
export { RunReader } from './reading/run_reader.ts';
export { RunRetries } from './run_retries.ts';
export { registerRunRoutes } from './run_routes.ts';
export { RunService } from './run_service.ts';
export { ChildRuns } from './starts/child_runs.ts';
export { ConcurrencyGroups } from './starts/concurrency_groups.ts';
export { FailureEvents } from './starts/failure_events.ts';
export { RunQuota } from './starts/run_quota.ts';
export { RunStarter } from './starts/run_starter.ts';
export { ScheduledRuns, scheduleTaskDefinition } from './starts/scheduled_runs.ts';
export { WorkflowAuthors } from './starts/workflow_authors.ts';
export { concurrencyType } from './store/concurrency_type.ts';
export { FINAL_STATUSES } from './store/run_status.ts';
export { RunStore } from './store/run_store.ts';
export {
  BATCH_SIZES,
  DEFINITION_TYPE,
  definitionType,
  JOURNAL_TYPE,
  journalType,
  RUN_TYPE,
  type RunAttributes,
  runType,
  SPACE_RUN_TYPES,
  VALUE_TYPE,
  valueType,
  WORKER_TYPE,
  workerType,
} from './store/run_types.ts';
export { createSpaceStats } from './store/space_stats.ts';
