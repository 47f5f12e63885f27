import { useCallback, useEffect, useRef } from 'react';
import type { LeaveGuard } from '../types.ts';
import { useCore } from '../use_core.ts';

/** Options of {@link useLeaveGuard}. */
export type LeaveGuardOptions = Partial<LeaveGuard>;

/**
 * Asks the user before unsaved changes are lost by a link, by the back button, or by closing the
 * window. Without `allows`, the user is asked before every navigation.
 * @returns function that removes the guard immediately, to be called before the navigation after a
 *   save
 */
export function useLeaveGuard(hasChanges: boolean, options: LeaveGuardOptions = {}): () => void {
  const { application } = useCore();
  const allows = useRef(options.allows);
  allows.current = options.allows;
  const remove = useRef<() => void>(undefined);
  useEffect(() => {
    if (!hasChanges) return;
    remove.current = application.guardLeave({
      allows: (destination) => allows.current?.(destination) ?? false,
    });
    return remove.current;
  }, [application, hasChanges]);
  return useCallback(() => remove.current?.(), []);
}
