import type { OpenStep, StepRecord } from '@latchkey/workflow-engine';
import { isFinal } from '../store/run_status.ts';
import type { StoredRun } from '../store/run_store.ts';
import type { JournalAttributes } from '../store/run_types.ts';

/** Status of a waiting step, by the kind of the wait. */
const WAITING = {
  time: 'waiting',
  input: 'waiting_for_input',
  child: 'waiting_for_child',
  authorization: 'waiting_for_authorization',
} as const satisfies Record<NonNullable<StoredRun['waits']>[number]['kind'], string>;

/** Positions of an ended step in its execution, in the order of the ends. They count from 0. */
interface StepPosition {
  /** Position among all steps. */
  readonly globalExecutionIndex: number;
  /** Position among the executions of the same step. */
  readonly stepExecutionIndex: number;
}

/** A step that has ended. */
export interface EndedStep extends StepRecord {
  /** Absent: the steps before it were not read. */
  readonly position?: StepPosition;
}

/** Counts steps, which it gets in their order, and adds its position to each. */
export class StepCounter {
  readonly #byName = new Map<string, number>();
  #all = 0;

  add<S extends Pick<StepRecord, 'name'>>(step: S): S & { readonly position: StepPosition } {
    const stepExecutionIndex = this.#byName.get(step.name) ?? 0;
    const position = { globalExecutionIndex: this.#all, stepExecutionIndex };
    this.#byName.set(step.name, stepExecutionIndex + 1);
    this.#all += 1;
    return { ...step, position };
  }
}

/** A step that has ended, or that has begun and not ended. */
export type StepExecution = Omit<EndedStep, 'status' | 'finishedAt'> & {
  readonly status:
    | StepRecord['status']
    | 'running'
    | 'cancelled'
    | 'timed_out'
    | (typeof WAITING)[keyof typeof WAITING];
  /** ISO instant. Absent: the step has not ended. */
  readonly finishedAt?: string;
};

/**
 * Enclosing steps, such as loops, that have begun and not ended, the outermost first. If the
 * run has ended, these steps have ended with it.
 * @param entry the last journal entry of the run
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
    // Another branch has completed the run, or the run was cancelled.
    status: isOfRun ? status : 'cancelled',
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}

/**
 * Steps that wait, and calls that have taken longer than a second. Empty if the run has ended.
 * @param ended keys of steps that have ended since the document of the run was written
 */
export function activeSteps(
  { status, waits = [], currentSteps = [], activeSteps: active = [] }: StoredRun,
  ended: ReadonlySet<string>,
): readonly StepExecution[] {
  if (isFinal(status)) return [];
  const kinds = new Map(waits.map(({ stepKey, kind }) => [stepKey, kind]));
  const isCalled = ({ name, startedAt }: OpenStep): boolean =>
    currentSteps.some((step) => step.stepId === name && step.startedAt === startedAt);
  return active.flatMap((step): StepExecution[] => {
    const kind = kinds.get(step.key);
    const isActive = kind !== undefined || isCalled(step);
    if (!isActive || ended.has(step.key)) return [];
    return [{ kind: 'step', ...step, status: kind === undefined ? 'running' : WAITING[kind] }];
  });
}
