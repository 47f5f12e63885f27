import { SERVER_ERROR } from '@latchkey/core/public/mocks';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { runMock, stepMock } from '../run_data/runs.mock.ts';
import {
  findButton,
  INPUT_WAIT,
  RUN,
  renderRunPage,
  runBody,
  waitingBody,
} from './run_page.mock.tsx';

const CANCEL = 'post /api/workflows/executions/run-1/cancel';

describe('the page of a run', () => {
  it('requests the run repeatedly until it has ended, and announces changes of its status', async () => {
    const { server, core } = renderRunPage(
      runBody({
        status: 'running',
        finishedAt: undefined,
        currentSteps: [{ stepId: 'upload', stepType: 'http', startedAt: new Date().toISOString() }],
      }),
    );
    expect(await screen.findByText('Now: upload')).toBeVisible();
    server.on(RUN, runBody());
    expect(await screen.findByText('Completed')).toBeVisible();
    expect(core.announcements).toEqual(['Run: Completed']);
    expect(screen.queryByText('Now: upload')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Cancel run' })).toBeNull();
  });

  it('shows a call in progress only once, and lists a waiting step among the other steps', async () => {
    const startedAt = new Date().toISOString();
    const isOpen = { finishedAt: undefined, startedAt };
    renderRunPage(
      runBody({
        status: 'running',
        finishedAt: undefined,
        stepExecutions: [
          stepMock('pause', [0, 1], { ...isOpen, status: 'waiting_for_child' }),
          stepMock('upload', [0, 1], { ...isOpen, status: 'running' }),
        ],
        currentSteps: [{ stepId: 'upload', stepType: 'http', startedAt }],
      }),
    );
    expect(await screen.findByText('Now: upload')).toBeVisible();
    expect(screen.queryByRole('button', { name: /upload/ })).toBeNull();
    expect(await findButton(/pause/)).toBeVisible();
  });

  it('loads input and output of a step when the user opens it', async () => {
    const { server } = renderRunPage(runBody());
    const step = 'get /api/workflows/executions/run-1/step/search_files';
    server.on(step, {
      ...stepMock('search_files', [0, 1]),
      executionTimeMs: 1000,
      input: { query: 'a' },
      output: 'three files',
    });
    fireEvent.click(await findButton(/search_files/));
    expect(await screen.findByText('three files')).toBeVisible();
    expect(server.to(step)).toHaveLength(1);
  });

  it('shows no inputs, outputs and messages when the run belongs to another user, and says why', async () => {
    const error = { type: 'ConnectorExecutionError', message: 'private words' };
    const failed = stepMock('search_files', [0, 1], { status: 'failed', error });
    const { server } = renderRunPage(
      runBody({
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
    fireEvent.click(await findButton(/search_files/));
    expect(await screen.findByText(/^Only ben sees input and output/)).toBeVisible();
    expect(screen.queryByText(/private words/)).toBeNull();
    expect(server.requests.map(({ route }) => route)).toEqual([RUN]);
  });

  it('loads the inputs and outputs of a run with very many steps only when the user asks for them', async () => {
    const urls: string[] = [];
    const steps = Array.from({ length: 60 }, (_, index) => stepMock(`step_${index}`, [0, 1]));
    renderRunPage(runBody({ stepExecutions: steps, input: undefined }), undefined, { urls });
    const show = await findButton('Show inputs and output of the run');
    const withValues = () => urls.filter((url) => url.includes('includeOutput=true'));
    expect(withValues()).toEqual([]);
    fireEvent.click(show);
    await waitFor(() => expect(withValues()).toHaveLength(1));
  });

  it('loads further steps when the user asks for them, and shows the failed one immediately', async () => {
    const STEPS = 'get /api/workflows/executions/run-1/steps';
    const error = { type: 'TemplateError', message: 'undefined filter: sizes' };
    const [first, second] = [stepMock('first', [0, 1]), stepMock('second', [1, 2])];
    const failed = stepMock('last', [2, 3], { status: 'failed', error });
    const failedStepExecution = { ...failed, executionTimeMs: 1 };
    const { server } = renderRunPage(
      runBody({
        status: 'failed',
        error,
        stepExecutions: [first],
        stepExecutionsTruncatedCount: 2,
        failedStepExecution,
      }),
    );
    expect(await findButton(/last google_drive/)).toBeVisible();
    expect(await screen.findByText(/^Step last: /)).toBeVisible();
    expect(screen.getByText('1 further step is not shown yet.')).toBeVisible();
    server.on(STEPS, SERVER_ERROR);
    fireEvent.click(await findButton('Show 1 more step'));
    await waitFor(() => expect(server.to(STEPS)).toHaveLength(2));
    expect(screen.queryByRole('button', { name: /second/ })).toBeNull();
    await waitFor(() => expect(screen.queryByText(/is not shown yet/)).toBeNull());
    const results = [first, second].map((step) => ({ ...step, executionTimeMs: 1 }));
    server.on(STEPS, { page: 1, size: 500, total: 3, results });
    fireEvent.click(await findButton('Show 1 more step'));
    expect(await findButton(/second/)).toBeVisible();
    expect(screen.queryByRole('button', { name: /more step/ })).toBeNull();
    expect(screen.getAllByRole('button', { name: /first/ })).toHaveLength(1);
  });

  it('lists the runs that steps of this run have started', async () => {
    const step = stepMock('call', [0, 1], { stepType: 'workflow.execute' });
    const { server } = renderRunPage(runBody({ stepExecutions: [step] }));
    const { id: _, ...child } = runMock({ workflowName: 'Send the report' });
    server.on('get /api/workflows/executions/run-1/children', {
      page: 1,
      size: 20,
      total: 1,
      results: [{ ...child, id: 'child', executionId: 'child', spaceId: 'default' }],
    });
    expect(await screen.findByRole('link', { name: 'Send the report' })).toBeVisible();
  });

  it('cancels the run, and then requests it again', async () => {
    const { server, core } = renderRunPage(waitingBody(INPUT_WAIT));
    const confirm = vi.spyOn(core.feedback, 'confirm');
    server.on(CANCEL, { status: 200 });
    fireEvent.click(await findButton('Cancel run'));
    expect(confirm).toHaveBeenCalledWith(
      expect.objectContaining({ confirmLabel: 'Cancel run', cancelLabel: 'Keep running' }),
    );
    await waitFor(() => expect(server.to(CANCEL)).toHaveLength(1));
    server.on(RUN, runBody({ status: 'cancelled' }));
    expect(await screen.findByText('Cancelled')).toBeVisible();
  });

  it('offers no cancellation to a user without the privilege', async () => {
    renderRunPage(waitingBody(INPUT_WAIT), [WORKFLOW_PRIVILEGES.read]);
    await screen.findByText('Waiting for a response');
    expect(screen.queryByRole('button', { name: 'Cancel run' })).toBeNull();
  });

  it('says that a run does not exist when the server responds 404', async () => {
    const { server } = renderRunPage({ status: 404, body: { statusCode: 404, message: 'no' } });
    expect(await screen.findByText('This run does not exist')).toBeVisible();
    expect(server.to(RUN)).toHaveLength(1);
  });

  it('offers to try again when the server fails', async () => {
    const { server } = renderRunPage(SERVER_ERROR);
    await screen.findByText('The run could not be loaded');
    server.on(RUN, runBody());
    fireEvent.click(await findButton('Try again'));
    expect(await screen.findByText('Completed')).toBeVisible();
  });
});
