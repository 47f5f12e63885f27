import { defineMessages, useCore } from '@latchkey/core/public';
import { useCallback, useRef } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  title: { id: 'connectorsUi.leave.title', defaultMessage: 'Discard your changes?' },
  text: {
    id: 'connectorsUi.leave.text',
    defaultMessage: 'What you entered in this form has not been saved.',
  },
  confirm: { id: 'connectorsUi.leave.confirm', defaultMessage: 'Discard changes' },
});

/** Question before changes of a form are lost. */
export function useLeave(onClose: () => void): {
  /** Tells if the form has changes. */
  readonly setDirty: (isDirty: boolean) => void;
  /** Does something that loses changes, after the user agreed. */
  readonly before: (leave: () => void) => void;
  /** Closes the flyout, after the user agreed to lose changes. */
  readonly close: () => void;
} {
  const { feedback } = useCore();
  const { formatMessage } = useIntl();
  const isDirty = useRef(false);
  const isAsking = useRef(false);
  const setDirty = useCallback((value: boolean) => {
    isDirty.current = value;
  }, []);
  const before = useCallback(
    async (leave: () => void) => {
      if (isAsking.current) return;
      if (isDirty.current) {
        isAsking.current = true;
        const isConfirmed = await feedback.confirm({
          color: 'danger',
          title: formatMessage(messages.title),
          text: formatMessage(messages.text),
          confirmLabel: formatMessage(messages.confirm),
        });
        isAsking.current = false;
        if (!isConfirmed) return;
        isDirty.current = false;
      }
      leave();
    },
    [feedback, formatMessage],
  );
  const close = useCallback(() => void before(onClose), [before, onClose]);
  return { setDirty, before: (leave) => void before(leave), close };
}
