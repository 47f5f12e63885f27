import { type HttpClient, isRefetch } from '@latchkey/core/public';
import { type QueryFunctionContext, queryOptions } from '@tanstack/react-query';
import {
  getExecution,
  getExecutionLogs,
  getStepExecution,
  getWorkflowsAttention,
  listChildExecutions,
  listExecutionSteps,
  MAX_STEP_EXECUTIONS,
  searchExecutions,
} from '../../common/index.ts';
import type { RunStatus } from '../run_status/index.ts';
import { pollDelay } from './poll_delay.ts';

/** Conditions and page of a list of runs. */
export interface RunFilter {
  /** Empty: runs of all statuses. */
  readonly statuses: readonly RunStatus[];
  /** Username of the user of the runs. `undefined`: runs of all users. */
  readonly user: string | undefined;
  /** `undefined`: runs of all triggers. */
  readonly trigger: string | undefined;
  /** `undefined`: runs of all workflows. */
  readonly workflowId: string | undefined;
  /** ISO instant of the earliest creation. `undefined`: no limit. */
  readonly from: string | undefined;
  /** ISO instant of the latest creation. `undefined`: no limit. */
  readonly to: string | undefined;
  /** `true`: only runs that wait for the current user. */
  readonly waitsForMe: boolean;
  /** Page number, from 0. */
  readonly page: number;
  readonly pageSize: number;
}

/** Keys of the queries about runs. */
export const runKeys = {
  all: ['workflows', 'runs'] as const,
  list: (filter: RunFilter) => [...runKeys.all, 'list', filter] as const,
  run: (id: string) => [...runKeys.all, 'run', id] as const,
  details: (id: string) => [...runKeys.run(id), 'details'] as const,
  step: (id: string, stepExecutionId: string) =>
    [...runKeys.run(id), 'step', stepExecutionId] as const,
  steps: (id: string, page: object) => [...runKeys.run(id), 'steps', page] as const,
  children: (id: string) => [...runKeys.run(id), 'children'] as const,
  values: (id: string, hasEnded: boolean) => [...runKeys.run(id), 'values', hasEnded] as const,
  log: (id: string, page: { readonly page: number; readonly isEnded: boolean }) =>
    [...runKeys.run(id), 'log', page] as const,
  compared: (id: string) => [...runKeys.run(id), 'compared'] as const,
  attention: () => [...runKeys.all, 'attention'] as const,
};

/** Query that asks for inputs and outputs. */
const VALUES = { includeInput: 'true', includeOutput: 'true' } as const;

/** Pause between two reads of lists and of the number of waiting runs, in milliseconds. */
const LIST_POLL_MS = 10_000;
const ATTENTION_POLL_MS = 30_000;

/** Options of the requests of a query that is read repeatedly. */
const polled = (context: QueryFunctionContext) => ({
  signal: context.signal,
  isSystemRequest: isRefetch(context),
});

/**
 * A run with its steps, without inputs and outputs. It is read repeatedly until it ends.
 * @param clock in milliseconds since 1970: `now`, and `expectedUntil`, until which changes are
 *   expected because the user has just acted
 */
export const runQuery = (
  http: HttpClient,
  id: string,
  clock: { readonly now: () => number; readonly expectedUntil: () => number },
) =>
  queryOptions({
    queryKey: runKeys.details(id),
    queryFn: (context) =>
      http.call(getExecution, {
        params: { id },
        query: { includeDefinition: 'false' },
        ...polled(context),
      }),
    staleTime: 0,
    refetchInterval: ({ state: { data } }) =>
      data === undefined
        ? false
        : pollDelay(data, { now: clock.now(), expectedUntil: clock.expectedUntil() }),
  });

/** Input and output of a step that has ended. Both never change, so they are read once. */
export const stepQuery = (http: HttpClient, id: string, stepExecutionId: string) =>
  queryOptions({
    queryKey: runKeys.step(id, stepExecutionId),
    queryFn: ({ signal }) =>
      http.call(getStepExecution, { params: { id, stepExecutionId }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/**
 * Inputs and output of a run. Expensive: the server reads the values of all steps for this request.
 * @param hasEnded `true`: the run has ended, so that the values never change
 */
export const runValuesQuery = (http: HttpClient, id: string, hasEnded: boolean) =>
  queryOptions({
    queryKey: runKeys.values(id, hasEnded),
    queryFn: async ({ signal }) => {
      const query = { ...VALUES, includeDefinition: 'false' } as const;
      const { input, output } = await http.call(getExecution, { params: { id }, query, signal });
      return { input, output };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Number of log lines on one page. */
export const LOG_PAGE_SIZE = 100;
/** Pause between two reads of the log of a run that has not ended, in milliseconds. */
const LOG_POLL_MS = 3_000;

/**
 * One page of the log of a run.
 * @param page `page` is the number of the page, from 0; `isEnded`: no lines will be added, so that
 *   reading stops
 */
export const runLogQuery = (
  http: HttpClient,
  id: string,
  { page, isEnded }: { readonly page: number; readonly isEnded: boolean },
) =>
  queryOptions({
    queryKey: runKeys.log(id, { page, isEnded }),
    queryFn: (context) => {
      const query = { page: page + 1, size: LOG_PAGE_SIZE };
      return http.call(getExecutionLogs, { params: { id }, query, ...polled(context) });
    },
    staleTime: isEnded ? Number.POSITIVE_INFINITY : 0,
    refetchInterval: isEnded ? false : LOG_POLL_MS,
  });

/** Number of steps of one page, as many as the run itself is shown with. */
export const STEPS_PAGE_SIZE = MAX_STEP_EXECUTIONS;
/** Pause between two reads of a page that is not full yet, in milliseconds. */
const STEPS_POLL_MS = 3_000;

/**
 * One page of the ended steps of a run, in the order of their ends.
 * @param options `page` from 1; `isEnded`: nothing is added any more
 */
export const stepsPageQuery = (
  http: HttpClient,
  id: string,
  options: { readonly page: number; readonly hasValues: boolean; readonly isEnded: boolean },
) =>
  queryOptions({
    queryKey: runKeys.steps(id, options),
    queryFn: async (context) => {
      const values = options.hasValues ? VALUES : {};
      const query = { page: options.page, size: STEPS_PAGE_SIZE, ...values };
      const request = { params: { id }, query, ...polled(context) };
      return (await http.call(listExecutionSteps, request)).results;
    },
    staleTime: options.isEnded ? Number.POSITIVE_INFINITY : 0,
    refetchInterval: ({ state: { data } }) =>
      options.isEnded || data?.length === STEPS_PAGE_SIZE ? false : STEPS_POLL_MS,
  });

/** Maximum number of child runs that the page of a run shows. */
const SHOWN_CHILDREN = 20;

/** Runs that steps of a run have started, the newest first. */
export const childrenQuery = (http: HttpClient, id: string) =>
  queryOptions({
    queryKey: runKeys.children(id),
    queryFn: async (context) => {
      const request = { params: { id }, query: { size: SHOWN_CHILDREN }, ...polled(context) };
      return (await http.call(listChildExecutions, request)).results;
    },
    refetchInterval: LIST_POLL_MS,
  });

/** A run with inputs and outputs of all its steps, for a comparison. */
export const comparedRunQuery = (http: HttpClient, id: string) =>
  queryOptions({
    queryKey: runKeys.compared(id),
    queryFn: ({ signal }) =>
      http.call(getExecution, {
        params: { id },
        query: { ...VALUES, includeDefinition: 'false' },
        signal,
      }),
  });

/** One page of the runs of the space, the newest first. */
export const runsQuery = (http: HttpClient, filter: RunFilter) =>
  queryOptions({
    queryKey: runKeys.list(filter),
    queryFn: (context) =>
      http.call(searchExecutions, {
        query: {
          page: filter.page + 1,
          size: filter.pageSize,
          ...(filter.statuses.length === 0 ? {} : { statuses: [...filter.statuses] }),
          ...(filter.user === undefined ? {} : { executedBy: [filter.user] }),
          ...(filter.trigger === undefined ? {} : { triggeredBy: [filter.trigger] }),
          ...(filter.workflowId === undefined ? {} : { workflowId: [filter.workflowId] }),
          ...(filter.from === undefined ? {} : { from: filter.from }),
          ...(filter.to === undefined ? {} : { to: filter.to }),
          ...(filter.waitsForMe ? { waitingForMe: 'true' } : {}),
        },
        ...polled(context),
      }),
    refetchInterval: LIST_POLL_MS,
  });

/** Runs that wait for the current user. */
export const attentionQuery = (http: HttpClient) =>
  queryOptions({
    queryKey: runKeys.attention(),
    queryFn: (context) => http.call(getWorkflowsAttention, polled(context)),
    refetchInterval: ATTENTION_POLL_MS,
    refetchOnWindowFocus: true,
  });
