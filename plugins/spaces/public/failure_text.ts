import { defineMessages, HttpClientError } from '@latchkey/core/public';
import type { IntlShape, MessageDescriptor } from 'react-intl';

const general = defineMessages({
  unreachable: {
    id: 'spaces.failure.unreachable',
    defaultMessage: 'The server does not respond. Check your connection and try again.',
  },
  forbidden: {
    id: 'spaces.failure.forbidden',
    defaultMessage: 'You are not allowed to do this. Ask an administrator.',
  },
  refused: {
    id: 'spaces.failure.refused',
    defaultMessage: 'The server refused the input. Check it and try again.',
  },
  server: {
    id: 'spaces.failure.server',
    defaultMessage: 'The server failed. Try again, and tell an administrator if it fails again.',
  },
});

/** Texts by the code of the error. Each says what to do. */
const byCode: Readonly<Record<string, MessageDescriptor>> = defineMessages({
  space_not_found: {
    id: 'spaces.failure.spaceNotFound',
    defaultMessage: 'This space no longer exists. Another administrator may have deleted it.',
  },
  space_exists: {
    id: 'spaces.failure.spaceExists',
    defaultMessage: 'A space with this identifier exists. Choose another identifier.',
  },
  space_reserved: {
    id: 'spaces.failure.spaceReserved',
    defaultMessage: 'The default space cannot be deleted.',
  },
  space_limit_reached: {
    id: 'spaces.failure.spaceLimit',
    defaultMessage: 'There is the maximum number of spaces. Delete a space first.',
  },
  space_being_deleted: {
    id: 'spaces.failure.spaceBeingDeleted',
    defaultMessage:
      'A space with this identifier is being deleted. Wait until its data is removed, or choose another identifier.',
  },
});

/** Text for the user about a failed request: cause and next step. Not the text of the server. */
export function failureText(
  { formatMessage }: Pick<IntlShape, 'formatMessage'>,
  error: unknown,
): string {
  const code = error instanceof HttpClientError ? error.body?.attributes?.['code'] : undefined;
  return formatMessage(byCode[String(code)] ?? generalText(error));
}

function generalText(error: unknown): MessageDescriptor {
  if (!(error instanceof HttpClientError)) return general.server;
  if (error.code === 'server_unreachable') return general.unreachable;
  if (error.status === 403) return general.forbidden;
  return error.status === 400 ? general.refused : general.server;
}
