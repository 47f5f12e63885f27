import { escapeHtml, type LocalizedText, localize, type TextValues } from '../../common/index.ts';
import type { PageAppearance } from './page_appearance.ts';

/** Returns a text as HTML: in the language of a page, with its values, and escaped. */
export type HtmlTexts = (text: LocalizedText, values?: TextValues) => string;

/** Returns a function for the texts of a page, in its language. */
export function htmlTexts({ language }: Pick<PageAppearance, 'language'>): HtmlTexts {
  return (text, values) => escapeHtml(localize(text, language, values));
}
