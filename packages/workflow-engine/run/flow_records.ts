import { isRecord, type ProgramStep } from '@latchkey/workflow-language';
import { measureJson } from '../data_steps/json_size.ts';
import { StepFailure } from '../failures/step_failure.ts';
import { TimeLimitReached } from './interruptions.ts';
import { namesIn } from './record_keys.ts';
import type { RunContext } from './run_context.ts';
import type { StepRecord } from './run_journal.ts';
import type { Flow } from './run_outcome.ts';
import type { StepPlace } from './scope.ts';

/**
 * Characters of the output of a step around others. The records of the steps inside hold the same
 * values, and a large record would need a write of its own.
 */
const MAX_OUTPUT_CHARACTERS = 1_024;
/** Parts of outputs that are recorded although the whole is too large. */
const SHORT_PARTS = ['total', 'status', 'succeeded', 'failed', 'matchedIndex', 'exitReason'];

const FLOW_TYPES: ReadonlySet<string> = new Set([
  'if',
  'switch',
  'foreach',
  'while',
  'parallel',
  'loop.break',
  'loop.continue',
]);

/**
 * Tells if a record only follows from those of other steps: the end of a loop, branch or condition
 * that did not fail by itself. Journals of older versions have no such records.
 */
export function isDerived({ type, status, failedStep }: StepRecord): boolean {
  return failedStep !== undefined || (status === 'completed' && FLOW_TYPES.has(type));
}

/** One execution of a step around others. */
interface FlowPart {
  readonly step: Pick<ProgramStep, 'name' | 'type' | 'each'>;
  readonly place: StepPlace;
}

/**
 * Executes a step around others, and records its begin and its end. A continued run reads the time
 * of the begin from the journal.
 * @throws the error of `execute`
 */
export async function recordedFlow(
  run: RunContext,
  { step, place }: FlowPart,
  execute: () => Promise<Flow>,
): Promise<Flow> {
  const { scope, key } = place;
  const { name, type, each } = step;
  const startedAt = run.decide(startKey(key), () => run.now());
  run.ports.journal.begin?.({ key, name, type, scopes: scope.frames, startedAt });
  const end = (result: FlowResult): void => {
    if (run.ports.journal.find(key) === undefined)
      run.record(step, place, { ...result, startedAt });
  };
  try {
    const flow = await execute();
    // A step-level loop has no state: that under its name is the output of its last iteration.
    end(resultOf(flow, each === undefined ? scope.branch.steps[name]?.['output'] : undefined));
    return flow;
  } catch (error) {
    const failure = failureResult(error, key);
    if (failure !== undefined) end(failure);
    throw error;
  }
}

/**
 * Instant in ISO 8601 at which a step around others, or one that has waited, began. Undefined: not
 * known.
 */
export function startOf(run: RunContext, { key }: Pick<StepPlace, 'key'>): string | undefined {
  const startedAt = run.decided(startKey(key));
  return typeof startedAt === 'string' ? startedAt : undefined;
}

/** Steps that wait for something begin under the same key. */
function startKey(key: string): string {
  return `${key}?started`;
}

type FlowResult = Pick<StepRecord, 'status'> & {
  readonly [K in 'output' | 'error' | 'failedStep']?: StepRecord[K] | undefined;
};

/** @param state output of the step in templates; that of its last execution if the run ends */
function resultOf(flow: Flow, state: unknown): FlowResult {
  if (typeof flow !== 'object') return { status: 'completed', output: shortened(state) };
  const { error, failedStep } = flow;
  return error === undefined ? { status: 'completed' } : { status: 'failed', error, failedStep };
}

/** Undefined: the time limit of the step itself was reached, or the run waits or ends. */
function failureResult(cause: unknown, key: string): FlowResult | undefined {
  if (cause instanceof StepFailure) {
    const { error, output, stepName: failedStep } = cause;
    const isOwn = failedStep === undefined;
    return { status: 'failed', error, failedStep, ...(isOwn ? { output } : {}) };
  }
  if (!(cause instanceof TimeLimitReached) || cause.key === '' || cause.key === key)
    return undefined;
  const message = 'The time limit of a step around this one was reached.';
  return {
    status: 'failed',
    error: { type: 'StepTimeout', message },
    failedStep: namesIn(cause.key).at(-1),
  };
}

function shortened(output: unknown): unknown {
  if (!isRecord(output)) return undefined;
  const { characters } = measureJson(output, { characters: MAX_OUTPUT_CHARACTERS });
  if (characters <= MAX_OUTPUT_CHARACTERS) return output;
  const parts = SHORT_PARTS.flatMap((part) => (part in output ? [[part, output[part]]] : []));
  return Object.fromEntries(parts);
}
