/** Matches a version of Semantic Versioning 2.0.0. */
const VERSION =
  /^v?(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** Matches a version of a range, whose last numbers may be absent or `x`. */
const PARTIAL =
  /^v?(?:\d+|[xX*])(?:\.(?:\d+|[xX*])){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

const OPERATOR = /^(?:>=|<=|>|<|=|\^|~>?)/;

/** Tells if a text is a version such as 1.0.0. */
export function isVersion(text: string): boolean {
  return VERSION.test(text.trim());
}

/**
 * Tells if a text is a range of versions, as npm writes them: `>=9.5.0 <9.6.0`, `^9.5`, `9.x`,
 * `9.5 - 9.6` or `9.5.0 || 9.7.0`.
 */
export function isVersionRange(text: string): boolean {
  return text.split('||').every((part) => {
    const words = part.trim().split(/\s+/);
    const [from = '', dash, to = ''] = words;
    if (words.length === 3 && dash === '-') return PARTIAL.test(from) && PARTIAL.test(to);
    return words.join(' ') === '' || isSet(words);
  });
}

/** Tells if words are comparisons. A space may follow an operator. */
function isSet(words: readonly string[]): boolean {
  let isOpen = false;
  for (const word of words) {
    const operator: string = isOpen ? '' : (OPERATOR.exec(word)?.[0] ?? '');
    const version = word.slice(operator.length);
    isOpen = operator !== '' && version === '';
    if (!isOpen && !PARTIAL.test(version)) return false;
  }
  return !isOpen;
}
