const WORD = /[\p{L}\p{M}\p{N}_]+/gu;
/** Maximum words of one search. Further words are ignored. */
const MAX_SEARCH_WORDS = 32;

/**
 * Returns the words of a text in lower case. A word is a sequence of letters, marks, digits and
 * underscores in any script.
 */
export function words(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** Returns the words that a `matches` condition searches for. Empty: every document matches. */
export function searchWords(text: string): readonly string[] {
  return words(text).slice(0, MAX_SEARCH_WORDS);
}

/** Returns `true` if every searched word is the beginning of a word in the text. */
export function matchesWords(text: string, searched: readonly string[]): boolean {
  const present = words(text);
  return searched.every((prefix) => present.some((word) => word.startsWith(prefix)));
}
