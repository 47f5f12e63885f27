import { defineMessages, useCore } from '@latchkey/core/public';
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { useIntl } from 'react-intl';
import { type AttemptState, isFinal } from './attempt.ts';
import type { Attempts } from './attempts.ts';
import { failureWords, type Who } from './failure_words.ts';

const messages = defineMessages({
  connecting: { id: 'connectorsUi.window.connecting', defaultMessage: 'Connecting…' },
  connectingTo: {
    id: 'connectorsUi.window.connectingTo',
    defaultMessage: 'Connecting to {name}…',
  },
  cancelled: {
    id: 'connectorsUi.failure.cancelled',
    defaultMessage: 'The authorization was cancelled.',
  },
  expired: {
    id: 'connectorsUi.failure.expired',
    defaultMessage: 'The authorization was not finished in time.',
  },
});

type Failed = Extract<AttemptState, { readonly status: 'failed' }> & {
  readonly who: Who;
  /** Text for the user, in the user's language. */
  readonly message: string;
};

/** State of an attempt for views. A failure has a text for the user. */
export type Attempt = Exclude<AttemptState, { readonly status: 'failed' }> | Failed;

/** Options of {@link useOAuthAuthorize}. */
export interface AuthorizeHookOptions {
  readonly connectorId: string;
  /** Name of the connector, which the window shows. */
  readonly connectorName?: string | undefined;
  /** `redirect` leaves this page and returns to it. Default: `popup`. */
  readonly mode?: 'popup' | 'redirect';
  /** Path on this server to return to. Only for `redirect`. Default: this page. */
  readonly returnUrl?: string;
  /** Time limit in milliseconds, if it is shorter than the server's ten minutes. */
  readonly timeoutMs?: number;
  readonly onSuccess?: (result: {
    /** `undefined`: the provider did not name the account. */
    readonly account: string | undefined;
    readonly accountChanged: boolean;
  }) => void;
  /** Called when the attempt failed, expired or was cancelled. `message` is for the user. */
  readonly onError?: (error: Error) => void;
}

/** Result of {@link useOAuthAuthorize}. */
export interface AuthorizeHookResult {
  /** Starts an attempt. Call it inside a click, so that the browser allows the window. */
  readonly authorize: () => void;
  /** Like `authorize`, but in this window, which is loaded again afterwards. */
  readonly authorizeHere: () => void;
  /** Ends the attempt in this page and on the server. */
  readonly cancel: () => void;
  /** The attempt of the connector, even if another component, tab or page load has started it. */
  readonly attempt: Attempt;
  /** Records that the user opened the link of a `blocked` attempt. */
  readonly followLink: () => void;
  /** Removes the result from the view. */
  readonly dismiss: () => void;
  /** Requests the outcome again. Call it after the user has decided about another account. */
  readonly ask: () => void;
}

/**
 * Authorizes a connector as the current user.
 * @param attempts store of all attempts of this tab
 */
export function useAuthorizeWith(
  attempts: Attempts,
  options: AuthorizeHookOptions,
): AuthorizeHookResult {
  const { connectorId, connectorName } = options;
  const { formatMessage } = useIntl();
  const { feedback } = useCore();
  const state = useSyncExternalStore(attempts.subscribe, () => attempts.get(connectorId));
  useEffect(() => attempts.show(connectorId), [attempts, connectorId]);
  const attempt = useMemo<Attempt>(() => {
    if (state.status !== 'failed') return state;
    const words = failureWords(state.reason);
    const message = `${formatMessage(words.what)} ${formatMessage(words.advice)}`;
    return { ...state, who: words.who, message };
  }, [state, formatMessage]);
  const latest = useRef(options);
  latest.current = options;
  useReport(attempt, latest, {
    cancelled: formatMessage(messages.cancelled),
    expired: formatMessage(messages.expired),
  });
  const start = useCallback(
    (mode: 'popup' | 'redirect') => {
      const { returnUrl, timeoutMs } = latest.current;
      const windowText =
        connectorName === undefined
          ? formatMessage(messages.connecting)
          : formatMessage(messages.connectingTo, { name: connectorName });
      feedback.announce(windowText);
      attempts.authorize(connectorId, { mode, returnUrl, timeoutMs, windowText });
    },
    [attempts, connectorId, connectorName, feedback, formatMessage],
  );
  return useMemo(
    () => ({
      attempt,
      authorize: () => start(latest.current.mode ?? 'popup'),
      authorizeHere: () => start('redirect'),
      cancel: () => attempts.cancel(connectorId),
      followLink: () => attempts.followLink(connectorId),
      dismiss: () => attempts.dismiss(connectorId),
      ask: () => attempts.ask(connectorId),
    }),
    [attempt, start, attempts, connectorId],
  );
}

/** Calls `onSuccess` or `onError` once for each attempt that ends while the component exists. */
function useReport(
  attempt: Attempt,
  latest: { readonly current: AuthorizeHookOptions },
  texts: { readonly cancelled: string; readonly expired: string },
): void {
  const { connectorId } = latest.current;
  const previous = useRef({ connectorId, attempt });
  useEffect(() => {
    const before = previous.current;
    previous.current = { connectorId, attempt };
    // The result of another connector's earlier attempt is not reported.
    if (before.attempt === attempt || before.connectorId !== connectorId) return;
    const wasFinal = isFinal(before.attempt);
    const { onSuccess, onError } = latest.current;
    if (attempt.status === 'succeeded') {
      const { account, accountChanged } = attempt;
      onSuccess?.({ account, accountChanged });
    } else if (!wasFinal && attempt.status === 'failed') {
      onError?.(new Error(attempt.message));
    } else if (!wasFinal && (attempt.status === 'cancelled' || attempt.status === 'expired')) {
      onError?.(new Error(texts[attempt.status]));
    }
  }, [attempt, connectorId, latest, texts]);
}
