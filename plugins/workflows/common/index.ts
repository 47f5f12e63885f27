export {
  cancelExecutions,
  getExecutionLogs,
  getStepExecution,
  getWorkflowsAttention,
  listExecutions,
  listStepExecutions,
  searchExecutions,
} from './execution_list_routes.ts';
export {
  cancelExecution,
  EXECUTION_STATUSES,
  getExecution,
  MAX_STEP_EXECUTIONS,
  resumeExecution,
  runWorkflow,
  testWorkflow,
} from './execution_routes.ts';
export { READ_OUTPUTS_PRIVILEGE, WORKFLOW_PRIVILEGES } from './privileges.ts';
export {
  createWorkflow,
  deleteWorkflow,
  getWorkflow,
  listWorkflows,
  MAX_YAML_LENGTH,
  updateWorkflow,
  validateWorkflowYaml,
} from './workflow_routes.ts';
