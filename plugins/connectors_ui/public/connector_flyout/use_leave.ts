import { useCore, useLeaveGuard } from '@latchkey/core/public';
import { useCallback, useRef, useState } from 'react';

/** Asks the user before changes of a form are lost. */
export function useLeave(onClose: () => void): {
  /**
   * Sets if the form has changes. `false` takes effect immediately, for a navigation directly after
   * a save.
   */
  readonly setDirty: (isDirty: boolean) => void;
  /** Calls a function that loses changes, after the user has agreed. */
  readonly before: (leave: () => void) => void;
  /** Closes the flyout, after the user agreed to lose changes. */
  readonly close: () => void;
} {
  const { application, clock } = useCore();
  const [isDirty, setState] = useState(false);
  // A ref, because it must be known before the next render: Escape may follow a key press
  // immediately.
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
    // Escape in the dialog also reaches the flyout, which must not ask a second time.
    if (isAsking.current) return false;
    isAsking.current = true;
    // The dialog opens after the current event, because the Escape of this event would close it.
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
