import type { IntlShape } from 'react-intl';
import type { Language } from '../../common/index.ts';
import { createAppIntl } from './create_app_intl.ts';
import { ENGLISH, type LanguageTexts } from './load_messages.ts';

/** Language on the screen. */
export interface ShownLanguage {
  readonly language: Language;
  readonly intl: IntlShape;
  /** Texts inside components of EUI, by EUI's tokens. */
  readonly eui: LanguageTexts['eui'];
}

/**
 * Language of the web app. The previous language stays until the texts of the new one have arrived.
 */
export class LanguageStore {
  readonly #load: (language: Language) => Promise<LanguageTexts>;
  readonly #listeners = new Set<() => void>();
  readonly #browserLanguages: readonly string[];
  #shown: ShownLanguage;
  #wanted: Language = 'en';

  /** @param browserLanguages languages of the browser, in the order of preference. Default: none */
  constructor(
    load: (language: Language) => Promise<LanguageTexts>,
    browserLanguages: readonly string[] = [],
  ) {
    this.#load = load;
    this.#browserLanguages = browserLanguages;
    this.#shown = this.#languageOf('en', ENGLISH);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): ShownLanguage => this.#shown;

  /**
   * Loads the texts of a language and shows it.
   * @throws unknown when the texts cannot be loaded; the previous language stays then
   */
  async show(language: Language): Promise<void> {
    this.#wanted = language;
    const texts = await this.#load(language);
    if (this.#wanted !== language) return;
    this.#shown = this.#languageOf(language, texts);
    for (const listener of this.#listeners) listener();
  }

  #languageOf(language: Language, texts: LanguageTexts): ShownLanguage {
    const intl = createAppIntl(language, texts.messages, this.#browserLanguages);
    return { language, intl, eui: texts.eui };
  }
}
