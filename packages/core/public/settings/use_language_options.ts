import { useIntl } from 'react-intl';
import { LANGUAGES, type Language, type LanguageChoice } from '../../common/index.ts';
import { defineMessages } from '../i18n/define_messages.ts';
import { useCore } from '../use_core.ts';

const messages = defineMessages({
  browser: { id: 'core.language.browser', defaultMessage: 'As the browser ({language})' },
});

/** Each language in itself, so that users find theirs in any language. */
const NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  'en-XA': 'Pseudo-locale',
};

/** An option of a select element. */
export interface LanguageOption {
  readonly value: LanguageChoice;
  readonly text: string;
  /** Language of `text`, for screen readers. Left out: that of the page. */
  readonly lang?: Language;
}

/**
 * Languages that the user can choose. The pseudo-locale is for developers: it is listed only for
 * those who have it.
 */
export function useLanguageOptions(chosen: LanguageChoice): LanguageOption[] {
  const { boot } = useCore();
  const { formatMessage } = useIntl();
  const shown = LANGUAGES.filter((value) => value !== 'en-XA' || value === chosen);
  return [
    {
      value: 'browser',
      text: formatMessage(messages.browser, { language: NAMES[boot.browserLanguage] }),
    },
    ...shown.map((value) => ({ value, text: NAMES[value], lang: value })),
  ];
}
