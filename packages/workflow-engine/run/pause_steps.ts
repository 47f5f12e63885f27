import { formatDuration, isRecord } from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';
import type { RenderedStep } from './call_step.ts';
import type { StepOf } from './flow_steps.ts';
import { StepsWait } from './interruptions.ts';
import type { RunContext } from './run_context.ts';

const HOUR_MS = 3_600_000;
/** Milliseconds in which a user must respond if the step has no `timeout`. */
const RESPONSE_WITHIN_MS = { input: 72 * HOUR_MS, approval: 24 * HOUR_MS } as const;

/** A user's response to a waiting step. */
export interface HumanResponse {
  readonly response: unknown;
  /** Username of the user who has responded. */
  readonly respondedBy: string;
  /** ISO instant. */
  readonly respondedAt: string;
}

/** Key of the record that contains the response to a waiting step. */
export function responseKey(stepKey: string): string {
  return `${stepKey}?response`;
}

/** Waits for a duration. The step has no output. */
export async function runWait(
  run: RunContext,
  { keys }: StepOf<'wait'>,
  { scope, key }: RenderedStep,
): Promise<undefined> {
  const settings = isRecord(keys['with']) ? keys['with'] : {};
  const until = await run.decideLater(`${key}?until`, async () => {
    const waitMs = await run.duration(settings['duration'], scope);
    return run.ports.clock.now() + waitMs;
  });
  await run.waitUntil(until, key, scope);
  return undefined;
}

/**
 * Waits for a response of a user.
 * @throws StepsWait; StepFailure `StepTimeout`
 */
export async function runHuman(
  run: RunContext,
  { body, timeout }: StepOf<'human'>,
  { scope, key, input }: RenderedStep,
): Promise<unknown> {
  const response = run.decided(responseKey(key)) as HumanResponse | undefined;
  if (response !== undefined) {
    const { response: value, respondedBy, respondedAt } = response;
    // The output contains the current names and the older ones.
    const older = { input: value, resumedBy: respondedBy, resumedAt: respondedAt };
    return { response: value, respondedBy, respondedAt, ...older };
  }
  scope.signal.throwIfAborted();
  const now = run.ports.clock.now();
  const own = run.decide(`${key}?until`, () => now + RESPONSE_WITHIN_MS[body.form]);
  const until = timeout === undefined ? own : undefined;
  if (until !== undefined && now >= until)
    throw new StepFailure(
      'StepTimeout',
      `Nobody responded within ${formatDuration(RESPONSE_WITHIN_MS[body.form])}. A \`timeout\` of the step gives more time.`,
    );
  const wakeAt = Math.min(
    until ?? Number.POSITIVE_INFINITY,
    scope.deadline ?? Number.POSITIVE_INFINITY,
  );
  const schema = body.form === 'approval' ? APPROVAL : schemaOf(input);
  throw new StepsWait([
    {
      kind: 'input',
      stepKey: key,
      ...(schema === undefined ? {} : { schema }),
      ...textsOf(input),
      ...(Number.isFinite(wakeAt) ? { wakeAt } : {}),
    },
  ]);
}

/** Schema of the response to `waitForApproval`. */
const APPROVAL = {
  type: 'object',
  properties: { approved: { type: 'boolean' } },
  required: ['approved'],
};

/** Texts of the step that the user sees. */
function textsOf({ with: settings }: RenderedStep['input']) {
  if (!isRecord(settings)) return {};
  const { message, approveLabel, rejectLabel } = settings;
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof approveLabel === 'string' ? { approveLabel } : {}),
    ...(typeof rejectLabel === 'string' ? { rejectLabel } : {}),
  };
}

function schemaOf({ with: settings }: RenderedStep['input']): unknown {
  return isRecord(settings) ? settings['schema'] : undefined;
}

/** Cancels the child run of a step that has reached its time limit. */
export async function cancelChild(run: RunContext, key: string): Promise<void> {
  const known = run.decided(`${key}?child`);
  if (isRecord(known)) await run.ports.children.cancel(String(known['runId']));
}

/**
 * Starts a run of another workflow, and waits for its outputs unless the step is asynchronous.
 * @throws StepFailure of the failed child run, StepsWait while the child run has not ended
 */
export async function runChild(
  run: RunContext,
  { body }: StepOf<'child'>,
  { scope, key, input }: RenderedStep,
): Promise<unknown> {
  const { children, journal } = run.ports;
  const settings = isRecord(input['with']) ? input['with'] : {};
  const inputs = isRecord(settings['inputs']) ? settings['inputs'] : {};
  const workflowId = String(settings['workflow-id'] ?? '');
  scope.signal.throwIfAborted();
  const known = run.decided(`${key}?child`) as
    | Awaited<ReturnType<typeof children.start>>
    | undefined;
  const { isAwaited } = body;
  const child = known ?? (await children.start({ key, workflowId, inputs, isAwaited }));
  if (known === undefined) journal.add({ kind: 'value', key: `${key}?child`, value: child });
  const { runId, startedAt } = child;
  if (!isAwaited)
    return {
      workflowId: child.workflowId,
      executionId: runId,
      awaited: false,
      status: 'pending',
      startedAt,
    };
  const state = await children.state(runId);
  if (state.kind === 'completed') return state.output;
  if (state.kind === 'failed') {
    const { type, message, details } = state.error;
    throw new StepFailure(type, message, details);
  }
  const { deadline } = scope;
  throw new StepsWait([
    { kind: 'child', stepKey: key, runId, ...(deadline === undefined ? {} : { wakeAt: deadline }) },
  ]);
}
