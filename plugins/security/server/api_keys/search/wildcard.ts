/** Part of a pattern that matches any number of characters. */
const STAR = Symbol('*');
/** Part of a pattern that matches exactly one character. */
const ONE = Symbol('?');

type Part = string | typeof STAR | typeof ONE;

/**
 * Returns a test for texts that match a pattern as a whole: `*` for any characters, `?` for one,
 * `\` before a literal character. The number of steps is at most the product of both lengths. A
 * regular expression built from a caller's pattern could take exponential time.
 */
export function wildcard(pattern: string, ignoresCase: boolean): (text: string) => boolean {
  const fold = (text: string) => (ignoresCase ? text.toLowerCase() : text);
  const parts = partsOf(fold(pattern));
  return (text) => fits([...fold(text)], parts);
}

function partsOf(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] as string;
    if (character === '\\' && at + 1 < characters.length) {
      at += 1;
      parts.push(characters[at] as string);
    } else if (character === '*') parts.push(STAR);
    else parts.push(character === '?' ? ONE : character);
  }
  return parts;
}

/**
 * Compares a text with a pattern. After a mismatch, only the last `*` is extended: extending an
 * earlier one could not give new matches.
 */
function fits(text: readonly string[], parts: readonly Part[]): boolean {
  let at = 0;
  let part = 0;
  let star: { readonly part: number; at: number } | undefined;
  while (at < text.length) {
    if (parts[part] === STAR) {
      star = { part, at };
      part += 1;
    } else if (parts[part] === ONE || parts[part] === text[at]) {
      part += 1;
      at += 1;
    } else if (star !== undefined) {
      star.at += 1;
      at = star.at;
      part = star.part + 1;
    } else return false;
  }
  return parts.slice(part).every((left) => left === STAR);
}
