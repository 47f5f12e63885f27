/** Tells if a value is an object and no list. A date counts as an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
 * All values that a path of a condition leads to. An index selects a member of a list; any other
 * segment reads that field of all members. `length` of a list or text is its length. A path
 * through a number, boolean, text or null leads to nothing.
 */
export function valuesAt(value: unknown, segments: readonly string[]): readonly unknown[] {
  const [segment, ...rest] = segments;
  if (segment === undefined) return [value];
  if (Array.isArray(value)) {
    if (/^\d+$/.test(segment)) {
      const index = Number(segment);
      return index < value.length ? valuesAt(value[index], rest) : [];
    }
    if (segment === 'length' && rest.length === 0) return [value.length];
    return value.flatMap((member: unknown) => valuesAt(member, segments));
  }
  if (typeof value === 'string') {
    return segment === 'length' && rest.length === 0 ? [value.length] : [];
  }
  const next = ownProperty(value, segment);
  return next === undefined ? [] : valuesAt(next, rest);
}
