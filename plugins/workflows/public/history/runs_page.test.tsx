import { coreStartMock, FakeServer } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { useLocation } from 'react-router';
import { expect, it } from 'vitest';
import { runMock, stepMock } from '../run_data/runs.mock.ts';
import { ComparePage } from './compare_page.tsx';
import { RunsPage } from './runs_page.tsx';

const LIST = 'get /api/workflows/executions';

const listed = (id: string, changes: object = {}) => {
  const { waits: _, stepExecutions: __, currentSteps: ___, ...run } = runMock({ id });
  return { spaceId: 'default', ...run, ...changes };
};

const WORKFLOW = {
  ...{ id: 'w-1', enabled: true, tags: [], valid: true, version: '1', triggers: [], yaml: '' },
  ...{ definition: {}, createdAt: '2030-01-01T00:00:00.000Z', createdBy: 'ana' },
  ...{ lastUpdatedAt: '2030-01-01T00:00:00.000Z', lastUpdatedBy: 'ana' },
};

function Location() {
  const { search } = useLocation();
  return <p>{`Query: ${search}`}</p>;
}

function renderList(results: readonly object[], path = '/') {
  const urls: string[] = [];
  const server = new FakeServer().on(LIST, { page: 1, size: 25, total: results.length, results });
  const core = coreStartMock({
    fetch: (url, init) => {
      urls.push(url);
      return server.fetch(url, init);
    },
  });
  renderWithCore(
    <>
      <RunsPage />
      <Location />
    </>,
    { core, path },
  );
  return { server, core, urls };
}

it('the page of runs requests the runs that match the filter in the URL', async () => {
  const { urls } = renderList(
    [listed('run-1')],
    '/?status=failed&user=ana&trigger=manual&workflow=search&waiting=me&page=2',
  );
  await screen.findByText('sources.google_drive.search');
  const [url = ''] = urls;
  expect(Object.fromEntries(new URL(url, 'http://localhost').searchParams)).toEqual({
    page: '2',
    size: '25',
    statuses: 'failed',
    executedBy: 'ana',
    triggeredBy: 'manual',
    workflowId: 'search',
    waitingForMe: 'true',
  });
});

it('the page of runs writes changes of the filter to the URL and goes to the first page', async () => {
  renderList([listed('run-1')], '/?page=3&workflow=search');
  fireEvent.change(await screen.findByLabelText('Trigger'), { target: { value: 'scheduled' } });
  expect(await screen.findByText('Query: ?trigger=scheduled&workflow=search')).toBeVisible();
  fireEvent.change(screen.getByRole('searchbox', { name: 'User name' }), {
    target: { value: 'ben' },
  });
  expect(
    await screen.findByText('Query: ?user=ben&trigger=scheduled&workflow=search'),
  ).toBeVisible();
});

it('the page of runs applies a date when the user leaves its field', async () => {
  renderList([listed('run-1')]);
  const field = await screen.findByLabelText('Started after');
  fireEvent.change(field, { target: { value: '0002-01-02T03:04' } });
  expect(field).toHaveValue('0002-01-02T03:04');
  expect(screen.getByText('Query:')).toBeVisible();
  fireEvent.change(field, { target: { value: '2030-01-02T03:04' } });
  fireEvent.blur(field);
  const from = encodeURIComponent(new Date(2030, 0, 2, 3, 4).toISOString());
  expect(await screen.findByText(`Query: ?from=${from}`)).toBeVisible();
});

it('the page of runs applies a date when the user presses Enter', async () => {
  renderList([listed('run-1')]);
  const field = await screen.findByLabelText('Started before');
  fireEvent.change(field, { target: { value: '2030-01-02T03:04' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  const to = encodeURIComponent(new Date(2030, 0, 2, 3, 4).toISOString());
  expect(await screen.findByText(`Query: ?to=${to}`)).toBeVisible();
});

it('the page of runs shows no workflow id in the filter while runs are loading', async () => {
  renderList([listed('run-1', { workflowId: 'w-1' })], '/?workflow=w-1');
  expect(screen.getByText('One workflow')).toBeVisible();
  expect(await screen.findByText('Workflow: sources.google_drive.search')).toBeVisible();
});

it('the page of runs names the workflow in the filter when the workflow has no runs', async () => {
  const { server } = renderList([], '/?workflow=w-1');
  server.on('get /api/workflows/workflow/w-1', { ...WORKFLOW, name: 'Nightly report' });
  expect(await screen.findByText('Workflow: Nightly report')).toBeVisible();
  expect(screen.queryByText('Workflow: w-1')).toBeNull();
});

it('the page of runs offers to remove the conditions when no run matches', async () => {
  renderList([], '/?user=zoe&workflow=search');
  fireEvent.click(await screen.findByRole('button', { name: 'Clear filters' }));
  expect(await screen.findByText('Query: ?workflow=search')).toBeVisible();
});

it('the page of runs compares two chosen runs, the older one first', async () => {
  const { core } = renderList([
    listed('new', { workflowName: 'New', createdAt: '2030-01-02T00:00:00Z' }),
    listed('old', { workflowName: 'Old', createdAt: '2030-01-01T00:00:00Z' }),
  ]);
  fireEvent.click(await screen.findByRole('checkbox', { name: /^Select the run of New/ }));
  expect(screen.getByRole('button', { name: 'Select one more run to compare' })).toBeDisabled();
  fireEvent.click(screen.getByRole('checkbox', { name: /^Select the run of Old/ }));
  fireEvent.click(screen.getByRole('button', { name: 'Compare 2 runs' }));
  expect(core.visited).toEqual(['/app/workflows/executions/compare?first=old&second=new']);
});

function renderComparison(changes: object = {}, path = '/?first=a&second=b') {
  const run = (id: string, output: unknown) => ({
    spaceId: 'default',
    ...runMock({ id }),
    stepExecutions: [{ ...stepMock('count', [0, 1]), executionTimeMs: 1, output }],
  });
  const server = new FakeServer()
    .on('get /api/workflows/executions/a', run('a', 'three'))
    .on('get /api/workflows/executions/b', { ...run('b', 'four'), ...changes })
    .on('get /api/workflows/executions/gone', {
      status: 404,
      body: { statusCode: 404, message: 'no' },
    });
  renderWithCore(<ComparePage />, {
    core: coreStartMock({ fetch: server.fetch }),
    path,
  });
  return { server };
}

it('the comparison shows the differences of two runs', async () => {
  renderComparison();
  expect(await screen.findByText('Output differs')).toBeVisible();
  fireEvent.click(screen.getByRole('button', { name: 'count' }));
  await waitFor(() => expect(screen.getByText('four')).toBeVisible());
  expect(screen.getByText('three')).toBeVisible();
});

it('the comparison loads further steps of both runs', async () => {
  const { server } = renderComparison({ stepExecutionsTruncatedCount: 1 });
  const further = { ...stepMock('further', [1, 2]), executionTimeMs: 1, output: 'new' };
  server.on('get /api/workflows/executions/b/steps', {
    page: 1,
    size: 500,
    total: 2,
    results: [further],
  });
  fireEvent.click(await screen.findByRole('button', { name: 'Show 1 more step' }));
  fireEvent.click(await screen.findByRole('button', { name: 'further' }));
  expect(await screen.findByText('Only in one run')).toBeVisible();
  expect(screen.queryByRole('button', { name: /more step/ })).toBeNull();
  expect(server.to('get /api/workflows/executions/a/steps')).toEqual([]);
});

it('the comparison does not say that steps are equal when the user cannot see their values', async () => {
  renderComparison({ isReadable: false });
  expect(await screen.findByRole('button', { name: 'count' })).toBeVisible();
  expect(screen.queryByText('Same')).toBeNull();
  expect(screen.queryByText('Output differs')).toBeNull();
});

it.each([
  ['names a run that does not exist', '/?first=a&second=gone', /^One of them does not exist/],
  ['names one run only', '/?first=a', /fewer than two runs/],
])(
  'the comparison says why nothing is compared when the link %s, and links to the runs',
  async (_, path, text) => {
    renderComparison({}, path);
    await screen.findByRole('heading', { name: 'These runs cannot be compared', level: 1 });
    expect(screen.getByText(text)).toBeVisible();
    expect(screen.getByRole('link', { name: 'All runs' })).toHaveAttribute(
      'href',
      '/app/workflows/executions',
    );
  },
);
