import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { DeleteSpaceModal } from './delete_space_modal.tsx';

it('the dialog deletes a space only after its name was entered', () => {
  const onConfirm = vi.fn();
  renderWithCore(
    <DeleteSpaceModal
      name="Sales"
      preview={{ state: 'loaded', counts: { connectors: 2 } }}
      error={undefined}
      isDeleting={false}
      onConfirm={onConfirm}
      onClose={() => undefined}
    />,
  );
  expect(screen.getByText('2 connectors')).toBeVisible();
  const input = screen.getByLabelText('To confirm, enter the name Sales');
  const button = screen.getByRole('button', { name: 'Delete space' });
  for (const typed of ['', 'sales', 'Sale']) {
    fireEvent.change(input, { target: { value: typed } });
    expect(button).toBeDisabled();
    fireEvent.submit(input);
  }
  expect(onConfirm).not.toHaveBeenCalled();
  fireEvent.change(input, { target: { value: 'Sales' } });
  fireEvent.submit(input);
  expect(onConfirm).toHaveBeenCalledTimes(1);
});
