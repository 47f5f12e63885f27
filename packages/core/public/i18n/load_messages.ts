import type { Language } from '../../common/index.ts';

/** Translations by message id. */
export type Translations = Readonly<Record<string, string>>;

/** Translations of one language, loaded when it is chosen. */
export interface LanguageTexts {
  /** Texts of Latchkey. A missing one is shown in English. */
  readonly messages: Translations;
  /** Texts inside components of EUI, by EUI's tokens. */
  readonly eui: Translations;
}

/** Texts of English, which are in the code. */
export const ENGLISH: LanguageTexts = { messages: {}, eui: {} };

/** Loads the texts of a language. English needs no request. */
export async function loadTexts(language: Language): Promise<LanguageTexts> {
  if (language !== 'de') return ENGLISH;
  const [messages, eui] = await Promise.all([
    import('./translations/de.json', { with: { type: 'json' } }),
    import('./translations/eui_de.json', { with: { type: 'json' } }),
  ]);
  return { messages: messages.default, eui: eui.default };
}
