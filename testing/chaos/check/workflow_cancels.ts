import type { Violation } from './history_index.ts';
import type { WorkflowIndex } from './workflow_index.ts';

/** Milliseconds after the cancellation within which the calls of a run must end. */
const LIMIT_MS = 2_000;
/** Share by which a busy machine may exceed the limit. */
const SLACK = 1.4;

/**
 * Invariant 5: a cancelled run ends, and its calls are aborted within 2 seconds.
 * The time counts from the response to the request to cancel. It does not count while the process
 * is stopped or does not run, or while its store fails.
 */
export function checkCancelsEnd(index: WorkflowIndex): Violation[] {
  return index.runs.flatMap(({ run, cancelledAt, requests }) => {
    if (cancelledAt === undefined) return [];
    const limitAt = cancelledAt + LIMIT_MS * SLACK;
    return requests.flatMap(({ sent, key, response }) => {
      const endAt = response?.at ?? Number.POSITIVE_INFINITY;
      if (endAt <= limitAt) return [];
      const { worker } = sent;
      if (sent.at < cancelledAt && endAt - cancelledAt <= LIMIT_MS) return [];
      if (index.wasSuspended(worker, cancelledAt, endAt)) return [];
      if (index.history.hadStoreFault(worker, cancelledAt, endAt)) return [];
      const sentence = `Run ${run} was cancelled, and its call of step ${key}(${sent.request}) by ${worker} ended ${Math.round(endAt - cancelledAt)} ms later.`;
      return [{ invariant: 5, sentence, about: [run, sent.request] } as const];
    });
  });
}
