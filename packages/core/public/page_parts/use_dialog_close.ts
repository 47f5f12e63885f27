import { useRef } from 'react';

/**
 * Notes that the user has closed a dialog while its action ran, so that the caller shows the result
 * as a toast.
 */
export function useDialogClose(onClose: () => void): {
  /** For `onClose` of the dialog. Closes once. */
  readonly close: () => void;
  readonly isClosed: () => boolean;
} {
  const isClosed = useRef(false);
  return {
    close: () => {
      if (isClosed.current) return;
      isClosed.current = true;
      onClose();
    },
    isClosed: () => isClosed.current,
  };
}
