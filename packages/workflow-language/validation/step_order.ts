import { ownProperty } from '../values/read_path.ts';
import type { StepNode } from './step_tree.ts';

/** Returns `true` if a loop may execute a step several times. */
export function mayRunAgain(node: StepNode): boolean {
  return lineOf(node).some(
    ({ step, stepType }) =>
      stepType === undefined ||
      stepType.type === 'while' ||
      ownProperty(step, 'foreach') !== undefined,
  );
}

/**
 * Returns `true` if a step can have run when another one is entered: it is before it or around it,
 * or both are in a loop that may have run before. A branch of `parallel` sees nothing of the
 * others.
 */
export function canHaveRun(target: StepNode, from: StepNode): boolean {
  if (target === from) return true;
  const targetLine = lineOf(target);
  const fromLine = lineOf(from);
  let depth = 0;
  while (targetLine[depth] !== undefined && targetLine[depth] === fromLine[depth]) {
    const type = targetLine[depth]?.stepType?.type;
    if (type === 'foreach' || type === 'while') return true;
    depth += 1;
  }
  const targetTop = targetLine[depth];
  const fromTop = fromLine[depth];
  // One step is around the other. The inner step may read the state of the outer one, and a
  // condition may read steps inside its own step.
  if (targetTop === undefined || fromTop === undefined) return true;
  if (targetTop.listKey === fromTop.listKey && samePath(targetTop, fromTop)) {
    return targetTop.index < fromTop.index;
  }
  const parent = targetTop.parent;
  if (parent === undefined) return true;
  // A fallback runs after steps that have failed. Branches of `if` and `switch` exclude each other.
  return fromTop.listKey === 'on-failure.fallback';
}

/** Returns `true` if two steps are in different branches of the same `parallel`. */
export function isInOtherBranch(target: StepNode, from: StepNode): boolean {
  const targetLine = lineOf(target);
  const fromLine = lineOf(from);
  const depth = targetLine.findIndex((each, index) => each !== fromLine[index]);
  const parent = targetLine[depth]?.parent;
  return (
    parent?.stepType?.type === 'parallel' &&
    fromLine[depth]?.parent === parent &&
    fromLine[depth]?.listKey !== targetLine[depth]?.listKey
  );
}

/** The enclosing steps of a step, the outermost first, and the step itself. */
function lineOf(node: StepNode): readonly StepNode[] {
  return node.parent === undefined ? [node] : [...lineOf(node.parent), node];
}

function samePath(a: StepNode, b: StepNode): boolean {
  return a.path.slice(0, -1).join('.') === b.path.slice(0, -1).join('.');
}
