import { useEffect, useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import { ConfirmationDialog } from '../page_parts/confirmation_dialog.tsx';
import { useCore } from '../use_core.ts';

const messages = defineMessages({
  title: { id: 'core.session.endedTitle', defaultMessage: 'Your session has ended' },
  signIn: { id: 'core.session.signIn', defaultMessage: 'Sign in again' },
  stay: { id: 'core.session.stay', defaultMessage: 'Stay on this page' },
});

/**
 * Goes to the login page and back. With unsaved changes the user decides when, and can copy what
 * they entered before.
 */
export function SessionEnd(props: {
  /** The page has unsaved changes. Read once, when the session ended. */
  readonly hasChanges: boolean;
  readonly onSignIn: () => void;
}) {
  const { hasChanges, onSignIn } = props;
  const { feedback } = useCore();
  const { formatMessage } = useIntl();
  const [asks, setAsks] = useState(hasChanges);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the session ended
  useEffect(() => {
    feedback.announce(formatMessage(messages.title));
    if (!hasChanges) onSignIn();
  }, []);
  if (!asks) return null;
  return (
    <ConfirmationDialog
      title={formatMessage(messages.title)}
      action={{ label: formatMessage(messages.signIn), run: onSignIn }}
      cancelLabel={formatMessage(messages.stay)}
      initialFocus="cancel"
      onClose={() => setAsks(false)}
    >
      <p>
        <FormattedMessage
          id="core.session.endedText"
          defaultMessage="Your changes are not saved, and cannot be saved now. Copy what you need before you sign in again."
        />
      </p>
    </ConfirmationDialog>
  );
}
