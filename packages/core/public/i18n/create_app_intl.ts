import { createIntl, createIntlCache, type IntlShape, type MessageDescriptor } from 'react-intl';
import { type Language, pseudoLocalize } from '../../common/index.ts';
import { isolateDirection } from './isolate_direction.ts';
import type { Translations } from './load_messages.ts';

/** Creates the formatter of texts. A text without translation is formatted in English. */
export function createAppIntl(language: Language, translations: Translations): IntlShape {
  const intl = createIntl(
    {
      // `en-XA` formats numbers and dates as English does.
      locale: language === 'de' ? 'de' : 'en',
      messages: { ...translations },
      onError: (error) => {
        if (error.code !== 'MISSING_TRANSLATION') console.error(error);
      },
    },
    createIntlCache(),
  );
  return withValues(intl, language === 'en-XA' ? pseudoLocalize : undefined);
}

/**
 * Isolates the direction of inserted texts, and changes the text of a message.
 * @param change `undefined`: the text stays
 */
function withValues(intl: IntlShape, change?: (text: string) => string): IntlShape {
  const { formatMessage } = intl;
  const format = (
    descriptor: MessageDescriptor,
    values?: Readonly<Record<string, never>>,
    ...rest: never[]
  ): unknown => {
    const { defaultMessage } = descriptor;
    const changed =
      change !== undefined && typeof defaultMessage === 'string'
        ? { ...descriptor, defaultMessage: change(defaultMessage) }
        : descriptor;
    return formatMessage(changed, values && isolateDirection(values), ...rest);
  };
  return { ...intl, formatMessage: format as typeof formatMessage };
}
