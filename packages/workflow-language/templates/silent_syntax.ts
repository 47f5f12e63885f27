import { templateForm } from './template_form.ts';

/** Parts of a text whose content Liquid does not read as expressions. */
const UNREAD = /\{%-?\s*(raw|comment)\s*-?%\}[\s\S]*?\{%-?\s*end\1\s*-?%\}/g;
const TAG = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
const QUOTED = /"[^"]*"|'[^']*'/g;

/** A bracket that begins a value, before a member that is a number, a boolean or nothing. */
const LITERAL = /[\s{:,=(|<>-]\[(?=\s*(?:-?\d|(?:true|false|nil|null|blank|empty)\b))/g;

const masked = (part: string): string => '_'.repeat(part.length);

/**
 * Offsets of literal lists such as `[1, 2]`, which Liquid does not have and reads as nothing. Lists
 * that begin with a name or a text are not included, because Liquid reads those as variables.
 * @param text a template that can be parsed
 */
export function listLiterals(text: string): readonly number[] {
  if (!text.includes('[')) return [];
  return [...text.replaceAll(UNREAD, masked).matchAll(TAG)].flatMap(({ 0: tag, index }) =>
    [...tag.replaceAll(QUOTED, masked).matchAll(LITERAL)].map((each) => index + each.index + 1),
  );
}

/** A text in quotes that is only a backslash, which makes the closing quote part of the text. */
const BACKSLASH = /(['"])\\\1(?=\s*(?:[|,]|-?%\}))/g;

/**
 * Offsets of texts such as `'\'` in tags. Liquid reads everything up to the next quote, or the end
 * of the tag, as one text, without an error.
 * @param text a template that can be parsed
 */
export function loneBackslashes(text: string): readonly number[] {
  if (!text.includes('\\')) return [];
  return [...text.replaceAll(UNREAD, masked).matchAll(TAG)].flatMap(({ 0: tag, index }) =>
    tag.startsWith('{%') ? [...tag.matchAll(BACKSLASH)].map((each) => index + each.index) : [],
  );
}

/**
 * Offsets of each `$` right before an output, such as in `Found ${{ x }}`. Liquid prints it, unless
 * the whole text is one `${{ }}`.
 * @param text a template that can be parsed
 */
export function printedDollars(text: string): readonly number[] {
  if (!text.includes('${{') || templateForm(text).kind !== 'text') return [];
  return [...text.replaceAll(UNREAD, masked).matchAll(TAG)].flatMap(({ 0: tag, index }) =>
    tag.startsWith('{{') && text[index - 1] === '$' ? [index - 1] : [],
  );
}

/** A filter, with white space before its name only. */
const FILTER = /\|[ \t]*\w*/;

/**
 * Places of filters after the list of a `{% for %}`. Liquid reads only the list and the parameters,
 * and ignores filters without an error.
 * @param text a template that can be parsed
 */
export function ignoredFilters(text: string): readonly { start: number; end: number }[] {
  if (!text.includes('|')) return [];
  return [...text.replaceAll(UNREAD, masked).matchAll(TAG)].flatMap(({ 0: tag, index }) => {
    if (!/^\{%-?\s*for\s/.test(tag)) return [];
    const filter = FILTER.exec(tag.replaceAll(QUOTED, masked));
    if (filter === null) return [];
    const start = index + filter.index;
    return [{ start, end: start + filter[0].length }];
  });
}
