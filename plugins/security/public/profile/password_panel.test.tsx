import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { PasswordPanel } from './password_panel.tsx';

const enter = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
const submit = () => fireEvent.click(screen.getByRole('button', { name: 'Change password' }));

describe('the form that changes the password of the user', () => {
  it('explains what is wrong and sends nothing while the new password was not entered twice', async () => {
    const onSubmit = vi.fn();
    renderWithCore(
      <PasswordPanel username="ana" error={undefined} isSaving={false} onSubmit={onSubmit} />,
    );
    enter('Current password', 'the old one');
    enter('New password', 'the new one');
    submit();
    expect(await screen.findByText(/must be equal/)).toBeVisible();
    expect(screen.getByLabelText('New password again')).toBeInvalid();
    expect(onSubmit).not.toHaveBeenCalled();
  });

  it('sends the passwords once and is empty after the change', async () => {
    const onSubmit = vi.fn<(values: unknown, onSaved: () => void) => void>();
    renderWithCore(
      <PasswordPanel username="ana" error={undefined} isSaving={false} onSubmit={onSubmit} />,
    );
    enter('Current password', 'the old one');
    enter('New password', 'the new one');
    enter('New password again', 'the new one');
    submit();
    await waitFor(() => expect(onSubmit).toHaveBeenCalledTimes(1));
    const [values, onSaved] = onSubmit.mock.calls[0] ?? [];
    expect(values).toMatchObject({ current: 'the old one', next: 'the new one' });
    act(() => onSaved?.());
    expect(screen.getByLabelText('Current password')).toHaveValue('');
  });

  it('contains the username for password managers', () => {
    const { container } = renderWithCore(
      <PasswordPanel
        username="ana"
        error={undefined}
        isSaving={false}
        onSubmit={() => undefined}
      />,
    );
    const field = container.querySelector('form input[autocomplete="username"]');
    expect(field).toHaveValue('ana');
    expect(field).not.toBeVisible();
  });
});
