export { StepTypes } from './step_types.ts';
export { mapWorkflowError, WorkflowError } from './workflow_error.ts';
export { registerWorkflowRoutes } from './workflow_routes.ts';
export { usernameOf, WorkflowService } from './workflow_service.ts';
export { WORKFLOW_TYPE, workflowType } from './workflow_type.ts';
