import { isRecord } from '@latchkey/workflow-language';

/** Keys below which a step or a part of it contains other steps, in the order of execution. */
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
/** Maximum depth to which a document is read: documents can be nested without a limit. */
const MAX_DEPTH = 100;

/**
 * Position of each step in the document of a workflow, from 0. A step comes before the steps inside
 * it, and the fallback of the whole workflow comes last.
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
