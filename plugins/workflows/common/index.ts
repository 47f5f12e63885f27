export {
  cancelExecutions,
  getExecutionLogs,
  getStepExecution,
  getWorkflowsAttention,
  listChildExecutions,
  listExecutionSteps,
  listExecutions,
  listStepExecutions,
  searchExecutions,
  searchExecutionsAsKibana,
} from './execution_list_routes.ts';
export {
  cancelExecution,
  EXECUTION_STATUSES,
  getExecution,
  MAX_STEP_EXECUTIONS,
  resumeExecution,
  resumeExecutionAsBefore,
} from './execution_routes.ts';
export { exportFixture, workflowFixture } from './fixture_routes.ts';
export { READ_OUTPUTS_PRIVILEGE, WORKFLOW_PRIVILEGES } from './privileges.ts';
export { RETRY_MODES, retryExecution } from './retry_routes.ts';
export { runWorkflow, testStep, testWorkflow } from './start_routes.ts';
export {
  cloneWorkflow,
  createWorkflows,
  deleteWorkflows,
  exportWorkflows,
  getWorkflows,
  MAX_BULK_BYTES,
  setWorkflowsEnabled,
  WORKFLOW_FIELDS,
} from './workflow_bulk_routes.ts';
export {
  getWorkflowAggregations,
  getWorkflowConnectors,
  getWorkflowSchema,
  getWorkflowStats,
  listConnectorUses,
  MAX_CONNECTOR_USES,
  preflightWorkflow,
  WORKFLOW_AGGREGATIONS,
} from './workflow_info_routes.ts';
export {
  createWorkflow,
  deleteWorkflow,
  getWorkflow,
  listWorkflows,
  MAX_BULK_WORKFLOWS,
  MAX_YAML_LENGTH,
  RESERVED_WORKFLOW_IDS,
  updateWorkflow,
  validateWorkflowYaml,
  WORKFLOW_SORTS,
} from './workflow_routes.ts';
