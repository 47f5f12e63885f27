import { useMemo, useRef } from 'react';
import type { Toast } from '../types.ts';
import { useCore } from '../use_core.ts';

/** A dialog whose action runs. */
export interface RunningDialog {
  /** `false`: the user closed it. A later dialog of the same place does not count. */
  readonly isOpen: () => boolean;
  /** Shows the result in the dialog, or as a toast if the user closed the dialog. */
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

/** Shows the result of the action of a dialog where the user is when it arrives. */
export function useDialogResult(): DialogResult {
  const { feedback } = useCore();
  const opened = useRef<object | undefined>({});
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
        const isOpen = () => own !== undefined && own === opened.current;
        return {
          isOpen,
          show: ({ inDialog, toast }) => (isOpen() ? inDialog?.() : feedback.toast(toast)),
        };
      },
    }),
    [feedback],
  );
}
