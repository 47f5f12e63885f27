import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { toGrants } from '../grants/index.ts';
import { RoleFlyout, type RoleFlyoutProps } from './role_flyout.tsx';

function start(changes: Partial<RoleFlyoutProps> = {}) {
  const onSubmit = vi.fn<RoleFlyoutProps['onSubmit']>();
  renderWithCore(
    <RoleFlyout
      stored={undefined}
      features={[{ id: 'actions', name: 'Actions and Connectors' }]}
      spaces={[{ id: 'default', name: 'Default' }]}
      error={undefined}
      isSaving={false}
      onSubmit={onSubmit}
      onReload={() => undefined}
      onClose={() => undefined}
      {...changes}
    />,
  );
  return onSubmit;
}

it('the flyout of a role saves it only when its privileges grant something', async () => {
  const onSubmit = start();
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'sellers' } });
  fireEvent.click(screen.getByRole('button', { name: 'Add privileges' }));
  fireEvent.click(screen.getByRole('button', { name: 'Create role' }));
  expect(await screen.findByText(/Give at least one feature a level/)).toBeVisible();
  expect(onSubmit).not.toHaveBeenCalled();
  const group = screen.getByRole('group', { name: 'Level of Actions and connectors' });
  const use = [...group.querySelectorAll('button')].find((one) => one.textContent === 'Use');
  fireEvent.click(use ?? group);
  fireEvent.click(screen.getByRole('button', { name: 'Create role' }));
  await waitFor(() => expect(onSubmit).toHaveBeenCalledTimes(1));
  expect(onSubmit.mock.calls[0]?.[0]).toMatchObject({
    name: 'sellers',
    grants: [{ spaces: ['*'], base: 'custom', features: { actions: 'read' } }],
  });
});

it('the flyout of a role does not offer a feature that would have no effect in the chosen spaces', () => {
  const feature = { id: 'monitoring', name: 'Metrics', onlyInEverySpace: true };
  const levels = () =>
    screen.getByRole('group', { name: 'Level of Monitoring' }).querySelectorAll('button:enabled');
  start({
    features: [feature],
    stored: {
      name: 'watchers',
      metadata: {},
      kibana: [{ base: [], feature: { actions: ['all'] }, spaces: ['default'] }],
      elasticsearch: { cluster: [], indices: [], run_as: [] },
    },
  });
  expect(levels()).toHaveLength(0);
  expect(screen.getByText(/only in all spaces/)).toBeVisible();
});

it('the flyout of a role names privileges without effect, and saves them again', async () => {
  const feature = { actions: ['endpoint_security_execute'], discover: ['all'] };
  const onSubmit = start({
    stored: {
      name: 'imported',
      metadata: {},
      kibana: [{ base: [], feature, spaces: ['default'] }],
      elasticsearch: { cluster: [], indices: [], run_as: [] },
    },
  });
  expect(screen.getByText(/privileges grant nothing/)).toBeVisible();
  expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    'actions: endpoint_security_execute',
    'discover: all',
  ]);
  fireEvent.change(screen.getByLabelText(/Description/), { target: { value: 'Imported' } });
  fireEvent.click(screen.getByRole('button', { name: 'Save role' }));
  await waitFor(() => expect(onSubmit).toHaveBeenCalledTimes(1));
  const [values] = onSubmit.mock.calls[0] ?? [];
  expect(toGrants(values?.grants ?? [])).toEqual([{ base: [], feature, spaces: ['default'] }]);
});

it('the flyout of a role shows a built-in role without a button to save it', () => {
  start({
    stored: {
      name: 'viewer',
      metadata: { _reserved: true },
      kibana: [{ base: ['read'], feature: {}, spaces: ['*'] }],
      elasticsearch: { cluster: [], indices: [], run_as: [] },
    },
  });
  expect(screen.getByText('This role is built in and cannot be changed')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Save role' })).toBeNull();
  expect(screen.getByLabelText('Name')).toBeDisabled();
});
