import type { RunDetails, ScopeFrame, StepRun } from './execution.ts';

/** Start of the runs of tests and stories. */
export const RUN_START = Date.parse('2026-11-28T09:00:00Z');

const instant = (seconds: number): string => new Date(RUN_START + seconds * 1000).toISOString();

/** Fields of a step that responses have and the pages do not read. */
const UNREAD_FIELDS = {
  workflowRunId: 'run-1',
  workflowId: 'search',
  spaceId: 'default',
  isTestRun: false,
  globalExecutionIndex: 0,
  stepExecutionIndex: 0,
};

/** The same of a run. */
const UNREAD_OF_RUN = { stepExecutionIds: [] };

/**
 * A step that has ended.
 * @param times seconds after the start of the run
 */
export function stepMock(
  stepId: string,
  times: readonly [from: number, to: number],
  changes: Partial<StepRun> & { readonly scopes?: readonly ScopeFrame[] } = {},
): StepRun {
  const { scopes = [], ...rest } = changes;
  const place = scopes.map(({ step, kind, index }) => `${step} ${kind} ${index}/`).join('');
  return {
    ...UNREAD_FIELDS,
    id: `${place}${stepId}`,
    stepId,
    stepType: 'google_drive.searchFiles',
    status: 'completed',
    scopeStack: scopes,
    startedAt: instant(times[0]),
    finishedAt: instant(times[1]),
    ...rest,
  };
}

/** A run of Ana that has completed with two steps. */
export function runMock(changes: Partial<RunDetails> = {}): RunDetails {
  return {
    ...UNREAD_OF_RUN,
    id: 'run-1',
    workflowId: 'search',
    workflowName: 'sources.google_drive.search',
    status: 'completed',
    isTestRun: false,
    triggeredBy: 'manual',
    executedBy: 'ana',
    createdAt: instant(0),
    finishedAt: instant(4),
    isReadable: true,
    input: { query: 'trashed=false' },
    output: { files: 3 },
    waits: [],
    currentSteps: [],
    stepExecutions: [
      stepMock('search_files', [0.2, 2.6]),
      stepMock('count', [2.6, 3.9], { stepType: 'data.set' }),
    ],
    stepExecutionsTruncatedCount: 0,
    ...changes,
  };
}
