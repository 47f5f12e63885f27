import type { TextPlace } from './text_place.ts';

/** The word at an offset inside a template or a condition. */
export interface ExpressionPlace {
  readonly kind: 'variable' | 'filter' | 'tag';
  /** Names in the path before the word, for example `steps` and `search` in `steps.search.out`. */
  readonly owner: readonly string[];
  /** Start of the word, in UTF-16 units. `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** Names that earlier tags of the template have given to values. */
  readonly locals: readonly string[];
}

const PATH = /(?:[\w$-]+|\.|\[(?:\d+|"[^"\]]*"|'[^'\]]*')\])*$/;
const SEGMENT = /\[(?:(\d+)|"([^"]*)"|'([^']*)')\]|([\w$-]+)/g;
const LOCAL = /\{%-?\s*(?:assign|capture|for)\s+([\w-]+)/g;

/** Finds the word of a template at an offset. `undefined`: the offset is outside templates. */
export function templatePlace(
  text: string,
  place: TextPlace,
  offset: number,
): ExpressionPlace | undefined {
  const before = text.slice(place.start, offset);
  const open = Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%'));
  if (open < 0) return undefined;
  const inside = before.slice(open + 2);
  if (inside.includes('}}') || inside.includes('%}')) return undefined;
  const locals = [...before.matchAll(LOCAL)].map((match) => match[1] ?? '');
  if (before[open + 1] === '%' && /^-?\s*\w*$/.test(inside)) {
    return { kind: 'tag', owner: [], ...wordAt(text, offset), locals };
  }
  const bare = withoutQuotes(inside);
  if (bare === undefined) return undefined;
  if (/\|\s*\w*$/.test(bare)) return { kind: 'filter', owner: [], ...wordAt(text, offset), locals };
  const found = variablePlace(text, offset, inside);
  return found && { ...found, locals };
}

/** Finds the field of a condition at an offset. `undefined`: the offset is inside quotes. */
export function conditionPlace(
  text: string,
  place: TextPlace,
  offset: number,
): ExpressionPlace | undefined {
  const before = text.slice(place.start, offset);
  // A literal follows a colon or an operator.
  if (/[:<>=]\s*[^\s():<>=]*$/.test(before)) return undefined;
  return variablePlace(text, offset, before);
}

function variablePlace(text: string, offset: number, before: string): ExpressionPlace | undefined {
  const word = wordAt(text, offset);
  const path = PATH.exec(before)?.[0] ?? '';
  const typed = offset - word.start;
  const owner = path.slice(0, path.length - typed);
  if (owner !== '' && !owner.endsWith('.')) return undefined;
  const segments = [...owner.matchAll(SEGMENT)].map(
    ([, index, double, single, name]) => index ?? double ?? single ?? name ?? '',
  );
  return { kind: 'variable', owner: segments, ...word, locals: [] };
}

/** Finds the start and end of the word around an offset. */
function wordAt(text: string, offset: number): { readonly start: number; readonly end: number } {
  let start = offset;
  while (/[\w$-]/.test(text[start - 1] ?? '')) start -= 1;
  // A hyphen before the word belongs to the delimiter of the tag, as in `{%-if`.
  while (text[start] === '-' && start < offset) start += 1;
  let end = offset;
  while (/[\w-]/.test(text[end] ?? '') && !/^-?[%}]\}/.test(text.slice(end, end + 3))) end += 1;
  return { start, end };
}

/** Text without its quoted parts. `undefined`: the last quote is not closed. */
function withoutQuotes(text: string): string | undefined {
  const rest = text.replaceAll(/\\?"[^"]*"|'[^']*'/g, '');
  return /["']/.test(rest) ? undefined : rest;
}
