import { coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { SpaceMenu } from './space_menu.tsx';

const spaces = [
  { id: 'default', name: 'Default', disabledFeatures: [], version: 'v1' },
  { id: 'sales', name: 'Sales', disabledFeatures: [], version: 'v1' },
];

function start(privileges: string[]) {
  const core = coreStartMock({
    boot: {
      basePath: '/base',
      space: { id: 'sales', name: 'Sales' },
      user: { username: 'ana', roles: [], privileges },
    },
    fetch: async () => ({
      status: 200,
      headers: { get: () => 'application/json' },
      text: async () => JSON.stringify(spaces),
    }),
  });
  renderWithCore(<SpaceMenu />, { core });
  fireEvent.click(screen.getByRole('button', { name: /Space Sales/ }));
}

it('the menu of spaces links to the start page of each space and marks the current one', async () => {
  start([]);
  expect(await screen.findByRole('link', { name: 'Default' })).toHaveAttribute('href', '/base/');
  const current = screen.getByRole('link', { name: 'Sales' });
  expect(current).toHaveAttribute('href', '/base/s/sales/');
  expect(current).toHaveAttribute('aria-current', 'true');
  expect(screen.queryByRole('link', { name: 'Manage spaces' })).toBeNull();
});

it('the menu of spaces links to the page of spaces for users who manage spaces', async () => {
  start(['spaces:manage']);
  const link = await screen.findByRole('link', { name: 'Manage spaces' });
  expect(link).toHaveAttribute('href', '/base/app/spaces');
  await screen.findByRole('link', { name: 'Default' });
});
