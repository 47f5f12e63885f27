import type { DocumentPath } from '../document/document_positions.ts';
import { ownProperty } from '../values/read_path.ts';
import type { ReferenceFault } from './known_names.ts';
import { isLoopOf, loopAround, OUTSIDE_OF_LOOP } from './step_loops.ts';
import type { StepNode } from './step_tree.ts';

/**
 * Checks a read of the state of a loop. `on-failure` of the settings belongs to steps that may be
 * in one.
 *
 * @param below path of the text inside of the step
 */
export function loopFault(
  node: StepNode,
  below: DocumentPath,
  root: 'foreach' | 'while',
): ReferenceFault | undefined {
  if (node.path[0] === 'settings') return undefined;
  const isOwn = isLoopOf(node, root);
  const [key] = below;
  if (isOwn && !OUTSIDE_OF_LOOP.has(key)) return undefined;
  const outer = loopAround(node, root);
  const isOwnIf = isOwn && key === 'if' && node.stepType?.type !== root;
  if (outer !== undefined) {
    if (!isOwnIf) return undefined;
    const name = outer.name === undefined ? '' : ` \`${outer.name}\``;
    return {
      message: `\`if\` is read once, before the loop of this step begins. So \`${root}\` is that of the loop${name} around it, not a member of the list of this step.`,
      severity: 'info',
    };
  }
  if (!isOwn && !isAfterLoop(node, root))
    return { message: `\`${root}\` exists inside of a loop only.` };
  const name = node.name ?? 'this step';
  if (!isOwn)
    return {
      message: `This step runs after the loop has failed, so \`${root}\` is empty here.`,
      severity: 'warning',
    };
  return {
    message: isOwnIf
      ? `\`if\` is read once, before the loop of the step begins, so \`${root}\` is empty here. Write a step of type \`foreach\` and put \`${name}\` with its \`if\` into its \`steps\`.`
      : `\`${String(key)}\` is read outside of the loop of the step, so \`${root}\` is empty here.`,
    severity: 'warning',
  };
}

/** Returns `true` if a step is in the fallback of a loop. */
function isAfterLoop(node: StepNode, root: 'foreach' | 'while'): boolean {
  const { parent } = node;
  return parent !== undefined && (isLoopOf(parent, root) || isAfterLoop(parent, root));
}

/** Names that are kept, because each read in a step asks for them. */
const keptNames = new WeakMap<StepNode, ReadonlySet<string>>();

/** Names that a step gives to the member of its list and to the index of the member. */
export function itemNamesOf(node: StepNode): ReadonlySet<string> {
  const names = keptNames.get(node) ?? findItemNames(node);
  keptNames.set(node, names);
  return names;
}

function findItemNames({ step, stepType }: StepNode): ReadonlySet<string> {
  const names = new Set(['item', 'index']);
  if (stepType?.type !== 'data.map') return names;
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const map = ownProperty(value, '$map');
    for (const name of [ownProperty(map, 'item'), ownProperty(map, 'index')]) {
      if (typeof name === 'string') names.add(name);
    }
    for (const each of Object.values(value)) visit(each);
  };
  visit(ownProperty(ownProperty(step, 'with'), 'fields'));
  return names;
}
