import type { Liquid } from 'liquidjs';
import { hasFields, ownProperty } from '../values/read_path.ts';
import { LimitedContext } from './limited_context.ts';
import { registerMomentFilters } from './moment_filters.ts';
import { isPassing } from './passed_values.ts';
import { registerTextFilters } from './text_filters.ts';

/** Filters whose first argument is a path that is read once for each member of the list. */
const PATH_FILTERS = new Set(['map', 'sort', 'sort_natural', 'sum']);
/** Filters that compare each member of the list several times. */
const SORT_FILTERS = new Set(['sort', 'sort_natural']);
/** Allocation units for one `%` field in the format of a date, because each creates a formatter. */
const UNITS_PER_DATE_FIELD = 100;

/**
 * Adds the filters of workflows to those of Liquid. Every filter counts the size of its input and
 * checks the time limit: Liquid does so only between outputs, and not in all filters. The values at
 * all depths of a result are counted, because a list may contain another list many times. The
 * result of a filter that only passes on members is counted later, before the next operation that
 * walks through it.
 */
export function registerFilters(liquid: Liquid): void {
  registerTextFilters(liquid);
  registerMomentFilters(liquid);
  liquid.registerFilter('json_parse', parseJson);
  liquid.registerFilter('entries', entries);
  liquid.registerFilter('chunk', chunk);
  liquid.registerFilter('pick', function (value: unknown, ...paths: unknown[]) {
    return pick(value, paths.flat(), (units) => LimitedContext.of(this.context).work.use(units));
  });
  for (const [name, filter] of Object.entries(liquid.filters)) {
    const handler = typeof filter === 'function' ? filter : filter.handler;
    const limited: typeof handler = function* (value: unknown, ...rest: unknown[]) {
      const context = LimitedContext.of(this.context);
      context.renderLimit.check(performance.now());
      context.memoryLimit.use(sizeOf(value));
      chargeArguments(name, { context, value, rest });
      const result: unknown = yield handler.call(this, value, ...rest);
      if (isPassing(name)) context.work.pass(result);
      else context.work.visit(result);
      return result;
    };
    liquid.registerFilter(
      name,
      typeof filter === 'function' ? limited : { ...filter, handler: limited },
    );
  }
}

/** Counts the work of a filter in addition to one visit of its input, which is already counted. */
function chargeArguments(
  name: string,
  call: {
    readonly context: LimitedContext;
    readonly value: unknown;
    readonly rest: readonly unknown[];
  },
): void {
  const { context, value, rest } = call;
  const { work } = context;
  for (const each of rest) work.use(sizeOf(each));
  const [first, second] = rest;
  // Paths and expressions are read character by character, so their length counts.
  if (name.endsWith('_exp') && typeof second === 'string') context.memoryLimit.use(second.length);
  if (PATH_FILTERS.has(name) && first !== undefined) {
    const units = typeof first === 'string' ? first.length : work.visit(first);
    work.use(units * sizeOf(value));
  }
  if (SORT_FILTERS.has(name)) work.use(work.visit(value) * Math.ceil(Math.log2(sizeOf(value) + 1)));
  if (name === 'date' && typeof first === 'string')
    work.use(UNITS_PER_DATE_FIELD * (first.split('%').length - 1));
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 1;
}

/** Value of a JSON text. Anything that is not JSON text is returned unchanged. */
function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Properties of an object as a list of `{ key, value }`. Any other value is returned unchanged. */
function entries(value: unknown): unknown {
  if (!hasFields(value)) return value;
  return Object.entries(value).map(([key, each]) => ({ key, value: each }));
}

/**
 * The members of a list in lists of the given length; the last one may be shorter. A missing list
 * gives no lists.
 */
function chunk(value: unknown, length: unknown): unknown {
  const size = Number(length);
  if (!Number.isInteger(size) || size < 1)
    throw new Error('The filter `chunk` needs a whole number of at least 1.');
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error('The filter `chunk` needs a list.');
  const members: readonly unknown[] = value;
  return Array.from({ length: Math.ceil(members.length / size) }, (_, index) =>
    members.slice(index * size, (index + 1) * size),
  );
}

/**
 * Copy of an object with only the named paths. For a list, the same is done for each of its
 * objects.
 */
function pick(value: unknown, paths: readonly unknown[], use: (units: number) => void): unknown {
  const tree: PathTree = new Map();
  for (const path of paths) {
    if (typeof path === 'string') addPath(tree, path.split('.'));
  }
  const picked = (each: unknown): unknown =>
    Array.isArray(each) ? each.map(picked) : pickTree(each, tree, use);
  return picked(value);
}

/** Names, each with a tree of the names below it. An empty tree stands for the whole value. */
type PathTree = Map<string, PathTree>;

function addPath(tree: PathTree, segments: readonly string[]): void {
  let branch = tree;
  for (const segment of segments) {
    const next = branch.get(segment) ?? new Map();
    branch.set(segment, next);
    branch = next;
  }
}

/** Uses `Object.fromEntries`, which makes `__proto__` an ordinary property. */
function pickTree(value: unknown, tree: PathTree, use: (units: number) => void): unknown {
  if (tree.size === 0 || !hasFields(value)) return value;
  use(tree.size);
  return Object.fromEntries(
    [...tree].flatMap(([name, below]) => {
      if (!Object.hasOwn(value, name)) return [];
      const child = ownProperty(value, name);
      const isMissing = below.size > 0 && !hasFields(child);
      return isMissing ? [] : [[name, pickTree(child, below, use)] as const];
    }),
  );
}
