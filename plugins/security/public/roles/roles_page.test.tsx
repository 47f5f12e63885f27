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
import { RolesPage } from './roles_page.tsx';

const LIST = 'get /internal/security/roles';
const PUT = 'put /api/security/role/sellers';

const role = (description: string, version: string) => ({
  name: 'sellers',
  description,
  metadata: {},
  transient_metadata: { enabled: true },
  elasticsearch: { cluster: [], indices: [], run_as: [] },
  kibana: [{ base: ['read'], feature: {}, spaces: ['default'] }],
  _transform_error: [],
  _unrecognized_applications: [],
  version,
});

/** Opens the form of a role, which another administrator then changes. */
async function editChanged() {
  const server = new FakeServer()
    .on(LIST, [role('First', 'v1')])
    .on('get /internal/security/features', []);
  const saves: URLSearchParams[] = [];
  const core = coreStartMock({
    fetch: (url, init) => {
      if (init.method === 'PUT') saves.push(new URL(url, 'http://localhost').searchParams);
      return server.fetch(url, init);
    },
    boot: { user: bootDataMock().user },
  });
  renderWithCore(<RolesPage />, { core, path: '/app/roles?edit=sellers' });
  const description = await screen.findByLabelText(/^Description/);
  fireEvent.change(description, { target: { value: 'Mine' } });
  server.on(LIST, [role('Theirs', 'v2')]).on(PUT, STALE_VERSION);
  // Requests the list again, as happens when the window gets the focus. The form must still save
  // with the version that it has read.
  await act(() => core.queryClient.refetchQueries({ queryKey: securityKeys.roles() }));
  fireEvent.click(screen.getByRole('button', { name: 'Save role' }));
  await screen.findByText(/^Another administrator has changed these values/);
  expect(saves.map((query) => query.get('version'))).toEqual(['v1']);
  expect(description).toHaveValue('Mine');
  return { server, core, saves };
}

it('the form of a role does not overwrite what another administrator has saved, and loads it when the user asks', async () => {
  const { saves } = await editChanged();
  fireEvent.click(screen.getByRole('button', { name: 'Discard input and load current values' }));
  await waitFor(() => expect(screen.getByLabelText(/^Description/)).toHaveValue('Theirs'));
  expect(screen.queryByText(/^Another administrator has changed/)).toBeNull();
  expect(saves).toHaveLength(1);
});

it('the form of a role overwrites what another administrator has saved when the user chooses to', async () => {
  const { server, core, saves } = await editChanged();
  server.on(PUT, { status: 204 });
  fireEvent.click(screen.getByRole('button', { name: 'Overwrite' }));
  await waitFor(() => expect(core.toasts[0]?.title).toBe('Role sellers saved'));
  expect(saves.at(-1)?.has('version')).toBe(false);
  expect(server.to(PUT).at(-1)?.body).toMatchObject({ description: 'Mine' });
});
