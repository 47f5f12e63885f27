import { expect, it } from '@jest/globals';
import { coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { FakeServer, overviewBody } from '../fake_server.mock.ts';
import { GrantsPage } from './grants_page.tsx';

const ANA = {
  profile_uid: 'u_ana',
  username: 'ana',
  connection_status: 'connected',
  connector_id: 'd',
  connector_name: 'Drive',
};

it('names what a checkbox selects, and searches users by name at the server, and says when more match', async () => {
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
  // A job would end more than a search selects.
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
