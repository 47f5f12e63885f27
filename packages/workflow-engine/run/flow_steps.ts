import type { LoopLimits, ProgramStep, StepBody } from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';
import { guarded, withTimeLimit } from './failure_policy.ts';
import type { RunContext } from './run_context.ts';
import type { Flow } from './run_outcome.ts';
import { innerScope, keyOf, type Scope, type StepPlace } from './scope.ts';
import { asJson } from './step_output.ts';

/** Maximum number of members of the list of a loop. */
const MAX_LIST_LENGTH = 100_000;

/** A step with a body of a known kind. */
export type StepOf<K extends StepBody['kind']> = Omit<ProgramStep, 'body'> & {
  readonly body: Extract<StepBody, { readonly kind: K }>;
};

/** Executes the steps of the branch that the condition selects. */
export async function runIf(
  run: RunContext,
  { name, body }: StepOf<'if'>,
  { scope, key }: StepPlace,
): Promise<Flow> {
  const isTrue = await run.decideLater(`${key}?test`, () => run.test(body.test, scope));
  const frame = { step: name, kind: isTrue ? 'then' : 'else', index: 0 } as const;
  return run.block(isTrue ? body.steps : body.otherwise, innerScope(scope, frame, {}));
}

/**
 * Executes the steps of the first case whose value equals the expression, both converted to text.
 */
export async function runSwitch(
  run: RunContext,
  { name, body }: StepOf<'switch'>,
  { scope, key }: StepPlace,
): Promise<Flow> {
  const state = await run.decideLater(`${key}?case`, async () => {
    const value = textOf(await run.render(body.expression, scope));
    for (const [matchedIndex, { match }] of body.cases.entries()) {
      const matchedValue = await run.render(match, scope);
      if (textOf(matchedValue) === value)
        return asJson({ matchedIndex, ...(matchedValue === undefined ? {} : { matchedValue }) });
    }
    return asJson({ matchedIndex: -1 });
  });
  scope.branch.setStep(name, { ...state, output: state });
  const matched = body.cases[state.matchedIndex];
  const frame =
    matched === undefined
      ? ({ step: name, kind: 'default', index: 0 } as const)
      : ({ step: name, kind: 'case', index: state.matchedIndex } as const);
  return run.block(matched?.steps ?? body.otherwise, innerScope(scope, frame, {}));
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** How a loop over a list is executed. */
interface ForeachPlan {
  readonly place: StepPlace;
  readonly items: unknown;
  /**
   * Limits of the loop. Absent: the loop is a step-level `foreach`, which has no limits and no
   * state of its own.
   */
  readonly limits?: LoopLimits;
  /**
   * Executes one iteration.
   * @param key key for a step inside the iteration that has the name of the loop
   */
  readonly run: (scope: Scope, key: string) => Promise<Flow>;
}

/**
 * Executes steps for each member of a list, one after the other.
 * @throws StepFailure `MaxIterationsExceeded`, unless the step continues at its limit; and the
 *   failure of a step
 */
export async function runForeach(
  run: RunContext,
  { name }: Pick<ProgramStep, 'name'>,
  { place: { scope, key }, items: source, limits, run: execute }: ForeachPlan,
): Promise<Flow> {
  const items = await run.decideLater(`${key}?items`, () => listOf(run, source, scope));
  const total = items.length;
  const showState = (more: Readonly<Record<string, unknown>>) => {
    if (limits !== undefined)
      scope.branch.setStep(name, { items, total, ...more, output: { items, total } });
  };
  showState({});
  for (const [index, item] of items.entries()) {
    if (limits !== undefined && index >= limits.maxIterations) {
      ensureLimitMayBeReached(name, limits);
      break;
    }
    showState({ item, index });
    const bindings = { foreach: { item, index, items, total } };
    const flow = await runIteration(
      run,
      { name, index, limits, bindings, place: { scope, key } },
      execute,
    );
    if (flow === 'break') break;
    if (flow !== undefined && flow !== 'continue') return flow;
    showState({ item, index });
  }
  return undefined;
}

/**
 * Reads the list of a loop: a list, an expression that gives a list, the path of a list, or JSON
 * text.
 * @throws StepFailure `InvalidForeach`
 */
export async function listOf(
  run: RunContext,
  source: unknown,
  scope: Scope,
): Promise<readonly unknown[]> {
  // Only a text of the document may be a path. A text that was rendered from data may not.
  const text = typeof source === 'string' && isPath(source) ? `{{ ${source} }}` : source;
  let value = await (typeof text === 'string'
    ? run.evaluate(text, scope)
    : run.render(text, scope));
  if (run.facts.isDryRun === true && isUnknown(source, value)) return [null];
  if (typeof value === 'string') value = parsedJson(value);
  if (Array.isArray(value) && value.length > MAX_LIST_LENGTH) {
    const message = `The list of the loop has ${value.length} members; at most ${MAX_LIST_LENGTH} are allowed.`;
    throw new StepFailure('InvalidForeach', message);
  }
  // Copied in the way that a continued run reads it from the journal.
  if (Array.isArray(value)) return JSON.parse(JSON.stringify(value));
  const kind = value === null ? 'null' : value === undefined ? 'missing' : typeof value;
  const hint = kind === 'object' ? ' For its keys and values, write `| entries`.' : '';
  const message = `The value of \`foreach\` is not a list, but ${kind}.${hint}`;
  throw new StepFailure('InvalidForeach', message);
}

/**
 * Returns `true` if a list of a dry run comes from a call that was not sent. The loop runs once
 * then, so that the calls in it are listed. Filters make an empty list of an unknown one.
 */
function isUnknown(source: unknown, value: unknown): boolean {
  const isEmpty =
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0);
  return isEmpty && typeof source === 'string' && /\b(?:steps|variables|foreach)\b/.test(source);
}

function isPath(text: string): boolean {
  return /^[A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])+$/.test(text.trim());
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Executes steps, and repeats them as long as the condition is true.
 * @throws StepFailure `MaxIterationsExceeded`, unless the step continues at its limit; and the
 *   failure of a step
 */
export async function runWhile(
  run: RunContext,
  { name, body }: StepOf<'while'>,
  { scope, key }: StepPlace,
): Promise<Flow> {
  const { limits, steps, test } = body;
  /** @param output without a reason if `loop.break` ended the loop: the contract has none */
  const finish = (
    iteration: number,
    output: { readonly exitReason?: 'condition' | 'max-iterations' },
  ): undefined => {
    scope.branch.setStep(name, { iteration, output, ...output });
    return undefined;
  };
  for (let index = 0; ; index += 1) {
    const bindings = { while: { iteration: index } };
    scope.branch.setStep(name, { iteration: index });
    const iteration = { name, index, limits, bindings, place: { scope, key } };
    const flow = await runIteration(run, iteration, (inner) => run.block(steps, inner));
    if (flow === 'break') return finish(index, {});
    if (flow !== undefined && flow !== 'continue') return flow;
    const next = { ...scope, bindings: { ...scope.bindings, while: { iteration: index + 1 } } };
    const isTrue = await run.decideLater(`${key}?test[${index}]`, () => run.test(test, next));
    if (!isTrue) return finish(index, { exitReason: 'condition' });
    if (index + 1 >= limits.maxIterations) {
      ensureLimitMayBeReached(name, limits);
      return finish(index, { exitReason: 'max-iterations' });
    }
  }
}

interface Iteration {
  readonly name: string;
  readonly index: number;
  readonly limits: LoopLimits | undefined;
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly place: StepPlace;
}

async function runIteration(
  run: RunContext,
  { name, index, limits, bindings, place: { scope, key } }: Iteration,
  execute: (scope: Scope, key: string) => Promise<Flow>,
): Promise<Flow> {
  await run.nextTurn(scope);
  const iterationKey = `${key}[${index}]`;
  const frame = { step: name, kind: 'iteration', index } as const;
  const inner = innerScope(scope, frame, { key: `${iterationKey}/`, bindings });
  const policy = limits?.iterationOnFailure;
  const timeoutMs = limits?.iterationTimeoutMs;
  return guarded(run, { scope: inner, key: iterationKey, name, policy }, (place) => {
    const until =
      timeoutMs === undefined
        ? undefined
        : run.decide(`${place.key}?deadline`, () => run.ports.clock.now() + timeoutMs);
    const message = 'The iteration did not finish within `iteration-timeout`.';
    return withTimeLimit(run, { ...place, until, message }, (limited) =>
      execute(limited, keyOf(name, limited)),
    );
  });
}

function ensureLimitMayBeReached(name: string, { onLimit, maxIterations }: LoopLimits): void {
  if (onLimit === 'continue') return;
  const message = `Step [${name}] exceeded max-iterations limit of ${maxIterations}.`;
  throw new StepFailure('MaxIterationsExceeded', message);
}
