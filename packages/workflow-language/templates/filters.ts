import type { Liquid } from 'liquidjs';
import { ownProperty } from '../values/read_path.ts';

/** Adds the filters that workflows have beyond those of Liquid. */
export function registerFilters(liquid: Liquid): void {
  liquid.registerFilter('json_parse', parseJson);
  liquid.registerFilter('entries', entries);
  liquid.registerFilter('pick', (value: unknown, ...paths: unknown[]) => pick(value, paths.flat()));
}

/** The value of a JSON text; anything that is no JSON text stays as it is. */
function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The properties of an object as `{ key, value }`; anything else stays as it is. */
function entries(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return Object.entries(value).map(([key, each]) => ({ key, value: each }));
}

/** An object with only the named paths; a list of such objects for a list. */
function pick(value: unknown, paths: readonly unknown[]): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => pick(each, paths));
  if (!isPlainObject(value)) return value;
  let result: Readonly<Record<string, unknown>> = {};
  for (const path of paths) {
    if (typeof path === 'string') result = withPath(result, value, path.split('.'));
  }
  return result;
}

/** Objects are built with `fromEntries`, which makes `__proto__` an ordinary property. */
function withPath(
  target: unknown,
  source: unknown,
  [segment, ...rest]: readonly string[],
): Readonly<Record<string, unknown>> {
  const base = isPlainObject(target) ? Object.entries(target) : [];
  if (segment === undefined || !isPlainObject(source) || !Object.hasOwn(source, segment)) {
    return Object.fromEntries(base);
  }
  const value = ownProperty(source, segment);
  const next = rest.length === 0 ? value : withPath(ownProperty(target, segment), value, rest);
  return Object.fromEntries([...base.filter(([key]) => key !== segment), [segment, next]]);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}
