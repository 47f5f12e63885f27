import type { SeenStep } from '../history/workflow_events.ts';
import type { Violation } from './history_index.ts';
import type { RunHistory, WorkflowIndex } from './workflow_index.ts';

const INTERRUPTED = 'StepInterrupted';
/** Number of processes that may end during a run before it is given up. */
const MAX_TAKEOVERS = 5;

/**
 * Invariant 7: the statuses are true.
 * All servers show the same status. A completed run has carried out every step that it needs, once
 * for each iteration. A step that is shown as completed was carried out. A run is cancelled only at
 * the request of a user. It fails only because a fault interrupted a call, or after five processes
 * that executed it have ended.
 */
export function checkStatusesAreTrue(index: WorkflowIndex): Violation[] {
  return index.runs.flatMap((history) => {
    const { run, final } = history;
    if (final === undefined) return [];
    const [status = 'unknown'] = final.statuses;
    const sentences = [
      ...(new Set(final.statuses).size > 1 ? [`is shown as ${final.statuses.join(', ')}`] : []),
      ...final.steps.flatMap((step) => stepLies(history, step, index.wasDisturbed)),
      ...(status === 'completed' ? missingSteps(history) : []),
      ...(status === 'cancelled' && history.cancelledAt === undefined
        ? ['is cancelled although nobody asked for it']
        : []),
      ...(status === 'failed' ? wrongFailure(history, index) : []),
    ];
    return sentences.map((words) => {
      return { invariant: 7, sentence: `Run ${run} ${words}.`, about: [run] } as const;
    });
  });
}

function stepLies(
  { requests, shape }: RunHistory,
  { step, item, status, errorType }: SeenStep,
  wasDisturbed: boolean,
): readonly string[] {
  if (!shape.steps.some(({ name }) => name === step)) return [];
  const key = `${step} ${item ?? ''}`;
  const wasAccepted = requests.some((each) => each.key === key && each.response?.status === 200);
  if (status === 'completed' && !wasAccepted)
    return [`shows step ${key} as completed, which the service has not accepted`];
  if (errorType === INTERRUPTED && !wasDisturbed)
    return [`shows step ${key} as interrupted, and nothing happened to any process`];
  return [];
}

function missingSteps({ requests, shape }: RunHistory): readonly string[] {
  return shape.steps.flatMap(({ name, items, isOptional }) => {
    if (isOptional) return [];
    const keys =
      items === undefined
        ? [`${name} `]
        : Array.from({ length: items }, (_, index) => `${name} ${index}`);
    return keys
      .filter((key) => !requests.some((each) => each.key === key && each.response?.status === 200))
      .map((key) => `is completed without step ${key}`);
  });
}

function wrongFailure({ final, writes }: RunHistory, index: WorkflowIndex): readonly string[] {
  const type = final?.errorType;
  if (type === INTERRUPTED && index.wasDisturbed) return [];
  const takeovers = writes.filter(({ isTaken }) => isTaken).length;
  if (type === 'InternalError' && takeovers >= MAX_TAKEOVERS) return [];
  return [`failed with ${type}`];
}
