/** Maximum product of the lengths up to which the native search is fast enough for any texts. */
const MAX_NATIVE_COMPARISONS = 1_000_000;
/**
 * Maximum length of a piece for the native search, which then compares only few characters at each
 * place.
 */
const MAX_NATIVE_PIECE = 4;

/** A text, or another sequence of characters. */
export interface Characters {
  readonly length: number;
  charCodeAt(index: number): number;
  /** Native search, used only for very short pieces. Absent: each character is compared. */
  indexOf?(piece: string, from: number): number;
}

/**
 * Finds a piece in a text, like `indexOf`, in a time proportional to the sum of their lengths.
 * `indexOf` takes a time proportional to their product for some texts, such as a text of many `a`
 * and the piece `aaabaaa`.
 * @returns offset of the first occurrence from `from` on; -1: there is none
 */
export function findText(text: string, piece: string, from = 0): number {
  return isShort(text, piece) ? text.indexOf(piece, from) : searchLinear(text, piece, from);
}

/** Finds the last occurrence, like `lastIndexOf`, in the time of {@link findText}. */
export function findLastText(text: string, piece: string): number {
  if (isShort(text, piece)) return text.lastIndexOf(piece);
  const found = searchLinear(reversed(text), reversed(piece), 0);
  return found < 0 ? -1 : text.length - found - piece.length;
}

/** Splits a text, like `split`, in the time of {@link findText}. */
export function splitText(text: string, piece: string): string[] {
  if (piece === '' || isShort(text, piece)) return text.split(piece);
  const search = searchOf(piece);
  const parts: string[] = [];
  let start = 0;
  for (let at = search(text, 0); at >= 0; at = search(text, start)) {
    parts.push(text.slice(start, at));
    start = at + piece.length;
  }
  parts.push(text.slice(start));
  return parts;
}

function isShort({ length }: string, piece: string): boolean {
  return piece.length <= MAX_NATIVE_PIECE || length * piece.length <= MAX_NATIVE_COMPARISONS;
}

function reversed(text: Characters): Characters {
  const last = text.length - 1;
  return { length: text.length, charCodeAt: (index) => text.charCodeAt(last - index) };
}

/** Search by Knuth, Morris and Pratt. It never goes back in the text. */
export function searchLinear(text: Characters, piece: Characters, from: number): number {
  return text.length - from < piece.length ? -1 : searchOf(piece)(text, from);
}

function searchOf(piece: Characters): (text: Characters, from: number) => number {
  const borders = bordersOf(piece);
  const codes = Array.from({ length: Math.min(piece.length, MAX_NATIVE_PIECE) }, (_, index) =>
    piece.charCodeAt(index),
  );
  const start = String.fromCharCode(...codes);
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at += 1) {
      if (matched === 0 && text.indexOf !== undefined) {
        at = text.indexOf(start, at);
        if (at < 0) return -1;
      }
      const code = text.charCodeAt(at);
      while (matched > 0 && code !== piece.charCodeAt(matched)) matched = borders[matched - 1] ?? 0;
      if (code === piece.charCodeAt(matched)) matched += 1;
      if (matched === piece.length) return at + 1 - matched;
    }
    return -1;
  };
}

/** For each prefix of the piece: length of its longest proper prefix that is also its suffix. */
function bordersOf(piece: Characters): Int32Array {
  const borders = new Int32Array(piece.length);
  let length = 0;
  for (let at = 1; at < piece.length; at += 1) {
    const code = piece.charCodeAt(at);
    while (length > 0 && code !== piece.charCodeAt(length)) length = borders[length - 1] ?? 0;
    if (code === piece.charCodeAt(length)) length += 1;
    borders[at] = length;
  }
  return borders;
}
