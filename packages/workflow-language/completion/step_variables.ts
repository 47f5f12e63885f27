import { StepRegistry } from '../steps/step_registry.ts';
import { sharedTemplateEngine } from '../templates/template_engine.ts';
import { TemplateError } from '../templates/template_error.ts';
import { countPlaces } from '../templates/template_places.ts';
import { conditionsOf } from '../validation/check_conditions.ts';
import { isLoopOf, OUTSIDE_OF_LOOP } from '../validation/step_loops.ts';
import { textsOf } from '../validation/step_texts.ts';
import { buildStepTree, flattenSteps, type StepNode } from '../validation/step_tree.ts';
import { splitPath } from '../values/read_path.ts';

/** Variables that other steps, the trigger or the caller of a workflow set. */
const ROOTS: ReadonlySet<unknown> = new Set([
  'event',
  'foreach',
  'inputs',
  'metadata',
  'parent',
  'steps',
  'variables',
  'while',
]);

/** Longest texts in which variables are looked up: places times characters. */
const MAX_COST = 20_000_000;

/** Variables that one step of a workflow reads, and that it does not set itself. */
export interface StepVariables {
  /**
   * Names from the root to the variable, such as `steps`, `search`, `output`. No path begins with
   * another one. Indexes are left out, with all names after them.
   */
  readonly paths: readonly (readonly string[])[];
  /** Names of the step and of all steps inside of it. */
  readonly stepNames: ReadonlySet<string>;
}

/**
 * Finds the variables that are necessary to execute one step alone. Texts with syntax errors are
 * left out.
 * @param document the parsed YAML
 * @returns `undefined`: the workflow has no step with this name
 */
export function stepVariables(document: unknown, name: string): StepVariables | undefined {
  // Types of connectors are not needed: their steps contain no other steps.
  const steps = flattenSteps(buildStepTree(document, new StepRegistry([])));
  const tested = steps.find((step) => step.name === name);
  if (tested === undefined) return undefined;
  const inside = flattenSteps([tested]);
  const stepNames = new Set(inside.flatMap((step) => step.name ?? []));
  const own = new Set<unknown>([...stepNames, ...inside.map(({ id }) => id)]);
  const paths = inside.flatMap((step) =>
    readsOf(step).filter(
      ({ path: [root, second], below }) =>
        ROOTS.has(root) &&
        !(root === 'steps' && own.has(second)) &&
        !((root === 'foreach' || root === 'while') && isSetBy(tested, step, { root, below })),
    ),
  );
  return { paths: shortest(paths.map(({ path }) => path)), stepNames };
}

/** One variable that a text of a step reads. */
interface Read {
  readonly path: readonly string[];
  /** Key of the step that contains the text. */
  readonly below: unknown;
}

function readsOf(step: StepNode): readonly Read[] {
  const depth = step.path.length;
  return [
    ...textsOf(step).flatMap(({ path, text }) =>
      referencesIn(text).map((found) => ({ path: found, below: path[depth] })),
    ),
    ...conditionsOf(step).flatMap(({ path, fields }) =>
      fields.map((field) => ({ path: namesOf(splitPath(field.path)), below: path[depth] })),
    ),
  ].filter(({ path }) => path.length > 0);
}

function referencesIn(text: string): readonly (readonly string[])[] {
  if (!text.includes('{') || countPlaces(text) * text.length > MAX_COST) return [];
  try {
    return sharedTemplateEngine()
      .references(text)
      .map(({ segments }) => namesOf(segments));
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}

/** The names of a path up to its first index. */
function namesOf(segments: readonly (string | number | undefined)[]): readonly string[] {
  const end = segments.findIndex((each) => typeof each !== 'string' || /^\d+$/.test(each));
  return segments.slice(0, end < 0 ? undefined : end).map(String);
}

/** Tells if a loop sets the variable: the tested step itself, or a step inside of it. */
function isSetBy(
  tested: StepNode,
  step: StepNode,
  { root, below }: { readonly root: 'foreach' | 'while'; readonly below: unknown },
): boolean {
  for (let each: StepNode | undefined = step; each !== undefined; each = each.parent) {
    const isInside = each !== step || !OUTSIDE_OF_LOOP.has(below);
    if (isInside && isLoopOf(each, root)) return true;
    if (each === tested) return false;
  }
  return false;
}

/** Paths in their order, without repetitions and without paths that begin with another one. */
function shortest(paths: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const kept = new Map<string, readonly string[]>();
  for (const path of [...paths].sort((one, other) => one.length - other.length)) {
    const starts = path.map((_, index) => JSON.stringify(path.slice(0, index + 1)));
    if (!starts.some((start) => kept.has(start))) kept.set(JSON.stringify(path), path);
  }
  const first = new Set(kept.values());
  return paths.filter((path) => first.delete(path));
}
