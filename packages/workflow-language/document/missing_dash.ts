/** Keys whose values are lists of objects. */
const LIST_KEY =
  /^\s*(?:- )?(?:steps|else|default|cases|branches|fallback|triggers|inputs|outputs|metrics):\s*(?:#.*)?$/;

/** Maximum number of lines read in one direction, because a text can have many problems. */
const MAX_LINES = 1_000;

/** A line of a text. */
interface Line {
  /** Offset of the first character that is no space. */
  readonly start: number;
  readonly indent: number;
  readonly content: string;
}

/**
 * Range of the key before which the `- ` of the first member of a list is missing. The parser
 * reports the second member instead. `undefined`: the problem is something else.
 * @param offset place that the parser reports
 */
export function missingDash(
  text: string,
  offset: number,
): { readonly start: number; readonly end: number } | undefined {
  const found = lineFrom(text, offset);
  if (found === undefined || !found.content.startsWith('- ')) return undefined;
  let first: Line | undefined;
  let end = found.start - found.indent;
  for (let lines = 0; end > 0 && lines < MAX_LINES; lines += 1) {
    // A negative start of the search would find a line feed at the beginning again.
    const begin = end === 1 ? 0 : text.lastIndexOf('\n', end - 2) + 1;
    const line = lineOf(text, begin);
    end = begin;
    if (line.content === '' || line.content.startsWith('#')) continue;
    if (line.indent < found.indent) {
      const key = /^[\w-]+(?=:(?:\s|$))/.exec(first?.content ?? '')?.[0];
      if (first === undefined || key === undefined || !LIST_KEY.test(line.content))
        return undefined;
      return { start: first.start, end: first.start + key.length };
    }
    if (line.indent === found.indent && line.content.startsWith('-')) return undefined;
    first = line;
  }
  return undefined;
}

/** The first line with content at or after an offset. */
function lineFrom(text: string, offset: number): Line | undefined {
  let begin = text.lastIndexOf('\n', offset - 1) + 1;
  for (let lines = 0; lines < MAX_LINES; lines += 1) {
    const line = lineOf(text, begin);
    if (line.content !== '' && !line.content.startsWith('#')) return line;
    begin = text.indexOf('\n', begin) + 1;
    if (begin === 0) return undefined;
  }
  return undefined;
}

function lineOf(text: string, begin: number): Line {
  const newline = text.indexOf('\n', begin);
  const line = text.slice(begin, newline < 0 ? text.length : newline);
  const content = line.trim();
  const indent = line.length - line.trimStart().length;
  return { start: begin + indent, indent, content };
}
