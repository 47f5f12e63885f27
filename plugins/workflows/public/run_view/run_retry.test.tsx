import { SERVER_ERROR } from '@latchkey/core/public/mocks';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { stepMock } from '../run_data/runs.mock.ts';
import { findButton, renderRunPage, runBody } from './run_page.mock.tsx';

describe('a run that has ended', () => {
  const RETRY = 'post /api/workflows/executions/run-1/retry';
  const failed = runBody({
    status: 'failed',
    error: { type: 'StepTimeout', message: 'Too slow.' },
  });

  it('is retried from the failed step with the current workflow, and the page of the new run opens', async () => {
    const { server, core } = renderRunPage(failed);
    server.on(RETRY, { workflowExecutionId: 'run-2' });
    fireEvent.click(await findButton('Run again'));
    fireEvent.click(await screen.findByRole('switch', { name: 'Use the workflow as it is now' }));
    const [, confirm] = await screen.findAllByRole('button', { name: 'Run again' });
    fireEvent.click(confirm as HTMLElement);
    await waitFor(() => expect(core.visited).toEqual(['/app/workflows/executions/run-2']));
    expect(server.to(RETRY)[0]?.body).toEqual({
      mode: 'failed-step',
      yaml: 'current',
    });
  });

  it('executes all steps again if it begins at the first one', async () => {
    const { server } = renderRunPage(failed);
    server.on(RETRY, { workflowExecutionId: 'run-2' });
    fireEvent.click(await findButton('Run again'));
    fireEvent.click(await screen.findByRole('radio', { name: 'At the first step' }));
    const dialog = await screen.findByRole('alertdialog');
    expect(within(dialog).getAllByRole('radio')).toHaveLength(2);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Run again' }));
    await waitFor(() => expect(server.to(RETRY)).toHaveLength(1));
    expect(server.to(RETRY)[0]?.body).toEqual({ mode: 'whole', yaml: 'same' });
  });

  it('is retried from a step that the user has opened', async () => {
    const { server } = renderRunPage(runBody());
    server.on('get /api/workflows/executions/run-1/step/count', {
      ...stepMock('count', [0, 1]),
      executionTimeMs: 1,
    });
    const attributes = { code: 'retry_not_possible' };
    const refusal = { statusCode: 400, error: 'Bad Request', message: 'no', attributes };
    server.on(RETRY, { status: 400, body: refusal });
    fireEvent.click(await findButton(/count/));
    fireEvent.click(await findButton('Run again from this step'));
    const [, confirm] = await screen.findAllByRole('button', { name: 'Run again' });
    fireEvent.click(confirm as HTMLElement);
    expect(await screen.findByText('The run could not be started again')).toBeVisible();
    expect(server.to(RETRY)[0]?.body).toEqual({
      mode: 'from-step',
      fromStepExecutionId: 'count',
      yaml: 'same',
    });
  });

  it('can only be retried from the first step if it was a dry run', async () => {
    renderRunPage(runBody({ status: 'failed', isDryRun: true }));
    fireEvent.click(await findButton('Run again'));
    await screen.findByRole('radio', { name: 'At the first step' });
    expect(screen.getAllByRole('radio')).toHaveLength(1);
    fireEvent.click(await findButton(/count/));
    expect(screen.queryByRole('button', { name: 'Run again from this step' })).toBeNull();
  });

  it.each([
    [{ workflowExecutionId: 'run-2' }, 'sources.google_drive.search was started'],
    [SERVER_ERROR, 'The run could not be started again'],
  ])(
    'shows %o as a toast when the user has left the page before the response',
    async (response, title) => {
      const held = Promise.withResolvers<void>();
      const { server, core, unmount } = renderRunPage(failed, undefined, { held: held.promise });
      server.on(RETRY, response);
      fireEvent.click(await findButton('Run again'));
      const [, confirm] = await screen.findAllByRole('button', { name: 'Run again' });
      fireEvent.click(confirm as HTMLElement);
      await waitFor(() => expect(server.to(RETRY)).toHaveLength(1));
      unmount();
      held.resolve();
      await waitFor(() => expect(core.toasts.map((toast) => toast.title)).toEqual([title]));
      expect(core.visited).toEqual([]);
    },
  );

  it('offers no retry to another user', async () => {
    renderRunPage(runBody({ executedBy: 'ben' }));
    await screen.findByText('Completed');
    expect(screen.queryByRole('button', { name: 'Run again' })).toBeNull();
  });
});
