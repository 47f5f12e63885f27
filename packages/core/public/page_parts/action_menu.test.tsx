import { fireEvent, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { ActionMenu, type MenuAction } from './action_menu.tsx';
import { ConfirmationDialog } from './confirmation_dialog.tsx';

const open = () => fireEvent.click(screen.getByRole('button', { name: 'More actions for ana' }));

it('the action menu has a button that names the entry, and computes its actions when it opens', async () => {
  const actionsOf = vi.fn((): readonly MenuAction[] => [
    { id: 'edit', label: 'Edit', icon: 'pencil' },
  ]);
  renderWithCore(<ActionMenu name="ana" actionsOf={actionsOf} />);
  expect(actionsOf).not.toHaveBeenCalled();
  open();
  await screen.findByText('Edit');
  expect(actionsOf).toHaveBeenCalled();
});

it('the action menu closes and runs the action that the user chose', async () => {
  const onClick = vi.fn();
  renderWithCore(
    <ActionMenu
      name="ana"
      actionsOf={() => [{ id: 'delete', label: 'Delete', icon: 'trash', isDanger: true, onClick }]}
    />,
  );
  open();
  fireEvent.click(await screen.findByText('Delete'));
  expect(onClick).toHaveBeenCalledTimes(1);
  await waitFor(() => expect(screen.queryByText('Delete')).toBeNull());
});

it('the action menu shows a page as a link, which the user can open in another tab', async () => {
  renderWithCore(
    <ActionMenu
      name="ana"
      actionsOf={() => [{ id: 'enter', label: 'Enter', icon: 'logIn', href: '/s/sales/' }]}
    />,
  );
  open();
  expect((await screen.findByText('Enter')).closest('a')).toHaveAttribute('href', '/s/sales/');
});

function MenuWithDialog() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ActionMenu
        name="ana"
        actionsOf={() => [
          { id: 'delete', label: 'Delete', icon: 'trash', onClick: () => setOpen(true) },
        ]}
      />
      {isOpen && (
        <ConfirmationDialog title="Delete ana?" action={undefined} onClose={() => setOpen(false)} />
      )}
    </>
  );
}

it('the button of the action menu gets the focus back from a dialog that an entry opened', async () => {
  renderWithCore(<MenuWithDialog />);
  open();
  const entry = await screen.findByText('Delete');
  entry.closest('button')?.focus();
  fireEvent.click(entry);
  const close = await screen.findByRole('button', { name: 'Close' });
  await waitFor(() => expect(close).toHaveFocus());
  fireEvent.click(close);
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  await waitFor(() =>
    expect(screen.getByRole('button', { name: 'More actions for ana' })).toHaveFocus(),
  );
});
