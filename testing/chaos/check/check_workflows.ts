import type { HistoryEvent } from '../history/events.ts';
import type { WorkflowTimings } from '../plan/workflow_protocol.ts';
import type { Shape } from '../plan/workflow_shapes.ts';
import type { Violation } from './history_index.ts';
import { checkNoRepetition, checkResultsCount, checkSameContent } from './workflow_calls.ts';
import { checkCancelsEnd } from './workflow_cancels.ts';
import { checkRunsEnd } from './workflow_ends.ts';
import { WorkflowIndex } from './workflow_index.ts';
import { checkRunsBelongToUsers } from './workflow_owners.ts';
import { checkStatusesAreTrue } from './workflow_statuses.ts';
import { checkFormerOwnersLose } from './workflow_writes.ts';

/** Checks the seven invariants of runs of workflows on the history of one round. */
export function checkWorkflows(
  events: readonly HistoryEvent[],
  shapes: readonly Shape[],
  timings: WorkflowTimings,
): Violation[] {
  const index = new WorkflowIndex(events, shapes, timings);
  return [
    ...checkRunsEnd(index),
    ...checkResultsCount(index),
    ...checkNoRepetition(index),
    ...checkSameContent(index),
    ...checkFormerOwnersLose(index),
    ...checkCancelsEnd(index),
    ...checkRunsBelongToUsers(index),
    ...checkStatusesAreTrue(index),
  ];
}
