import type { OpenStep, StepRecord } from '@latchkey/workflow-engine';
import { isFinal } from './run_status.ts';
import type { StoredRun } from './run_store.ts';
import type { JournalAttributes } from './run_types.ts';

/** A step that has ended, or a step around others that has begun. */
export type StepExecution = Omit<StepRecord, 'status' | 'finishedAt'> & {
  readonly status: StepRecord['status'] | 'running' | 'cancelled' | 'timed_out';
  /** Absent: it has not ended. */
  readonly finishedAt?: string;
};

/**
 * Steps around others, such as loops, that have begun and not ended, the outer ones first. Those of
 * a run that ended inside of them ended with it.
 *
 * @param entry the last one of the journal
 */
export function openSteps(
  run: StoredRun,
  entry: JournalAttributes | undefined,
  tail: readonly StepRecord[],
): readonly StepExecution[] {
  const open = run.openSteps ?? entry?.openSteps ?? [];
  const ended = new Set(tail.map(({ key }) => key));
  return open.filter(({ key }) => !ended.has(key)).map((step) => executionOf(run, step));
}

function executionOf({ status, finishedAt }: StoredRun, step: OpenStep): StepExecution {
  if (!isFinal(status)) return { kind: 'step', ...step, status: 'running' };
  const isOfRun = status === 'failed' || status === 'timed_out';
  return {
    kind: 'step',
    ...step,
    // Another branch has completed the run, or it was cancelled.
    status: isOfRun ? status : 'cancelled',
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}
