import { dirname, join, normalize } from 'node:path';

/**
 * Imports between places, such as folders. The outer key is the place that imports, the inner key
 * the place that it imports. The value is the first such import.
 */
export type ImportGraph = ReadonlyMap<string, ReadonlyMap<string, string>>;

const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*'([.]{1,2}\/[^']+)'/g;

/**
 * Returns the graph of the relative imports of the files, between places.
 * @param files path from the root of the repository, and content
 * @param placeOf returns the place of a path. Imports inside a place are left out
 */
export function importGraphOf(
  files: ReadonlyMap<string, string>,
  placeOf: (path: string) => string,
): ImportGraph {
  const graph = new Map<string, Map<string, string>>();
  for (const [file, content] of files) {
    const from = placeOf(file);
    const targets = graph.get(from) ?? new Map<string, string>();
    graph.set(from, targets);
    for (const [, path = ''] of content.matchAll(RELATIVE_IMPORT)) {
      const target = normalize(join(dirname(file), path));
      const to = placeOf(target);
      if (to !== from && !targets.has(to)) targets.set(to, `${file} imports ${target}`);
    }
  }
  return graph;
}

/** Returns the first cycle of places, in the order of the imports. `undefined`: there is none. */
export function findCycle(graph: ImportGraph): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (place: string, path: readonly string[]): readonly string[] | undefined => {
    const start = path.indexOf(place);
    if (start >= 0) return path.slice(start);
    if (done.has(place)) return undefined;
    for (const next of graph.get(place)?.keys() ?? []) {
      const cycle = visit(next, [...path, place]);
      if (cycle !== undefined) return cycle;
    }
    done.add(place);
    return undefined;
  };
  for (const place of graph.keys()) {
    const cycle = visit(place, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
