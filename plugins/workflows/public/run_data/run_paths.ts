/** Paths of pages about workflows and their runs. */
export const runPaths = {
  workflows: '/app/workflows',
  /** @param query search parameters with `?`, or empty */
  list: (query = '') => `/app/workflows/executions${query}`,
  ofWorkflow: (workflowId: string) =>
    `/app/workflows/executions?workflow=${encodeURIComponent(workflowId)}`,
  run: (id: string) => `/app/workflows/executions/${encodeURIComponent(id)}`,
  compare: (first: string, second: string) =>
    `/app/workflows/executions/compare?${new URLSearchParams({ first, second })}`,
  workflow: (workflowId: string) => `/app/workflows/${encodeURIComponent(workflowId)}`,
} as const;
