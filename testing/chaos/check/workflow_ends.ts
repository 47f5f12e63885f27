import type { Violation } from './history_index.ts';
import type { WorkflowIndex } from './workflow_index.ts';

const FINAL: readonly string[] = ['completed', 'failed', 'cancelled', 'timed_out'];

/** Returns `true` if a status is the last one of a run. */
export function hasEnded(status: string): boolean {
  return FINAL.includes(status);
}

/**
 * Invariant 1: no run is lost. Each run that a server has confirmed ends when the faults are over
 * and its user has responded to each of its waits.
 */
export function checkRunsEnd({ runs }: WorkflowIndex): Violation[] {
  return runs.flatMap(({ run, user, shape, final }) => {
    const status = final?.statuses[0] ?? 'not listed';
    if (hasEnded(status)) return [];
    const sentence = `Run ${run} of ${shape.id} of ${user} did not end: it is ${status}.`;
    return [{ invariant: 1, sentence, about: [run] } as const];
  });
}
