/**
 * Maximum nesting of lists that is read. Services return less, and the recursion can process it.
 */
const MAX_LIST_DEPTH = 100;

/** Returns `true` if a value is an object and no list. A date counts as an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns `true` if a value is an object with fields: no list and no date. */
export function hasFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && !(value instanceof Date);
}

/**
 * Value of an own property. `undefined` for inherited properties, so that `constructor` is an
 * ordinary name.
 */
export function ownProperty(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

/** Splits `a.b[0].c` into `a`, `b`, `0`, `c`. */
export function splitPath(path: string): readonly string[] {
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((segment) => segment !== '');
}

/**
 * Value at the end of a path. An index selects a member of a list; the only field of a list is
 * `length`. `undefined`: the path leads to no value.
 */
export function valueAt(value: unknown, segments: readonly string[]): unknown {
  return segments.reduce(ownProperty, value);
}

/** State of a walk along a path. */
interface PathWalk {
  readonly segments: readonly string[];
  /**
   * Called for each member of a list that is read, even if it does not have the field. May throw.
   */
  readonly visit: () => void;
  /** Index of the next segment. Default: 0. */
  readonly at?: number;
  /** Number of lists around the value. Default: 0. */
  readonly depth?: number;
}

/**
 * Yields all values to which a path of a condition leads. An index selects a member of a list; any
 * other segment reads the field of all members; a list at the end yields its members. `length` of a
 * list or text is its length. A path through a number, boolean, text or null yields nothing, and
 * neither do lists nested deeper than 100 levels.
 */
export function* valuesAt(
  value: unknown,
  { segments, visit, at = 0, depth = 0 }: PathWalk,
): Generator<unknown, void> {
  let found = value;
  for (let next = at; ; next += 1) {
    const segment = segments[next];
    const isLength = segment === 'length' && next === segments.length - 1;
    if (Array.isArray(found)) {
      if (segment !== undefined && /^\d+$/.test(segment)) {
        if (Number(segment) >= found.length) return;
        found = found[Number(segment)];
        continue;
      }
      if (isLength) yield found.length;
      else if (depth < MAX_LIST_DEPTH)
        for (const member of found) {
          visit();
          yield* valuesAt(member, { segments, visit, at: next, depth: depth + 1 });
        }
      return;
    }
    if (segment === undefined) {
      yield found;
      return;
    }
    if (typeof found === 'string') {
      if (isLength) yield found.length;
      return;
    }
    found = ownProperty(found, segment);
    if (found === undefined) return;
  }
}

/**
 * Counts the values in a tree. A shared value counts each time that it occurs.
 * @param weigh returns the count of a text; default: 1
 * @returns number of values; a number above the limit is returned as soon as the limit is exceeded
 */
export function countValues(
  value: unknown,
  limit: number,
  weigh: (text: string) => number = () => 1,
): number {
  const waiting: unknown[] = [value];
  let count = 0;
  while (waiting.length > 0 && count <= limit) {
    const each = waiting.pop();
    count += typeof each === 'string' ? weigh(each) : 1;
    if (typeof each !== 'object' || each === null) continue;
    for (const child of Object.values(each)) {
      if (waiting.length > limit) return limit + 1;
      waiting.push(child);
    }
  }
  return count;
}
