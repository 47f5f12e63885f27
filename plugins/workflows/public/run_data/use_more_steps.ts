import { useCore } from '@latchkey/core/public';
import { type UseQueryResult, useQueries, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { isFinished } from '../run_status/index.ts';
import type { RunDetails, StepRun } from './execution.ts';
import { STEPS_PAGE_SIZE, stepsPageQuery } from './run_queries.ts';

/** A step, with values if they were asked for. */
type ShownStep = StepRun & { readonly input?: unknown; readonly output?: unknown };

/** The steps of a run that a page shows, and those that it can load. */
export interface MoreSteps {
  /** Each step once: the first ones, the one that failed, and those of the loaded pages. */
  readonly steps: readonly ShownStep[];
  /** Number of the steps that are not loaded. */
  readonly hidden: number;
  /** Number of the steps that the next page has. */
  readonly next: number;
  readonly isLoading: boolean;
  /** Reason why a page could not be loaded. `null`: it could. */
  readonly error: Error | null;
  readonly load: () => void;
}

type Run = Pick<RunDetails, 'id' | 'status' | 'stepExecutionsTruncatedCount'> & {
  readonly stepExecutions: readonly ShownStep[];
  readonly failedStepExecution?: ShownStep | undefined;
};

/**
 * Loads further steps of a run when the user asks for them.
 * @param hasValues `true`: with inputs and outputs
 */
export function useMoreSteps(run: Run, hasValues: boolean): MoreSteps {
  const { http } = useCore();
  const queryClient = useQueryClient();
  const { id, status, stepExecutions: first, failedStepExecution: failed } = run;
  const [pages, setPages] = useState(0);
  const isEnded = isFinished(status);
  const loaded = useQueries({
    queries: Array.from({ length: pages }, (_, index) => {
      const pageQuery = (ended: boolean) =>
        stepsPageQuery(http, id, { page: index + 1, hasValues, isEnded: ended });
      return {
        ...pageQuery(isEnded),
        // When the run ends, its pages are read again, and stay visible meanwhile.
        placeholderData: () => queryClient.getQueryData(pageQuery(false).queryKey),
      };
    }),
    combine: joined,
  });
  const steps = useMemo(() => {
    // Pages have only steps that have ended, so they are never older than the first steps.
    const all = new Map([...first, ...loaded.steps].map((step) => [step.id, step]));
    // It is near the end of the run.
    if (failed !== undefined && !all.has(failed.id)) all.set(failed.id, failed);
    return [...all.values()];
  }, [first, failed, loaded.steps]);
  const hidden = Math.max(0, first.length + run.stepExecutionsTruncatedCount - steps.length);
  return {
    steps,
    hidden,
    next: Math.min(hidden, STEPS_PAGE_SIZE),
    isLoading: loaded.isLoading,
    error: loaded.error,
    load: () => {
      // The first page has what the run was shown with, except where steps had not ended.
      if (loaded.error === null) setPages(Math.max(2, pages + 1));
      else loaded.refetch();
    },
  };
}

/** The further steps of two runs, loaded together. */
export function bothSteps(one: MoreSteps, other: MoreSteps): Omit<MoreSteps, 'steps'> {
  const all = [one, other].filter(({ hidden }) => hidden > 0);
  return {
    hidden: one.hidden + other.hidden,
    next: one.next + other.next,
    isLoading: one.isLoading || other.isLoading,
    error: one.error ?? other.error,
    load: () => {
      const failed = all.filter(({ error }) => error !== null);
      for (const { load } of failed.length > 0 ? failed : all) load();
    },
  };
}

function joined(results: readonly UseQueryResult<readonly StepRun[]>[]) {
  return {
    steps: results.flatMap(({ data = [] }) => data),
    isLoading: results.some(({ isFetching, data }) => isFetching && data === undefined),
    error: results.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => {
      for (const { error, refetch } of results) if (error !== null) void refetch();
    },
  };
}
