import { createIntl, createIntlCache, type IntlShape, type MessageDescriptor } from 'react-intl';
import { type Language, pseudoLocalize } from '../../common/index.ts';
import { isolateDirection } from './isolate_direction.ts';
import type { Translations } from './load_messages.ts';

/**
 * Creates the formatter of texts. A text without translation is formatted in English.
 * @param browserLanguages languages of the browser, such as `en-GB`, in the order of preference.
 *   Dates and numbers have the form of the region.
 */
export function createAppIntl(
  language: Language,
  translations: Translations,
  browserLanguages: readonly string[],
): IntlShape {
  const intl = createIntl(
    {
      locale: localeOf(language, browserLanguages),
      messages: { ...translations },
      onError: (error) => {
        if (error.code !== 'MISSING_TRANSLATION') console.error(error);
      },
    },
    createIntlCache(),
  );
  return withValues(intl, language === 'en-XA' ? pseudoLocalize : undefined);
}

/** The language, in the first region for which the browser prefers it. */
function localeOf(language: Language, browserLanguages: readonly string[]): string {
  // The pseudo-locale formats numbers and dates as English does.
  const shown = language === 'de' ? 'de' : 'en';
  return browserLanguages.find((one) => one.startsWith(`${shown}-`) && isLanguageTag(one)) ?? shown;
}

/** Chromium lists `en-US@posix` where the environment has `LANG=C`. `Intl` throws for it. */
function isLanguageTag(text: string): boolean {
  try {
    Intl.getCanonicalLocales(text);
    return true;
  } catch {
    return false;
  }
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
