import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { stepMock } from '../run_data/runs.mock.ts';
import {
  findButton,
  INPUT_WAIT,
  RUN,
  renderRunPage,
  runBody,
  waitingBody,
} from './run_page.mock.tsx';

const RESUME = 'post /api/workflows/executions/run-1/resume';

describe('a run that waits', () => {
  it('sends the approval of its user when the user clicks the label that the step defines', async () => {
    const { server } = renderRunPage(
      waitingBody({
        ...INPUT_WAIT,
        message: 'Ship it?',
        approveLabel: 'Ship',
        rejectLabel: 'Hold',
      }),
    );
    expect(await screen.findByText('Ship it?')).toBeVisible();
    server.on(RESUME, { success: true, executionId: 'run-1', message: 'ok' });
    fireEvent.click(await findButton('Hold'));
    await waitFor(() =>
      expect(server.to(RESUME).map((request) => request.body)).toEqual([
        { input: { approved: false }, stepExecutionId: 'ask' },
      ]),
    );
  });

  it('F156: names the user who saved the workflow that asks, if this is another user', async () => {
    renderRunPage({ ...waitingBody(INPUT_WAIT), savedBy: 'bob' });
    expect(await screen.findByText(/^bob saved this workflow/)).toBeVisible();
  });

  it('sends a number to a step that asks for one', async () => {
    const { server } = renderRunPage(waitingBody({ ...INPUT_WAIT, schema: { type: 'number' } }));
    server.on(RESUME, { success: true, executionId: 'run-1', message: 'ok' });
    const field = await screen.findByLabelText('Response');
    fireEvent.change(field, { target: { value: 'many' } });
    fireEvent.click(await findButton('Send response'));
    expect(await screen.findAllByText('A number, for example 2.5.')).toHaveLength(2);
    fireEvent.change(field, { target: { value: '3' } });
    fireEvent.click(await findButton('Send response'));
    await waitFor(() =>
      expect(server.to(RESUME)[0]?.body).toEqual({ input: 3, stepExecutionId: 'ask' }),
    );
  });

  it('asks its user before the page is left while a response is entered', async () => {
    const { core } = renderRunPage(waitingBody(INPUT_WAIT));
    const removeGuard = vi.fn();
    const guardLeave = vi.spyOn(core.application, 'guardLeave').mockReturnValue(removeGuard);
    const field = await screen.findByLabelText('Response');
    expect(guardLeave).not.toHaveBeenCalled();
    fireEvent.change(field, { target: { value: 'a long response' } });
    expect(guardLeave).toHaveBeenCalledTimes(1);
    fireEvent.change(field, { target: { value: '' } });
    expect(removeGuard).toHaveBeenCalled();
  });

  it('gives no advice while it waits for another run', async () => {
    renderRunPage(waitingBody({ kind: 'child', stepExecutionId: 'call' }));
    expect(await screen.findByText('Waits for another run to end')).toBeVisible();
    expect(screen.queryByText(/^Nobody has to do anything/)).toBeNull();
  });

  it('names the failed step that is retried, and the time of the retry to the second', async () => {
    const until = '2026-11-28T09:00:17Z';
    const wait = { kind: 'time', stepExecutionId: 'call@1', until } as const;
    const failedStep = stepMock('call', [1, 2], { id: 'call@1', status: 'failed' });
    renderRunPage(waitingBody(wait, { status: 'waiting', stepExecutions: [failedStep] }));
    expect(await screen.findByText(/^Step call is tried again at .*:00:17/)).toBeVisible();
    expect(screen.queryByText(/^Waits until/)).toBeNull();
  });

  it('names no failed step when it pauses between two steps', async () => {
    const wait = { kind: 'time', stepExecutionId: 'pause', until: '2026-11-28T09:00:17Z' } as const;
    const failedStep = stepMock('call', [1, 2], { status: 'failed' });
    renderRunPage(waitingBody(wait, { status: 'waiting', stepExecutions: [failedStep] }));
    expect(await screen.findByText(/^Waits until .*:00:17/)).toBeVisible();
  });

  it('offers no response when its user lacks the privilege, and says why', async () => {
    renderRunPage(waitingBody({ ...INPUT_WAIT, approveLabel: 'Ship' }), [WORKFLOW_PRIVILEGES.read]);
    expect(await screen.findByText(/^Your roles do not allow you to respond/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Ship' })).toBeNull();
  });

  it('sends the values of the form, and shows a value that the server refuses at its field', async () => {
    const schema = {
      type: 'object',
      properties: { count: { type: 'integer' }, note: { type: 'string' } },
      required: ['count'],
    };
    const { server } = renderRunPage(waitingBody({ ...INPUT_WAIT, schema }));
    fireEvent.click(await findButton('Send response'));
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
    fireEvent.click(await findButton('Send response'));
    expect(await screen.findByText('Too many.')).toBeVisible();
    expect(server.to(RESUME)[0]?.body).toEqual({ input: { count: 3 }, stepExecutionId: 'ask' });
  });

  it('reports that a response came too late when the run no longer waits', async () => {
    const { server } = renderRunPage(waitingBody({ ...INPUT_WAIT, approveLabel: 'Ship' }));
    server.on(RESUME, {
      status: 409,
      body: {
        statusCode: 409,
        error: 'Conflict',
        message: 'no',
        attributes: { code: 'execution_not_waiting' },
      },
    });
    fireEvent.click(await findButton('Ship'));
    expect(await screen.findByText('The response was not accepted')).toBeVisible();
  });

  it('shows no wait any more after its user has connected the account', async () => {
    const { server } = renderRunPage(
      waitingBody(
        {
          kind: 'authorization',
          stepExecutionId: 'search',
          connectorId: 'd',
          connectorName: 'Drive',
        },
        { status: 'waiting_for_authorization' },
      ),
    );
    const connect = await findButton('Connect Drive');
    server.on(RUN, runBody());
    fireEvent.click(connect);
    expect(await screen.findByText('Completed')).toBeVisible();
  });

  it('offers no response to users other than its own', async () => {
    renderRunPage(
      waitingBody(
        { ...INPUT_WAIT, approveLabel: 'Ship' },
        { executedBy: 'ben', isReadable: false },
      ),
    );
    expect(await screen.findByText('Waits for the approval of ben')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Ship' })).toBeNull();
  });
});
