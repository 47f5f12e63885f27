const WORD = /[\p{L}\p{M}\p{N}_]+/gu;
/** Words of a search box beyond this are ignored. */
const MAX_SEARCH_WORDS = 32;

/** The words of a text, lower-cased: runs of letters, marks, digits and underscores in any script. */
export function words(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** The words that a `matches` condition looks for. Empty: nothing was asked, so everything matches. */
export function searchWords(text: string): readonly string[] {
  return words(text).slice(0, MAX_SEARCH_WORDS);
}

/** Whether every searched word begins a word of the text. */
export function matchesWords(text: string, searched: readonly string[]): boolean {
  const present = words(text);
  return searched.every((prefix) => present.some((word) => word.startsWith(prefix)));
}
