/** Maximum number of lines read in one direction, because a text can have many problems. */
const MAX_LINES = 1_000;

/** A line of a text that has content other than a comment. */
export interface Line {
  /** Offset of the first character that is not a space. */
  readonly start: number;
  readonly indent: number;
  readonly content: string;
}

/** The first line with content at or after an offset. `undefined`: none is near. */
export function lineFrom(text: string, offset: number): Line | undefined {
  let begin = text.lastIndexOf('\n', offset - 1) + 1;
  for (let lines = 0; lines < MAX_LINES; lines += 1) {
    const line = lineOf(text, begin);
    if (hasContent(line)) return line;
    begin = text.indexOf('\n', begin) + 1;
    if (begin === 0) return undefined;
  }
  return undefined;
}

/** Lines with content before a line, the nearest one first. Those far away are left out. */
export function* linesBefore(text: string, { start, indent }: Line): Generator<Line> {
  let end = start - indent;
  for (let lines = 0; end > 0 && lines < MAX_LINES; lines += 1) {
    // A negative start of the search would find a line feed at the beginning again.
    end = end === 1 ? 0 : text.lastIndexOf('\n', end - 2) + 1;
    const line = lineOf(text, end);
    if (hasContent(line)) yield line;
  }
}

const hasContent = ({ content }: Line): boolean => content !== '' && !content.startsWith('#');

function lineOf(text: string, begin: number): Line {
  const newline = text.indexOf('\n', begin);
  const line = text.slice(begin, newline < 0 ? text.length : newline);
  const content = line.trim();
  const indent = line.length - line.trimStart().length;
  return { start: begin + indent, indent, content };
}
