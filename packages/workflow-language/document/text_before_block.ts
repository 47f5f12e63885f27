import { lineFrom, linesBefore } from './content_lines.ts';

/** Keys whose values are lists, followed by a text in the same line. */
const LIST_WITH_TEXT =
  /^((?:- )*(steps|else|default|cases|branches|fallback|triggers|tags|metrics): +)([^\s|>&!#].*)$/;

/** Keys whose values are objects, followed by a text in the same line. */
const OBJECT_WITH_TEXT =
  /^((?:- )*(with|on-failure|retry|settings|concurrency|consts|headers|fields): +)([^\s|>&!#].*)$/;

/** A text in front of a list or object, and the key of both. */
interface TextBeforeBlock {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Range of a text that stands behind a key whose list or object begins in the next line. The
 * parser reports the lines below instead. `undefined`: the problem is something else.
 * @param offset place that the parser reports
 */
export function textBeforeBlock(text: string, offset: number): TextBeforeBlock | undefined {
  const found = lineFrom(text, offset);
  if (found === undefined) return undefined;
  const isMember = /^- /.test(found.content);
  if (!isMember && !/^[\w-]+:(?:\s|$)/.test(found.content)) return undefined;
  const [before] = linesBefore(text, found);
  if (before === undefined) return undefined;
  const pattern = isMember ? LIST_WITH_TEXT : OBJECT_WITH_TEXT;
  const [, prefix, key, value] = pattern.exec(before.content) ?? [];
  if (prefix === undefined || key === undefined || value === undefined) return undefined;
  const column = before.indent + prefix.indexOf(key);
  if (isMember ? found.indent < column : found.indent <= column) return undefined;
  const start = before.start + prefix.length;
  // The match may begin only at the first space of a sequence. Otherwise the time would grow with
  // the square of their number.
  return { key, start, end: start + value.replace(/(?<!\s)\s+#[\s\S]*$/, '').length };
}
