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
 * Maximum characters of the output in the record of an enclosing step. The records of the steps
 * inside contain the same values, and a large record would need a write of its own.
 */
const MAX_OUTPUT_CHARACTERS = 1_024;
/** Members of outputs that are recorded even if the whole output is too large. */
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
 * Returns `true` if a record only follows from the records of other steps. This is so for the end
 * of a loop, branch or condition that did not fail by itself. Journals of older versions do not
 * contain such records.
 */
export function isDerived({ type, status, failedStep }: StepRecord): boolean {
  return failedStep !== undefined || (status === 'completed' && FLOW_TYPES.has(type));
}

/** One execution of a step that contains other steps. */
interface FlowPart {
  readonly step: Pick<ProgramStep, 'name' | 'type' | 'each'>;
  readonly place: StepPlace;
}

/**
 * Executes an enclosing step, and records its begin and end. A continued run reads the start
 * time from the journal.
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
    // A step-level loop has no state of its own: the state under its name is the output of its last
    // iteration.
    end(resultOf(flow, each === undefined ? scope.branch.steps[name]?.['output'] : undefined));
    return flow;
  } catch (error) {
    const failure = failureResult(error, key);
    if (failure !== undefined) end(failure);
    throw error;
  }
}

/**
 * Start of an enclosing step, or of a step that has waited, as an ISO instant. `undefined`: not
 * known.
 */
export function startOf(run: RunContext, { key }: Pick<StepPlace, 'key'>): string | undefined {
  const startedAt = run.decided(startKey(key));
  return typeof startedAt === 'string' ? startedAt : undefined;
}

/** Key of the record of the start. Steps that wait for something use the same key. */
function startKey(key: string): string {
  return `${key}?started`;
}

type FlowResult = Pick<StepRecord, 'status'> & {
  readonly [K in 'output' | 'error' | 'failedStep']?: StepRecord[K] | undefined;
};

/**
 * Result of an enclosing step, from the end of its execution.
 * @param state output of the step in templates; if the run ends, the output of its last execution
 */
function resultOf(flow: Flow, state: unknown): FlowResult {
  if (typeof flow !== 'object') return { status: 'completed', output: shortened(state) };
  const { error, failedStep } = flow;
  return error === undefined ? { status: 'completed' } : { status: 'failed', error, failedStep };
}

/**
 * Result of a failed enclosing step. `undefined`: the time limit of the step itself was
 * reached, or the run waits or ends.
 */
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
