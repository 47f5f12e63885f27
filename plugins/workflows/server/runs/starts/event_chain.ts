import type { StoredRun } from '../store/run_store.ts';

/** Workflows that a chain names. The type of the runs accepts no more. */
const MAX_WORKFLOWS = 100;

/** Workflows of the chain of a run and the one of the run, each once, the oldest first. */
export function workflowsUpTo({
  eventChain,
  workflowId,
}: Pick<StoredRun, 'eventChain' | 'workflowId'>): string[] {
  const before = eventChain?.workflowIds ?? [];
  const all = new Set(workflowId === undefined ? before : [...before, workflowId]);
  return [...all].slice(-MAX_WORKFLOWS);
}
