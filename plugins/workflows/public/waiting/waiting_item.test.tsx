import { bootDataMock, coreStartMock, FakeServer } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { WaitingItem } from './waiting_item.tsx';

const ATTENTION = 'get /internal/workflows/_attention';
const waitingRun = (executionId: string, kind: string) => ({
  executionId,
  workflowName: `Workflow ${executionId}`,
  kind,
  since: '2030-01-01T00:00:00Z',
});

function renderItem(body: object, privileges: string[] = [WORKFLOW_PRIVILEGES.read]) {
  const server = new FakeServer().on(ATTENTION, body);
  const user = { ...bootDataMock().user, privileges };
  const core = coreStartMock({ fetch: server.fetch, boot: { user } });
  const { container } = renderWithCore(<WaitingItem />, { core });
  return { server, core, container };
}

it('the header item counts the runs that wait for the user, and links to each', async () => {
  const results = [waitingRun('a', 'input'), waitingRun('b', 'authorization')];
  const { core } = renderItem({ waiting: 30, results });
  fireEvent.click(await screen.findByRole('button', { name: '30 runs wait for you' }));
  await screen.findByText(/^Connect your account/);
  fireEvent.click(screen.getByRole('link', { name: /Workflow a/, hidden: true }));
  expect(core.visited).toEqual(['/app/workflows/executions/a']);
  await waitFor(() => expect(screen.queryByText('Workflow b')).toBeNull());
});

it('F156: the header item names the user who saved the workflow of a waiting run, if it is another user', async () => {
  const results = [{ ...waitingRun('a', 'input'), savedBy: 'ben' }, waitingRun('b', 'input')];
  renderItem({ waiting: 2, results });
  fireEvent.click(await screen.findByRole('button', { name: '2 runs wait for you' }));
  await screen.findByText('From a workflow of ben');
  expect(screen.getAllByText(/^From a workflow/)).toHaveLength(1);
});

it('the header item renders nothing while no run waits', async () => {
  const { server, container } = renderItem({ waiting: 0, results: [] });
  await waitFor(() => expect(server.to(ATTENTION)).toHaveLength(1));
  expect(container.querySelector('button')).toBeNull();
});

it('the header item sends no request for a user who may not read workflows', () => {
  const { server } = renderItem({ waiting: 1, results: [] }, []);
  expect(server.requests).toEqual([]);
});
