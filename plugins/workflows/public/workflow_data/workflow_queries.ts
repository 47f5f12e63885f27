import type { HttpClient, ResponseBody } from '@latchkey/core/public';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type EXECUTION_STATUSES, getWorkflow, listWorkflows } from '../../common/index.ts';

/** A workflow with its YAML. */
export type Workflow = ResponseBody<typeof getWorkflow>;

/** A workflow in the list. */
export type ListedWorkflow = ResponseBody<typeof listWorkflows>['results'][number] & {
  readonly triggers?: readonly { readonly type: string }[];
  readonly lastExecution?: {
    readonly id: string;
    readonly status: (typeof EXECUTION_STATUSES)[number];
    readonly createdAt: string;
    readonly finishedAt?: string | undefined;
  };
  /** Absent: the workflow has no schedule, or is disabled. */
  readonly nextRunAt?: string;
  /** Username. Absent: the workflow has no schedule. */
  readonly runsAs?: string;
};

/** Search, filters, order and page of the list. */
export interface WorkflowSearch {
  /** Text in name, description or tags. Empty: all. */
  readonly text: string;
  /** Workflows with one of the tags. Empty: all. */
  readonly tags: readonly string[];
  /** `undefined`: enabled and disabled ones. */
  readonly enabled: boolean | undefined;
  readonly sort: 'name' | 'lastUpdatedAt';
  /** Counted from 1. */
  readonly page: number;
  readonly perPage: number;
}

/** Keys of all queries about workflows. */
export const workflowKeys = {
  all: () => ['workflows', 'workflows'] as const,
  lists: () => [...workflowKeys.all(), 'list'] as const,
  one: (id: string) => [...workflowKeys.all(), 'one', id] as const,
};

/** One page of the workflows. The previous page stays visible while the next one loads. */
export const workflowsQuery = (http: HttpClient, search: WorkflowSearch) =>
  queryOptions({
    queryKey: [...workflowKeys.lists(), search],
    queryFn: async ({
      signal,
    }): Promise<{ readonly total: number; readonly results: readonly ListedWorkflow[] }> =>
      http.call(listWorkflows, { query: { page: search.page, size: search.perPage }, signal }),
    placeholderData: keepPreviousData,
  });

/**
 * One workflow with its YAML. Read once per open editor: a later read would replace what the user
 * is editing.
 */
export const workflowQuery = (http: HttpClient, id: string) =>
  queryOptions({
    queryKey: workflowKeys.one(id),
    queryFn: ({ signal }) => http.call(getWorkflow, { params: { id }, signal }),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
