import { defineMessages, HttpClientError } from '@latchkey/core/public';
import type { IntlShape } from 'react-intl';

const messages = defineMessages({
  unreachable: {
    id: 'connectorsUi.error.unreachable',
    defaultMessage: 'The server cannot be reached. Check your network, then try again.',
  },
  forbidden: {
    id: 'connectorsUi.error.forbidden',
    defaultMessage: 'Your roles do not allow this. Ask an administrator for access.',
  },
  notFound: {
    id: 'connectorsUi.error.notFound',
    defaultMessage: 'It no longer exists. Another user may have deleted it.',
  },
  sessionEnded: {
    id: 'connectorsUi.error.sessionEnded',
    defaultMessage: 'Your session has ended. Sign in again.',
  },
  tooMany: {
    id: 'connectorsUi.error.tooMany',
    defaultMessage: 'Too many requests in a short time. Try again in a minute.',
  },
  unavailable: {
    id: 'connectorsUi.error.unavailable',
    defaultMessage: 'The server is busy or restarting. Try again in a moment.',
  },
  unexpected: {
    id: 'connectorsUi.error.unexpected',
    defaultMessage: 'Something failed in an unexpected way. Reload the page and try again.',
  },
});

const BY_STATUS: Readonly<Partial<Record<number, keyof typeof messages>>> = {
  401: 'sessionEnded',
  403: 'forbidden',
  404: 'notFound',
  429: 'tooMany',
  // The server's text has no cause: it must not tell details of a failure of its own.
  500: 'unexpected',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/** Text for a user who lacks a privilege. */
export const forbiddenText = ({ formatMessage }: IntlShape): string =>
  formatMessage(messages.forbidden);

/**
 * A failed request in words for users. The server's own text is used where it names the cause: its
 * messages of 400 and 409 say what to correct.
 */
export function errorText({ formatMessage }: IntlShape, error: unknown): string {
  if (!(error instanceof HttpClientError)) return formatMessage(messages.unexpected);
  if (error.code === 'server_unreachable') return formatMessage(messages.unreachable);
  const known = error.status === undefined ? undefined : BY_STATUS[error.status];
  if (known !== undefined) return formatMessage(messages[known]);
  return error.body?.message ?? formatMessage(messages.unexpected);
}
