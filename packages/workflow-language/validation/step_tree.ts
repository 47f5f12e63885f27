import type { DocumentPath } from '../document/document_positions.ts';
import type { StepLookup, StepRegistry } from '../steps/step_registry.ts';
import type { StepType } from '../steps/step_type.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';

/** A step of a document, with its enclosing step and the steps inside it. */
export interface StepNode {
  readonly path: DocumentPath;
  /** The step in the document. `{}`: it is not an object. */
  readonly step: Readonly<Record<string, unknown>>;
  /** Name of the step. `undefined`: the document has none. */
  readonly name: string | undefined;
  /** Another name, by which templates may read the step. `undefined`: it has none. */
  readonly id: string | undefined;
  /** Type of the step. `undefined`: the type is unknown or not available here. */
  readonly stepType: StepType | undefined;
  /** Result of looking up the type. `undefined`: the document names no type. */
  readonly lookup: StepLookup | undefined;
  /** The enclosing step. `undefined`: the step is at the top level of the workflow. */
  readonly parent: StepNode | undefined;
  /**
   * Key of the list in the parent that contains the step, such as `steps`, `else` or
   * `on-failure.fallback`.
   */
  readonly listKey: string;
  readonly index: number;
  readonly children: readonly StepNode[];
}

/** Paths at which a step of an unknown type may contain steps. */
export const ANY_NESTED: readonly (readonly string[])[] = [
  ['steps'],
  ['else'],
  ['default'],
  ['cases', '*', 'steps'],
  ['branches', '*', 'steps'],
];

const FALLBACK = ['on-failure', 'fallback'];
const ITERATION_FALLBACK = ['iteration-on-failure', 'fallback'];

/** Builds the tree of all steps, including those of `on-failure`. */
export function buildStepTree(document: unknown, registry: StepRegistry): readonly StepNode[] {
  const settingsFallback = ['settings', ...FALLBACK];
  return [
    ...stepsAt({ value: document, base: [], keys: ['steps'], parent: undefined }, registry),
    ...stepsAt({ value: document, base: [], keys: settingsFallback, parent: undefined }, registry),
  ];
}

/** All nodes of a tree in the order of the document. */
export function flattenSteps(nodes: readonly StepNode[]): readonly StepNode[] {
  return nodes.flatMap((node) => [node, ...flattenSteps(node.children)]);
}

interface StepList {
  readonly value: unknown;
  readonly base: DocumentPath;
  readonly keys: readonly string[];
  readonly parent: StepNode | undefined;
}

function stepsAt({ value, base, keys, parent }: StepList, registry: StepRegistry): StepNode[] {
  return expand(value, keys).flatMap(({ path, value: steps }) => {
    if (!Array.isArray(steps)) return [];
    return steps.map((step: unknown, index) => {
      const listPath = [...base, ...path];
      return nodeOf(
        { step, path: [...listPath, index], parent, listKey: path.join('.'), index },
        registry,
      );
    });
  });
}

interface Position {
  readonly step: unknown;
  readonly path: DocumentPath;
  readonly parent: StepNode | undefined;
  readonly listKey: string;
  readonly index: number;
}

function nodeOf({ step, ...position }: Position, registry: StepRegistry): StepNode {
  const record = isRecord(step) ? step : {};
  const name = ownProperty(record, 'name');
  const id = ownProperty(record, 'id');
  const type = ownProperty(record, 'type');
  const found = typeof type === 'string' && type !== '' ? registry.find(type) : undefined;
  const children: StepNode[] = [];
  const node: StepNode = {
    ...position,
    step: record,
    name: typeof name === 'string' && name !== '' ? name : undefined,
    id: typeof id === 'string' && id !== '' ? id : undefined,
    stepType: found?.kind === 'known' || found?.kind === 'deprecated' ? found.step : undefined,
    lookup: found,
    children,
  };
  const nested = node.stepType?.nested ?? ANY_NESTED;
  for (const keys of [...nested, FALLBACK, ITERATION_FALLBACK]) {
    for (const child of stepsAt({ value: record, base: node.path, keys, parent: node }, registry)) {
      children.push(child);
    }
  }
  return node;
}

/** Values at a path in which `*` stands for every member of a list. */
function expand(
  value: unknown,
  [key, ...rest]: readonly string[],
): readonly { readonly path: DocumentPath; readonly value: unknown }[] {
  if (key === undefined) return [{ path: [], value }];
  const children: readonly (readonly [string | number, unknown])[] =
    key === '*'
      ? (Array.isArray(value) ? value : []).map((each: unknown, index) => [index, each] as const)
      : [[key, ownProperty(value, key)] as const];
  return children.flatMap(([segment, child]) =>
    expand(child, rest).map((found) => ({ ...found, path: [segment, ...found.path] })),
  );
}
