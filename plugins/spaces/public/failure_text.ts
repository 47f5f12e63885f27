import { createFailureTexts, defineMessages } from '@latchkey/core/public';
import type { MessageDescriptor } from 'react-intl';

/** Texts by error code. Each text says what the user can do. */
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
    defaultMessage: 'The maximum number of spaces is reached. Delete a space first.',
  },
  space_being_deleted: {
    id: 'spaces.failure.spaceBeingDeleted',
    defaultMessage:
      'A space with this identifier is being deleted. Wait until its data is removed, or choose another identifier.',
  },
});

/** Texts for users about failed requests to this plugin. */
export const { failureOf, failureText, formFailure } = createFailureTexts(byCode);
