import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { HttpClientError } from '../http_client_error.ts';
import { renderWithCore } from '../testing.tsx';
import { SessionEnd, type SessionEndProps } from './session_end.tsx';

function renderEnd(changes: Partial<SessionEndProps> = {}) {
  const onSignIn = vi.fn();
  const onContinue = vi.fn();
  const onSignInElsewhere = vi.fn(() => true);
  const readUsername = vi.fn(async (): Promise<string> => {
    throw new HttpClientError('request_failed', 'no session', { status: 401 });
  });
  const element = (
    <SessionEnd
      hasChanges
      username="ana"
      {...{ onSignIn, onContinue, onSignInElsewhere, readUsername }}
      {...changes}
    />
  );
  const { core, rerender } = renderWithCore(element);
  return {
    core,
    rerender: () => rerender(element),
    onSignIn,
    onContinue,
    onSignInElsewhere,
    readUsername,
  };
}

const button = (name: string) => screen.getByRole('button', { name });
const returnToTab = () => fireEvent.focus(window);

describe('SessionEnd', () => {
  it('announces the end once, and goes to the login page immediately if there are no unsaved changes', () => {
    const { core, rerender, onSignIn } = renderEnd({ hasChanges: false });
    rerender();
    expect(core.announcements).toEqual(['Your session has ended']);
    expect(onSignIn).toHaveBeenCalledTimes(1);
  });

  it('keeps unsaved changes and opens the login page in a new tab', () => {
    const { onSignIn, onSignInElsewhere } = renderEnd();
    expect(screen.getByText(/not saved yet, but it stays here/)).toBeVisible();
    fireEvent.click(button('Sign in in a new tab'));
    expect(onSignInElsewhere).toHaveBeenCalledTimes(1);
    expect(onSignIn).not.toHaveBeenCalled();
  });

  it('tells the user what to do when the browser blocks the new tab', () => {
    renderEnd({ onSignInElsewhere: () => false });
    fireEvent.click(button('Sign in in a new tab'));
    expect(screen.getByRole('alert')).toHaveTextContent(/blocked the new tab.*another tab/);
  });

  it('continues only when the same user has signed in again', async () => {
    const { core, onContinue, readUsername } = renderEnd();
    returnToTab();
    await waitFor(() => expect(readUsername).toHaveBeenCalledTimes(1));
    expect(onContinue).not.toHaveBeenCalled();
    readUsername.mockResolvedValue('ana');
    returnToTab();
    await waitFor(() => expect(onContinue).toHaveBeenCalledTimes(1));
    expect(core.toasts.map(({ title }) => title)).toEqual([
      'You are signed in again. Your input is still here; save it now.',
    ]);
  });

  it('never continues when another user has signed in', async () => {
    const { onContinue, onSignIn } = renderEnd({ readUsername: async () => 'ben' });
    returnToTab();
    await screen.findByText('Another user has signed in');
    expect(onContinue).not.toHaveBeenCalled();
    fireEvent.click(button('Discard and reload'));
    expect(onSignIn).toHaveBeenCalledTimes(1);
  });

  it('keeps a notice on the page after the user closed the dialog', () => {
    const { onSignIn } = renderEnd();
    fireEvent.click(button('Stay on this page'));
    expect(screen.queryByRole('alertdialog')).toBeNull();
    fireEvent.click(button('Sign in again'));
    expect(screen.getByRole('alertdialog')).toBeVisible();
    expect(onSignIn).not.toHaveBeenCalled();
  });

  it('opens the dialog again when the server refuses to save', async () => {
    const { core } = renderEnd();
    fireEvent.click(button('Stay on this page'));
    const refused = new HttpClientError('request_failed', 'no session', { status: 401 });
    const save = core.queryClient
      .getMutationCache()
      .build(core.queryClient, { mutationFn: () => Promise.reject(refused) });
    await act(async () => {
      await save.execute(undefined).catch(() => undefined);
    });
    await screen.findByRole('alertdialog');
  });
});
