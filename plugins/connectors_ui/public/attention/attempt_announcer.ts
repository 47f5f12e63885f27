import { defineMessages, useCore } from '@latchkey/core/public';
import { useEffect } from 'react';
import { useIntl } from 'react-intl';
import { failureWords } from '../authorization/index.ts';
import { useServices } from '../services.ts';

const messages = defineMessages({
  succeeded: { id: 'connectorsUi.announce.succeeded', defaultMessage: 'Connected' },
  succeededAs: {
    id: 'connectorsUi.announce.succeededAs',
    defaultMessage: 'Connected as {account}',
  },
  cancelled: { id: 'connectorsUi.announce.cancelled', defaultMessage: 'Connecting was cancelled' },
  expired: {
    id: 'connectorsUi.announce.expired',
    defaultMessage: 'The sign-in was not finished in time',
  },
});

/**
 * Reports the end of every attempt on every page: a success as a toast, because the user may have
 * left the page that started it, all others to screen readers.
 */
export function useAttemptAnnouncer(): void {
  const { attempts } = useServices();
  const { feedback } = useCore();
  const { formatMessage } = useIntl();
  useEffect(
    () =>
      attempts.onEnd((_, state) => {
        if (state.status === 'succeeded') {
          const { account } = state;
          const title =
            account === undefined
              ? formatMessage(messages.succeeded)
              : formatMessage(messages.succeededAs, { account });
          feedback.toast({ title, color: 'success' });
        } else if (state.status === 'failed') {
          const { what, advice } = failureWords(state.reason);
          feedback.announce(`${formatMessage(what)} ${formatMessage(advice)}`);
        } else if (state.status === 'cancelled' || state.status === 'expired') {
          feedback.announce(formatMessage(messages[state.status]));
        }
      }),
    [attempts, feedback, formatMessage],
  );
}
