export { CurrentValidity } from './current_validity.ts';
export { Preflight } from './preflight.ts';
export { ScheduledUsers } from './scheduled_users.ts';
export { SearchTurns } from './search_turns.ts';
export { SharedScan } from './shared_scan.ts';
export { StepTypes } from './step_types.ts';
export {
  type ListedWorkflow,
  readWorkflow,
  type StoredWorkflow,
  workflowIdOf,
  workflowsWithTrigger,
} from './stored_workflow.ts';
export type { LatestRuns } from './workflow_body.ts';
export { registerWorkflowBulkRoutes } from './workflow_bulk_routes.ts';
export { mapWorkflowError, WorkflowError } from './workflow_error.ts';
export { registerWorkflowInfoRoutes, type SpaceStats } from './workflow_info_routes.ts';
export { WorkflowLimits } from './workflow_limits.ts';
export { registerWorkflowRoutes } from './workflow_routes.ts';
export { WorkflowSearch } from './workflow_search.ts';
export { usernameOf, WorkflowService } from './workflow_service.ts';
export {
  versionOf,
  WORKFLOW_TYPE,
  type WorkflowAttributes,
  workflowType,
} from './workflow_type.ts';
