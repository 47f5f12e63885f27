export { StepTypes } from './step_types.ts';
export { mapWorkflowError, WorkflowError, type WorkflowErrorCode } from './workflow_error.ts';
export { registerWorkflowRoutes } from './workflow_routes.ts';
export {
  readWorkflow,
  type StoredWorkflow,
  usernameOf,
  WorkflowService,
  workflowIdOf,
} from './workflow_service.ts';
export { WORKFLOW_TYPE, type WorkflowAttributes, workflowType } from './workflow_type.ts';
