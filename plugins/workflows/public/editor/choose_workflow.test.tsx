import { coreStartMock, FakeServer, SERVER_ERROR } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { ChooseWorkflow } from './choose_workflow.tsx';

const LIST = 'get /api/workflows';
const STEP = {
  place: { path: ['steps', 0], depth: 0, start: 9, name: 'cleanup', type: 'workflow.execute' },
  connector: undefined,
  needsChoice: true,
};
const AT = '2030-01-01T00:00:00.000Z';
const found = (ids: readonly string[], total = ids.length) => ({
  page: 1,
  size: 100,
  total,
  results: ids.map((id) => ({
    ...{ id, name: `Workflow ${id}`, enabled: true, tags: [], valid: true, triggers: [] },
    ...{ yaml: '', definition: {}, version: '1' },
    ...{ createdAt: AT, createdBy: 'ana', lastUpdatedAt: AT, lastUpdatedBy: 'ana' },
  })),
});

function renderChoice(response: object) {
  const server = new FakeServer().on(LIST, response);
  const onChoose = vi.fn();
  const urls: string[] = [];
  renderWithCore(
    <ChooseWorkflow step={STEP} ownId="own" onChoose={onChoose} onClose={() => undefined} />,
    {
      core: coreStartMock({
        fetch: (url, init) => {
          urls.push(String(url));
          return server.fetch(url, init);
        },
      }),
    },
  );
  return { server, onChoose, urls };
}

it('the choice of a workflow lists the other workflows of the space by name, and returns the chosen id', async () => {
  const { onChoose } = renderChoice(found(['own', 'a', 'b']));
  fireEvent.click(await screen.findByRole('button', { name: 'Workflow b' }));
  expect(onChoose).toHaveBeenCalledWith('b');
  expect(screen.queryByRole('button', { name: 'Workflow own' })).toBeNull();
  expect(screen.queryByText(/There are more workflows/)).toBeNull();
});

it('the choice of a workflow searches all workflows of the space', async () => {
  const { server, urls } = renderChoice(found(['a'], 500));
  expect(await screen.findByText(/There are more workflows/)).toBeVisible();
  server.on(LIST, found([]));
  fireEvent.change(screen.getByRole('searchbox', { name: 'Search workflows' }), {
    target: { value: 'arch' },
  });
  expect(await screen.findByText('No workflow was found.')).toBeVisible();
  await waitFor(() => expect(urls.at(-1)).toContain('query=arch'));
});

it('the choice of a workflow says why no workflow can be chosen', async () => {
  renderChoice(SERVER_ERROR);
  expect(await screen.findByRole('status')).not.toHaveTextContent('No workflow was found.');
});
