import { createIntl, createIntlCache, type IntlShape, type MessageDescriptor } from 'react-intl';
import { type Language, pseudoLocalize } from '../../common/index.ts';
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
  return language === 'en-XA' ? withPseudoLocale(intl) : intl;
}

function withPseudoLocale(intl: IntlShape): IntlShape {
  const { formatMessage } = intl;
  const pseudo = (descriptor: MessageDescriptor, ...rest: never[]): unknown => {
    const { defaultMessage } = descriptor;
    const isText = typeof defaultMessage === 'string';
    return formatMessage(
      isText ? { ...descriptor, defaultMessage: pseudoLocalize(defaultMessage) } : descriptor,
      ...rest,
    );
  };
  return { ...intl, formatMessage: pseudo as typeof formatMessage };
}
