/**
 * Maximum nesting of a body. Deeper bodies get 400: no client needs them, and `JSON.stringify` and
 * SQLite fail at some greater depth.
 */
export const MAX_JSON_DEPTH = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Returns `true` if a JSON text nests lists and objects deeper than the limit. The result for text
 * that is not JSON is unspecified. The check runs for every request with a body, so text that is
 * short or has few brackets is accepted without reading each character.
 */
export function isNestedTooDeeply(text: string, limit = MAX_JSON_DEPTH): boolean {
  // Every opening bracket needs a closing one, so such a short text cannot exceed the limit.
  if (text.length <= 2 * limit) return false;
  if (!hasMoreThan(limit, text)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at + 1);
    else if (character === OPEN_LIST || character === OPEN_OBJECT) {
      depth += 1;
      if (depth > limit) return true;
    } else if (character === CLOSE_LIST || character === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

/**
 * Returns `true` if a text has more opening brackets than the limit. `indexOf` is many times faster
 * than reading each character.
 */
function hasMoreThan(limit: number, text: string): boolean {
  let count = 0;
  for (const bracket of ['[', '{']) {
    let at = text.indexOf(bracket);
    while (at >= 0) {
      count += 1;
      if (count > limit) return true;
      at = text.indexOf(bracket, at + 1);
    }
  }
  return false;
}

/** Returns the position of the closing quote, or the length of the text when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) return at;
    if (character === BACKSLASH) at += 1;
  }
  return text.length;
}
