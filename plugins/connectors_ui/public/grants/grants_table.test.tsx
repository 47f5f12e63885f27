import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { type GrantFilter, NO_FILTER, readGrantFilter } from './grant_filter.ts';
import { GrantsTable } from './grants_table.tsx';
import { JobList } from './job_list.tsx';
import { RevocationDialog } from './revocation_dialog.tsx';

const nothing = (): void => undefined;
const filter = readGrantFilter(new URLSearchParams());

function renderEmpty(changes: Partial<GrantFilter>, total = 0) {
  const onChange = vi.fn();
  renderWithCore(
    <GrantsTable
      page={{ grants: [], total }}
      filter={{ ...filter, ...changes }}
      isLoading={false}
      chosen={[]}
      onChange={onChange}
      onChoose={nothing}
      onEnd={nothing}
    />,
  );
  return onChange;
}

it('the table of authorizations says that no user is connected when it is empty and there are no filters', () => {
  renderEmpty({});
  expect(screen.getByRole('heading', { name: 'No authorizations yet' })).toBeVisible();
  expect(screen.queryByRole('table')).toBeNull();
  expect(screen.queryByRole('button')).toBeNull();
});

it('the table of authorizations offers to clear all filters when no authorization matches them', () => {
  const onChange = renderEmpty({ search: 'zoe', status: 'connected' });
  fireEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
  expect(onChange).toHaveBeenCalledWith(NO_FILTER);
});

it('the table of authorizations links to the first page when the current page has become empty', () => {
  const onChange = renderEmpty({ page: 2 }, 25);
  fireEvent.click(screen.getByRole('button', { name: 'Go to the first page' }));
  expect(onChange).toHaveBeenCalledWith({ page: 0 });
});

it('the table of revocation jobs shows no id when the connector of a job is unknown', () => {
  renderWithCore(
    <JobList
      jobs={[
        {
          id: 'job-1',
          scope: { type: 'connector', connector_id: 'raw-id' },
          reason: 'mass_revoke',
          state: 'completed',
          is_settled: true,
          created_at: '2026-11-28T09:00:00Z',
          total: 1,
          ended: 1,
          failed: 0,
          revocation: { revoked: 1, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
        },
      ]}
      connectorName={() => undefined}
      onCancel={nothing}
    />,
  );
  expect(screen.getByText('Deleted connector, or connector of another space')).toBeVisible();
  expect(screen.queryByText(/raw-id/)).toBeNull();
});

it('the dialog to end authorizations can only be closed when there is no authorization to end', () => {
  renderWithCore(
    <RevocationDialog
      scope="connector"
      name="Drive"
      count={0}
      isStarting={false}
      failure={undefined}
      onConfirm={nothing}
      onClose={nothing}
    />,
  );
  expect(screen.getByText('There is no authorization to end.')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Close' })).toHaveFocus();
  expect(screen.queryByRole('button', { name: 'End authorizations' })).toBeNull();
});
