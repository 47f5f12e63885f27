import { useCore, useLeaveGuard } from '@latchkey/core/public';
import { useCallback, useRef, useState } from 'react';

/** Question before changes of a form are lost. */
export function useLeave(onClose: () => void): {
  /** Tells if the form has changes. `false` takes effect at once, for a navigation after a save. */
  readonly setDirty: (isDirty: boolean) => void;
  /** Does something that loses changes, after the user agreed. */
  readonly before: (leave: () => void) => void;
  /** Closes the flyout, after the user agreed to lose changes. */
  readonly close: () => void;
} {
  const { application, clock } = useCore();
  const [isDirty, setState] = useState(false);
  // Known before the next render: a key press and Escape may follow each other faster.
  const hasChanges = useRef(false);
  const isAsking = useRef(false);
  const removeGuard = useLeaveGuard(isDirty);
  const setDirty = useCallback(
    (value: boolean) => {
      hasChanges.current = value;
      if (!value) removeGuard();
      setState(value);
    },
    [removeGuard],
  );
  const ask = async (): Promise<boolean> => {
    // Escape in the dialog also reaches the flyout, which must not ask again.
    if (isAsking.current) return false;
    isAsking.current = true;
    // The Escape that is being handled would close a dialog that opens at once.
    await new Promise<void>((resolve) => clock.after(0, resolve));
    const isConfirmed = await application.confirmDiscard();
    isAsking.current = false;
    return isConfirmed;
  };
  const before = async (leave: () => void): Promise<void> => {
    if (hasChanges.current && !(await ask())) return;
    setDirty(false);
    leave();
  };
  return { setDirty, before: (leave) => void before(leave), close: () => void before(onClose) };
}
