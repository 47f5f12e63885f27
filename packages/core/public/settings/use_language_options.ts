import { useIntl } from 'react-intl';
import { LANGUAGES, type Language, type LanguageChoice } from '../../common/index.ts';
import { defineMessages } from '../i18n/define_messages.ts';
import { useCore } from '../use_core.ts';

const messages = defineMessages({
  browser: { id: 'core.language.browser', defaultMessage: 'As the browser ({language})' },
});

/** Name of each language in that language, so that all users can find theirs. */
const NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  'en-XA': 'Pseudo-locale',
};

/** An option of a select element. */
export interface LanguageOption {
  readonly value: LanguageChoice;
  readonly text: string;
  /** Language of `text`, for screen readers. `undefined`: the language of the page. */
  readonly lang?: Language;
}

/**
 * Returns the languages that the user can choose. The pseudo-locale is for developers, so it is
 * listed only for a user who has already chosen it.
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
