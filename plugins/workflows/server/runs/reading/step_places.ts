import { isRecord } from '@latchkey/workflow-language';

/** Keys of a step, and of its parts, below which other steps are, in the order of the graph. */
const INSIDE = [
  'steps',
  'else',
  'cases',
  'default',
  'branches',
  'iteration-on-failure',
  'on-failure',
  'fallback',
];
/** A document without a bound of its depth is not read to the end. */
const MAX_DEPTH = 100;

/**
 * Place of each step in the document of a workflow, from 0: a step before those inside of it, and
 * the fallback of the whole workflow last.
 */
export function placesOf(document: unknown): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const visit = (value: unknown, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    if (Array.isArray(value)) for (const each of value) visit(each, depth + 1);
    if (!isRecord(value)) return;
    const { name, type } = value;
    const isNew = typeof name === 'string' && !places.has(name);
    if (isNew && typeof type === 'string') places.set(name, places.size);
    for (const key of INSIDE) visit(value[key], depth + 1);
  };
  if (!isRecord(document)) return places;
  visit(document['steps'], 0);
  visit(document['settings'], 0);
  return places;
}
