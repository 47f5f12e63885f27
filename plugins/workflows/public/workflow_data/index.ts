export {
  type ListedWorkflow,
  tagsQuery,
  type Workflow,
  type WorkflowConnectors,
  type WorkflowSearch,
  workflowConnectorsQuery,
  workflowKeys,
  workflowQuery,
  workflowsQuery,
} from './workflow_queries.ts';
