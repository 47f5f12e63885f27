import { bootDataMock, coreStartMock, FakeServer, SERVER_ERROR } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useLocation } from 'react-router';
import { describe, expect, it } from 'vitest';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { WorkflowsPage } from './workflows_page.tsx';

const LIST = 'get /api/workflows';
const ALL = Object.values(WORKFLOW_PRIVILEGES);

const workflowBody = (id: string, changes: object = {}) => ({
  id,
  name: `Workflow ${id}`,
  enabled: true,
  tags: [],
  valid: true,
  createdAt: '2030-01-02T08:00:00.000Z',
  createdBy: 'ana',
  lastUpdatedAt: '2030-01-02T08:00:00.000Z',
  lastUpdatedBy: 'ana',
  version: '1',
  triggers: [{ type: 'manual' }],
  ...changes,
});
const listBody = (...results: object[]) => ({ page: 1, size: 25, total: results.length, results });

function Location() {
  const { search } = useLocation();
  return <p>{`Query: ${search}`}</p>;
}

function renderPage(
  list: object,
  {
    path = '/app/workflows',
    privileges = ALL,
  }: { readonly path?: string; readonly privileges?: readonly string[] } = {},
) {
  const server = new FakeServer()
    .on(LIST, list)
    .on('get /api/workflows/aggs', { tags: [{ key: 'a', label: 'a', doc_count: 1 }] });
  const user = { ...bootDataMock().user, privileges: [...privileges] };
  const core = coreStartMock({ fetch: server.fetch, boot: { user } });
  renderWithCore(
    <>
      <WorkflowsPage />
      <Location />
    </>,
    { core, path },
  );
  return { server, core };
}

const openMenu = async (name: string) =>
  fireEvent.click(await screen.findByRole('button', { name: `More actions for ${name}` }));

describe('the page of workflows', () => {
  it('invites the user to create the first workflow only if the user may create workflows', async () => {
    const { core } = renderPage(listBody());
    expect(await screen.findByText('Create your first workflow')).toBeVisible();
    fireEvent.click(screen.getByRole('button', { name: 'Create workflow' }));
    expect(core.visited).toEqual(['/app/workflows/new']);
  });

  it('shows no create button to a user who may not create workflows', async () => {
    renderPage(listBody(), { privileges: [WORKFLOW_PRIVILEGES.read] });
    expect(await screen.findByText('There are no workflows in this space')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Create workflow' })).toBeNull();
  });

  it.each([
    [false, 1],
    [true, 0],
  ])(
    'says that scheduled runs fail only when their user may not run workflows (userMayRun: %o)',
    async (userMayRun, count) => {
      renderPage(
        listBody(
          workflowBody('a', { triggers: [{ type: 'scheduled' }], runsAs: 'ben', userMayRun }),
        ),
      );
      expect(await screen.findByRole('link', { name: 'Workflow a' })).toBeVisible();
      expect(screen.queryAllByText('Scheduled runs of this workflow fail')).toHaveLength(count);
    },
  );

  it('offers to try again when the list could not be loaded', async () => {
    const { server } = renderPage(SERVER_ERROR);
    const retry = await screen.findByRole('button', { name: 'Try again' });
    expect(screen.queryByText(/secret detail/)).toBeNull();
    server.on(LIST, listBody(workflowBody('a')));
    fireEvent.click(retry);
    expect(await screen.findByRole('link', { name: 'Workflow a' })).toBeVisible();
  });

  it('links each workflow to its editor and marks workflows with errors', async () => {
    renderPage(listBody(workflowBody('a'), workflowBody('b', { valid: false })));
    expect(await screen.findByRole('link', { name: 'Workflow a' })).toHaveAttribute(
      'href',
      '/app/workflows/a',
    );
    expect(screen.getAllByText('Has errors')).toHaveLength(1);
  });

  it('links to the runs of all workflows', async () => {
    const { core } = renderPage(listBody());
    fireEvent.click(await screen.findByRole('link', { name: 'All runs' }));
    expect(core.visited).toEqual(['/app/workflows/executions']);
  });

  it('goes to the first page when the current page has become empty', async () => {
    const { server } = renderPage(
      { ...listBody(), page: 2, total: 1 },
      { path: '/app/workflows?page=2' },
    );
    expect(await screen.findByText('This page of the list is empty')).toBeVisible();
    server.on(LIST, listBody(workflowBody('a')));
    fireEvent.click(screen.getByRole('button', { name: 'Go to the first page' }));
    expect(await screen.findByRole('link', { name: 'Workflow a' })).toBeVisible();
    expect(screen.getByText('Query:')).toBeVisible();
  });

  it('keeps search and filters in the URL, and says when nothing matches', async () => {
    const { server } = renderPage(listBody(workflowBody('a')));
    const search = await screen.findByLabelText('Search by name, description or tag');
    server.on(LIST, listBody());
    fireEvent.change(search, { target: { value: 'drive' } });
    expect(await screen.findByText('No workflow matches the search and filters')).toBeVisible();
    fireEvent.click(screen.getByRole('button', { name: 'Disabled' }));
    expect(await screen.findByText('Query: ?q=drive&enabled=false')).toBeVisible();
    server.on(LIST, listBody(workflowBody('a')));
    fireEvent.click(screen.getByRole('button', { name: 'Clear search and filters' }));
    expect(await screen.findByRole('link', { name: 'Workflow a' })).toBeVisible();
    expect(screen.getByText('Query:')).toBeVisible();
  });
});

it('the list is sorted by the server in the order that the user chooses', async () => {
  renderPage(listBody(workflowBody('a')));
  fireEvent.click(await screen.findByRole('button', { name: /Last change/ }));
  expect(await screen.findByText('Query: ?sort=lastUpdatedAt')).toBeVisible();
  fireEvent.click(await screen.findByRole('button', { name: /Last change/ }));
  expect(await screen.findByText('Query: ?sort=-lastUpdatedAt')).toBeVisible();
});

describe('the switch of a workflow', () => {
  it('disables the workflow on the server and then shows the state that the server returns', async () => {
    const { server } = renderPage(listBody(workflowBody('a')));
    const toggle = await screen.findByRole('switch', { name: 'Enable Workflow a' });
    server
      .on('put /api/workflows/workflow/a', {
        ...workflowBody('a', { enabled: false }),
        yaml: 'name: a',
        definition: {},
        validationErrors: [],
      })
      .on(LIST, listBody(workflowBody('a', { enabled: false })));
    fireEvent.click(toggle);
    await waitFor(() => expect(toggle).not.toBeChecked());
    expect(server.to('put /api/workflows/workflow/a')[0]?.body).toEqual({ enabled: false });
  });

  it('shows a toast and stays unchanged when the server refuses the change', async () => {
    const { server, core } = renderPage(listBody(workflowBody('a')));
    server.on('put /api/workflows/workflow/a', SERVER_ERROR);
    const toggle = await screen.findByRole('switch', { name: 'Enable Workflow a' });
    fireEvent.click(toggle);
    await waitFor(() => expect(core.toasts).toHaveLength(1));
    expect(core.toasts[0]?.title).toBe('Workflow a was not changed');
    await waitFor(() => expect(toggle).toBeEnabled());
    expect(toggle).toBeChecked();
  });

  it('cannot be used by a user who may only read workflows', async () => {
    renderPage(listBody(workflowBody('a')), { privileges: [WORKFLOW_PRIVILEGES.read] });
    expect(await screen.findByRole('switch', { name: 'Enable Workflow a' })).toBeDisabled();
    await openMenu('Workflow a');
    expect(await screen.findByText('View')).toBeInTheDocument();
    expect(screen.queryByText('Delete')).toBeNull();
  });
});

/** Selects the workflows `a` and `b` in the list. */
async function chooseBoth() {
  for (const name of ['Select Workflow a', 'Select Workflow b'])
    fireEvent.click(await screen.findByRole('checkbox', { name }));
}

describe('deleting workflows', () => {
  const DELETE = 'delete /api/workflows';
  const confirm = async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Delete 2 workflows' }));
    const dialog = within(await screen.findByRole('alertdialog'));
    fireEvent.click(dialog.getByRole('button', { name: 'Delete 2 workflows' }));
  };

  it('asks first, sends one request for all, and counts a workflow as deleted that no longer exists', async () => {
    const { server, core } = renderPage(listBody(workflowBody('a'), workflowBody('b')));
    const gone = { id: 'b', code: 'workflow_not_found', error: 'secret detail' };
    server.on(DELETE, { total: 2, deleted: 1, failures: [gone] });
    await chooseBoth();
    fireEvent.click(screen.getByRole('button', { name: 'Delete 2 workflows' }));
    const dialog = within(await screen.findByRole('alertdialog'));
    expect(server.to(DELETE)).toEqual([]);
    server.on(LIST, listBody());
    fireEvent.click(dialog.getByRole('button', { name: 'Delete 2 workflows' }));
    expect(await screen.findByText('Create your first workflow')).toBeVisible();
    await waitFor(() => expect(core.toasts[0]?.title).toBe('2 workflows were deleted'));
    expect(server.to(DELETE).map(({ body }) => body)).toEqual([{ ids: ['a', 'b'] }]);
  });

  it('names the refused workflows with reasons, and keeps them selected for another attempt', async () => {
    const { server } = renderPage(listBody(workflowBody('a'), workflowBody('b')));
    const refused = { id: 'b', code: 'stale_version', error: 'secret detail' };
    server.on(DELETE, { total: 2, deleted: 1, failures: [refused] });
    await chooseBoth();
    await confirm();
    expect(await screen.findByText('Workflow b was not deleted')).toBeVisible();
    expect(screen.getByText(/^The server refused the change/)).toBeVisible();
    expect(screen.getByRole('alertdialog', { name: /^Delete Workflow b/ })).toBeVisible();
  });

  it('keeps all workflows selected for another attempt when the request fails', async () => {
    const { server } = renderPage(listBody(workflowBody('a'), workflowBody('b')));
    server.on(DELETE, SERVER_ERROR);
    await chooseBoth();
    await confirm();
    expect(await screen.findByText('2 workflows were not deleted')).toBeVisible();
    expect(screen.getByRole('alertdialog', { name: /^Delete 2 workflows/ })).toBeVisible();
  });

  it('does not claim that nothing was deleted when the response was lost', async () => {
    const { server } = renderPage(listBody(workflowBody('a'), workflowBody('b')));
    server.lose(DELETE);
    await chooseBoth();
    await confirm();
    expect(await screen.findByText('The server did not respond')).toBeVisible();
    expect(screen.getByText(/^It is not known if this was done/)).toBeVisible();
    expect(screen.queryByText(/not deleted/)).toBeNull();
  });
});

describe('enabling chosen workflows', () => {
  const ENABLE = 'post /api/workflows/enabled';

  it('does not claim that nothing was changed when the response was lost', async () => {
    const { server, core } = renderPage(listBody(workflowBody('a', { enabled: false })));
    server.lose(ENABLE);
    fireEvent.click(await screen.findByRole('checkbox', { name: 'Select Workflow a' }));
    fireEvent.click(screen.getByRole('button', { name: 'Enable' }));
    await waitFor(() => expect(core.toasts).toHaveLength(1));
    expect(core.toasts[0]).toMatchObject({
      title: 'The server did not respond',
      text: expect.stringMatching(/^It is not known if this was done/),
    });
  });

  it('enables the disabled workflows with one request, and names those that were refused', async () => {
    const off = { enabled: false };
    const { server, core } = renderPage(
      listBody(workflowBody('a', off), workflowBody('b', off), workflowBody('c')),
    );
    const refused = { id: 'b', code: 'schedule_limit_reached', error: 'secret detail' };
    server.on(ENABLE, { total: 2, changed: 1, failures: [refused] });
    await chooseBoth();
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select Workflow c' }));
    fireEvent.click(screen.getByRole('button', { name: 'Enable' }));
    await waitFor(() => expect(core.toasts).toHaveLength(2));
    expect(core.toasts).toMatchObject([
      { title: '1 workflow is enabled' },
      {
        title: '1 workflow was not changed',
        text: 'Workflow b: Too many workflows run on a schedule as this user. Disable some first.',
      },
    ]);
    expect(server.to(ENABLE).map(({ body }) => body)).toEqual([{ ids: ['a', 'b'], enabled: true }]);
  });

  it('is offered only if it changes a chosen workflow and the user may do it', async () => {
    renderPage(listBody(workflowBody('a'), workflowBody('b')), {
      privileges: [WORKFLOW_PRIVILEGES.read, WORKFLOW_PRIVILEGES.update],
    });
    await chooseBoth();
    expect(screen.getByRole('button', { name: 'Enable' })).toBeDisabled();
    expect(screen.getByRole('button', { name: 'Disable' })).toBeEnabled();
    expect(screen.queryByRole('button', { name: /^Delete/ })).toBeNull();
  });
});
