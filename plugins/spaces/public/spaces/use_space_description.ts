import { defineMessages } from '@latchkey/core/public';
import { useIntl } from 'react-intl';
import { DEFAULT_SPACE_DESCRIPTION } from '../../common/index.ts';

const messages = defineMessages({
  default: {
    id: 'spaces.default.description',
    defaultMessage: 'The space that every installation has.',
  },
});

/**
 * Translates the description that the server stores for the default space. Descriptions that users
 * have written are not changed.
 */
export function useSpaceDescription(): {
  /** Description to show, in the language of the user. */
  readonly shown: (stored: string | undefined) => string | undefined;
  /** Description to store for a text of the form. It is the same in every language. */
  readonly stored: (shown: string) => string;
} {
  const { formatMessage } = useIntl();
  const translated = formatMessage(messages.default);
  return {
    shown: (stored) => (stored === DEFAULT_SPACE_DESCRIPTION ? translated : stored),
    stored: (shown) => (shown.trim() === translated ? DEFAULT_SPACE_DESCRIPTION : shown),
  };
}
