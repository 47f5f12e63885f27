import { createHash } from 'node:crypto';
import { isRecord, type ProgramStep } from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';
import { StepsWait } from './interruptions.ts';
import type { RunContext } from './run_context.ts';
import type { CallTimings } from './run_journal.ts';
import type { CallResult, StepCall } from './run_ports.ts';
import type { Scope, StepPlace } from './scope.ts';

const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** HTTP methods whose requests may be repeated (RFC 9110, section 9.2.2). */
const IDEMPOTENT_METHODS = new Set([...READING_METHODS, 'PUT', 'DELETE']);

/** Record that a call is sent now that changes something. */
interface Announcement {
  /** `true`: the call is sent with its idempotency key. */
  readonly hasKey: boolean;
  /** Value of `now` in the input of the call, in milliseconds since 1970. */
  readonly renderedAt: number;
}

/** A step and its rendered keys. */
export interface RenderedStep extends StepPlace {
  readonly input: Readonly<Record<string, unknown>>;
}

/** A rendered step that calls a service. */
interface CallPlace extends RenderedStep {
  /** Value of `now` in the input, in milliseconds since 1970. */
  readonly renderedAt: number;
  readonly onTimings: OnTimings;
}

/** Receives the timings of a call. Undefined: nothing was measured. */
type OnTimings = (timings: CallTimings | undefined) => void;

/**
 * Calls a service. A call that changes something is announced in the journal first, so that a
 * continued run knows that the call may have been sent.
 * @returns the output
 * @throws StepFailure when the call fails, or when it was interrupted and must not be repeated;
 *   StepsWait while the user must authorize the connector
 */
export async function callStep(
  run: RunContext,
  step: ProgramStep,
  { scope, key, input, renderedAt, onTimings }: CallPlace,
): Promise<unknown> {
  const turn = turnOf(run, key);
  const call = callOf(run, step, { scope, key, input });
  let begunAt = run.ports.clock.now();
  // Announced when its turn has come: a call that waits for its turn has sent nothing.
  const result = await run.calls.within(scope.signal, async () => {
    if (!isReading(step, call) || step.onInterrupted === 'fail') {
      await announce(run, step, { call, renderedAt, intentKey: intentKeyOf(key, turn) });
      scope.signal.throwIfAborted();
    }
    begunAt = run.ports.clock.now();
    return run.ports.call({ ...call, ...timeLimitOf(run, step, scope) }, scope.signal);
  });
  if (result.kind !== 'unauthorized') onTimings(result.timings);
  if (result.kind === 'completed') return result.output;
  if (result.kind === 'failed') {
    const { type, message, details } = result.error;
    const failure = new StepFailure(type, message, details);
    failure.retryAt = result.retryAt?.getTime();
    throw failure;
  }
  return waitForAuthorization(run, { scope, key, turn, begunAt }, result);
}

/**
 * Value of `now` in the input of a call that was announced before the server stopped. A repetition
 * has the same idempotency key, so it must have the same content. `undefined`: no call was
 * announced.
 */
export function announcedMoment(run: RunContext, key: string): number | undefined {
  const announced = run.decided(intentKeyOf(key, turnOf(run, key)));
  const moment = isRecord(announced) ? announced['renderedAt'] : undefined;
  return typeof moment === 'number' ? moment : undefined;
}

/** Number of the attempt to send a call. Those that waited for an authorization sent nothing. */
function turnOf(run: RunContext, key: string): number {
  let turn = 0;
  while (run.decided(`${key}?unauthorized[${turn}]`) !== undefined) turn += 1;
  return turn;
}

function intentKeyOf(key: string, turn: number): string {
  return `${key}?sent[${turn}]`;
}

/**
 * Stores that a call is sent now. A call that was announced before the server stopped is sent again
 * only if a repetition does no harm.
 * @throws StepFailure `StepInterrupted` if the interrupted call must not be repeated
 */
async function announce(
  run: RunContext,
  step: ProgramStep,
  announced: {
    readonly call: StepCall;
    readonly renderedAt: number;
    readonly intentKey: string;
  },
): Promise<void> {
  const { call, renderedAt, intentKey } = announced;
  const hasKey = step.onInterrupted === undefined && (await run.ports.sendsKey?.(call)) === true;
  const sent = run.decided(intentKey);
  // The header may have been configured after the first request was sent.
  if (sent !== undefined)
    return ensureRepeatable(step, call, hasKey && isRecord(sent) && sent['hasKey'] === true);
  const value: Announcement = { hasKey, renderedAt };
  run.ports.journal.add({ kind: 'value', key: intentKey, value });
  await run.ports.journal.commit();
}

/**
 * Makes the run wait until its user has authorized the connector. `since` of the wait is the start
 * of the call, because the user may have authorized the connector before the response arrived. The
 * time limit counts from the first response.
 * @throws StepsWait; StepFailure when the workflow does not wait, or has waited long enough
 */
function waitForAuthorization(
  run: RunContext,
  { scope, key, turn, begunAt }: StepPlace & { readonly turn: number; readonly begunAt: number },
  { error, connectorId }: Extract<CallResult, { kind: 'unauthorized' }>,
): never {
  const { onUnauthorized, unauthorizedTimeoutMs } = run.program.settings;
  const { type, message, details } = error;
  if (onUnauthorized === 'fail') throw new StepFailure(type, message, details);
  const now = run.ports.clock.now();
  const first = Number(run.decided(`${key}?unauthorized[0]`) ?? now);
  const until = first + unauthorizedTimeoutMs;
  if (now >= until)
    throw new StepFailure(
      'AuthorizationTimeout',
      `Nobody authorized the connector in time: ${message}`,
      details,
    );
  run.ports.journal.add({ kind: 'value', key: `${key}?unauthorized[${turn}]`, value: now });
  const wakeAt = Math.min(until, scope.deadline ?? until);
  const { connectorName, reason } = details ?? {};
  throw new StepsWait([
    {
      kind: 'authorization',
      stepKey: key,
      connectorId,
      ...(typeof connectorName === 'string' ? { connectorName } : {}),
      ...(typeof reason === 'string' ? { reason } : {}),
      since: begunAt,
      firstAt: first,
      earlierWaits: turn,
      wakeAt,
    },
  ]);
}

/**
 * The time limit of a call that begins now. A step with `retry` has none: its policy decides how
 * long it waits, and such a wait occupies no slot.
 */
function timeLimitOf(
  run: RunContext,
  { onFailure }: ProgramStep,
  { deadline }: Scope,
): Pick<StepCall, 'timeoutMs'> {
  return deadline === undefined || onFailure?.retry !== undefined
    ? {}
    : { timeoutMs: Math.max(0, deadline - run.ports.clock.now()) };
}

function callOf(
  run: RunContext,
  { name, type, maxOutputBytes }: ProgramStep,
  { scope, key, input }: RenderedStep,
): StepCall {
  const connectorId = input['connector-id'];
  return {
    stepKey: key,
    name,
    type,
    scopes: scope.frames,
    ...(typeof connectorId === 'string' && connectorId !== '' ? { connectorId } : {}),
    input: parametersOf(input),
    idempotencyKey: createHash('sha256').update(`${run.facts.runId}\n${key}`).digest('hex'),
    maxOutputBytes,
  };
}

function parametersOf(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const given = input['with'];
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  // JSON removes inputs that are undefined, so that the service does not receive them.
  return JSON.parse(JSON.stringify(given));
}

function methodOf({ input: { method = 'GET' } }: StepCall): string {
  return String(method).toUpperCase();
}

function isReading({ type, stepType }: ProgramStep, call: StepCall): boolean {
  return type === 'http' ? READING_METHODS.has(methodOf(call)) : stepType.effect === 'read';
}

/** @throws StepFailure `StepInterrupted` if the interrupted call must not be repeated */
function ensureRepeatable(step: ProgramStep, call: StepCall, hasSentKey: boolean): void {
  const isIdempotent =
    hasSentKey || (step.type === 'http' && IDEMPOTENT_METHODS.has(methodOf(call)));
  const isRepeated =
    step.onInterrupted === undefined ? isIdempotent : step.onInterrupted === 'retry';
  if (isRepeated) return;
  throw new StepFailure(
    'StepInterrupted',
    'The server stopped during the call, which may or may not have been carried out. It was not repeated.',
  );
}
