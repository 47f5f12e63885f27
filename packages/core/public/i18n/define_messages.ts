import type { MessageDescriptor } from 'react-intl';

/**
 * Declares messages with ids of the form `plugin.place.what`. `npm run check` compares them with
 * the translations. Unlike the function of react-intl, it does not require the types of the
 * arguments.
 */
export function defineMessages<Name extends string>(
  messages: Record<Name, MessageDescriptor>,
): Readonly<Record<Name, MessageDescriptor>> {
  return messages;
}
