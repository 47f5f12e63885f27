import { fireEvent, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { ListPage, type ListPageProps } from './list_page.tsx';

function start(changes: Partial<ListPageProps> = {}) {
  const onCreate = vi.fn();
  const onSearch = vi.fn();
  renderWithCore(
    <ListPage
      title="Roles"
      description="What users may do."
      create={{ label: 'Create role', onClick: onCreate }}
      search={{ label: 'Search by name', value: '', onChange: onSearch }}
      isLoading={false}
      {...changes}
    >
      <p>The list</p>
    </ListPage>,
  );
  return { onCreate, onSearch };
}

it('a list page has one first-level heading, the main action and a named search field', () => {
  const { onCreate, onSearch } = start();
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Roles');
  fireEvent.click(screen.getByRole('button', { name: 'Create role' }));
  fireEvent.change(screen.getByRole('searchbox', { name: 'Search by name' }), {
    target: { value: 'sell' },
  });
  expect(onCreate).toHaveBeenCalledTimes(1);
  expect(onSearch).toHaveBeenCalledWith('sell');
  expect(screen.getByText('The list')).toBeVisible();
});

it('a list page shows a named placeholder in place of the list while the list loads', () => {
  start({ isLoading: true });
  expect(screen.getByRole('status', { name: 'Loading the list' })).toBeVisible();
  expect(screen.queryByText('The list')).toBeNull();
});

it('a list page shows a failure in place of search and list, and loads again when the user asks', () => {
  const onRetry = vi.fn();
  start({ failure: { text: 'The server does not respond.', onRetry } });
  expect(screen.getByText('The server does not respond.')).toBeVisible();
  expect(screen.queryByRole('searchbox')).toBeNull();
  expect(screen.queryByText('The list')).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(onRetry).toHaveBeenCalledTimes(1);
});

it('a list page keeps a list that could not be loaded again, says that it may be out of date, and loads it again when the user asks', () => {
  const onRetry = vi.fn();
  start({ outdated: { text: 'The server does not respond.', onRetry } });
  expect(screen.getByText('The list may be out of date')).toBeVisible();
  expect(screen.getByText('The list')).toBeVisible();
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(onRetry).toHaveBeenCalledTimes(1);
});

it('a list page shows the empty state in place of search and list, without a second main action', () => {
  start({ empty: <button type="button">Create the first role</button> });
  expect(screen.getAllByRole('button')).toHaveLength(1);
  expect(screen.queryByRole('searchbox')).toBeNull();
});

it('a list page offers no main action to a user who may not create entries', () => {
  start({ create: undefined });
  expect(screen.queryByRole('button', { name: 'Create role' })).toBeNull();
});
