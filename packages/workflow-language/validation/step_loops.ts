import { ownProperty } from '../values/read_path.ts';
import type { StepNode } from './step_tree.ts';

/** Keys of a loop that are read before it begins or after it has ended. */
export const OUTSIDE_OF_LOOP = new Set<unknown>(['if', 'timeout', 'foreach', 'on-failure']);

/** Returns `true` if a step gives the state of a loop to the steps inside of it. */
export function isLoopOf({ step, stepType }: StepNode, root: 'foreach' | 'while'): boolean {
  return root === 'while' ? stepType?.type === 'while' : ownProperty(step, 'foreach') !== undefined;
}

/** The nearest loop around a step. The steps of its `on-failure` run after it has ended. */
export function loopAround(node: StepNode, root: 'foreach' | 'while'): StepNode | undefined {
  const { parent } = node;
  if (parent === undefined) return undefined;
  const isInside = node.listKey !== 'on-failure.fallback';
  return isInside && isLoopOf(parent, root) ? parent : loopAround(parent, root);
}
