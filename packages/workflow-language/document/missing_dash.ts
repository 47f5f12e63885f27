import { type Line, lineFrom, linesBefore } from './content_lines.ts';

/** Keys whose values are lists of objects. */
const LIST_KEY =
  /^\s*(?:- )?(?:steps|else|default|cases|branches|fallback|triggers|inputs|outputs|metrics):\s*(?:#.*)?$/;

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
  for (const line of linesBefore(text, found)) {
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
