/**
 * Maximum nesting of lists that is read: more than services return, and little enough for the
 * recursion.
 */
const MAX_LIST_DEPTH = 100;

/** Tells if a value is an object and no list. A date counts as an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tells if a value is an object with fields: no list and no date. */
export function hasFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && !(value instanceof Date);
}

/** An own property; undefined for inherited ones, so that `constructor` is an ordinary name. */
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
 * The value that a path leads to. An index selects a member of a list; a list has no other fields
 * than its `length`. Undefined if the path leads nowhere.
 */
export function valueAt(value: unknown, segments: readonly string[]): unknown {
  return segments.reduce(ownProperty, value);
}

/** A path and where the walk along it is. */
interface PathWalk {
  readonly segments: readonly string[];
  /** Called for each member of a list that is read, also without the field. It may throw. */
  readonly visit: () => void;
  /** Index of the next segment. Default: 0. */
  readonly at?: number;
  /** Lists around the value. Default: 0. */
  readonly depth?: number;
}

/**
 * All values that a path of a condition leads to, one after the other. An index selects a member of
 * a list; any other segment reads that field of all members; a list at the end gives its members.
 * `length` of a list or text is its length. A path through a number, boolean, text or null leads to
 * nothing, and neither do lists nested deeper than 100 levels.
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
 * Counts the values of a tree, and shared ones each time.
 *
 * @param weigh counts a text; default: 1.
 * @returns a number above the limit as soon as it is reached.
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
