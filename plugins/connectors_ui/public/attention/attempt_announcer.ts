import { defineMessages, useCore } from '@latchkey/core/public';
import { useEffect } from 'react';
import { type MessageDescriptor, useIntl } from 'react-intl';
import { type FinalState, failureWords } from '../authorization/index.ts';
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
 * Reports the end of every attempt on every page: to screen readers, and as a toast when no view
 * shows it, because the user has left the page that started it.
 */
export function useAttemptAnnouncer(): void {
  const { attempts } = useServices();
  const { feedback } = useCore();
  const { formatMessage } = useIntl();
  useEffect(
    () =>
      attempts.onEnd((connectorId, state) => {
        const text = formatMessage(...wordsOf(state));
        if (attempts.isShown(connectorId)) feedback.announce(text);
        else feedback.toast({ title: text, color: COLORS[state.status] });
      }),
    [attempts, feedback, formatMessage],
  );
}

const COLORS = {
  succeeded: 'success',
  failed: 'danger',
  cancelled: 'primary',
  expired: 'warning',
} as const;

function wordsOf(state: FinalState): readonly [MessageDescriptor, Record<string, string>] {
  switch (state.status) {
    case 'succeeded': {
      const { account } = state;
      return account === undefined ? [messages.succeeded, {}] : [messages.succeededAs, { account }];
    }
    case 'failed':
      return [failureWords(state.reason).what, {}];
    default:
      return [messages[state.status], {}];
  }
}
