import { useEffect, useMemo, useRef } from 'react';
import type { Toast } from '../types.ts';
import { useCore } from '../use_core.ts';

/** A dialog whose action runs. */
export interface RunningDialog {
  /**
   * `false`: the user closed the dialog, or left the page. A dialog that was opened later in the
   * same place does not count.
   */
  readonly isOpen: () => boolean;
  /** Shows the result in the dialog, or as a toast if the dialog is not open. */
  readonly show: (result: { readonly inDialog?: () => void; readonly toast: Toast }) => void;
}

/** Tracks the dialogs that are opened in one place of a page, one at a time. */
export interface DialogResult {
  /** Call this when a dialog opens. The first dialog counts as open from the start. */
  readonly open: () => void;
  /** Call this when the user closes the dialog. Its action continues. */
  readonly close: () => void;
  /** Returns the dialog that is open now. Call it when the action begins. */
  readonly begin: () => RunningDialog;
}

/**
 * Shows the result of a dialog's action in the dialog if it is still open, else as a toast. A
 * dialog that disappears with its page counts as closed.
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
