import { createIntl, createIntlCache, type IntlShape, type MessageDescriptor } from 'react-intl';
import { type Language, pseudoLocalize } from '../../common/index.ts';
import { isolateDirection } from './isolate_direction.ts';
import type { Translations } from './load_messages.ts';

/**
 * Creates the formatter of texts. A text without translation is formatted in English.
 * @param browserLanguages languages of the browser, such as `en-GB`, in the order of preference.
 * Their region decides the form of dates and numbers
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

/** Returns the language with the region that the browser prefers for it, for example `en-GB`. */
function localeOf(language: Language, browserLanguages: readonly string[]): string {
  // The pseudo-locale formats numbers and dates as English does.
  const shown = language === 'de' ? 'de' : 'en';
  return browserLanguages.find((one) => one.startsWith(`${shown}-`) && isLanguageTag(one)) ?? shown;
}

/**
 * Returns `true` if `Intl` accepts the text. Chromium lists `en-US@posix` when the environment has
 * `LANG=C`, and `Intl` throws for it.
 */
function isLanguageTag(text: string): boolean {
  try {
    Intl.getCanonicalLocales(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Wraps `formatMessage`, so that it isolates the direction of inserted texts.
 * @param change changes the text of a message. `undefined`: the text stays unchanged
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
