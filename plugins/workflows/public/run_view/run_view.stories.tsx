import { EuiButton } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import type { RunDetails, RunWait, ScopeFrame } from '../run_data/index.ts';
import { RUN_START, runMock, stepMock } from '../run_data/runs.mock.ts';
import { ResponseForm } from './response_form.tsx';
import { RetryDialog } from './retry_dialog.tsx';
import { RunLog } from './run_log.tsx';
import { RunView, type RunViewProps } from './run_view.tsx';
import { StepDetails, type StepValues } from './step_details.tsx';
import { WaitPanel } from './wait_panel.tsx';

const nothing = (): void => undefined;
const link = { href: '#', onClick: nothing };
const LONG = 'engineering_documents_'.repeat(9);
const FILES = { files: Array.from({ length: 30 }, (_, id) => ({ id, name: `Plan ${id}.pdf` })) };

const NO_MORE = { hidden: 0, next: 0, isLoading: false, error: null, load: nothing };

const view = (run: RunDetails, changes: Partial<RunViewProps> = {}) => (
  <RunView
    run={run}
    now={RUN_START + 90_000}
    workflowLink={link}
    runsLink={link}
    actions={[]}
    waits={null}
    moreSteps={NO_MORE}
    renderDetails={() => null}
    log={<RunLog state={{ status: 'loading' }} isEnded />}
    {...changes}
  />
);

const button = (label: string) => <EuiButton key={label}>{label}</EuiButton>;

const waiting = (wait: RunWait, otherUser: string | undefined, changes: Partial<RunDetails> = {}) =>
  view(
    runMock({
      status: wait.kind === 'authorization' ? 'waiting_for_authorization' : 'waiting_for_input',
      finishedAt: undefined,
      output: undefined,
      stepExecutions: [
        stepMock('prepare', [0.1, 0.4], { stepType: 'data.set' }),
        stepMock('ask', [0.4, 0.4], {
          stepType: 'waitForInput',
          status: wait.kind === 'authorization' ? 'waiting_for_authorization' : 'waiting_for_input',
          finishedAt: undefined,
        }),
      ],
      waits: [wait],
      ...changes,
    }),
    {
      actions: [button('Cancel run')],
      waits: (
        <WaitPanel
          wait={wait}
          otherUser={otherUser}
          savedBy={changes.savedBy}
          action={
            otherUser !== undefined ? undefined : wait.kind === 'authorization' ? (
              button('Connect')
            ) : (
              <ResponseForm wait={wait} isSending={false} failure={undefined} onRespond={nothing} />
            )
          }
        />
      ),
    },
  );

const authorization: RunWait = {
  kind: 'authorization',
  stepExecutionId: 'search',
  connectorId: 'drive',
  connectorName: 'Team Drive',
  until: '2026-11-29T09:00:00Z',
};
const approval: RunWait = {
  kind: 'input',
  stepExecutionId: 'ask',
  message: 'Send the summary to 240 customers?\nThe text is in the step before.',
  approveLabel: 'Send it',
  rejectLabel: 'Do not send',
  until: '2026-11-29T09:00:00Z',
};
const form: RunWait = {
  kind: 'input',
  stepExecutionId: 'ask',
  message: 'Which report do you want?',
  schema: {
    type: 'object',
    properties: {
      title: { type: 'string', description: 'Shown at the top of the report.' },
      pages: { type: 'integer', default: 3 },
      kind: { enum: ['short', 'long'] },
    },
    required: ['title'],
  },
};

const RETRY_WAIT: RunWait = {
  kind: 'time',
  stepExecutionId: 'call',
  until: '2026-11-28T09:02:00Z',
};

const each = (index: number): ScopeFrame => ({ step: 'each_file', kind: 'iteration', index });
const branch = (index: number): ScopeFrame => ({ step: 'both', kind: 'branch', index });
const FAILURE = {
  type: 'ConnectorExecutionError',
  message: 'The service responded 403: the file belongs to another organization.',
};
const LOOPS = runMock({
  status: 'failed',
  finishedAt: new Date(RUN_START + 62_000).toISOString(),
  output: undefined,
  error: FAILURE,
  stepExecutions: [
    stepMock('list_files', [0.2, 4]),
    ...[0, 1, 2].flatMap((index) => [
      stepMock('download', [5 + index * 12, 10 + index * 12], { scopes: [each(index)] }),
      stepMock('summarize', [10 + index * 12, 16 + index * 12], {
        scopes: [each(index)],
        ...(index === 2 ? { status: 'failed' as const, error: FAILURE } : {}),
      }),
    ]),
    ...[0, 1].map((index) =>
      stepMock('notify', [45, 50 + index * 6], { scopes: [branch(index)], stepType: 'http' }),
    ),
    stepMock('each_file', [5, 40], {
      stepType: 'foreach',
      status: 'failed',
      error: FAILURE,
      failedStepId: 'summarize',
    }),
    stepMock('both', [45, 56], { stepType: 'parallel' }),
    stepMock('log', [56, 57], {
      scopes: [{ step: 'is_large', kind: 'else', index: 0 }],
      stepType: 'console',
    }),
    stepMock('is_large', [56, 57], { stepType: 'if' }),
    stepMock('never', [61, 61], { status: 'skipped', stepType: 'console' }),
  ],
});

/** A run whose loop is in its second iteration. */
const RUNNING_LOOP = runMock({
  status: 'running',
  finishedAt: undefined,
  output: undefined,
  stepExecutions: [
    stepMock('list_files', [0.2, 4]),
    stepMock('download', [5, 20], { scopes: [each(0)] }),
    stepMock('summarize', [20, 48], { scopes: [each(0)] }),
    stepMock('download', [48, 66], { scopes: [each(1)] }),
    stepMock('each_file', [5, 90], {
      stepType: 'foreach',
      status: 'running',
      finishedAt: undefined,
    }),
  ],
  currentSteps: [
    {
      stepId: 'summarize',
      stepType: 'ai.summarize',
      startedAt: new Date(RUN_START + 66_000).toISOString(),
    },
  ],
});

const details = (changes: {
  readonly values?: StepValues;
  readonly failure?: string;
  readonly isReadable?: boolean;
  readonly isFailed?: boolean;
}) => (
  <StepDetails
    step={stepMock('search_files', [0, 2], {
      ...(changes.isFailed === true ? { status: 'failed', error: FAILURE } : {}),
      timings: { waitedMs: 300, tokenMs: 200, upstreamMs: 1_400, overheadMs: 12.4 },
    })}
    user="ana"
    isReadable={changes.isReadable ?? true}
    values={changes.values}
    failure={changes.failure}
  />
);

/** States of the page of a run. */
export const stories: StoryGroup = {
  title: 'Run of a workflow',
  stories: [
    { name: 'completed', render: () => view(runMock(), { actions: [button('Run again')] }) },
    {
      name: 'running',
      render: () =>
        view(
          runMock({
            status: 'running',
            finishedAt: undefined,
            output: undefined,
            currentSteps: [
              {
                stepId: 'upload',
                stepType: 'google_drive.uploadFile',
                startedAt: new Date(RUN_START + 80_000).toISOString(),
              },
            ],
          }),
          { actions: [button('Cancel run')] },
        ),
    },
    {
      name: 'just started',
      render: () =>
        view(
          runMock({
            status: 'running',
            finishedAt: undefined,
            output: undefined,
            stepExecutions: [],
          }),
        ),
    },
    {
      name: 'running in a loop',
      render: () => view(RUNNING_LOOP, { actions: [button('Cancel run')] }),
    },
    { name: 'failed in a loop', render: () => view(LOOPS, { actions: [button('Run again')] }) },
    {
      name: 'many steps not shown',
      render: () =>
        view(runMock(), {
          onShowValues: nothing,
          moreSteps: { ...NO_MORE, hidden: 1500, next: 500 },
        }),
    },
    {
      name: 'calls with the parts of their times, after a queue',
      render: () =>
        view(
          runMock({
            queueMetrics: {
              startedAt: new Date(RUN_START + 1_000).toISOString(),
              queueDelayMs: 1_000,
            },
            stepExecutions: [
              stepMock('search_files', [1, 2.6], {
                timings: { waitedMs: 300, tokenMs: 200, upstreamMs: 1_000, overheadMs: 100 },
              }),
              stepMock('count', [2.6, 3.9], {
                stepType: 'http',
                status: 'failed',
                error: { type: 'ConnectorExecutionError', message: 'HTTP request failed: [503]' },
                timings: { waitedMs: 0, tokenMs: 0, upstreamMs: 200, overheadMs: 3.4 },
              }),
            ],
          }),
        ),
    },
    {
      name: 'further steps that cannot be loaded',
      render: () =>
        view(runMock(), {
          moreSteps: { ...NO_MORE, hidden: 3, next: 3, error: new Error('unreachable') },
        }),
    },
    { name: 'waits for an authorization', render: () => waiting(authorization, undefined) },
    {
      name: 'waits for the authorization of another user',
      render: () =>
        waiting(authorization, 'ben', { executedBy: 'ben', isReadable: false, input: undefined }),
    },
    { name: 'waits for an approval', render: () => waiting(approval, undefined) },
    {
      name: 'waits for a response to the workflow of another user',
      render: () => waiting(form, undefined, { savedBy: 'bob' }),
    },
    { name: 'waits for a form', render: () => waiting(form, undefined) },
    {
      name: 'waits for any response',
      render: () => waiting({ ...form, schema: undefined }, undefined),
    },
    {
      name: 'waits for some time',
      render: () =>
        waiting(
          { kind: 'time', stepExecutionId: 'pause', until: '2026-11-28T11:00:00Z' },
          undefined,
          { status: 'waiting' },
        ),
    },
    {
      name: 'waits before it tries a step again',
      render: () =>
        view(
          runMock({
            status: 'waiting',
            finishedAt: undefined,
            output: undefined,
            stepExecutions: [stepMock('call', [1, 2], { status: 'failed', error: FAILURE })],
            waits: [RETRY_WAIT],
          }),
          {
            actions: [button('Cancel run')],
            waits: (
              <WaitPanel
                wait={RETRY_WAIT}
                failedStep="call"
                otherUser={undefined}
                action={undefined}
              />
            ),
          },
        ),
    },
    {
      name: 'of another user',
      render: () =>
        view(
          runMock({
            executedBy: 'ben',
            isReadable: false,
            input: undefined,
            output: undefined,
            status: 'failed',
            error: { type: 'ConnectorExecutionError', message: 'hidden' },
          }),
        ),
    },
    {
      name: 'dry run of a test',
      render: () =>
        view(runMock({ isTestRun: true, isDryRun: true, workflowId: undefined }), {
          workflowLink: undefined,
        }),
    },
    {
      name: 'test of one step',
      render: () =>
        view(runMock({ isTestRun: true, stepId: 'search_files', workflowId: undefined }), {
          workflowLink: undefined,
        }),
    },
    {
      name: 'with related runs',
      render: () =>
        view(runMock({ retryOf: 'run-0', parentExecutionId: 'run-p' }), {
          retryOf: { link, compare: link },
          parent: link,
          related: [
            { id: 'c1', workflowName: 'send_report', status: 'completed', link },
            { id: 'c2', workflowName: 'clean_up', status: 'running', link },
          ],
        }),
    },
    {
      name: 'names without spaces',
      render: () =>
        view(
          runMock({
            workflowName: LONG,
            executedBy: LONG,
            input: { [LONG]: LONG },
            stepExecutions: [stepMock(LONG, [0, 4], { stepType: LONG })],
          }),
        ),
    },
    {
      name: 'details of a step',
      render: () => details({ values: { input: { query: 'trashed=false' }, output: FILES } }),
    },
    { name: 'details of a failed step', render: () => details({ values: {}, isFailed: true }) },
    { name: 'details of another user', render: () => details({ isReadable: false }) },
    { name: 'details that are loading', render: () => details({}) },
    {
      name: 'details that failed',
      render: () => details({ failure: 'The server cannot be reached.' }),
    },
    {
      name: 'question how to run again',
      render: () => (
        <RetryDialog
          modes={['failed-step', 'whole']}
          hasCurrent
          isBusy={false}
          failure={undefined}
          onRetry={nothing}
          onClose={nothing}
        />
      ),
    },
    {
      name: 'not started again',
      render: () => (
        <RetryDialog
          modes={['from-step', 'whole']}
          stepName="search_files"
          hasCurrent={false}
          isBusy={false}
          failure={{ title: 'The run could not be started again', text: 'Try again later.' }}
          onRetry={nothing}
          onClose={nothing}
        />
      ),
    },
  ],
};
