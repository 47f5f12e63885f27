import type { Scalar } from 'yaml';

/**
 * Offsets in the source for all characters of the decoded value of a text in a YAML document.
 *
 * Indentation and folded lines change only spaces and line breaks. So the other characters of the
 * value are those of the source, in the same order, and the spaces are located between them.
 * @returns one offset for each UTF-16 unit of the value, and one for its end
 */
export function sourceOffsets(source: string, node: Scalar.Parsed): Uint32Array {
  const value = String(node.value);
  const { start, end, escapeMark } = contentOf(source, node);
  // If the source ends first, the rest of the value is located at its end.
  const offsets = new Uint32Array(value.length + 1).fill(end);
  let gapStart = start;
  let index = 0;
  for (const visible of visibleCharacters(source, { start, end, escapeMark })) {
    const spaces = index;
    while (isSpace(value[index])) index += 1;
    locateSpaces(offsets, { from: spaces, to: index, gapStart, gapEnd: visible.start, source });
    if (index >= value.length) return offsets;
    offsets[index] = visible.start;
    // If one escape encodes a surrogate pair, its second UTF-16 unit is located at the end of the
    // escape.
    if (visible.units === 2) offsets[index + 1] = visible.end;
    index += visible.units;
    gapStart = visible.end;
  }
  locateSpaces(offsets, { from: index, to: value.length, gapStart, gapEnd: end, source });
  return offsets;
}

/** Character that starts an escape. `undefined`: the text has no escapes. */
type EscapeMark = '\\' | "'" | undefined;

/** Part of a source that contains the characters of a text, without quotes and header. */
interface Content {
  readonly start: number;
  readonly end: number;
  readonly escapeMark: EscapeMark;
}

function contentOf(source: string, { type, range: [start, end] }: Scalar.Parsed): Content {
  switch (type) {
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      const header = source.slice(start, end).indexOf('\n') + 1;
      return { start: header === 0 ? end : start + header, end, escapeMark: undefined };
    }
    case 'QUOTE_DOUBLE':
      return { start: start + 1, end: end - 1, escapeMark: '\\' };
    case 'QUOTE_SINGLE':
      return { start: start + 1, end: end - 1, escapeMark: "'" };
    default:
      return { start, end, escapeMark: undefined };
  }
}

/** A character of the source, or an escape, that is neither a space nor a line break. */
interface VisibleCharacter {
  readonly start: number;
  readonly end: number;
  /** UTF-16 units of the value that it encodes. */
  readonly units: number;
}

function* visibleCharacters(source: string, content: Content): Generator<VisibleCharacter> {
  const { end, escapeMark } = content;
  for (let at = content.start; at < end; ) {
    const found = source[at];
    const start = at;
    if (found !== escapeMark) {
      at += 1;
      if (!isSpace(found)) yield { start, end: at, units: 1 };
      continue;
    }
    const decoded = escapeMark === '\\' ? escapeAt(source, at) : { length: 2, code: undefined };
    at += decoded.length;
    const { code } = decoded;
    if (code === undefined || !isSpace(String.fromCodePoint(code))) {
      yield { start, end: at, units: code !== undefined && code > 0xffff ? 2 : 1 };
    }
  }
}

/** Escapes of one character that encode a space or a line break, and escaped line breaks. */
const SPACE_ESCAPES: Readonly<Record<string, number>> = {
  t: 0x09,
  n: 0x0a,
  r: 0x0d,
  '\t': 0x09,
  '\n': 0x0a,
  '\r': 0x0d,
  ' ': 0x20,
};

/** Length of an escape, and its code point if that is a space or written in hexadecimal digits. */
function escapeAt(source: string, at: number): { length: number; code: number | undefined } {
  const kind = source[at + 1] ?? '';
  const digits = { x: 2, u: 4, U: 8 }[kind];
  if (digits === undefined) return { length: 2, code: SPACE_ESCAPES[kind] };
  const code = Number.parseInt(source.slice(at + 2, at + 2 + digits), 16);
  return { length: 2 + digits, code: code <= 0x10ffff ? code : undefined };
}

const isSpace = (unit: string | undefined): boolean =>
  unit === ' ' || unit === '\n' || unit === '\t' || unit === '\r';

/** Spaces of a value, and the part of the source that encodes them. */
interface Gap {
  readonly from: number;
  readonly to: number;
  readonly gapStart: number;
  readonly gapEnd: number;
  readonly source: string;
}

/**
 * Locates spaces: the first one at a line break of the source if there is one, the others directly
 * before the next character.
 */
function locateSpaces(offsets: Uint32Array, { from, to, gapStart, gapEnd, source }: Gap): void {
  if (from === to) return;
  for (let index = from; index < to; index += 1) {
    offsets[index] = Math.max(gapStart, gapEnd - (to - index));
  }
  if (source.slice(gapStart, gapEnd).includes('\n')) offsets[from] = gapStart;
}
