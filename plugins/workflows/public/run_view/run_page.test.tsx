import { describe, expect, it, jest } from '@jest/globals';
import { bootDataMock, coreStartMock, FakeServer, SERVER_ERROR } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { Route, Routes } from 'react-router';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import type { RunDetails } from '../run_data/index.ts';
import { runMock, stepMock } from '../run_data/runs.mock.ts';
import { servicesMock } from '../services.mock.tsx';
import { ServicesContext } from '../services.ts';
import { RunPage } from './run_page.tsx';

const RUN = 'get /api/workflows/executions/run-1';
const RESUME = 'post /api/workflows/executions/run-1/resume';
const CANCEL = 'post /api/workflows/executions/run-1/cancel';

const body = (changes: Partial<RunDetails> = {}): object => {
  const run = runMock(changes);
  const stepExecutions = run.stepExecutions.map((step) => ({ ...step, executionTimeMs: 1 }));
  return { spaceId: 'default', ...run, stepExecutions };
};
const waitingFor = (wait: RunDetails['waits'][number], changes: Partial<RunDetails> = {}) =>
  body({
    status: 'waiting_for_input',
    finishedAt: undefined,
    output: undefined,
    waits: [wait],
    ...changes,
  });
const ask = { kind: 'input', stepExecutionId: 'ask' } as const;

function renderPage(
  response: object,
  privileges: readonly string[] = Object.values(WORKFLOW_PRIVILEGES),
  {
    urls = [],
    held = Promise.resolve(),
  }: {
    readonly urls?: string[];
    /** Responses to changes wait for it. */
    readonly held?: Promise<void>;
  } = {},
) {
  const server = new FakeServer().on(RUN, response);
  const user = { ...bootDataMock().user, privileges: [...privileges] };
  const core = coreStartMock({
    fetch: async (url, init) => {
      urls.push(url);
      const response = await server.fetch(url, init);
      if (init.method !== 'GET') await held;
      return response;
    },
    boot: { user },
  });
  const { unmount } = renderWithCore(
    <ServicesContext.Provider value={servicesMock()}>
      <Routes>
        <Route path="/executions/:id" element={<RunPage />} />
      </Routes>
    </ServicesContext.Provider>,
    { core, path: '/executions/run-1' },
  );
  return { server, core, unmount };
}

const button = (name: string | RegExp) => screen.findByRole('button', { name });

describe('the page of a run', () => {
  it('reads a run until it has ended, and says when its status changes', async () => {
    const { server, core } = renderPage(
      body({
        status: 'running',
        finishedAt: undefined,
        currentSteps: [{ stepId: 'upload', stepType: 'http', startedAt: new Date().toISOString() }],
      }),
    );
    expect(await screen.findByText('Now: upload')).toBeVisible();
    server.on(RUN, body());
    expect(await screen.findByText('Completed')).toBeVisible();
    expect(core.announcements).toEqual(['Run: Completed']);
    expect(screen.queryByText('Now: upload')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Cancel run' })).toBeNull();
  });

  it('loads input and output of a step when the user opens it', async () => {
    const { server } = renderPage(body());
    const step = 'get /api/workflows/executions/run-1/step/search_files';
    server.on(step, {
      ...stepMock('search_files', [0, 1]),
      executionTimeMs: 1000,
      input: { query: 'a' },
      output: 'three files',
    });
    fireEvent.click(await button(/search_files/));
    expect(await screen.findByText('three files')).toBeVisible();
    expect(server.to(step)).toHaveLength(1);
  });

  it('shows no inputs, outputs and messages of the run of another user, and says why', async () => {
    const error = { type: 'ConnectorExecutionError', message: 'private words' };
    const failed = stepMock('search_files', [0, 1], { status: 'failed', error });
    const { server } = renderPage(
      body({
        executedBy: 'ben',
        isReadable: false,
        input: undefined,
        output: undefined,
        status: 'failed',
        error,
        stepExecutions: [failed],
      }),
    );
    expect(await screen.findByText('Inputs and outputs are not shown')).toBeVisible();
    fireEvent.click(await button(/search_files/));
    expect(await screen.findByText(/^Only ben sees input and output/)).toBeVisible();
    expect(screen.queryByText(/private words/)).toBeNull();
    expect(server.requests.map(({ route }) => route)).toEqual([RUN]);
  });

  it('loads the values of a run with very many steps only when the user wants them', async () => {
    const urls: string[] = [];
    const steps = Array.from({ length: 60 }, (_, index) => stepMock(`step_${index}`, [0, 1]));
    renderPage(body({ stepExecutions: steps, input: undefined }), undefined, { urls });
    const show = await button('Show inputs and output of the run');
    const withValues = () => urls.filter((url) => url.includes('includeOutput=true'));
    expect(withValues()).toEqual([]);
    fireEvent.click(show);
    await waitFor(() => expect(withValues()).toHaveLength(1));
  });

  it('lists the runs that its steps have started', async () => {
    const step = stepMock('call', [0, 1], { stepType: 'workflow.execute' });
    const { server } = renderPage(body({ stepExecutions: [step] }));
    const { id: _, ...child } = runMock({ workflowName: 'Send the report' });
    server.on('get /api/workflows/executions/run-1/children', {
      page: 1,
      size: 20,
      total: 1,
      results: [{ ...child, id: 'child', spaceId: 'default' }],
    });
    expect(await screen.findByRole('link', { name: 'Send the report' })).toBeVisible();
  });

  it('cancels the run, and reads it again', async () => {
    const { server, core } = renderPage(waitingFor(ask));
    const confirm = jest.spyOn(core.feedback, 'confirm');
    server.on(CANCEL, { status: 204 });
    fireEvent.click(await button('Cancel run'));
    expect(confirm).toHaveBeenCalledWith(
      expect.objectContaining({ confirmLabel: 'Cancel run', cancelLabel: 'Keep running' }),
    );
    await waitFor(() => expect(server.to(CANCEL)).toHaveLength(1));
    server.on(RUN, body({ status: 'cancelled' }));
    expect(await screen.findByText('Cancelled')).toBeVisible();
  });

  it('offers no cancellation to a user without the privilege', async () => {
    renderPage(waitingFor(ask), [WORKFLOW_PRIVILEGES.read]);
    await screen.findByText('Waiting for a response');
    expect(screen.queryByRole('button', { name: 'Cancel run' })).toBeNull();
  });

  it('says that a run does not exist', async () => {
    const { server } = renderPage({ status: 404, body: { statusCode: 404, message: 'no' } });
    expect(await screen.findByText('This run does not exist')).toBeVisible();
    expect(server.to(RUN)).toHaveLength(1);
  });

  it('lets the user try again when the server fails', async () => {
    const { server } = renderPage(SERVER_ERROR);
    await screen.findByText('The run could not be loaded');
    server.on(RUN, body());
    fireEvent.click(await button('Try again'));
    expect(await screen.findByText('Completed')).toBeVisible();
  });
});

describe('a run that has ended', () => {
  const RETRY = 'post /api/workflows/executions/run-1/retry';
  const failed = body({
    status: 'failed',
    error: { type: 'StepTimeout', message: 'Too slow.' },
  });

  it('is run again from the failed step with the current workflow, and the new run opens', async () => {
    const { server, core } = renderPage(failed);
    server.on(RETRY, { workflowExecutionId: 'run-2' });
    fireEvent.click(await button('Run again'));
    fireEvent.click(await screen.findByRole('switch', { name: 'Use the workflow as it is now' }));
    const [, confirm] = await screen.findAllByRole('button', { name: 'Run again' });
    fireEvent.click(confirm as HTMLElement);
    await waitFor(() => expect(core.visited).toEqual(['/app/workflows/executions/run-2']));
    expect(server.to(RETRY)[0]?.body).toEqual({ mode: 'failed-step', yaml: 'current' });
  });

  it('is run again from a step that the user has opened', async () => {
    const { server } = renderPage(body());
    server.on('get /api/workflows/executions/run-1/step/count', {
      ...stepMock('count', [0, 1]),
      executionTimeMs: 1,
    });
    const attributes = { code: 'retry_not_possible' };
    const refusal = { statusCode: 400, error: 'Bad Request', message: 'no', attributes };
    server.on(RETRY, { status: 400, body: refusal });
    fireEvent.click(await button(/count/));
    fireEvent.click(await button('Run again from this step'));
    const [, confirm] = await screen.findAllByRole('button', { name: 'Run again' });
    fireEvent.click(confirm as HTMLElement);
    expect(await screen.findByText('The run could not be started again')).toBeVisible();
    expect(server.to(RETRY)[0]?.body).toEqual({
      mode: 'from-step',
      fromStepExecutionId: 'count',
      yaml: 'same',
    });
  });

  it('is run again only from the first step if it was a dry run', async () => {
    renderPage(body({ status: 'failed', isDryRun: true }));
    fireEvent.click(await button('Run again'));
    await screen.findByRole('radio', { name: 'At the first step' });
    expect(screen.getAllByRole('radio')).toHaveLength(1);
    fireEvent.click(await button(/count/));
    expect(screen.queryByRole('button', { name: 'Run again from this step' })).toBeNull();
  });

  it.each([
    [{ workflowExecutionId: 'run-2' }, 'sources.google_drive.search was started'],
    [SERVER_ERROR, 'The run could not be started again'],
  ])('reports the result %p when the user has left the page', async (response, title) => {
    const held = Promise.withResolvers<void>();
    const { server, core, unmount } = renderPage(failed, undefined, { held: held.promise });
    server.on(RETRY, response);
    fireEvent.click(await button('Run again'));
    const [, confirm] = await screen.findAllByRole('button', { name: 'Run again' });
    fireEvent.click(confirm as HTMLElement);
    await waitFor(() => expect(server.to(RETRY)).toHaveLength(1));
    unmount();
    held.resolve();
    await waitFor(() => expect(core.toasts.map((toast) => toast.title)).toEqual([title]));
    expect(core.visited).toEqual([]);
  });

  it('is not run again by another user', async () => {
    renderPage(body({ executedBy: 'ben' }));
    await screen.findByText('Completed');
    expect(screen.queryByRole('button', { name: 'Run again' })).toBeNull();
  });
});

describe('a run that waits', () => {
  it('sends the approval of its user with the label of the step', async () => {
    const { server } = renderPage(
      waitingFor({ ...ask, message: 'Ship it?', approveLabel: 'Ship', rejectLabel: 'Hold' }),
    );
    expect(await screen.findByText('Ship it?')).toBeVisible();
    server.on(RESUME, { success: true, executionId: 'run-1', message: 'ok' });
    fireEvent.click(await button('Hold'));
    await waitFor(() =>
      expect(server.to(RESUME).map((request) => request.body)).toEqual([
        { input: { approved: false }, stepExecutionId: 'ask' },
      ]),
    );
  });

  it('sends a number to a step that asks for one', async () => {
    const { server } = renderPage(waitingFor({ ...ask, schema: { type: 'number' } }));
    server.on(RESUME, { success: true, executionId: 'run-1', message: 'ok' });
    const field = await screen.findByLabelText('Response');
    fireEvent.change(field, { target: { value: 'many' } });
    fireEvent.click(await button('Send response'));
    expect(await screen.findAllByText('A number, for example 2.5.')).toHaveLength(2);
    fireEvent.change(field, { target: { value: '3' } });
    fireEvent.click(await button('Send response'));
    await waitFor(() =>
      expect(server.to(RESUME)[0]?.body).toEqual({ input: 3, stepExecutionId: 'ask' }),
    );
  });

  it('says nothing about what has to be done while it waits for another run', async () => {
    renderPage(waitingFor({ kind: 'child', stepExecutionId: 'call' }));
    expect(await screen.findByText('Waits for another run to end')).toBeVisible();
    expect(screen.queryByText(/^Nobody has to do anything/)).toBeNull();
  });

  it('offers no response to its user without the privilege, and says why', async () => {
    renderPage(waitingFor({ ...ask, approveLabel: 'Ship' }), [WORKFLOW_PRIVILEGES.read]);
    expect(await screen.findByText(/^Your roles do not allow you to respond/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Ship' })).toBeNull();
  });

  it('sends the values of the form, and shows at a field what the server refuses', async () => {
    const schema = {
      type: 'object',
      properties: { count: { type: 'integer' }, note: { type: 'string' } },
      required: ['count'],
    };
    const { server } = renderPage(waitingFor({ ...ask, schema }));
    fireEvent.click(await button('Send response'));
    expect(await screen.findByText('Enter a value.')).toBeVisible();
    expect(server.to(RESUME)).toEqual([]);
    fireEvent.change(screen.getByLabelText('count'), { target: { value: '3' } });
    const issues = [{ path: 'count', message: 'Too many.' }];
    server.on(RESUME, {
      status: 400,
      body: {
        statusCode: 400,
        error: 'Bad Request',
        message: 'no',
        attributes: { code: 'workflow_inputs_invalid', issues },
      },
    });
    fireEvent.click(await button('Send response'));
    expect(await screen.findByText('Too many.')).toBeVisible();
    expect(server.to(RESUME)[0]?.body).toEqual({ input: { count: 3 }, stepExecutionId: 'ask' });
  });

  it('says that a response comes too late', async () => {
    const { server } = renderPage(waitingFor({ ...ask, approveLabel: 'Ship' }));
    server.on(RESUME, {
      status: 409,
      body: {
        statusCode: 409,
        error: 'Conflict',
        message: 'no',
        attributes: { code: 'execution_not_waiting' },
      },
    });
    fireEvent.click(await button('Ship'));
    expect(await screen.findByText('The response was not accepted')).toBeVisible();
  });

  it('continues after its user has connected the account', async () => {
    const { server } = renderPage(
      waitingFor(
        {
          kind: 'authorization',
          stepExecutionId: 'search',
          connectorId: 'd',
          connectorName: 'Drive',
        },
        { status: 'waiting_for_authorization' },
      ),
    );
    const connect = await button('Connect Drive');
    server.on(RUN, body());
    fireEvent.click(connect);
    expect(await screen.findByText('Completed')).toBeVisible();
  });

  it('offers nothing to other users', async () => {
    renderPage(
      waitingFor({ ...ask, approveLabel: 'Ship' }, { executedBy: 'ben', isReadable: false }),
    );
    expect(await screen.findByText('Waits for the approval of ben')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Ship' })).toBeNull();
  });
});

describe('the log of a run', () => {
  const LOGS = 'get /api/workflows/executions/run-1/logs';
  const line = (stepId: string, changes: object = {}) => ({
    timestamp: '2026-11-28T09:00:01.250Z',
    level: 'info',
    message: 'words of the server',
    stepExecutionId: stepId,
    stepId,
    stepType: 'console',
    status: 'completed',
    ...changes,
  });
  const page = (total: number, ...results: object[]) => ({ page: 1, size: 100, total, results });
  const open = async () => fireEvent.click(await screen.findByRole('tab', { name: 'Log' }));

  it('is read when the user opens its tab, and shows messages, failures and times', async () => {
    const { server } = renderPage(body());
    server.on(
      LOGS,
      page(
        3,
        line('report', { text: 'three files' }),
        line('upload', { level: 'error', status: 'failed', text: 'HTTP 403' }),
        line('notify', { status: 'skipped' }),
      ),
    );
    await screen.findByRole('tab', { name: 'Log' });
    expect(server.to(LOGS)).toHaveLength(0);
    await open();
    expect(await screen.findByText('three files')).toBeVisible();
    expect(screen.getByText('Failed: HTTP 403')).toBeVisible();
    expect(screen.getByText('Skipped')).toBeVisible();
    expect(document.querySelector('time')?.textContent).toMatch(/[:.]01[.,]250/);
  });

  it('has pages of 100 lines', async () => {
    const urls: string[] = [];
    const { server } = renderPage(body(), Object.values(WORKFLOW_PRIVILEGES), { urls });
    server.on(LOGS, page(150, line('first', { text: 'first page' })));
    await open();
    expect(await screen.findByText('first page')).toBeVisible();
    server.on(LOGS, page(150, line('second', { text: 'second page' })));
    fireEvent.click(screen.getByRole('link', { name: 'Next page' }));
    expect(await screen.findByText('second page')).toBeVisible();
    expect(urls.filter((url) => url.includes('/logs')).at(-1)).toContain('page=2&size=100');
  });

  it('says that it is empty, or that it could not be read', async () => {
    const { server } = renderPage(body());
    server.on(LOGS, SERVER_ERROR);
    await open();
    const retry = await button('Try again');
    expect(screen.getByText('The log could not be loaded')).toBeVisible();
    server.on(LOGS, page(0));
    fireEvent.click(retry);
    expect(await screen.findByText('The log is empty: no step was executed.')).toBeVisible();
  });
});
