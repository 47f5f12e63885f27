import { StepRegistry } from '../steps/step_registry.ts';
import { sharedTemplateEngine } from '../templates/template_engine.ts';
import { TemplateError } from '../templates/template_error.ts';
import { countPlaces } from '../templates/template_places.ts';
import { conditionsOf } from '../validation/check_conditions.ts';
import { isLoopOf, OUTSIDE_OF_LOOP } from '../validation/step_loops.ts';
import { textsOf } from '../validation/step_texts.ts';
import { buildStepTree, flattenSteps, type StepNode } from '../validation/step_tree.ts';
import { ownProperty, splitPath } from '../values/read_path.ts';

/** Variables that other steps, the trigger or the caller of a workflow set. */
const ROOTS: ReadonlySet<unknown> = new Set([
  'error',
  'event',
  'foreach',
  'inputs',
  'metadata',
  'parent',
  'steps',
  'variables',
  'while',
]);

/**
 * Maximum cost of looking up variables in all texts: the sum of places times characters. Beyond it,
 * variables of further texts are left out.
 */
const MAX_COST = 20_000_000;
/** Maximum number of names of a path. Longer paths are cut. */
const MAX_NAMES = 20;
/** Maximum number of variables. If there are more, only the first name of each is returned. */
const MAX_VARIABLES = 200;
/** Lists of steps that are executed after a failure, which sets `error`. */
const FALLBACKS: ReadonlySet<string> = new Set([
  'on-failure.fallback',
  'iteration-on-failure.fallback',
  'settings.on-failure.fallback',
]);

/** Variables that one step of a workflow reads, and that it does not set itself. */
export interface StepVariables {
  /**
   * Names from the root to the variable, such as `steps`, `search`, `output`. No path begins with
   * another one. Indexes are left out, with all names after them. At most 200.
   */
  readonly paths: readonly (readonly string[])[];
  /** Names of the step, of all steps inside of it, and of the steps of its `on-failure`. */
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
  const own = flattenSteps([tested]);
  const ofSettings = steps.filter(
    ({ path: [first] }) => first === 'settings' && own.some(isCoveredBySettings),
  );
  const executed = [...own, ...ofSettings];
  const stepNames = new Set(executed.flatMap((step) => step.name ?? []));
  const known = new Set<unknown>([...stepNames, ...executed.map(({ id }) => id)]);
  const budget = { left: MAX_COST };
  const paths = executed.flatMap((step) =>
    readsOf(step, budget).filter(
      ({ path: [root, second], below }) =>
        ROOTS.has(root) &&
        !(root === 'steps' && known.has(second)) &&
        !isSetBy(tested, step, { root, below }),
    ),
  );
  return { paths: shortest(paths.map(({ path }) => path)), stepNames };
}

/**
 * Returns `true` if `on-failure` of `settings` applies to a step: it has none, and is in no
 * fallback.
 */
function isCoveredBySettings({ step, ...node }: StepNode): boolean {
  if (ownProperty(step, 'on-failure') !== undefined) return false;
  for (let each: Pick<StepNode, 'listKey' | 'parent'> | undefined = node; each; each = each.parent)
    if (FALLBACKS.has(each.listKey)) return false;
  return true;
}

/** One variable that a text of a step reads. */
interface Read {
  readonly path: readonly string[];
  /** Top-level key of the step, such as `with`, below which the text is. */
  readonly below: unknown;
}

function readsOf(step: StepNode, budget: { left: number }): readonly Read[] {
  const depth = step.path.length;
  return [
    ...textsOf(step).flatMap(({ path, text }) =>
      referencesIn(text, budget).map((found) => ({ path: found, below: path[depth] })),
    ),
    ...conditionsOf(step).flatMap(({ path, fields }) =>
      fields.map((field) => ({ path: namesOf(splitPath(field.path)), below: path[depth] })),
    ),
  ].filter(({ path }) => path.length > 0);
}

function referencesIn(text: string, budget: { left: number }): readonly (readonly string[])[] {
  if (!text.includes('{')) return [];
  budget.left -= countPlaces(text) * text.length;
  if (budget.left < 0) return [];
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
  return segments.slice(0, Math.min(end < 0 ? MAX_NAMES : end, MAX_NAMES)).map(String);
}

/**
 * Returns `true` if the execution of the step itself sets the variable: a loop, or a failure that
 * leads to a fallback.
 */
function isSetBy(
  tested: StepNode,
  step: StepNode,
  { root, below }: { readonly root: string | undefined; readonly below: unknown },
): boolean {
  if (root !== 'foreach' && root !== 'while' && root !== 'error') return false;
  for (let each: StepNode | undefined = step; each !== undefined; each = each.parent) {
    if (root === 'error') {
      if (each !== tested && FALLBACKS.has(each.listKey)) return true;
    } else {
      const isInside = each !== step || !OUTSIDE_OF_LOOP.has(below);
      if (isInside && isLoopOf(each, root)) return true;
    }
    if (each === tested) return false;
  }
  return false;
}

/** Paths as a tree: each name leads to the names that follow it. */
interface PathTree extends Map<string, PathTree> {}

/** Paths in their order, without repetitions and without paths that begin with another one. */
function shortest(paths: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const tree: PathTree = new Map();
  const ends = new Set<PathTree>();
  for (const path of paths) ends.add(placeOf(tree, path));
  const found = new Map<PathTree, readonly string[]>();
  for (const path of paths) {
    let place = tree;
    for (const [index, name] of path.entries()) {
      place = place.get(name) ?? place;
      if (!ends.has(place)) continue;
      if (index === path.length - 1 && !found.has(place)) found.set(place, path);
      break;
    }
  }
  if (found.size <= MAX_VARIABLES) return [...found.values()];
  return [...new Set([...found.values()].map(([root = '']) => root))].map((root) => [root]);
}

/** Place of a path in the tree. It is added if it is missing. */
function placeOf(tree: PathTree, path: readonly string[]): PathTree {
  let place = tree;
  for (const name of path) {
    const next: PathTree = place.get(name) ?? new Map();
    place.set(name, next);
    place = next;
  }
  return place;
}
