export {
  cancelExecution,
  EXECUTION_STATUSES,
  getExecution,
  listExecutions,
  resumeExecution,
  runWorkflow,
  testWorkflow,
} from './execution_routes.ts';
export { WORKFLOW_PRIVILEGES } from './privileges.ts';
export {
  createWorkflow,
  deleteWorkflow,
  getWorkflow,
  listWorkflows,
  MAX_YAML_LENGTH,
  updateWorkflow,
  validateWorkflowYaml,
} from './workflow_routes.ts';
