import { useEffect, useMemo, useRef } from 'react';
import type { Toast } from '../types.ts';
import { useCore } from '../use_core.ts';

/** A dialog whose action runs. */
export interface RunningDialog {
  /**
   * `false`: the user closed it, or left the page. A later dialog of the same place does not count.
   */
  readonly isOpen: () => boolean;
  /** Shows the result in the dialog, or as a toast if the dialog is not open. */
  readonly show: (result: { readonly inDialog?: () => void; readonly toast: Toast }) => void;
}

/** Dialogs of one place of a page, one at a time. */
export interface DialogResult {
  /** Notes that a dialog opens. The first one counts as open from the start. */
  readonly open: () => void;
  /** Notes that the user closes the dialog. Its action continues. */
  readonly close: () => void;
  /** The dialog that is open now. Call it when the action begins. */
  readonly begin: () => RunningDialog;
}

/**
 * Shows the result of the action of a dialog where the user is when it arrives. A dialog that
 * disappears with its place, for example because the user left the page, counts as closed.
 */
export function useDialogResult(): DialogResult {
  const { feedback } = useCore();
  const opened = useRef<object | undefined>({});
  const isMounted = useRef(true);
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);
  return useMemo(
    () => ({
      open: () => {
        opened.current = {};
      },
      close: () => {
        opened.current = undefined;
      },
      begin: () => {
        const own = opened.current;
        const isOpen = () => isMounted.current && own !== undefined && own === opened.current;
        return {
          isOpen,
          show: ({ inDialog, toast }) => (isOpen() ? inDialog?.() : feedback.toast(toast)),
        };
      },
    }),
    [feedback],
  );
}
