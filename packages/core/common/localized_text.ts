import type { Language } from './boot_data.ts';
import { pseudoLocalize } from './pseudo_locale.ts';

/** Languages in which the server has all its texts. The pseudo-locale is made from English. */
export type TextLanguage = Exclude<Language, 'en-XA'>;

/** One text in all languages. Placeholders have the form `{name}`. */
export type LocalizedText = Readonly<Record<TextLanguage, string>>;

/** Values of placeholders. */
export type TextValues = Readonly<Record<string, string | number>>;

/**
 * Returns the text in a language, with the values of its placeholders. The result is plain text: a
 * page must escape it.
 */
export function localize(text: LocalizedText, language: Language, values: TextValues = {}): string {
  const template = language === 'en-XA' ? pseudoLocalize(text.en) : text[language];
  return template.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : placeholder,
  );
}
