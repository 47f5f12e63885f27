import type { IntlShape, MessageDescriptor } from 'react-intl';
import { HttpClientError } from '../http_client_error.ts';
import { defineMessages } from '../i18n/define_messages.ts';
import type { Failure } from '../types.ts';

/** Texts for failed requests that no error code explains. Each text says what the user can do. */
export const requestFailures = defineMessages({
  unreachable: {
    id: 'core.requestFailure.unreachable',
    defaultMessage: 'The server cannot be reached. Check your network, then try again.',
  },
  timeout: {
    id: 'core.requestFailure.timeout',
    defaultMessage:
      'The server did not respond within {seconds, plural, one {# second} other {# seconds}}. It may still be working: reload the page to see the current state before you try again.',
  },
  refused: {
    id: 'core.requestFailure.refused',
    defaultMessage: 'The server refused the input. Check it and try again.',
  },
  sessionEnded: {
    id: 'core.requestFailure.sessionEnded',
    defaultMessage: 'Your session has ended. Sign in again.',
  },
  forbidden: {
    id: 'core.requestFailure.forbidden',
    defaultMessage: 'Your roles do not allow this. Ask an administrator for access.',
  },
  notFound: {
    id: 'core.requestFailure.notFound',
    defaultMessage: 'It no longer exists. Another user may have deleted it.',
  },
  otherUser: {
    id: 'core.requestFailure.otherUser',
    defaultMessage:
      'Another user has signed in in this browser, so nothing was changed. Sign in as yourself in another tab, then try again.',
  },
  tooMany: {
    id: 'core.requestFailure.tooMany',
    defaultMessage: 'Too many requests in a short time. Try again in a minute.',
  },
  unavailable: {
    id: 'core.requestFailure.unavailable',
    defaultMessage: 'The server is busy or restarting. Try again in a moment.',
  },
  unexpected: {
    id: 'core.requestFailure.unexpected',
    defaultMessage: 'Something failed in an unexpected way. Reload the page and try again.',
  },
});

const noResponse = defineMessages({
  title: {
    id: 'core.requestFailure.noResponseTitle',
    defaultMessage: 'The server did not respond',
  },
  unclearTitle: {
    id: 'core.requestFailure.unclearTitle',
    defaultMessage: 'The response of the server was lost',
  },
  text: {
    id: 'core.requestFailure.noResponseText',
    defaultMessage:
      'It is not known if this was done. Check your network, and look at the current state before you try again.',
  },
});

const BY_STATUS: Readonly<Partial<Record<number, MessageDescriptor>>> = {
  400: requestFailures.refused,
  401: requestFailures.sessionEnded,
  403: requestFailures.forbidden,
  404: requestFailures.notFound,
  412: requestFailures.otherUser,
  429: requestFailures.tooMany,
  502: requestFailures.unavailable,
  503: requestFailures.unavailable,
  504: requestFailures.unavailable,
};

/**
 * Returns the text for the user about a failed request: the cause and the next step. It never
 * contains the text of the server.
 * @param byCode texts of error codes (docs/errors.md) that the caller can explain
 */
export function requestFailureText(
  { formatMessage }: Pick<IntlShape, 'formatMessage'>,
  error: unknown,
  byCode: Readonly<Record<string, MessageDescriptor>> = {},
): string {
  const timeoutMs = error instanceof HttpClientError ? error.timeoutMs : undefined;
  return formatMessage(messageOf(error, byCode), { seconds: Math.round((timeoutMs ?? 0) / 1000) });
}

/**
 * Returns the failure of a request that changes something. If no response arrived, it is not known
 * if the change was made, so the result says that instead of `failure`.
 * @param failure says that the change was not made, with the text of {@link requestFailureText}
 */
export function changeFailure(
  { formatMessage }: Pick<IntlShape, 'formatMessage'>,
  error: unknown,
  failure: Failure,
): Failure {
  if (!(error instanceof HttpClientError) || !error.isResponseLost) return failure;
  return {
    title: formatMessage(error.status === undefined ? noResponse.title : noResponse.unclearTitle),
    // The text about the deadline says the same, and also names the seconds.
    text: error.code === 'server_timeout' ? failure.text : formatMessage(noResponse.text),
  };
}

function messageOf(
  error: unknown,
  byCode: Readonly<Record<string, MessageDescriptor>>,
): MessageDescriptor {
  if (!(error instanceof HttpClientError)) return requestFailures.unexpected;
  if (error.code === 'server_unreachable') return requestFailures.unreachable;
  if (error.code === 'server_timeout') return requestFailures.timeout;
  const code = error.body?.attributes?.['code'];
  const known = typeof code === 'string' && Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  return known ?? BY_STATUS[error.status ?? 0] ?? requestFailures.unexpected;
}

/** Texts about failed requests of one plugin, with the error codes that it can explain. */
export interface FailureTexts {
  /** Returns the text for the user, like {@link requestFailureText}. */
  readonly failureText: (intl: Pick<IntlShape, 'formatMessage'>, error: unknown) => string;
  /**
   * Returns a function that describes the failure of a change. Its title says that the change was
   * not made, or, if no response arrived, that this is not known.
   */
  readonly failureOf: (
    intl: Pick<IntlShape, 'formatMessage'>,
    title: MessageDescriptor,
    values?: Readonly<Record<string, string>>,
  ) => (error: unknown) => Failure;
  /**
   * Returns the failure of the last save of a form, like `failureOf`. `undefined`: it has not
   * failed.
   */
  readonly formFailure: (
    intl: Pick<IntlShape, 'formatMessage'>,
    title: MessageDescriptor,
    error: unknown,
  ) => Failure | undefined;
}

/**
 * Creates the failure texts of a plugin.
 * @param byCode as in {@link requestFailureText}
 */
export function createFailureTexts(
  byCode: Readonly<Record<string, MessageDescriptor>>,
): FailureTexts {
  const failureText: FailureTexts['failureText'] = (intl, error) =>
    requestFailureText(intl, error, byCode);
  const failureOf: FailureTexts['failureOf'] = (intl, title, values) => (error) =>
    changeFailure(intl, error, {
      title: intl.formatMessage(title, values),
      text: failureText(intl, error),
    });
  return {
    failureText,
    failureOf,
    formFailure: (intl, title, error) =>
      error === null || error === undefined ? undefined : failureOf(intl, title)(error),
  };
}
