import type { Liquid } from 'liquidjs';
import { ownProperty } from '../values/read_path.ts';

/** Limits of a rendering, as Liquid counts them. */
interface Limited {
  readonly context: {
    readonly memoryLimit: { use(units: number): void };
    readonly renderLimit: { check(now: number): void };
  };
}

/**
 * Adds the filters that workflows have beyond those of Liquid. Every filter charges the size of its
 * input and compares the time: Liquid does that only between outputs, and not in all filters.
 */
export function registerFilters(liquid: Liquid): void {
  liquid.registerFilter('json_parse', parseJson);
  liquid.registerFilter('entries', entries);
  liquid.registerFilter('pick', (value: unknown, ...paths: unknown[]) => pick(value, paths.flat()));
  for (const [name, filter] of Object.entries(liquid.filters)) {
    const handler = typeof filter === 'function' ? filter : filter.handler;
    const limited: typeof handler = function (value: unknown, ...rest: unknown[]) {
      const { context } = this as unknown as Limited;
      context.renderLimit.check(performance.now());
      context.memoryLimit.use(sizeOf(value));
      return handler.call(this, value, ...rest);
    };
    liquid.registerFilter(
      name,
      typeof filter === 'function' ? limited : { ...filter, handler: limited },
    );
  }
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 1;
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

/** Returns the object with only the named paths. Does the same for each object of a list. */
function pick(value: unknown, paths: readonly unknown[]): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => pick(each, paths));
  if (!isPlainObject(value)) return value;
  const tree: PathTree = new Map();
  for (const path of paths) {
    if (typeof path === 'string') addPath(tree, path.split('.'));
  }
  return pickTree(value, tree);
}

/** Names with the names below them; an empty map stands for the whole value. */
type PathTree = Map<string, PathTree>;

function addPath(tree: PathTree, segments: readonly string[]): void {
  let branch = tree;
  for (const segment of segments) {
    const next = branch.get(segment) ?? new Map();
    branch.set(segment, next);
    branch = next;
  }
}

/** Objects are built with `fromEntries`, which makes `__proto__` an ordinary property. */
function pickTree(value: unknown, tree: PathTree): unknown {
  if (tree.size === 0 || !isPlainObject(value)) return value;
  return Object.fromEntries(
    [...tree].flatMap(([name, below]) => {
      if (!Object.hasOwn(value, name)) return [];
      const child = ownProperty(value, name);
      const isMissing = below.size > 0 && !isPlainObject(child);
      return isMissing ? [] : [[name, pickTree(child, below)] as const];
    }),
  );
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}
