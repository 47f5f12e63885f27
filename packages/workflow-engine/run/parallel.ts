import type { ProgramStep } from '@latchkey/workflow-language';
import { type StepError, StepFailure } from '../failures/step_failure.ts';
import { BranchState } from './branch_state.ts';
import { withTimeLimit } from './failure_policy.ts';
import { listOf, type StepOf } from './flow_steps.ts';
import { RunEndedElsewhere, StepsWait, TimeLimitReached } from './interruptions.ts';
import type { RunContext } from './run_context.ts';
import type { Flow } from './run_outcome.ts';
import { innerScope, type Scope, type StepPlace } from './scope.ts';

/** Maximum number of branches. */
const MAX_BRANCHES = 100;

/** A branch that has not been executed yet. */
interface Branch {
  readonly index: number;
  /** Name of the branch, or the member of the list. */
  readonly key: unknown;
  readonly steps: readonly ProgramStep[];
  readonly bindings: Readonly<Record<string, unknown>>;
}

/** Result of a branch, as the output of the step contains it. */
interface BranchResult {
  readonly index: number;
  readonly key: unknown;
  readonly status: 'completed' | 'failed' | 'timed_out' | 'skipped';
  readonly output?: unknown;
  readonly error?: StepError;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly durationMs?: number;
}

type BranchOutcome =
  | { readonly kind: 'result'; readonly result: BranchResult; readonly state: BranchState }
  | { readonly kind: 'waiting'; readonly error: StepsWait }
  | { readonly kind: 'ended'; readonly flow: Flow }
  | { readonly kind: 'interrupted'; readonly error: unknown };

/**
 * Executes branches at the same time, and continues when all of them have ended.
 * @throws StepFailure as the mode decides, and for an invalid mode or too many branches; StepsWait
 *   when a branch waits; the interruption of a branch
 */
export async function runParallel(
  run: RunContext,
  step: StepOf<'parallel'>,
  { scope, key }: StepPlace,
): Promise<Flow> {
  const { name, body } = step;
  const mode = await run.decideLater(`${key}?mode`, () => modeOf(run, body.mode, scope));
  const isFailFast = mode === 'fail-fast';
  const branches = await branchesOf(run, step, { scope, key });
  const siblings = new AbortController();
  const inner = { ...scope, signal: AbortSignal.any([scope.signal, siblings.signal]) };
  const outcomes: (BranchOutcome | undefined)[] = branches.map(() => undefined);
  const queue = startable(run, branches, key);
  let next = 0;
  let mayStart = true;
  const work = async (): Promise<void> => {
    for (let branch = queue[next++]; branch !== undefined; branch = queue[next++]) {
      if (!mayStart) return;
      const outcome = await runBranch(run, { step, branch, place: { scope: inner, key } });
      outcomes[branch.index] = outcome;
      if (outcome.kind === 'ended') {
        run.decide(`${key}?ended`, () => branch.index);
        siblings.abort(new RunEndedElsewhere());
      }
      const isFailed = outcome.kind === 'result' && outcome.result.status !== 'completed';
      if (outcome.kind === 'ended' || outcome.kind === 'interrupted') mayStart = false;
      if (isFailed && isFailFast) mayStart = !run.decide(`${key}?stopped`, () => true);
      if (outcome.kind === 'waiting' && body.countsWaiting) return;
    }
  };
  const workers = Array.from({ length: Math.min(body.concurrency, queue.length) }, work);
  // All branches are awaited, because the run must not end while a branch may still call services.
  for (const worker of await Promise.allSettled(workers))
    if (worker.status === 'rejected') throw worker.reason;
  const ended = outcomes[Number(run.decided(`${key}?ended`) ?? -1)];
  if (ended?.kind === 'ended') return ended.flow;
  for (const outcome of outcomes) {
    if (outcome?.kind !== 'interrupted') continue;
    const { error } = outcome;
    if (error instanceof TimeLimitReached && error.key === key)
      error.output = outputOf(branches, outcomes, (branch) => timedOut(run, branch, key));
    throw error;
  }
  const waiting = outcomes.flatMap((outcome) =>
    outcome?.kind === 'waiting' ? [outcome.error] : [],
  );
  if (waiting.length > 0)
    throw new StepsWait(
      waiting.flatMap(({ waits }) => waits),
      waiting.flatMap(({ steps }) => steps),
    );
  return joined({ name, isFailFast, branches, outcomes, scope });
}

/**
 * Branches that may start. When a run is continued, its branches take different times than before.
 * A branch that was not started because of a failure must then not start, and no other branch may
 * end the run.
 */
function startable(run: RunContext, branches: readonly Branch[], key: string): readonly Branch[] {
  const endedBy = run.decided(`${key}?ended`);
  if (endedBy !== undefined) return branches.filter(({ index }) => index === endedBy);
  if (run.decided(`${key}?stopped`) === undefined) return branches;
  return branches.filter(({ index }) => run.decided(`${key}[${index}]?started`) !== undefined);
}

/**
 * Reads the mode of the step.
 * @throws StepFailure `InvalidParallelMode`
 */
async function modeOf(
  run: RunContext,
  text: string,
  scope: Scope,
): Promise<'fail-fast' | 'settled'> {
  const mode = await run.render(text, scope);
  if (mode === 'fail-fast' || mode === 'settled') return mode;
  const message = 'The mode of `parallel` must be fail-fast or settled.';
  throw new StepFailure('InvalidParallelMode', message);
}

async function branchesOf(
  run: RunContext,
  { body }: StepOf<'parallel'>,
  { scope, key }: StepPlace,
): Promise<readonly Branch[]> {
  const { branches } = body;
  if (!('items' in branches))
    return branches.map(({ name, steps }, index) => ({ index, key: name, steps, bindings: {} }));
  const items = await run.decideLater(`${key}?items`, () => listOf(run, branches.items, scope));
  if (items.length > MAX_BRANCHES) {
    const message = `\`parallel\` has ${items.length} branches; at most ${MAX_BRANCHES} are allowed.`;
    throw new StepFailure('ParallelFanOutExceedsLimit', message);
  }
  const total = items.length;
  return items.map((item, index) => ({
    index,
    key: item,
    steps: branches.steps,
    bindings: { foreach: { item, index, items, total } },
  }));
}

/** A branch and its step. */
interface BranchPart {
  readonly step: StepOf<'parallel'>;
  readonly branch: Branch;
  readonly place: StepPlace;
}

/** Executes one branch. Never rejects. */
async function runBranch(run: RunContext, part: BranchPart): Promise<BranchOutcome> {
  try {
    return await outcomeOf(run, part);
  } catch (error) {
    return error instanceof StepsWait ? { kind: 'waiting', error } : { kind: 'interrupted', error };
  }
}

/**
 * Outcome of a branch.
 * @throws StepsWait; the reason why the run cannot continue
 */
async function outcomeOf(
  run: RunContext,
  { step, branch, place: { scope, key } }: BranchPart,
): Promise<BranchOutcome> {
  const branchKey = `${key}[${branch.index}]`;
  const state = new BranchState(scope.branch);
  const frame = { step: step.name, kind: 'branch', index: branch.index } as const;
  const { bindings } = branch;
  const inner = innerScope(scope, frame, { key: `${branchKey}/`, bindings, branch: state });
  const now = () => run.ports.clock.now();
  const startedAt = run.decide(`${branchKey}?started`, now);
  const { branchTimeoutMs } = step.body;
  const until = branchTimeoutMs === undefined ? undefined : startedAt + branchTimeoutMs;
  const end = (result: Pick<BranchResult, 'status' | 'output' | 'error'>): BranchOutcome => {
    const finishedAt = run.decide(`${branchKey}?finished`, now);
    const times = {
      startedAt: new Date(startedAt).toISOString(),
      finishedAt: new Date(finishedAt).toISOString(),
      durationMs: finishedAt - startedAt,
    };
    return {
      kind: 'result',
      state,
      result: { index: branch.index, key: branch.key, ...result, ...times },
    };
  };
  try {
    const message = 'The branch did not finish within `branch-timeout`.';
    const limit = { scope: inner, key: branchKey, until, message };
    const flow = await withTimeLimit(run, limit, (limited) => run.block(branch.steps, limited));
    if (flow !== undefined) return { kind: 'ended', flow };
    const { lastOutput } = state;
    return end({
      status: 'completed',
      ...(lastOutput === undefined ? {} : { output: lastOutput }),
    });
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const isTimeout = error.error.type === 'StepTimeout' && error.stepName === undefined;
    return end({ status: isTimeout ? 'timed_out' : 'failed', error: error.error });
  }
}

/** Outcomes of branches, by their index. Absent: the branch was not started. */
type Outcomes = readonly (BranchOutcome | undefined)[];

/** @throws StepFailure if a branch has failed and the mode is fail-fast */
function joined({
  name,
  isFailFast,
  branches,
  outcomes,
  scope,
}: {
  readonly name: string;
  readonly isFailFast: boolean;
  readonly branches: readonly Branch[];
  readonly outcomes: Outcomes;
  readonly scope: Scope;
}): Flow {
  for (const outcome of outcomes) if (outcome?.kind === 'result') scope.branch.join(outcome.state);
  const output = outputOf(branches, outcomes, ({ index, key }) => ({
    index,
    key,
    status: 'skipped',
  }));
  scope.branch.setStep(name, { output });
  scope.branch.lastOutput = output;
  const first = output.results.find(isFailure);
  if (!isFailFast || first === undefined) return undefined;
  const reason = first.error?.message ?? 'it failed';
  const error = new StepFailure(
    first.error?.type ?? 'BranchFailed',
    `Branch ${first.index + 1} of step [${name}] failed: ${reason}`,
  );
  error.output = output;
  throw error;
}

const isFailure = ({ status }: BranchResult): boolean =>
  status === 'failed' || status === 'timed_out';

/** Output of the step. `unfinished` gives the result of a branch that has no outcome of its own. */
function outputOf(
  branches: readonly Branch[],
  outcomes: Outcomes,
  unfinished: (branch: Branch) => BranchResult,
) {
  const results = branches.map((branch) => {
    const outcome = outcomes[branch.index];
    return outcome?.kind === 'result' ? outcome.result : unfinished(branch);
  });
  const failed = results.filter(isFailure).length;
  const isNamed =
    typeof branches[0]?.key === 'string' && Object.keys(branches[0].bindings).length === 0;
  return {
    status: failed > 0 ? 'failed' : 'completed',
    total: results.length,
    succeeded: results.filter(({ status }) => status === 'completed').length,
    failed,
    results,
    ...(isNamed ? { branches: byName(results) } : {}),
  };
}

/** Result of a branch that had not ended, or not begun, when the `timeout` of the step passed. */
function timedOut(run: RunContext, { index, key: item }: Branch, key: string): BranchResult {
  const message = 'The branch did not finish within the `timeout` of the step.';
  const startedAt = run.decided(`${key}[${index}]?started`);
  return {
    index,
    key: item,
    status: 'timed_out',
    error: { type: 'StepTimeout', message },
    ...(typeof startedAt === 'number' ? { startedAt: new Date(startedAt).toISOString() } : {}),
  };
}

function byName(results: readonly BranchResult[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    results.map(({ key, status, output, error }) => [
      String(key),
      {
        status,
        ...(output === undefined ? {} : { output }),
        ...(error === undefined ? {} : { error }),
      },
    ]),
  );
}
