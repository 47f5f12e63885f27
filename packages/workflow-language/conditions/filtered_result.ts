const NUMBERS = 'abs at_least at_most ceil divided_by floor minus modulo plus round size sum times';
const LISTS =
  'chunk compact concat group_by map push reject sort sort_natural split uniq unshift where';

/** Kinds of the values that filters give, as far as these are neither true nor false. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ...NUMBERS.split(' ').map((name) => [name, 'a number'] as const),
  ...LISTS.split(' ').map((name) => [name, 'a list'] as const),
]);

/** Result of an expression that is neither true nor false. */
export interface FilteredResult {
  readonly kind: string;
  /** The expression as a path that ends in `.size`. Absent: it is something else. */
  readonly size?: string;
}

/**
 * Result of an expression that ends in a filter or in `.size`. `undefined`: it may be true or
 * false, or is not known.
 */
export function filteredResult(expression: string): FilteredResult | undefined {
  const plain = expression.replaceAll(/'[^']*'|"[^"]*"/g, '');
  // Other checks report comparisons and malformed expressions.
  if (/[<>=!{}%]|\b(?:and|or|contains)\b/.test(plain)) return undefined;
  if (/^\s*-?\d+(?:\.\d+)?\s*$/.test(plain)) return { kind: 'a number' };
  const size = sizeField(expression).trim();
  if (/^[a-z_][\w.[\]-]*$/i.test(size) && size.endsWith('.size')) return { kind: 'a number', size };
  const bar = plain.lastIndexOf('|');
  const [, filter = ''] = /^\s*(\w+)\s*(?::|$)/.exec(plain.slice(bar + 1)) ?? [];
  const kind = bar < 0 ? undefined : KINDS.get(filter);
  return kind === undefined ? undefined : { kind };
}

/** Returns `x.size` for `x | size`. Other names are returned unchanged. */
export function sizeField(name: string): string {
  // Not a regular expression: one that allows spaces before the `|` would take quadratic time for
  // inner spaces.
  const bar = name.lastIndexOf('|');
  const isSize = bar >= 0 && name.slice(bar + 1).trim() === 'size';
  return isSize ? `${name.slice(0, bar).trimEnd()}.size` : name;
}
