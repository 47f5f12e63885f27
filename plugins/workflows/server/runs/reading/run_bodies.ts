import { withoutUndefined } from '@latchkey/saved-objects';
import type { StepError, StepRecord } from '@latchkey/workflow-engine';
import { isRecord } from '@latchkey/workflow-language';
import type { StoredRun } from '../store/run_store.ts';
import type { RunDetails, WaitingRun } from './run_reader.ts';
import { StepCounter, type StepExecution } from './step_execution.ts';
import { placesOf } from './step_places.ts';

/** Converts a run to the response body of an execution in a list. */
export function toListed(run: StoredRun, isReadable: boolean) {
  const { id, workflowId, workflowName, spaceId, status, isTestRun } = run;
  const { triggeredBy, username, createdAt, finishedAt, error, parentRunId } = run;
  const { retryOf, stepId, isDryRun, cancelRequestedAt, cancelledBy, concurrencyGroupKey } = run;
  const startedAt = startOf(run);
  const from = Date.parse(startedAt ?? createdAt);
  return {
    id,
    ...(workflowId === undefined ? {} : { workflowId }),
    workflowName,
    spaceId,
    status,
    isTestRun,
    triggeredBy,
    ...withoutUndefined({
      retryOf,
      stepId,
      isDryRun,
      parentExecutionId: parentRunId,
    }),
    executedBy: username,
    createdAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...queueMetricsOf(run),
    // The key is rendered from the inputs, so it is as confidential as they are.
    ...(isReadable && concurrencyGroupKey !== undefined ? { concurrencyGroupKey } : {}),
    ...(finishedAt === undefined
      ? {}
      : { finishedAt, duration: Math.max(0, Date.parse(finishedAt) - from) }),
    ...(cancelRequestedAt === undefined ? {} : { cancelRequested: true }),
    ...(cancelledBy === undefined ? {} : { cancelledBy }),
    ...cancellationOf(run),
    ...(status === 'cancelled' && finishedAt !== undefined ? { cancelledAt: finishedAt } : {}),
    ...(error === undefined ? {} : { error: toError(error, isReadable) }),
  };
}

/** Converts a run to the response body of an execution that another one has started. */
export function toChild(run: StoredRun, isReadable: boolean) {
  const { parentStepKey } = run;
  return {
    ...toListed(run, isReadable),
    executionId: run.id,
    ...(parentStepKey === undefined ? {} : { parentStepExecutionId: parentStepKey }),
  };
}

/**
 * Instant at which a run began. `undefined`: it is in a queue, or ended without leaving the queue.
 */
function startOf({ status, createdAt, startedAt, concurrency }: StoredRun): string | undefined {
  if (startedAt !== undefined) return startedAt;
  const isQueued = status === 'queued' || status === 'pending' || status === 'skipped';
  return isQueued || concurrency !== undefined ? undefined : createdAt;
}

/** Members that tell how long a run was queued. Empty if the run is queued, or has not been. */
function queueMetricsOf({ createdAt: scheduledAt, startedAt }: StoredRun) {
  if (startedAt === undefined || startedAt === scheduledAt) return {};
  const queueDelayMs = Math.max(0, Date.parse(startedAt) - Date.parse(scheduledAt));
  return { queueMetrics: { scheduledAt, startedAt, queueDelayMs } };
}

/** Converts a run to the response body of one execution. */
export function toDetails({
  run,
  savedBy,
  steps,
  failedStep,
  total,
  waits,
  inputs,
  metadata,
  yaml,
  definition,
  result,
  isReadable,
}: RunDetails) {
  const places = placesOf(definition);
  const counter = new StepCounter();
  const error = result.error ?? run.error;
  return {
    ...toListed(run, isReadable),
    ...(error === undefined ? {} : { error: toError(error, isReadable) }),
    isReadable,
    ...withoutUndefined({
      savedBy,
      yaml,
      workflowDefinition: definition,
      input: inputs,
      metadata,
      output: result.output,
    }),
    currentSteps: (run.currentSteps ?? []).map((step) => ({ ...step })),
    waits: waits.map((wait) => toWait(wait, isReadable)),
    stepExecutionIds: steps.map(({ key }) => key),
    stepExecutions: steps.map((step) => {
      const { position } = counter.add(step);
      const topologicalIndex = places.get(step.name);
      const body = { ...toStep(run, step, isReadable), ...position };
      return topologicalIndex === undefined ? body : { ...body, topologicalIndex };
    }),
    stepExecutionsTruncatedCount: total - steps.length,
    ...(failedStep === undefined
      ? {}
      : { failedStepExecution: toStep(run, failedStep, isReadable) }),
  };
}

/** Converts a step to the response body of the execution of a step. */
export function toStep(run: StoredRun, step: StepExecution, isReadable: boolean) {
  const { key, name, type, status, scopes, startedAt, finishedAt, input, output, error } = step;
  const { failedStep, timings, position } = step;
  const { workflowId, spaceId, isTestRun } = run;
  return {
    id: key,
    stepId: name,
    stepType: type,
    workflowRunId: run.id,
    ...(workflowId === undefined ? {} : { workflowId }),
    spaceId,
    isTestRun,
    status,
    scopeStack: scopes.map((scope) => ({ ...scope })),
    ...position,
    startedAt,
    ...(finishedAt === undefined
      ? {}
      : {
          finishedAt,
          executionTimeMs: millisecondsOf(startedAt, finishedAt),
        }),
    ...(timings === undefined ? {} : { timings: { ...timings } }),
    ...(isReadable && input !== undefined ? { input } : {}),
    ...(isReadable && output !== undefined ? { output, ...factsOf(type, output) } : {}),
    ...(error === undefined ? {} : { error: toError(error, isReadable) }),
    ...(failedStep === undefined ? {} : { failedStepId: failedStep }),
  };
}

/** Milliseconds between two instants. 0 if a clock was set back meanwhile. */
function millisecondsOf(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

/** Parts of an output, under the names that responses of Kibana have. */
function factsOf(type: string, output: unknown) {
  if (!isRecord(output)) return {};
  if (LOOPS_AND_CASES.has(type)) return { state: output };
  const { respondedBy, respondedAt } = output;
  const isResponse = typeof respondedBy === 'string' && typeof respondedAt === 'string';
  return HUMAN_STEPS.has(type) && isResponse ? { hitl: { respondedBy, respondedAt } } : {};
}

const LOOPS_AND_CASES: ReadonlySet<string> = new Set(['foreach', 'while', 'switch']);
const HUMAN_STEPS: ReadonlySet<string> = new Set(['waitForInput', 'waitForApproval']);

/** The reason of a cancellation, as far as it is known. */
function cancellationOf({
  status,
  cancelRequestedAt,
  cancelledBy,
  concurrency,
  parentRunId,
}: RunDetails['run']): { readonly cancellationReason?: string } {
  if (status !== 'cancelled' && cancelRequestedAt === undefined) return {};
  if (cancelledBy !== undefined)
    return { cancellationReason: `User [${cancelledBy}] cancelled the execution.` };
  const isRequested = cancelRequestedAt !== undefined;
  const isInGroup = concurrency?.strategy === 'cancel-in-progress';
  const causes = [
    ...(isRequested && isInGroup ? ['a newer execution of its concurrency group'] : []),
    ...(parentRunId === undefined ? [] : ['the end of its parent']),
    ...(isRequested ? [] : ['a step `workflow.output`']),
    // A deletion is the only cause that leaves no trace in the run.
    ...(isRequested && isInGroup ? [] : ['the deletion of its space']),
  ];
  return { cancellationReason: `The execution was cancelled by ${causes.join(' or ')}.` };
}

/** Converts a step record to a line of the log. */
export function toLogLine(run: StoredRun, step: StepRecord, isReadable: boolean) {
  const { key, name, type, status, startedAt, finishedAt, output, error } = step;
  const text = textOf();
  return {
    id: key,
    timestamp: finishedAt,
    level: status === 'failed' ? ('error' as const) : ('info' as const),
    message: messageOf(),
    status,
    ...(text === undefined ? {} : { text }),
    stepExecutionId: key,
    stepId: name,
    stepName: name,
    stepType: type,
    connectorType: type,
    duration: millisecondsOf(startedAt, finishedAt),
    additionalData: {
      executionId: run.id,
      ...(run.workflowId === undefined ? {} : { workflowId: run.workflowId }),
    },
  };

  function textOf(): string | undefined {
    if (error !== undefined) return isReadable ? error.message : error.type;
    if (type !== 'console' || status !== 'completed' || !isReadable) return undefined;
    return typeof output === 'string' ? output : JSON.stringify(output ?? null);
  }

  function messageOf(): string {
    if (error !== undefined) return `Step [${name}] failed: ${text}`;
    if (type !== 'console' || status !== 'completed') return `Step [${name}] ${status}`;
    return text ?? `Step [${name}] logged a message`;
  }
}

/** Converts a waiting run to an entry of the list of executions that wait for the caller. */
export function toAttention({ run, savedBy }: WaitingRun) {
  const { id, workflowName, waits = [], waitingSince, createdAt } = run;
  const wait =
    waits.find(({ kind }) => kind === 'authorization') ??
    waits.find(({ kind }) => kind === 'input');
  const connectorId = wait?.connectorId;
  return {
    executionId: id,
    workflowName,
    kind: wait?.kind === 'authorization' ? ('authorization' as const) : ('input' as const),
    ...(connectorId === undefined ? {} : { connectorId }),
    ...(savedBy === undefined ? {} : { savedBy }),
    since: waitingSince ?? createdAt,
  };
}

function toWait(
  { kind, stepKey, wakeAt, connectorId, connectorName, ...form }: RunDetails['waits'][number],
  isReadable: boolean,
) {
  const { message, schema, approveLabel, rejectLabel } = form;
  return {
    kind,
    stepExecutionId: stepKey,
    ...(wakeAt === undefined ? {} : { until: new Date(wakeAt).toISOString() }),
    ...(connectorId === undefined ? {} : { connectorId }),
    ...(connectorName === undefined ? {} : { connectorName }),
    ...(isReadable
      ? {
          ...withoutUndefined({
            message,
            schema,
            approveLabel,
            rejectLabel,
          }),
        }
      : {}),
  };
}

/**
 * Converts an error to its response body. Messages can contain data of outputs, so other users get
 * a general message.
 */
function toError({ type, message, details }: LooseError, isReadable: boolean): StepError {
  if (!isReadable) return { type, message: 'Only the user of the execution can read the message.' };
  return { type, message, ...(details === undefined ? {} : { details: { ...details } }) };
}

type LooseError = Pick<StepError, 'type' | 'message'> & {
  readonly details?: Readonly<Record<string, unknown>> | undefined;
};
