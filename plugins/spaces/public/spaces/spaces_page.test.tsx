import {
  bootDataMock,
  coreStartMock,
  FakeServer,
  STALE_VERSION,
} from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { spacesKeys } from '../spaces_queries.ts';
import { SpacesPage } from './spaces_page.tsx';

const LIST = 'get /internal/spaces/spaces';
const PUT = 'put /api/spaces/space/sales';

const space = (name: string, disabledFeatures: readonly string[], version: string) => ({
  id: 'sales',
  name,
  disabledFeatures,
  version,
});
/** As another administrator has changed the space. */
const theirs = space('Theirs', ['workflows'], 'v2');

/** Opens the form of a space, which another administrator then changes. */
async function editChanged() {
  const server = new FakeServer().on(LIST, [space('First', [], 'v1')]);
  const saves: URLSearchParams[] = [];
  const core = coreStartMock({
    fetch: (url, init) => {
      if (init.method === 'PUT') saves.push(new URL(url, 'http://localhost').searchParams);
      return server.fetch(url, init);
    },
    boot: { user: bootDataMock().user },
  });
  renderWithCore(<SpacesPage />, { core, path: '/app/spaces?edit=sales' });
  const name = await screen.findByLabelText('Name');
  fireEvent.change(name, { target: { value: 'Mine' } });
  server.on(LIST, [theirs]).on(PUT, STALE_VERSION);
  // The list is also requested again when the window gets the focus.
  await act(() => core.queryClient.refetchQueries({ queryKey: spacesKeys.list() }));
  fireEvent.click(screen.getByRole('button', { name: 'Save space' }));
  await screen.findByText(/^Another administrator has changed these values/);
  expect(saves.map((query) => query.get('version'))).toEqual(['v1']);
  expect(name).toHaveValue('Mine');
  return { server, core, saves };
}

it('the form of a space does not overwrite the changes of another administrator, and loads them on request', async () => {
  const { saves } = await editChanged();
  fireEvent.click(screen.getByRole('button', { name: 'Discard input and load current values' }));
  await waitFor(() => expect(screen.getByLabelText('Name')).toHaveValue('Theirs'));
  expect(screen.queryByText(/^Another administrator has changed/)).toBeNull();
  expect(saves).toHaveLength(1);
});

it('the form of a space keeps stored values that it does not show when it overwrites the changes of another administrator', async () => {
  const { server, core, saves } = await editChanged();
  server.on(PUT, theirs);
  fireEvent.click(screen.getByRole('button', { name: 'Overwrite' }));
  await waitFor(() => expect(core.toasts[0]?.title).toBe('Space Mine saved'));
  expect(saves.at(-1)?.get('version')).toBe('v2');
  expect(server.to(PUT).at(-1)?.body).toMatchObject({
    name: 'Mine',
    disabledFeatures: ['workflows'],
  });
});

it('the form of a space resets its initials and color when their fields are emptied', async () => {
  const server = new FakeServer().on(LIST, [
    { ...space('Sales', [], 'v1'), initials: 'XY', color: '#00bfb3' },
  ]);
  const core = coreStartMock({ fetch: server.fetch, boot: { user: bootDataMock().user } });
  renderWithCore(<SpacesPage />, { core, path: '/app/spaces?edit=sales' });
  fireEvent.change(await screen.findByLabelText(/^Initials/), { target: { value: '' } });
  fireEvent.change(screen.getByLabelText(/^Color/), { target: { value: '' } });
  server.on(PUT, space('Sales', [], 'v2'));
  fireEvent.click(screen.getByRole('button', { name: 'Save space' }));
  await waitFor(() => expect(core.toasts[0]?.title).toBe('Space Sales saved'));
  expect(server.to(PUT).at(-1)?.body).toMatchObject({ initials: '', color: '' });
});
