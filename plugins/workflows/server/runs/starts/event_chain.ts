import type { StoredRun } from '../store/run_store.ts';

/**
 * Maximum number of workflows that a chain names. The saved-object type of runs accepts no more.
 */
const MAX_WORKFLOWS = 100;

/**
 * Ids of the workflows in the event chain of a run and of its own workflow, without repetition, the
 * oldest first.
 */
export function workflowsUpTo({
  eventChain,
  workflowId,
}: Pick<StoredRun, 'eventChain' | 'workflowId'>): string[] {
  const before = eventChain?.workflowIds ?? [];
  const all = new Set(workflowId === undefined ? before : [...before, workflowId]);
  return [...all].slice(-MAX_WORKFLOWS);
}
