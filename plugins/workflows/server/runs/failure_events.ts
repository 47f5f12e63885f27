import { createHash } from 'node:crypto';
import type { Clock, Logger } from '@latchkey/core/server';
import {
  evaluateCondition,
  ownProperty,
  TemplateEngine,
  workflowDocument,
} from '@latchkey/workflow-language';
import { LRUCache } from 'lru-cache';
import type { WorkflowKey } from '../schedules/index.ts';
import { type StoredWorkflow, WorkflowError } from '../workflows/index.ts';
import { BackgroundWork } from './background_work.ts';
import { attendanceOf } from './personal_connections.ts';
import { type NewRun, type RunStarter, startFailureType } from './run_starter.ts';
import { isStep, type RunStore, type StoredRun } from './run_store.ts';

/** Type of the trigger of workflows that handle failures. */
const FAILED_TRIGGER = 'workflows.failed';
/** Runs that start each other by events. */
const MAX_CHAIN_DEPTH = 10;
/** Failures of this time are looked at again, because their process may have ended. */
const REPAIRED_MS = 15 * 60_000;

/** Failed runs that a process remembers. */
const MAX_REPORTED = 50_000;

/** Dependencies of {@link FailureEvents}. */
export interface FailureEventsDeps {
  readonly store: Pick<RunStore, 'read' | 'readResult' | 'readRecords' | 'failedSince'>;
  readonly starter: Pick<RunStarter, 'start' | 'startFailed'>;
  /** Enabled, valid workflows with a trigger, of one space or of all. */
  readonly findByTrigger: (trigger: string, spaceId?: string) => Promise<readonly StoredWorkflow[]>;
  readonly readWorkflow: (key: WorkflowKey) => Promise<StoredWorkflow | undefined>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Starts the workflows with the trigger `workflows.failed` when a run has failed. */
export class FailureEvents {
  readonly #deps: FailureEventsDeps;
  readonly #engine = new TemplateEngine();
  /** Runs whose handlers this process has started or found, so that searches leave them out. */
  readonly #reported = new LRUCache<string, true>({ max: MAX_REPORTED });
  readonly #work: BackgroundWork;

  constructor(deps: FailureEventsDeps) {
    this.#deps = deps;
    this.#work = new BackgroundWork(deps.logger);
  }

  /** Starts the handlers of a run that has ended. */
  ended(run: StoredRun): void {
    if (!isReported(run)) return;
    this.#work.start(`Handlers of the failed run [${run.id}] could not be started yet`, async () =>
      this.#report(run, await this.#deps.findByTrigger(FAILED_TRIGGER, run.spaceId)),
    );
  }

  /** Starts handlers that a process could not start before it ended. */
  async repair(): Promise<void> {
    const { findByTrigger, store, clock } = this.#deps;
    const handlers = await findByTrigger(FAILED_TRIGGER);
    if (handlers.length === 0) return;
    // Failures before a handler was saved are not its own.
    for await (const batch of store.failedSince(new Date(clock.now() - REPAIRED_MS)))
      for (const run of batch.filter(isReported))
        await this.#report(
          run,
          handlers.filter(
            ({ spaceId, lastUpdatedAt }) =>
              spaceId === run.spaceId && lastUpdatedAt <= (run.finishedAt ?? ''),
          ),
        );
  }

  /** Resolves when no work is done in the background. */
  idle(): Promise<void> {
    return this.#work.idle();
  }

  async #report(run: StoredRun, handlers: readonly StoredWorkflow[]): Promise<void> {
    const { store, logger } = this.#deps;
    if (this.#reported.has(run.id)) return;
    let event: Readonly<Record<string, unknown>> | undefined;
    for (const handler of handlers) {
      const id = handlerRunId(run, handler);
      // The id makes a second start harmless. Most were started before.
      if ((await store.read(id)) !== undefined) continue;
      event ??= await this.#eventOf(run);
      if (!this.#handles(handler, run, event)) continue;
      await this.#start({ id, handler, run, event });
      logger.debug(`Workflow [${handler.id}] handles the failed run [${run.id}]`);
    }
    this.#reported.set(run.id, true);
  }

  #handles(
    handler: StoredWorkflow,
    { workflowId, eventChain }: StoredRun,
    event: Readonly<Record<string, unknown>>,
  ): boolean {
    const triggers = ownProperty(workflowDocument(handler.yaml), 'triggers');
    const visited = [...(eventChain?.workflowIds ?? []), workflowId];
    return (Array.isArray(triggers) ? triggers : []).some((trigger) => {
      if (ownProperty(trigger, 'type') !== FAILED_TRIGGER) return false;
      const on = ownProperty(trigger, 'on');
      const chains = ownProperty(on, 'workflowEvents') ?? 'avoid-loop';
      if (chains === 'ignore' && eventChain !== undefined) return false;
      if (chains === 'avoid-loop' && visited.includes(handler.id)) return false;
      const condition = ownProperty(on, 'condition');
      return condition === undefined || this.#fits(condition, event, handler);
    });
  }

  #fits(
    condition: unknown,
    event: Readonly<Record<string, unknown>>,
    { id }: StoredWorkflow,
  ): boolean {
    try {
      const now = this.#deps.clock.now();
      return evaluateCondition(condition, { engine: this.#engine, context: { event }, now });
    } catch (error) {
      this.#deps.logger.warn(`The trigger of workflow [${id}] has a wrong condition`, { error });
      return false;
    }
  }

  async #start({
    id,
    handler,
    run,
    event,
  }: {
    readonly id: string;
    readonly handler: StoredWorkflow;
    readonly run: StoredRun;
    readonly event: Readonly<Record<string, unknown>>;
  }): Promise<void> {
    const { starter } = this.#deps;
    const { spaceId, username, profileUid, apiKeyId, workflowId, eventChain } = run;
    const { depth = 0, workflowIds = [] } = eventChain ?? {};
    const request: NewRun = {
      id,
      spaceId,
      user: { username, profileUid, apiKeyId },
      yaml: handler.yaml,
      workflowId: handler.id,
      isTestRun: false,
      inputs: {},
      attendance: attendanceOf(handler, { profileUid, isUnattended: true }),
      triggeredBy: FAILED_TRIGGER,
      event,
      eventChain: {
        depth: depth + 1,
        workflowIds: [...workflowIds, ...(workflowId === undefined ? [] : [workflowId])],
      },
    };
    try {
      await starter.start(request);
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      await starter.startFailed(request, {
        workflowName: handler.name,
        error: { type: startFailureType(error), message: error.message },
      });
    }
  }

  /** Payload of the event: `event` in the templates of its handlers. */
  async #eventOf(run: StoredRun): Promise<Readonly<Record<string, unknown>>> {
    const { store, readWorkflow } = this.#deps;
    const { id, spaceId, workflowId, workflowName, failedStep, createdAt, finishedAt } = run;
    const { error = run.error } = await store.readResult(run);
    const { records } = await store.readRecords(run);
    const failed = records.findLast(
      (record) => isStep(record) && record.status === 'failed' && record.name === failedStep,
    );
    const workflow =
      workflowId === undefined ? undefined : await readWorkflow({ spaceId, workflowId });
    return {
      type: FAILED_TRIGGER,
      timestamp: finishedAt,
      spaceId,
      workflow: {
        id: workflowId,
        name: workflowName,
        spaceId,
        isErrorHandler: workflow?.triggerTypes.includes(FAILED_TRIGGER) ?? false,
      },
      execution: { id, startedAt: createdAt, failedAt: finishedAt },
      error: {
        message: error?.message ?? 'The workflow failed.',
        ...(failedStep === undefined ? {} : { stepId: failedStep, stepName: failedStep }),
        ...(failed === undefined ? {} : { stepExecutionId: failed.key }),
      },
    };
  }
}

/** Tells if handlers are started. The failure of a handler starts none. */
function isReported({ status, triggeredBy, eventChain, ...run }: StoredRun): boolean {
  const isTrial = run.isTestRun || run.isDryRun === true;
  const hasFailed = status === 'failed' || status === 'timed_out';
  const isHandler = triggeredBy === FAILED_TRIGGER;
  return hasFailed && !isTrial && !isHandler && (eventChain?.depth ?? 0) < MAX_CHAIN_DEPTH;
}

/** Id of the run of a handler: the same in each process. */
function handlerRunId(run: StoredRun, handler: StoredWorkflow): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([run.id, handler.id]))
    .digest('hex');
  return `handler-${hash.slice(0, 40)}`;
}
