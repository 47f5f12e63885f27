import { coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { focusManager } from '@tanstack/react-query';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { connectorBody, FakeServer, overviewBody } from '../fake_server.mock.ts';
import { grantKeys } from './grant_queries.ts';
import { GrantsPage } from './grants_page.tsx';

const ANA = {
  profile_uid: 'u_ana',
  username: 'ana',
  connection_status: 'connected',
  connector_id: 'd',
  connector_name: 'Drive',
};

it('the page of authorizations names each checkbox, and searches users by name on the server', async () => {
  const urls: string[] = [];
  const server = new FakeServer()
    .on('post /internal/actions/_me/overview', overviewBody())
    .on('get /internal/actions/_me/overview', overviewBody())
    .on('get /internal/actions/grants', { grants: [ANA], total: 1, page: 1, per_page: 25 })
    .on('get /api/actions/grants/_revoke', { jobs: [], total: 0, page: 1, per_page: 10 });
  const core = coreStartMock({
    fetch: (url, init) => {
      urls.push(url);
      return server.fetch(url, init);
    },
  });
  renderWithCore(<GrantsPage />, { core });
  const box = await screen.findByRole('checkbox', {
    name: 'Select the authorization of ana for Drive',
  });
  expect(box).not.toBeChecked();
  // Not offered for the search: a job would end more authorizations than the search selects.
  expect(screen.getByRole('button', { name: 'End all authorizations' })).toBeVisible();
  fireEvent.change(screen.getByRole('searchbox', { name: 'Search users by name' }), {
    target: { value: 'an' },
  });
  await waitFor(() => expect(urls.some((url) => /grants\?.*user=an(&|$)/.test(url))).toBe(true));
  expect(screen.queryByRole('button', { name: 'End all authorizations' })).toBeNull();

  expect(screen.queryByText(/users match the search/)).toBeNull();
  server.on('get /internal/actions/grants', {
    grants: [ANA],
    total: 1,
    page: 1,
    per_page: 25,
    users_cut_to: 500,
  });
  fireEvent.change(screen.getByRole('searchbox', { name: 'Search users by name' }), {
    target: { value: 'a' },
  });
  expect(await screen.findByText(/^More than 500 users match the search/)).toBeVisible();
});

it('the page of authorizations ends only rows that are still shown as chosen, even after a search without a match', async () => {
  const found = { grants: [ANA], total: 1, page: 1, per_page: 25 };
  const server = new FakeServer()
    .on('post /internal/actions/_me/overview', overviewBody())
    .on('get /internal/actions/grants', found)
    .on('get /api/actions/grants/_revoke', { jobs: [], total: 0, page: 1, per_page: 10 });
  renderWithCore(<GrantsPage />, { core: coreStartMock({ fetch: server.fetch }) });
  const name = 'Select the authorization of ana for Drive';
  const end = { name: 'End 1 authorization' };
  fireEvent.click(await screen.findByRole('checkbox', { name }));
  expect(screen.getByRole('button', end)).toBeVisible();
  server.on('get /internal/actions/grants', { ...found, grants: [], total: 0 });
  fireEvent.change(screen.getByRole('searchbox', { name: 'Search users by name' }), {
    target: { value: 'zoe' },
  });
  const clear = await screen.findByRole('button', { name: 'Clear filters' });
  server.on('get /internal/actions/grants', found);
  fireEvent.click(clear);
  expect(await screen.findByRole('checkbox', { name })).toBeChecked();
  expect(screen.getByRole('button', end)).toBeVisible();
});

it('the page of authorizations keeps the list and the chosen rows when the list cannot be loaded again, and says so', async () => {
  const found = { grants: [ANA], total: 1, page: 1, per_page: 25 };
  const server = new FakeServer()
    .on('post /internal/actions/_me/overview', overviewBody())
    .on('get /internal/actions/grants', found)
    .on('get /api/actions/grants/_revoke', { jobs: [], total: 0, page: 1, per_page: 10 });
  const core = coreStartMock({ fetch: server.fetch });
  renderWithCore(<GrantsPage />, { core });
  const name = 'Select the authorization of ana for Drive';
  fireEvent.click(await screen.findByRole('checkbox', { name }));
  server.on('get /internal/actions/grants', { status: 500 });
  await act(() => core.queryClient.invalidateQueries({ queryKey: grantKeys.all }));
  expect(await screen.findByText('The list may be out of date')).toBeVisible();
  expect(screen.getByRole('checkbox', { name })).toBeChecked();
  server.on('get /internal/actions/grants', found);
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(screen.queryByText('The list may be out of date')).toBeNull());
  expect(screen.getByRole('checkbox', { name })).toBeChecked();
});

it('the page of authorizations requests the number of grants to revoke when its dialog opens, but not when the window gets the focus', async () => {
  const COUNT = 'post /api/actions/grants/_revoke';
  const server = new FakeServer()
    .on('post /internal/actions/_me/overview', overviewBody())
    .on('get /internal/actions/grants', { grants: [ANA], total: 1, page: 1, per_page: 25 })
    .on('get /api/actions/grants/_revoke', { jobs: [], total: 0, page: 1, per_page: 10 })
    .on(COUNT, { dry_run: true, total: 0 });
  renderWithCore(<GrantsPage />, { core: coreStartMock({ fetch: server.fetch }) });
  const ask = async () => {
    fireEvent.click(await screen.findByRole('button', { name: 'End all authorizations' }));
    return screen.findByRole('alertdialog');
  };
  await ask();
  expect(await screen.findByText('There is no authorization to end.')).toBeVisible();
  const dialog = screen.getByRole('alertdialog');
  const reads = server.to('get /internal/actions/grants').length;
  act(() => focusManager.setFocused(false));
  act(() => focusManager.setFocused(true));
  focusManager.setFocused(undefined);
  // Other requests of the page are repeated.
  await waitFor(() =>
    expect(server.to('get /internal/actions/grants').length).toBeGreaterThan(reads),
  );
  expect(server.to(COUNT)).toHaveLength(1);
  expect(screen.getByRole('alertdialog')).toBe(dialog);

  const [close] = screen.getAllByRole('button', { name: 'Close' });
  fireEvent.click(close as HTMLElement);
  server.on(COUNT, { dry_run: true, total: 2 });
  await ask();
  expect(screen.queryByText('There is no authorization to end.')).toBeNull();
  expect(await screen.findByText('2 authorizations end.')).toBeVisible();
  expect(server.to(COUNT)).toHaveLength(2);
});

it('the page of authorizations names the connector in a dialog that was opened before the names were loaded', async () => {
  const overview = Promise.withResolvers<undefined>();
  const connectors = [connectorBody('d', { name: 'Drive' })];
  const server = new FakeServer()
    .on('post /internal/actions/_me/overview', overviewBody({ connectors }))
    .on('get /internal/actions/grants', { grants: [ANA], total: 1, page: 1, per_page: 25 })
    .on('get /api/actions/grants/_revoke', { jobs: [], total: 0, page: 1, per_page: 10 })
    .on('post /api/actions/grants/_revoke', { dry_run: true, total: 1 });
  const core = coreStartMock({
    fetch: async (url, init) => {
      if (url.includes('/_me/overview')) await overview.promise;
      return server.fetch(url, init);
    },
  });
  renderWithCore(<GrantsPage />, { core, path: '/app/grants?connector=d' });
  fireEvent.click(await screen.findByRole('button', { name: 'End all of this connector' }));
  expect(await screen.findByText('1 authorization ends.')).toBeVisible();
  overview.resolve(undefined);
  expect(await screen.findByRole('alertdialog', { name: /of Drive\?$/ })).toBeVisible();
});

const REVOKE_ONE = 'delete /api/actions/connector/d/grants/u_ana';
const JOBS = 'get /api/actions/grants/_revoke';

it('the page of authorizations does not claim that an authorization was not ended when the response was lost', async () => {
  const server = new FakeServer()
    .on('post /internal/actions/_me/overview', overviewBody())
    .on('get /internal/actions/grants', { grants: [ANA], total: 1, page: 1, per_page: 25 })
    .on(JOBS, { jobs: [], total: 0, page: 1, per_page: 10 })
    .lose(REVOKE_ONE);
  const { core } = renderWithCore(<GrantsPage />, {
    core: coreStartMock({ fetch: server.fetch }),
  });
  fireEvent.click(
    await screen.findByRole('checkbox', { name: 'Select the authorization of ana for Drive' }),
  );
  fireEvent.click(screen.getByRole('button', { name: 'End 1 authorization' }));
  await waitFor(() => expect(core.failures).toHaveLength(1));
  expect(core.failures[0]).toMatchObject({
    title: 'The server did not respond',
    text: expect.stringMatching(/^It is not known if this was done/),
  });
});

it('the page of authorizations loads the jobs again when the response to a mass revocation was lost', async () => {
  const START = 'post /api/actions/grants/_revoke';
  const server = new FakeServer()
    .on('post /internal/actions/_me/overview', overviewBody())
    .on('get /internal/actions/grants', { grants: [ANA], total: 1, page: 1, per_page: 25 })
    .on(JOBS, { jobs: [], total: 0, page: 1, per_page: 10 })
    .on(START, { dry_run: true, total: 2 });
  renderWithCore(<GrantsPage />, { core: coreStartMock({ fetch: server.fetch }) });
  fireEvent.click(await screen.findByRole('button', { name: 'End all authorizations' }));
  expect(await screen.findByText('2 authorizations end.')).toBeVisible();
  server.lose(START);
  const reads = server.to(JOBS).length;
  fireEvent.click(screen.getByRole('button', { name: 'End authorizations' }));
  expect(await screen.findByText('The server did not respond')).toBeVisible();
  expect(screen.queryByText('The authorizations were not ended')).toBeNull();
  await waitFor(() => expect(server.to(JOBS).length).toBeGreaterThan(reads));
});

it('the page of authorizations shows what a mass revocation has ended and revoked, without a reload', async () => {
  const job = (state: string, ended: number, revoked: number) => ({
    jobs: [
      {
        ...{ id: 'j', scope: { type: 'connector', connector_id: 'd' }, reason: 'mass_revoke' },
        ...{ state, total: 1, ended, is_settled: revoked === 1 },
        failed: 0,
        revocation: { waiting: ended - revoked, revoked, unsupported: 0, failed: 0, replaced: 0 },
        created_at: '2030-01-01T00:00:00.000Z',
      },
    ],
    ...{ total: 1, page: 1, per_page: 10 },
  });
  const LIST = 'get /internal/actions/grants';
  const server = new FakeServer()
    .on('post /internal/actions/_me/overview', overviewBody())
    .on(LIST, { grants: [ANA], total: 1, page: 1, per_page: 25 })
    .on(JOBS, job('running', 0, 0));
  const core = coreStartMock({ fetch: server.fetch });
  renderWithCore(<GrantsPage />, { core });
  expect(await screen.findByText(/^0 of 1 ended/)).toBeVisible();
  await screen.findByRole('checkbox', { name: 'Select the authorization of ana for Drive' });
  const refetchJobs = () =>
    act(() => core.queryClient.refetchQueries({ queryKey: grantKeys.jobs() }));
  const pending = { ...ANA, connection_status: 'revocation_pending' };
  server
    .on(LIST, { grants: [pending], total: 1, page: 1, per_page: 25 })
    .on(JOBS, job('completed', 1, 0));
  await refetchJobs();
  expect(await screen.findByText('Revocation pending')).toBeVisible();
  server.on(LIST, { grants: [], total: 0, page: 1, per_page: 25 }).on(JOBS, job('completed', 1, 1));
  await refetchJobs();
  expect(await screen.findByText('No authorizations yet')).toBeVisible();
  // The page asks for the progress by itself, which must not extend the session.
  const [first, ...later] = server.to(JOBS).map(({ headers }) => headers['kbn-system-request']);
  expect(first).toBeUndefined();
  expect(later.length).toBeGreaterThanOrEqual(2);
  expect(new Set(later)).toEqual(new Set(['true']));
});
