import { defineMessages } from '@latchkey/core/public';
import { useIntl } from 'react-intl';
import { DEFAULT_SPACE_DESCRIPTION } from '../../common/index.ts';

const messages = defineMessages({
  default: {
    id: 'spaces.default.description',
    defaultMessage: 'The space that every installation has.',
  },
});

/** Translates the description that the server itself stores. Others are in the words of users. */
export function useSpaceDescription(): {
  /** The description in the language of the user. */
  readonly shown: (stored: string | undefined) => string | undefined;
  /** The description to store for a text of the form, the same in every language. */
  readonly stored: (shown: string) => string;
} {
  const { formatMessage } = useIntl();
  const translated = formatMessage(messages.default);
  return {
    shown: (stored) => (stored === DEFAULT_SPACE_DESCRIPTION ? translated : stored),
    stored: (shown) => (shown.trim() === translated ? DEFAULT_SPACE_DESCRIPTION : shown),
  };
}
