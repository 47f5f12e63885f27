import type { FailurePolicy, RetryPolicy } from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';
import { TimeLimitReached } from './interruptions.ts';
import { REACHED } from './record_keys.ts';
import type { RunContext } from './run_context.ts';
import type { Flow } from './run_outcome.ts';
import { innerScope, type Scope, type StepPlace } from './scope.ts';

/** A part of a run that has an `on-failure`: a step, or an iteration of a loop. */
export interface Guarded extends StepPlace {
  readonly name: string;
  /** `undefined`: a failure is passed on. */
  readonly policy: FailurePolicy | undefined;
}

/**
 * Executes a part of a run with its `on-failure`, nested as continue( fallback( retry( part ) ) ).
 * @throws StepFailure unless the policy continues the run; and every other error of the part
 */
export async function guarded(
  run: RunContext,
  part: Guarded,
  execute: (place: StepPlace) => Promise<Flow>,
): Promise<Flow> {
  const { policy } = part;
  try {
    return await retried(run, part, execute);
  } catch (failure) {
    if (!(failure instanceof StepFailure) || policy === undefined) throw failure;
    return await handled(run, part, { policy, failure });
  }
}

/**
 * Executes the fallback of a failed part.
 * @throws StepFailure unless the policy continues the run
 */
async function handled(
  run: RunContext,
  { scope, key, name }: Guarded,
  { policy, failure }: { readonly policy: FailurePolicy; readonly failure: StepFailure },
): Promise<Flow> {
  const frame = { step: name, kind: 'fallback', index: 0 } as const;
  const bindings = { error: failure.error };
  const inner = innerScope(scope, frame, { key: `${key}!/`, bindings });
  let raised = failure;
  try {
    const flow = await run.block(policy.fallback, inner);
    if (flow !== undefined) return flow;
  } catch (error) {
    // `continue` also applies to a failure of the fallback.
    if (!(error instanceof StepFailure)) throw error;
    raised = error;
  }
  if (!(await continues(run, policy, { scope: inner, key }))) throw raised;
  return undefined;
}

async function continues(
  run: RunContext,
  policy: FailurePolicy,
  { scope, key }: StepPlace,
): Promise<boolean> {
  if (typeof policy.continue === 'boolean') return policy.continue;
  return run.decideLater(`${key}?continue`, () => run.test(policy.continue, scope));
}

async function retried(
  run: RunContext,
  { policy, scope, key, name }: Guarded,
  execute: (place: StepPlace) => Promise<Flow>,
): Promise<Flow> {
  const retry = policy?.retry;
  for (let attempt = 0; ; attempt += 1) {
    const place =
      attempt === 0
        ? { scope, key }
        : {
            scope: innerScope(
              scope,
              { step: name, kind: 'attempt', index: attempt },
              { key: `${key}@${attempt}/` },
            ),
            key: `${key}@${attempt}`,
          };
    if (attempt > 0) await run.nextTurn(scope);
    try {
      return await execute(place);
    } catch (failure) {
      if (!(failure instanceof StepFailure) || retry === undefined) throw failure;
      if (attempt >= retry.maxAttempts) throw failure;
      const failed = { ...scope, bindings: { ...scope.bindings, error: failure.error } };
      const isRetried = await run.decideLater(
        `${place.key}?retry`,
        async () => retry.condition === undefined || run.test(retry.condition, failed),
      );
      if (!isRetried) throw failure;
      const until = run.decide(`${place.key}?retryAt`, () => {
        const now = run.ports.clock.now();
        return Math.max(
          now + delayOf(retry, attempt, run.ports.random),
          waitOf(failure, retry, now),
        );
      });
      await run.waitUntil(until, place.key, scope);
    }
  }
}

/** Maximum delay between attempts. Without it, exponential delays would grow without end. */
const MAX_DELAY_MS = 366 * 86_400_000;
/** Maximum wait that a service can ask for, unless the author has set `max-delay`. */
const MAX_ASKED_WAIT_MS = 3_600_000;

/**
 * Milliseconds before a repetition.
 * @param attempt 0 for the first repetition
 */
function delayOf(retry: RetryPolicy, attempt: number, random: () => number): number {
  const { strategy, delayMs, multiplier, maxDelayMs = Number.POSITIVE_INFINITY } = retry;
  const capped =
    strategy === 'fixed' ? delayMs : Math.min(delayMs * multiplier ** attempt, maxDelayMs);
  const bounded = Math.min(capped, MAX_DELAY_MS);
  return Math.round(retry.hasJitter ? bounded * random() : bounded);
}

/** The instant until which the service asks to wait, limited by the maximum delay of the policy. */
function waitOf({ retryAt }: StepFailure, { maxDelayMs }: RetryPolicy, now: number): number {
  // A service may ask for an instant that no Date can represent.
  if (retryAt === undefined || Number.isNaN(retryAt)) return now;
  return Math.min(retryAt, now + Math.min(maxDelayMs ?? MAX_ASKED_WAIT_MS, MAX_DELAY_MS));
}

/** A part of a run with a time limit. */
interface TimeLimit extends StepPlace {
  readonly until: number | undefined;
  readonly message: string;
}

/**
 * Executes a part of a run with a time limit.
 * @param limit `until`: end in milliseconds since 1970; `undefined`: no limit. `key`: key of the
 *   part; empty for the whole run. `message`: message of the failure
 * @throws StepFailure `StepTimeout` when the time of a step has passed; TimeLimitReached when the
 *   time of the run has passed
 */
export async function withTimeLimit(
  run: RunContext,
  { scope, key, until, message }: TimeLimit,
  execute: (scope: Scope) => Promise<Flow>,
): Promise<Flow> {
  if (until === undefined) return execute(scope);
  const { clock } = run.ports;
  const limit = new AbortController();
  const done = new AbortController();
  const reached = new TimeLimitReached(key);
  // The reached limit is recorded, because the clock of another server that continues the run may
  // be behind.
  const isReached = run.decided(`${key}${REACHED}`) === true;
  const leftMs = isReached ? 0 : until - clock.now();
  if (leftMs <= 0) limit.abort(reached);
  else if (leftMs <= MAX_TIMER_MS)
    clock.sleep(leftMs, done.signal, key).then(
      () => limit.abort(reached),
      () => undefined,
    );
  const signal = AbortSignal.any([scope.signal, limit.signal]);
  const deadline = Math.min(until, scope.deadline ?? until);
  try {
    return await execute({ ...scope, signal, deadline });
  } catch (error) {
    if (error !== reached || key === '') throw error;
    run.decide(`${key}${REACHED}`, () => true);
    const failure = new StepFailure('StepTimeout', message);
    failure.output = reached.output;
    throw failure;
  } finally {
    done.abort(new Error('finished'));
  }
}

/**
 * Maximum duration of a timer in Node.js. A limit that is further away applies when the run is
 * continued.
 */
const MAX_TIMER_MS = 2_147_483_647;
