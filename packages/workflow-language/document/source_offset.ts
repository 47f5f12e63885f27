import type { Scalar } from 'yaml';

/**
 * Offsets in the source for all characters of the decoded value of a text in a YAML document. Takes
 * account of quotes, escapes, folded lines, and the indentation of block texts.
 * @returns one offset for each UTF-16 unit of the value, and one for its end
 */
export function sourceOffsets(source: string, node: Scalar.Parsed): Uint32Array {
  const value = String(node.value);
  const [start, end] = node.range;
  switch (node.type) {
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      const header = source.slice(start, end).indexOf('\n') + 1;
      if (header === 0) return new Uint32Array(value.length + 1).fill(start);
      const aligner = new Aligner(source, start + header, end);
      aligner.indent = blockIndent(source.slice(start, end));
      aligner.skipIndent();
      return aligner.align(value);
    }
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE': {
      const aligner = new Aligner(source, start + 1, end - 1);
      aligner.escape = node.type === 'QUOTE_DOUBLE' ? '\\' : "'";
      return aligner.align(value);
    }
    default:
      return new Aligner(source, start, end).align(value);
  }
}

/**
 * Number of spaces before the lines of a block text: from its header, or else from its first line.
 */
function blockIndent(block: string): number {
  const [header = '', ...lines] = block.split('\n');
  const first = lines.find((line) => line.trim() !== '') ?? '';
  const spaces = first.length - first.trimStart().length;
  const given = /[1-9]/.exec(header.replace(/#.*/, ''))?.[0];
  if (given === undefined) return spaces;
  // The header counts from the indentation of the parent, which is not part of the block. The least
  // indented line is the best estimate of it.
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  return Math.min(...indents);
}

/** Walks through a source and its decoded value in parallel. */
class Aligner {
  /** Number of spaces that are removed from each line of a block text. */
  indent: number | undefined;
  /** Character that starts an escape. `undefined`: the text has no escapes. */
  escape: '\\' | "'" | undefined;
  readonly #source: string;
  readonly #end: number;
  #at: number;

  constructor(source: string, start: number, end: number) {
    this.#source = source;
    this.#at = start;
    this.#end = end;
  }

  skipIndent(): void {
    let rest = this.indent ?? 0;
    while (rest > 0 && this.#source[this.#at] === ' ') {
      this.#at += 1;
      rest -= 1;
    }
  }

  align(value: string): Uint32Array {
    // If the source ends first, the rest of the value is located at its end.
    const offsets = new Uint32Array(value.length + 1).fill(this.#end);
    for (let index = 0; index <= value.length && this.#at < this.#end; ) {
      this.#skipFold(value[index]);
      offsets[index] = Math.min(this.#at, this.#end);
      const length = this.#step(value, index);
      // If one escape encodes a surrogate pair, its second UTF-16 unit is located at the end of the
      // escape.
      if (length === 2) offsets[index + 1] = Math.min(this.#at, this.#end);
      index += length;
    }
    return offsets;
  }

  /**
   * Skips the characters of the source that encode the next character or characters of the value.
   * Returns the number of these characters of the value.
   */
  #step(value: string, index: number): number {
    const wanted = value[index] ?? '';
    this.#skipFold(wanted);
    const found = this.#source[this.#at];
    if (found === '\r' && this.#source[this.#at + 1] === '\n') this.#at += 1;
    if (this.#source[this.#at] === '\n') {
      this.#newline();
      return 1;
    }
    if (this.escape === "'" && found === "'") {
      this.#at += 2;
      return 1;
    }
    if (this.escape === '\\' && found === '\\') return this.#escaped();
    this.#at += 1;
    return 1;
  }

  /** Skips a line break of the source that became a space, or was removed before an empty line. */
  #skipFold(wanted: string | undefined): void {
    const isBlock = this.indent !== undefined;
    if (isBlock || wanted === undefined || wanted === ' ' || wanted === '\n') return;
    while (/[\r\n]/.test(this.#source[this.#at] ?? '')) this.#newline();
  }

  #newline(): void {
    this.#at += 1;
    if (this.indent !== undefined) {
      this.skipIndent();
      return;
    }
    while (/[ \t]/.test(this.#source[this.#at] ?? '')) this.#at += 1;
  }

  #escaped(): number {
    const kind = this.#source[this.#at + 1] ?? '';
    const digits = { x: 2, u: 4, U: 8 }[kind] ?? 0;
    const code = Number.parseInt(this.#source.slice(this.#at + 2, this.#at + 2 + digits), 16);
    this.#at += 2 + digits;
    return digits === 8 && code > 0xffff ? 2 : 1;
  }
}
