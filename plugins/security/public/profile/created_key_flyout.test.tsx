import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { CreatedKeyFlyout } from './created_key_flyout.tsx';

function show() {
  const onClose = vi.fn();
  const { core } = renderWithCore(
    <CreatedKeyFlyout name="nightly" encoded="ZGV2ZWxvcG1lbnQ=" onClose={onClose} />,
  );
  const confirm = vi.spyOn(core.feedback, 'confirm');
  return { onClose, confirm };
}

describe('a new API key', () => {
  it('that was not copied can be closed only after a confirmation', async () => {
    const { onClose, confirm } = show();
    confirm.mockResolvedValueOnce(false);
    fireEvent.click(screen.getByRole('button', { name: 'Done' }));
    await waitFor(() => expect(confirm).toHaveBeenCalledTimes(1));
    await act(async () => undefined);
    expect(onClose).not.toHaveBeenCalled();
    confirm.mockResolvedValueOnce(true);
    fireEvent.keyDown(window, { key: 'Escape' });
    await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
  });

  it('that was copied by hand from its field can be closed without a confirmation', async () => {
    const { onClose, confirm } = show();
    fireEvent.copy(screen.getByLabelText('API key'));
    fireEvent.click(screen.getByRole('button', { name: 'Done' }));
    await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
    expect(confirm).not.toHaveBeenCalled();
  });

  it('stays visible until the user confirms when the browser could not copy it', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    Object.assign(document, { execCommand: () => false });
    const { onClose, confirm } = show();
    confirm.mockResolvedValueOnce(false);
    fireEvent.click(screen.getByRole('button', { name: 'Copy' }));
    fireEvent.click(screen.getByRole('button', { name: 'Done' }));
    await waitFor(() => expect(confirm).toHaveBeenCalledTimes(1));
    expect(onClose).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
