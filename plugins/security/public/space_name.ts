import { defineMessages } from '@latchkey/core/public';
import { useIntl } from 'react-intl';
import { EVERY_SPACE } from './grants/index.ts';
import type { SpaceName } from './types.ts';

const messages = defineMessages({
  everySpace: { id: 'security.grants.everySpace', defaultMessage: 'All spaces' },
});

/** Returns a function that returns the name of a space. For an unknown space, it returns the id. */
export function useSpaceName(spaces: readonly SpaceName[]): (id: string) => string {
  const { formatMessage } = useIntl();
  return (id) =>
    id === EVERY_SPACE
      ? formatMessage(messages.everySpace)
      : (spaces.find((space) => space.id === id)?.name ?? id);
}
