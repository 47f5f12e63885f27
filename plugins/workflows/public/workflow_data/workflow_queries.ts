import type { HttpClient, ResponseBody } from '@latchkey/core/public';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  getWorkflow,
  getWorkflowAggregations,
  getWorkflowConnectors,
  listWorkflows,
} from '../../common/index.ts';

/** A workflow with its YAML. */
export type Workflow = ResponseBody<typeof getWorkflow>;

/** Connectors that steps can use, with the actions of their types. */
export type WorkflowConnectors = ResponseBody<typeof getWorkflowConnectors>;

/** A workflow in the list. */
export type ListedWorkflow = ResponseBody<typeof listWorkflows>['results'][number];

/** Search, filters, order and page of the list. */
export interface WorkflowSearch {
  /** Text in name, description or tags. Empty: all. */
  readonly text: string;
  /** Workflows with one of the tags. Empty: all. */
  readonly tags: readonly string[];
  /** `undefined`: enabled and disabled ones. */
  readonly enabled: boolean | undefined;
  readonly sort: 'name' | 'lastUpdatedAt';
  readonly isDescending: boolean;
  /** Counted from 1. */
  readonly page: number;
  readonly perPage: number;
}

/** Keys of all queries about workflows. */
export const workflowKeys = {
  all: () => ['workflows', 'workflows'] as const,
  lists: () => [...workflowKeys.all(), 'list'] as const,
  one: (id: string) => [...workflowKeys.all(), 'one', id] as const,
  tags: () => [...workflowKeys.lists(), 'tags'] as const,
  connectors: () => ['workflows', 'connectors'] as const,
  validation: (yaml: string) => ['workflows', 'validation', yaml] as const,
  scheduledPreflight: (id: string, version: string) =>
    ['workflows', 'preflight', 'scheduled', id, version] as const,
  preflight: (yaml: string) => ['workflows', 'preflight', yaml] as const,
};

/** One page of the workflows. The previous page stays visible while the next one loads. */
export const workflowsQuery = (http: HttpClient, search: WorkflowSearch) =>
  queryOptions({
    queryKey: [...workflowKeys.lists(), search],
    queryFn: ({ signal }) => http.call(listWorkflows, { query: toQuery(search), signal }),
    placeholderData: keepPreviousData,
  });

function toQuery(search: WorkflowSearch) {
  const { text, tags, enabled, sort, isDescending, page, perPage } = search;
  return {
    page,
    size: perPage,
    sort,
    order: isDescending ? ('desc' as const) : ('asc' as const),
    ...(text.trim() === '' ? {} : { query: text.trim() }),
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
    ...(enabled === undefined ? {} : { enabled: enabled ? ('true' as const) : ('false' as const) }),
  };
}

/** Tags of all workflows of the space, the most frequent first. */
export const tagsQuery = (http: HttpClient) =>
  queryOptions({
    queryKey: workflowKeys.tags(),
    queryFn: async ({ signal }) => {
      const { tags = [] } = await http.call(getWorkflowAggregations, {
        query: { fields: 'tags' },
        signal,
      });
      return tags.map(({ key }) => key);
    },
  });

/** Step types of the server and connectors of the space. */
export const workflowConnectorsQuery = (http: HttpClient) =>
  queryOptions({
    queryKey: workflowKeys.connectors(),
    queryFn: ({ signal }) => http.call(getWorkflowConnectors, { signal }),
    meta: { isLocalized: true },
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
