import { createFailureTexts, defineMessages } from '@latchkey/core/public';
import type { MessageDescriptor } from 'react-intl';

/** Texts by error code. Each text says what the user can do. */
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
  user_not_found: {
    id: 'security.failure.userNotFound',
    defaultMessage: 'This user no longer exists. Another administrator may have deleted it.',
  },
  user_conflict: {
    id: 'security.failure.userConflict',
    defaultMessage: 'Another request changed this user at the same time. Try again.',
  },
  user_exists: {
    id: 'security.failure.userExists',
    defaultMessage: 'A user with this name exists. Choose another name.',
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

/** Texts for users about failed requests to this plugin. */
export const { failureOf, failureText, formFailure } = createFailureTexts(byCode);
