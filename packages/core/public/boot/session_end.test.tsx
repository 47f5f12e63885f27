import { describe, expect, it, jest } from '@jest/globals';
import { fireEvent, screen } from '@testing-library/react';
import { renderWithCore } from '../testing.tsx';
import { SessionEnd } from './session_end.tsx';

function renderEnd(hasChanges: boolean) {
  const onSignIn = jest.fn();
  const { core, rerender } = renderWithCore(
    <SessionEnd hasChanges={hasChanges} onSignIn={onSignIn} />,
  );
  return { core, rerender, onSignIn };
}

describe('SessionEnd', () => {
  it('announces the end once and goes to the login page at once without unsaved changes', () => {
    const { core, rerender, onSignIn } = renderEnd(false);
    rerender(<SessionEnd hasChanges={false} onSignIn={onSignIn} />);
    expect(core.announcements).toEqual(['Your session has ended']);
    expect(onSignIn).toHaveBeenCalledTimes(1);
  });

  it('lets the user decide when the page has unsaved changes', () => {
    const { onSignIn } = renderEnd(true);
    expect(onSignIn).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole('button', { name: 'Sign in again' }));
    expect(onSignIn).toHaveBeenCalledTimes(1);
  });

  it('keeps the page when the user stays', () => {
    const { onSignIn } = renderEnd(true);
    fireEvent.click(screen.getByRole('button', { name: 'Stay on this page' }));
    expect(screen.queryByRole('button')).toBeNull();
    expect(onSignIn).not.toHaveBeenCalled();
  });
});
