import { defineMessages, type Failure, HttpClientError } from '@latchkey/core/public';
import type { IntlShape, MessageDescriptor } from 'react-intl';

const general = defineMessages({
  unreachable: {
    id: 'security.failure.unreachable',
    defaultMessage: 'The server does not respond. Check your connection and try again.',
  },
  forbidden: {
    id: 'security.failure.forbidden',
    defaultMessage: 'You are not allowed to do this. Ask an administrator.',
  },
  notFound: {
    id: 'security.failure.notFound',
    defaultMessage: 'It no longer exists. Another user may have deleted it.',
  },
  refused: {
    id: 'security.failure.refused',
    defaultMessage: 'The server refused the input. Check it and try again.',
  },
  server: {
    id: 'security.failure.server',
    defaultMessage: 'The server failed. Try again, and tell an administrator if it fails again.',
  },
});

/** Texts by the code of the error. Each says what to do. */
const byCode: Readonly<Record<string, MessageDescriptor>> = defineMessages({
  password_incorrect: {
    id: 'security.failure.passwordIncorrect',
    defaultMessage: 'The current password is wrong. Enter it again.',
  },
  password_well_known: {
    id: 'security.failure.passwordWellKnown',
    defaultMessage: 'This password is published in the documentation. Choose another one.',
  },
  login_throttled: {
    id: 'security.failure.loginThrottled',
    defaultMessage: 'Too many wrong passwords. Wait a few minutes and try again.',
  },
  login_busy: {
    id: 'security.failure.loginBusy',
    defaultMessage: 'The server checks many passwords at the moment. Try again in a few seconds.',
  },
  session_ended: {
    id: 'security.failure.sessionEnded',
    defaultMessage: 'Your session has ended. Sign in again.',
  },
  user_not_found: {
    id: 'security.failure.userNotFound',
    defaultMessage: 'This user no longer exists. Another administrator may have deleted it.',
  },
  user_conflict: {
    id: 'security.failure.userConflict',
    defaultMessage: 'Another request changed this user at the same time. Try again.',
  },
  last_superuser: {
    id: 'security.failure.lastSuperuser',
    defaultMessage:
      'This is the last enabled superuser. Give another user the role superuser first.',
  },
  role_not_found: {
    id: 'security.failure.roleNotFound',
    defaultMessage: 'This role no longer exists. Another administrator may have deleted it.',
  },
  role_reserved: {
    id: 'security.failure.roleReserved',
    defaultMessage: 'Built-in roles cannot be changed. Create a role with another name instead.',
  },
  role_exists: {
    id: 'security.failure.roleExists',
    defaultMessage: 'A role with this name exists. Choose another name.',
  },
  role_invalid: {
    id: 'security.failure.roleInvalid',
    defaultMessage: 'The privileges contradict each other. Check the spaces and privileges.',
  },
  space_being_deleted: {
    id: 'security.failure.spaceBeingDeleted',
    defaultMessage: 'One of the spaces is being deleted. Remove it from the privileges.',
  },
  api_key_limit_reached: {
    id: 'security.failure.apiKeyLimit',
    defaultMessage: 'You have the maximum number of API keys. Delete one first.',
  },
  api_key_expiration_invalid: {
    id: 'security.failure.apiKeyExpiration',
    defaultMessage: 'The server does not allow keys to be valid that long. Choose a shorter time.',
  },
});

/** Code of a failed request, as `docs/errors.md` lists it. `undefined`: it has none. */
function codeOf(error: unknown): string | undefined {
  const code = error instanceof HttpClientError ? error.body?.attributes?.['code'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Text for the user about a failed request: cause and next step. Not the text of the server. */
export function failureText(
  { formatMessage }: Pick<IntlShape, 'formatMessage'>,
  error: unknown,
): string {
  return formatMessage(byCode[codeOf(error) ?? ''] ?? generalText(error));
}

/** Failure of the last request of a form. `undefined`: it has not failed. */
export function formFailure(
  intl: Pick<IntlShape, 'formatMessage'>,
  title: MessageDescriptor,
  error: unknown,
): Failure | undefined {
  return error === null || error === undefined ? undefined : failureOf(intl, title)(error);
}

/** Returns a function that names the failure of a request, with a title of its own. */
export function failureOf(
  intl: Pick<IntlShape, 'formatMessage'>,
  title: MessageDescriptor,
  values?: Readonly<Record<string, string>>,
): (error: unknown) => Failure {
  return (error) => ({
    title: intl.formatMessage(title, values),
    text: failureText(intl, error),
  });
}

function generalText(error: unknown): MessageDescriptor {
  if (!(error instanceof HttpClientError)) return general.server;
  if (error.code === 'server_unreachable') return general.unreachable;
  switch (error.status) {
    case 400:
      return general.refused;
    case 403:
      return general.forbidden;
    case 404:
      return general.notFound;
    default:
      return general.server;
  }
}
