export {
  type ListedWorkflow,
  type Workflow,
  type WorkflowSearch,
  workflowKeys,
  workflowQuery,
  workflowsQuery,
} from './workflow_queries.ts';
