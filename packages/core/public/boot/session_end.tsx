import { EuiConfirmModal } from '@elastic/eui';
import { useEffect, useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import type { Navigation } from '../application/index.ts';
import { loginUrl } from '../http/index.ts';
import { defineMessages } from '../i18n/define_messages.ts';
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
export function SessionEnd({ navigation }: { readonly navigation: Navigation }) {
  const { boot, feedback } = useCore();
  const { formatMessage } = useIntl();
  const [asks, setAsks] = useState(() => navigation.isGuarded);
  const [leavesAtOnce] = useState(!asks);
  const url = () => {
    const { pathname, search } = window.location;
    return loginUrl(boot.basePath, `${pathname}${search}`);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the session ended
  useEffect(() => {
    feedback.announce(formatMessage(messages.title));
    if (leavesAtOnce) window.location.assign(url());
  }, []);
  if (!asks) return null;
  return (
    <EuiConfirmModal
      title={formatMessage(messages.title)}
      titleProps={{ id: 'session-ended' }}
      aria-labelledby="session-ended"
      confirmButtonText={formatMessage(messages.signIn)}
      cancelButtonText={formatMessage(messages.stay)}
      defaultFocusedButton="cancel"
      onConfirm={() => window.location.assign(url())}
      onCancel={() => setAsks(false)}
    >
      <p>
        <FormattedMessage
          id="core.session.endedText"
          defaultMessage="Your changes are not saved, and cannot be saved now. Copy what you need before you sign in again."
        />
      </p>
    </EuiConfirmModal>
  );
}
