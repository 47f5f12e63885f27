import type { HttpClient, ResponseBody } from '@latchkey/core/public';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  getWorkflow,
  getWorkflowAggregations,
  getWorkflowConnectors,
  listWorkflows,
} from '../../common/index.ts';

/** A workflow with its YAML, as the server returns it. */
export type Workflow = ResponseBody<typeof getWorkflow>;

/** Step types and connectors, as the server returns them. */
export type WorkflowConnectors = ResponseBody<typeof getWorkflowConnectors>;

/** A workflow in the list. */
export type ListedWorkflow = ResponseBody<typeof listWorkflows>['results'][number];

/** Search, filters, order and page of the list. */
export interface WorkflowSearch {
  /** Text to find in the name, description or tags. Empty: all workflows. */
  readonly text: string;
  /** Finds workflows with at least one of these tags. Empty: all workflows. */
  readonly tags: readonly string[];
  /** `undefined`: both enabled and disabled workflows. */
  readonly enabled: boolean | undefined;
  readonly sort: 'name' | 'lastUpdatedAt';
  readonly isDescending: boolean;
  /** Page number, from 1. */
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

/** One page of the list of workflows. The previous page stays visible while the next one loads. */
export const workflowsQuery = (http: HttpClient, search: WorkflowSearch) =>
  queryOptions({
    queryKey: [...workflowKeys.lists(), search],
    queryFn: ({ signal }) => http.call(listWorkflows, { query: toQuery(search), signal }),
    placeholderData: keepPreviousData,
  });

/** Maximum number of names in one response. */
const NAMED_WORKFLOWS = 100;

/**
 * Ids and names of workflows, by name.
 * @param text beginnings of words. Empty: all
 */
export const workflowNamesQuery = (http: HttpClient, text: string) =>
  queryOptions({
    queryKey: [...workflowKeys.lists(), 'names', text.trim()],
    queryFn: async ({ signal }) => {
      const words = text.trim();
      const { results, total } = await http.call(listWorkflows, {
        query: { size: NAMED_WORKFLOWS, ...(words === '' ? {} : { query: words }) },
        signal,
      });
      return {
        workflows: results.map(({ id, name }) => ({ id, name })),
        hasMore: total > results.length,
      };
    },
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
 * One workflow with its YAML. It is read once when the editor opens: a later read would replace the
 * text that the user is editing.
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
