/**
 * Strength of a key against an attacker who has a copy of the store and guesses keys. Guessing is
 * fast, because deriving a key is one cheap step.
 */
export type KeyStrength = 'predictable' | 'words' | 'random';

/**
 * Minimum strength in bits. It is far below that of random keys of 32 characters, so that none of
 * these is refused.
 */
const MIN_BITS = 40;
/** Length of a block in characters. Text that repeats in blocks of this length counts only once. */
const BLOCK_LENGTH = 3;
/** Separators between words, as in `correct-horse-battery`. */
const SEPARATORS = /[-_ .,]/;
const HEXADECIMAL = /^[0-9a-f]+$/i;
const LETTERS = /^(?:[A-Za-z][a-z]+|[A-Z]{2,})$/;
const MIN_PARTS = 3;
/**
 * Matches sequences of lower-case letters, which words contain. Base64, hexadecimal and decimal
 * texts contain few.
 */
const WORD = /[A-Z]?[a-z]{3,}/g;
const VOWELS = /[aeiou]/gi;
/** Minimum fraction of a key that consists of such sequences. */
const WORD_SHARE = 0.6;
/** Minimum fraction of vowels in these sequences. Random letters have 19 %, English has 38 %. */
const VOWEL_SHARE = 0.3;

/**
 * Classifies the text of a key, not how it was generated. `predictable`: it repeats or counts.
 * `words`: it resembles a passphrase. `random`: everything else.
 */
export function keyStrength(key: string): KeyStrength {
  if (estimatedBits(key) < MIN_BITS) return 'predictable';
  return looksLikeWords(key) ? 'words' : 'random';
}

/**
 * Estimated strength in bits: number of characters that do not follow from previous ones, times the
 * bits that each can hold.
 */
function estimatedBits(key: string): number {
  const characters = [...key];
  const seen = new Set<string>();
  let surprising = 0;
  for (const [index, character] of characters.entries()) {
    const block = characters.slice(index - BLOCK_LENGTH + 1, index + 1).join('');
    const isRepeated = index >= BLOCK_LENGTH && seen.has(block);
    if (index >= BLOCK_LENGTH - 1) seen.add(block);
    if (!isRepeated && !follows(characters[index - 1], character)) surprising += 1;
  }
  return surprising * Math.log2(new Set(characters).size);
}

/**
 * Returns `true` if a character equals the previous one, or is the next or previous one in order:
 * `aaa`, `abc`, `321`.
 */
function follows(before: string | undefined, character: string): boolean {
  if (before === undefined) return false;
  const step = (character.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0);
  return Math.abs(step) <= 1;
}

function looksLikeWords(key: string): boolean {
  if (HEXADECIMAL.test(key)) return false;
  const parts = key.split(SEPARATORS).filter((part) => LETTERS.test(part));
  if (parts.length >= MIN_PARTS && parts.join('').length >= key.length / 2) return true;
  const words = (key.match(WORD) ?? []).join('');
  const vowels = words.match(VOWELS)?.length ?? 0;
  return words.length >= key.length * WORD_SHARE && vowels >= words.length * VOWEL_SHARE;
}
