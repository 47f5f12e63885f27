export { createAuthorizationCheck } from './authorization_check.ts';
export { cancelRun } from './cancel_run.ts';
export { ChildRuns } from './child_runs.ts';
export { ConcurrencyGroups } from './concurrency_groups.ts';
export { concurrencyType } from './concurrency_type.ts';
export { countRuns } from './count_runs.ts';
export { FailureEvents } from './failure_events.ts';
export { HandlerAuthors } from './handler_authors.ts';
export { RunAccess } from './run_access.ts';
export { authorizationKey } from './run_changes.ts';
export { RunExecutor } from './run_executor.ts';
export { RunFixtures } from './run_fixtures.ts';
export { RunMemory } from './run_memory.ts';
export { RunQuota } from './run_quota.ts';
export { registerRunReadRoutes } from './run_read_routes.ts';
export { RunReader } from './run_reader.ts';
export { RunRetries } from './run_retries.ts';
export { registerRunRoutes } from './run_routes.ts';
export { RunService } from './run_service.ts';
export { RunStarter } from './run_starter.ts';
export { FINAL_STATUSES } from './run_status.ts';
export { RunStore, type StoredRun } from './run_store.ts';
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
} from './run_types.ts';
export { RunWorker, type RunWorkerDeps } from './run_worker.ts';
export { ScheduledRuns, scheduleTaskDefinition } from './scheduled_runs.ts';
