import type { StoryGroup } from '@latchkey/core/public/stories';
import type { RunLogLine } from '../run_data/index.ts';
import { RUN_START } from '../run_data/runs.mock.ts';
import { RunLog, type RunLogState } from './run_log.tsx';

const nothing = (): void => undefined;
const LONG = 'engineering_documents_'.repeat(9);

const logLine = (second: number, changes: Partial<RunLogLine> = {}): RunLogLine => ({
  timestamp: new Date(RUN_START + second * 1_000).toISOString(),
  level: 'info',
  stepId: 'search_files',
  status: 'completed',
  ...changes,
});
const LINES = [
  logLine(0.2),
  logLine(1.5, { stepId: 'report', text: 'Found 3 files:\n  Plan 1.pdf\n  Plan 2.pdf' }),
  logLine(2.25, { stepId: 'notify', status: 'skipped' }),
  logLine(3.9, { stepId: LONG, level: 'error', status: 'failed', text: `HTTP 403 ${LONG}` }),
];
const log = (state: RunLogState, isEnded = true) => <RunLog state={state} isEnded={isEnded} />;
const lines = (shown: readonly RunLogLine[], total = shown.length): RunLogState => ({
  status: 'ready',
  lines: shown,
  total,
  page: 0,
  pageSize: 4,
  onPage: nothing,
});

/** States of the log of a run. */
export const stories: StoryGroup = {
  title: 'Log of a run',
  stories: [
    { name: 'lines', render: () => log(lines(LINES)) },
    { name: 'with pages', render: () => log(lines(LINES, 40)) },
    { name: 'without lines', render: () => log(lines([])) },
    { name: 'without lines of a running run', render: () => log(lines([]), false) },
    { name: 'loading', render: () => log({ status: 'loading' }) },
    {
      name: 'not loaded',
      render: () =>
        log({ status: 'failed', message: 'The server cannot be reached.', onRetry: nothing }),
    },
  ],
};
