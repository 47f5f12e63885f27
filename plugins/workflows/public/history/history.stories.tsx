import { EuiSpacer } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { RUN_START, runMock, stepMock } from '../run_data/runs.mock.ts';
import type { RunStatus } from '../run_status/index.ts';
import { type ComparedRun, CompareView } from './compare_view.tsx';
import { readRunFilter } from './run_filter.ts';
import { RunFilters } from './run_filters.tsx';
import { RunsTable, type RunsTableProps } from './runs_table.tsx';

const nothing = (): void => undefined;
const link = { href: '#', onClick: nothing };
const LONG = 'engineering_documents_'.repeat(9);
const ALL = readRunFilter(new URLSearchParams());
const STATUSES: readonly RunStatus[] = [
  'running',
  'waiting_for_input',
  'waiting_for_authorization',
  'completed',
  'failed',
  'cancelled',
  'timed_out',
];
const RUNS = STATUSES.map((status, index) =>
  runMock({
    id: `run-${index}`,
    status,
    triggeredBy: index % 2 === 0 ? 'manual' : 'scheduled',
    executedBy: index % 3 === 0 ? 'ben' : 'ana',
    isTestRun: index === 3 || index === 4,
    stepId: index === 4 ? 'search_files' : undefined,
    isDryRun: index === 4,
    finishedAt: index < 3 ? undefined : new Date(RUN_START + index * 9_000).toISOString(),
  }),
);

const page = (changes: Partial<RunsTableProps>) => (
  <>
    <RunFilters
      filter={changes.filter ?? ALL}
      workflowName="sources.google_drive.search"
      onChange={nothing}
    />
    <EuiSpacer size="l" />
    <RunsTable
      runs={RUNS}
      total={RUNS.length}
      filter={ALL}
      isLoading={false}
      now={RUN_START + 60_000}
      chosen={[]}
      linkTo={() => link}
      onChoose={nothing}
      onCompare={nothing}
      onChange={nothing}
      {...changes}
    />
  </>
);

const FIRST: ComparedRun = runMock();
const NO_MORE = { hidden: 0, next: 0, isLoading: false, error: null, load: nothing };

const compare = (second: Partial<ComparedRun>, moreSteps = NO_MORE) => (
  <CompareView
    first={FIRST}
    second={{ ...runMock({ id: 'run-2' }), ...second }}
    moreSteps={moreSteps}
    linkTo={() => link}
  />
);

/** States of the list of runs and of the comparison. */
export const stories: StoryGroup = {
  title: 'Runs of workflows',
  stories: [
    { name: 'all', render: () => page({}) },
    {
      name: 'filtered',
      render: () =>
        page({
          filter: {
            ...ALL,
            statuses: ['failed'],
            user: 'ana',
            workflowId: 'search',
            waitsForMe: true,
            from: '2026-11-01T00:00:00Z',
          },
        }),
    },
    { name: 'two chosen', render: () => page({ chosen: ['run-3', 'run-4'] }) },
    { name: 'one chosen', render: () => page({ chosen: ['run-3'] }) },
    { name: 'empty', render: () => page({ runs: [], total: 0 }) },
    {
      name: 'no match',
      render: () => page({ runs: [], total: 0, filter: { ...ALL, user: 'zoe' } }),
    },
    {
      name: 'page that is empty',
      render: () => page({ runs: [], total: 30, filter: { ...ALL, page: 4 } }),
    },
    {
      name: 'names without spaces',
      render: () =>
        page({ runs: [runMock({ workflowName: LONG, executedBy: LONG, triggeredBy: LONG })] }),
    },
    {
      name: 'comparison with differences',
      render: () =>
        compare({
          status: 'failed',
          stepExecutions: [
            { ...stepMock('search_files', [0.2, 2.6]), output: { files: 4 } },
            stepMock('count', [2.6, 3.9], {
              status: 'failed',
              error: { type: 'TemplateError', message: 'undefined filter: sizes' },
            }),
            stepMock('tell', [4, 5]),
          ],
        }),
    },
    { name: 'comparison with a run of another user', render: () => compare({ isReadable: false }) },
    {
      name: 'comparison of long runs',
      render: () => compare({}, { ...NO_MORE, hidden: 1400, next: 1000 }),
    },
    {
      name: 'comparison without steps',
      render: () => (
        <CompareView
          first={{ ...FIRST, stepExecutions: [] }}
          second={{ ...FIRST, stepExecutions: [] }}
          moreSteps={NO_MORE}
          linkTo={() => link}
        />
      ),
    },
  ],
};
