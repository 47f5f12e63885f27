export {
  type ListedWorkflow,
  tagsQuery,
  type Workflow,
  type WorkflowConnectors,
  type WorkflowSearch,
  workflowConnectorsQuery,
  workflowKeys,
  workflowNamesQuery,
  workflowQuery,
  workflowsQuery,
} from './workflow_queries.ts';
