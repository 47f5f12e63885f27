import type { Liquid, Template, Variable } from 'liquidjs';

/** A variable that a template reads, such as `steps.search.output[0]`. */
export interface VariableReference {
  /** Names and indexes of the path. `undefined`: the value of a variable is the name or index. */
  readonly segments: readonly (string | number | undefined)[];
  /** Offset of the first character of the name, in UTF-16 units from the start of the template. */
  readonly offset: number;
}

/** All variables that a template reads and does not assign itself, in the order of the text. */
export function referencesOf(
  liquid: Liquid,
  templates: readonly Template[],
  text: string,
): readonly VariableReference[] {
  const { globals } = liquid.analyzeSync([...templates], { partials: false });
  const lineStarts = startsOfLines(text);
  return Object.values(globals)
    .flat()
    .map((variable) => ({
      segments: variable.segments.map((segment) =>
        typeof segment === 'object' ? undefined : segment,
      ),
      offset: offsetOf(variable, lineStarts),
    }))
    .sort((a, b) => a.offset - b.offset);
}

function startsOfLines(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

function offsetOf({ location }: Variable, lineStarts: readonly number[]): number {
  return (lineStarts[location.row - 1] ?? 0) + location.col - 1;
}
