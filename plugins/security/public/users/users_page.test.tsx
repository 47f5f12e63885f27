import {
  bootDataMock,
  coreStartMock,
  FakeServer,
  STALE_VERSION,
} from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { securityKeys } from '../security_queries.ts';
import { UsersPage } from './users_page.tsx';

const LIST = 'get /internal/security/users/_query';
const ONE = '/internal/security/users/ben';

const user = (full_name: string, enabled: boolean, version: string) => ({
  username: 'ben',
  roles: ['viewer'],
  full_name,
  email: null,
  metadata: {},
  enabled,
  profile_uid: 'u_ben',
  last_login: null,
  version,
});
const first = user('First', true, 'v1');
/** As another administrator has changed the user. */
const theirs = user('Theirs', false, 'v2');
const list = (...users: object[]) => ({ users, total: users.length, page: 1, per_page: 25 });

/** Opens the form of a user, whom another administrator then renames and disables. */
async function editChanged() {
  const server = new FakeServer().on(LIST, list(first)).on('get /internal/security/roles', []);
  const saves: URLSearchParams[] = [];
  const core = coreStartMock({
    fetch: (url, init) => {
      if (init.method === 'POST') saves.push(new URL(url, 'http://localhost').searchParams);
      return server.fetch(url, init);
    },
    boot: { user: bootDataMock().user },
  });
  renderWithCore(<UsersPage />, { core, path: '/app/users?edit=ben' });
  const name = await screen.findByLabelText(/^Full name/);
  fireEvent.change(name, { target: { value: 'Mine' } });
  server.on(LIST, list(theirs)).on(`get ${ONE}`, theirs).on(`post ${ONE}`, STALE_VERSION);
  // The list is also requested again when the window gets the focus.
  await act(() => core.queryClient.refetchQueries({ queryKey: securityKeys.users() }));
  fireEvent.click(screen.getByRole('button', { name: 'Save user' }));
  await screen.findByText(/^Another administrator has changed these values/);
  expect(saves.map((query) => query.get('version'))).toEqual(['v1']);
  expect(name).toHaveValue('Mine');
  return { server, core, saves };
}

it('the form of a user does not overwrite the changes of another administrator, and loads them on request', async () => {
  const { saves } = await editChanged();
  fireEvent.click(screen.getByRole('button', { name: 'Discard input and load current values' }));
  await waitFor(() => expect(screen.getByLabelText(/^Full name/)).toHaveValue('Theirs'));
  expect(screen.queryByText(/^Another administrator has changed/)).toBeNull();
  expect(saves).toHaveLength(1);
});

it('the form of a user stays open and loads the user when the search of the list no longer matches', async () => {
  const { server } = await editChanged();
  server.on(LIST, list());
  fireEvent.click(screen.getByRole('button', { name: 'Discard input and load current values' }));
  await waitFor(() => expect(screen.getByLabelText(/^Full name/)).toHaveValue('Theirs'));
  // The list is loaded again as well, and the form is still open then.
  expect(await screen.findByText('No user matches this search')).toBeInTheDocument();
  expect(screen.getByLabelText(/^Full name/)).toHaveValue('Theirs');
});

it('the form of a user keeps the input when the list is loaded again without the user', async () => {
  const { server, core } = await editChanged();
  server.on(LIST, list());
  await act(() => core.queryClient.refetchQueries({ queryKey: securityKeys.users() }));
  expect(await screen.findByText('No user matches this search')).toBeInTheDocument();
  expect(screen.getByLabelText(/^Full name/)).toHaveValue('Mine');
});

it('the form of a user keeps the input when the user to load was deleted', async () => {
  const { server, core } = await editChanged();
  server.on(`get ${ONE}`, {
    status: 404,
    body: {
      statusCode: 404,
      error: 'Not Found',
      message: 'gone',
      attributes: { code: 'user_not_found' },
    },
  });
  fireEvent.click(screen.getByRole('button', { name: 'Discard input and load current values' }));
  await waitFor(() => expect(core.toasts[0]?.title).toBe('The user could not be loaded'));
  expect(core.toasts[0]?.text).toMatch(/^This user no longer exists/);
  expect(screen.getByLabelText(/^Full name/)).toHaveValue('Mine');
});

it('the form of a user keeps a user disabled when it overwrites the changes of another administrator', async () => {
  const { server, core, saves } = await editChanged();
  server.on(`post ${ONE}`, theirs);
  fireEvent.click(screen.getByRole('button', { name: 'Overwrite' }));
  await waitFor(() => expect(core.toasts[0]?.title).toBe('User ben saved'));
  expect(saves.at(-1)?.get('version')).toBe('v2');
  expect(server.to(`post ${ONE}`).at(-1)?.body).toMatchObject({
    full_name: 'Mine',
    enabled: false,
  });
});
