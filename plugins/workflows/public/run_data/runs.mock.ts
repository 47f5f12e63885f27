import type { RunDetails, ScopeFrame, StepRun } from './execution.ts';

/** Time at which the runs of tests and stories start, in milliseconds since 1970. */
export const RUN_START = Date.parse('2026-11-28T09:00:00Z');

const instant = (seconds: number): string => new Date(RUN_START + seconds * 1000).toISOString();

/** Fields of a step that the server returns and the pages do not read. */
const UNREAD_FIELDS = {
  workflowRunId: 'run-1',
  workflowId: 'search',
  spaceId: 'default',
  isTestRun: false,
  globalExecutionIndex: 0,
  stepExecutionIndex: 0,
};

/** Fields of a run that the server returns and the pages do not read. */
const UNREAD_OF_RUN = { stepExecutionIds: [] };

/**
 * Creates a step that has ended.
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

/** Creates a completed run of the user Ana with two steps. */
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
