import { defineMessages, useCore } from '@latchkey/core/public';
import { useEffect } from 'react';
import { type MessageDescriptor, useIntl } from 'react-intl';
import {
  type AttemptState,
  type FinalState,
  failureWords,
  isFinal,
} from '../authorization/index.ts';
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
  blocked: {
    id: 'connectorsUi.announce.blocked',
    defaultMessage: 'Your browser blocked the window. A link on this page opens it.',
  },
  windowLost: {
    id: 'connectorsUi.notice.unseenTitle',
    defaultMessage: 'Finish in the other window, or start again',
  },
  accountChange: {
    id: 'connectorsUi.announce.accountChange',
    defaultMessage: 'You signed in with another account. Decide which one to use.',
  },
});

/**
 * Announces to screen readers, on every page, the end of each attempt and the question about
 * another account. Also shows a toast when no view shows the attempt: the user has left the page
 * that started it, or the view disappears together with a deleted connector. Other changes are
 * announced only if a view shows them.
 */
export function useAttemptAnnouncer(): void {
  const { attempts } = useServices();
  const { feedback } = useCore();
  const { formatMessage } = useIntl();
  useEffect(
    () =>
      attempts.onChange((connectorId, state, previous) => {
        const report = isFinal(state)
          ? { words: wordsOf(state), color: COLORS[state.status] }
          : questionOf(state, previous);
        if (report === undefined) return;
        const text = formatMessage(...report.words);
        if (attempts.isShown(connectorId) && !removesView(state)) feedback.announce(text);
        else if (report.color !== undefined) feedback.toast({ title: text, color: report.color });
      }),
    [attempts, feedback, formatMessage],
  );
}

/** Error codes after which the connector disappears from the page. */
const DELETED: ReadonlySet<string> = new Set(['connector_deleted', 'not_found']);

const removesView = (state: AttemptState): boolean =>
  state.status === 'failed' && DELETED.has(state.reason);

const COLORS = {
  succeeded: 'success',
  failed: 'danger',
  cancelled: 'primary',
  expired: 'warning',
} as const;

type Words = readonly [MessageDescriptor, Record<string, string>];

function wordsOf(state: FinalState): Words {
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

/**
 * The change of an attempt that requires an action of the user. `color`: color of its toast;
 * absent: it needs no toast. `undefined`: no action is required.
 */
function questionOf(
  state: AttemptState,
  previous: AttemptState,
): { readonly words: Words; readonly color?: 'warning' } | undefined {
  if (state.status === 'blocked') return { words: [messages.blocked, {}] };
  if (state.status !== 'waiting' || previous.status !== 'waiting') return undefined;
  if (state.accountChange !== undefined && previous.accountChange === undefined)
    return { words: [messages.accountChange, {}], color: 'warning' };
  return previous.windowSeen && !state.windowSeen
    ? { words: [messages.windowLost, {}] }
    : undefined;
}
