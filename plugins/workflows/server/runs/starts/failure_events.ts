import { createHash } from 'node:crypto';
import { type Clock, createLruCache, type Logger } from '@latchkey/core/server';
import { evaluateRendered, ownProperty } from '@latchkey/workflow-language';
import type { WorkflowKey } from '../../schedules/index.ts';
import { type ListedWorkflow, type StoredWorkflow, WorkflowError } from '../../workflows/index.ts';
import { countedForOf } from '../store/quota_owner.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import { chooseHandlers, type Handler, MAX_HANDLERS_PER_AUTHOR } from './chosen_handlers.ts';
import { workflowsUpTo } from './event_chain.ts';
import { FailureQueue } from './failure_queue.ts';
import { attendanceOf } from './personal_connections.ts';
import { type NewRun, type RunStarter, startFailureType } from './run_starter.ts';
import type { WorkflowAuthors, WorkflowRights } from './workflow_authors.ts';

/** Type of the trigger of workflows that handle failures. */
const FAILED_TRIGGER = 'workflows.failed';
/** Runs that start each other by events. */
const MAX_CHAIN_DEPTH = 10;
/** Failures of this period are checked again, because their process may have ended. */
const REPAIRED_MS = 15 * 60_000;

/** Failed runs that a process remembers. */
const MAX_REPORTED = 50_000;
/** Handlers that one failed run starts. Further ones are ignored. */
const MAX_HANDLERS = 100;
/** Milliseconds in which a handler stores at most one run that says that it was refused. */
const REFUSAL_MS = 3_600_000;
/** Handlers whose triggers a process remembers. */
const MAX_KEPT_HANDLERS = 1_000;
/** Warnings that a process remembers, so that it does not repeat them. */
const MAX_WARNINGS = 1_000;
/** Journal entries that are read in one call. */
const ENTRIES_PER_READ = 50;
/** The error of a run for handlers whose author may not read it. */
const HIDDEN_MESSAGE = 'The workflow failed. Its user can read the error.';
/** A template, which conditions of triggers may not contain. */
const TEMPLATE_START = /\{[{%]/;

/** Payload of the event: `event` in the templates of handlers. */
type RunEvent = Readonly<Record<string, unknown>>;

/** The event of a failed run, for all of its handlers. */
interface FailureEvent {
  readonly whole: RunEvent;
  /** Without data of the run, for handlers whose author may not read it. */
  readonly hidden: RunEvent;
}

/** A failed run whose handler has not been started. */
interface MissedRun {
  readonly run: StoredRun;
  /** Id of the run of the handler. */
  readonly id: string;
  readonly rights: WorkflowRights;
}

/** One look at the handlers of a space. */
interface Pass {
  readonly authors: Pick<WorkflowAuthors, 'rightsOf'>;
  readonly isOwn: (handler: Handler, run: StoredRun) => boolean;
  /** By the id of the failed run. */
  readonly events: Map<string, FailureEvent>;
  /** Handlers of each failed run that are not refused. */
  readonly counts: Map<string, number>;
}

/** A handler of a failed run. */
interface Handling {
  readonly handler: Handler;
  readonly run: StoredRun;
  /** Contains no more than the author of the handler may read. */
  readonly event: RunEvent;
}

/** Dependencies of {@link FailureEvents}. */
export interface FailureEventsDeps {
  readonly store: Pick<RunStore, 'read' | 'readResult' | 'journal' | 'failedSince'>;
  readonly starter: Pick<RunStarter, 'start' | 'startFailed'>;
  /** Enabled, valid workflows of a space with a trigger, in batches, without their YAML. */
  readonly findByTrigger: (
    trigger: string,
    spaceId: string,
  ) => AsyncIterable<readonly ListedWorkflow[]>;
  /** `undefined`: the workflow does not exist. */
  readonly readWorkflow: (key: WorkflowKey) => Promise<StoredWorkflow | undefined>;
  /** The value of the YAML of a stored workflow that runs as a user. */
  readonly readDocument: (yaml: string, profileUid: string) => Promise<unknown>;
  /** New rights of authors, for some failures. */
  readonly authors: () => Pick<WorkflowAuthors, 'rightsOf'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Starts the workflows with the trigger `workflows.failed` when a run has failed. */
export class FailureEvents {
  readonly #deps: FailureEventsDeps;
  /** Runs whose handlers this process has started or found, so that searches leave them out. */
  readonly #reported = createLruCache<string, true>(MAX_REPORTED);
  readonly #warned = createLruCache<string, true>(MAX_WARNINGS);
  /** Triggers of handlers by id and version, because reading a YAML takes up to a second. */
  readonly #triggers = createLruCache<string, readonly unknown[]>(MAX_KEPT_HANDLERS);
  readonly #queue: FailureQueue;

  constructor(deps: FailureEventsDeps) {
    this.#deps = deps;
    this.#queue = new FailureQueue({
      report: (spaceId, runs) => this.#report(spaceId, runs, () => true),
      logger: deps.logger,
    });
  }

  /** Starts the handlers of a run that has ended. */
  ended(run: StoredRun): void {
    if (isReported(run)) this.#queue.add(run);
  }

  /**
   * Starts handlers that a process could not start before it ended.
   * @throws the first error, after the failures of all spaces were processed
   */
  async repair(): Promise<void> {
    const { store, clock } = this.#deps;
    const failures = new Set<unknown>();
    for await (const batch of store.failedSince(new Date(clock.now() - REPAIRED_MS))) {
      const missed = batch.filter(
        (run) => isReported(run) && !this.#reported.has(run.id) && !this.#queue.has(run),
      );
      for (const spaceId of new Set(missed.map((run) => run.spaceId)))
        await this.#report(
          spaceId,
          missed.filter((run) => run.spaceId === spaceId),
          // Failures before a handler was saved are not its own.
          ({ lastUpdatedAt }, { finishedAt = '' }) => lastUpdatedAt <= finishedAt,
        ).catch((error: unknown) => failures.add(error));
    }
    for (const failure of failures) throw failure;
  }

  /** Resolves when no work is done in the background. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Leaves failed runs that wait to the search of a later process, and ends the present work. */
  stop(): Promise<void> {
    return this.#queue.stop();
  }

  /**
   * Starts the handlers of failed runs of a space.
   * @throws the first error of a handler, after the others were started
   */
  async #report(spaceId: string, runs: readonly StoredRun[], isOwn: Pass['isOwn']): Promise<void> {
    const { authors, findByTrigger } = this.#deps;
    const pass: Pass = { authors: authors(), isOwn, events: new Map(), counts: new Map() };
    const failures = new Set<unknown>();
    const { handlers, exceeding } = await chooseHandlers(findByTrigger(FAILED_TRIGGER, spaceId));
    if (exceeding.length > 0)
      this.#warnOnce(
        JSON.stringify([spaceId, 'author']),
        `Users [${exceeding.join(', ')}] have more than ${MAX_HANDLERS_PER_AUTHOR} workflows with the trigger [${FAILED_TRIGGER}] in space [${spaceId}]; the others are not started`,
      );
    for (const handler of handlers) {
      const missed = await this.#missedOf(handler, runs, pass);
      if (missed.length === 0) continue;
      await this.#startFor(handler, missed, pass).catch((error: unknown) => failures.add(error));
    }
    for (const failure of failures) throw failure;
    for (const run of runs) this.#reported.set(run.id, true);
  }

  /** Failed runs for which a handler was not started. */
  async #missedOf(
    handler: Handler,
    runs: readonly StoredRun[],
    { authors, isOwn, counts }: Pass,
  ): Promise<readonly MissedRun[]> {
    const { store, clock } = this.#deps;
    const missed: MissedRun[] = [];
    for (const run of runs) {
      if (this.#reported.has(run.id) || !isOwn(handler, run)) continue;
      const rights = await authors.rightsOf(handler, run);
      const isRefused = rights.refusal !== undefined;
      const count = counts.get(run.id) ?? 0;
      if (!isRefused && count >= MAX_HANDLERS) {
        this.#warnOnce(
          JSON.stringify([handler.spaceId, 'all']),
          `Space [${handler.spaceId}] has more than ${MAX_HANDLERS} workflows with the trigger [${FAILED_TRIGGER}]; the others are not started`,
        );
        continue;
      }
      if (!isRefused) counts.set(run.id, count + 1);
      const id = isRefused ? refusedRunId(handler, clock.now()) : handlerRunId(run, handler);
      // The id makes a second start harmless. Most were started before.
      if ((await store.read(id)) === undefined) missed.push({ run, id, rights });
    }
    return missed;
  }

  /** Starts a handler for failed runs. Reads its YAML only if it must, and once. */
  async #startFor(handler: Handler, missed: readonly MissedRun[], pass: Pass): Promise<void> {
    let reading: Promise<string | undefined> | undefined;
    const text = (): Promise<string | undefined> => {
      reading ??= this.#textOf(handler);
      return reading;
    };
    const triggers = await this.#triggersOf(handler, text);
    const done = new Set<string>();
    for (const { run, id, rights } of missed) {
      // One refused run stands for several failures.
      if (done.has(id)) continue;
      const { whole, hidden } = pass.events.get(run.id) ?? (await this.#eventOf(run));
      pass.events.set(run.id, { whole, hidden });
      // Conditions too: whether a handler starts tells its author what they compare.
      const handling = { handler, run, event: rights.canRead ? whole : hidden };
      // Conditions are compared in the main thread.
      await new Promise((resolve) => setImmediate(resolve));
      if (!triggers.some((trigger) => this.#fits(trigger, handling))) continue;
      const yaml = await text();
      if (yaml === undefined) return;
      await this.#start(id, { ...handling, yaml }, rights);
      done.add(id);
      this.#deps.logger.debug(`Workflow [${handler.id}] handles the failed run [${run.id}]`);
    }
  }

  /**
   * The YAML of a handler. Undefined: it was deleted or disabled meanwhile.
   * @throws Error if it was changed meanwhile, maybe by another author. The search starts it later.
   */
  async #textOf({ id, spaceId, version }: Handler): Promise<string | undefined> {
    const stored = await this.#deps.readWorkflow({ spaceId, workflowId: id });
    if (stored === undefined || !stored.enabled || !stored.valid) return undefined;
    if (stored.revision.version !== version)
      throw new Error(`Workflow [${id}] was changed before it was started for a failed run.`);
    return stored.yaml;
  }

  async #triggersOf(
    { spaceId, id, version, runsAs }: Handler,
    text: () => Promise<string | undefined>,
  ): Promise<readonly unknown[]> {
    const key = JSON.stringify([spaceId, id, version]);
    const kept = this.#triggers.get(key);
    if (kept !== undefined) return kept;
    const yaml = await text();
    if (yaml === undefined) return [];
    const document = await this.#deps.readDocument(yaml, runsAs.profileUid);
    const triggers = failureTriggersOf(document);
    if (document !== undefined) this.#triggers.set(key, triggers);
    return triggers;
  }

  #fits(trigger: unknown, { handler, run, event }: Handling): boolean {
    const visited = workflowsUpTo(run);
    const on = ownProperty(trigger, 'on');
    const chains = ownProperty(on, 'workflowEvents') ?? 'avoid-loop';
    if (chains === 'ignore' && run.eventChain !== undefined) return false;
    if (chains === 'avoid-loop' && visited.includes(handler.id)) return false;
    const condition = ownProperty(on, 'condition');
    return condition === undefined || this.#isTrue(condition, event, handler);
  }

  #isTrue(condition: unknown, event: RunEvent, handler: Handler): boolean {
    try {
      if (typeof condition === 'string' && TEMPLATE_START.test(condition))
        throw new Error('The condition of a trigger cannot contain templates.');
      const now = this.#deps.clock.now();
      return evaluateRendered(condition, { event }, now);
    } catch (error) {
      const { id, spaceId, lastUpdatedAt } = handler;
      const message = `A trigger of workflow [${id}] has a wrong condition`;
      this.#warnOnce(JSON.stringify([spaceId, id, lastUpdatedAt]), message, error);
      return false;
    }
  }

  #warnOnce(key: string, message: string, error?: unknown): void {
    if (this.#warned.has(key)) return;
    this.#warned.set(key, true);
    this.#deps.logger.warn(message, ...(error === undefined ? [] : [{ error }]));
  }

  async #start(
    id: string,
    { handler, run, event, yaml }: Handling & { readonly yaml: string },
    { refusal }: WorkflowRights,
  ): Promise<void> {
    const { starter } = this.#deps;
    const { spaceId, username, profileUid, apiKeyId, eventChain } = run;
    const countedFor = countedForOf(handler, run);
    const request: NewRun = {
      id,
      spaceId,
      user: { username, profileUid, apiKeyId },
      yaml,
      workflowId: handler.id,
      isTestRun: false,
      inputs: {},
      attendance: attendanceOf(handler, { profileUid, apiKeyId, isUnattended: true }),
      ...(countedFor === undefined ? {} : { countedFor }),
      triggeredBy: FAILED_TRIGGER,
      event,
      eventChain: { depth: (eventChain?.depth ?? 0) + 1, workflowIds: workflowsUpTo(run) },
    };
    if (refusal !== undefined) {
      // The failed run of the handler belongs to its author, who can read why it was refused.
      await starter.startFailed(
        { ...request, user: handler.runsAs },
        { workflowName: handler.name, error: { type: 'HandlerRefused', message: refusal } },
      );
      return;
    }
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
  async #eventOf(run: StoredRun): Promise<FailureEvent> {
    const { store, readWorkflow } = this.#deps;
    const { id, spaceId, workflowId, workflowName, failedStep, createdAt, finishedAt } = run;
    const { error = run.error } = await store.readResult(run);
    const failedKey = await this.#failedKeyOf(run);
    const workflow =
      workflowId === undefined ? undefined : await readWorkflow({ spaceId, workflowId });
    const eventWith = (message: string): RunEvent => ({
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
        message,
        ...(failedStep === undefined ? {} : { stepId: failedStep, stepName: failedStep }),
        ...(failedKey === undefined ? {} : { stepExecutionId: failedKey }),
      },
    });
    return {
      whole: eventWith(error?.message ?? 'The workflow failed.'),
      hidden: eventWith(HIDDEN_MESSAGE),
    };
  }

  /** Key of the last failure of the step that failed the run. Reads from the end, no values. */
  async #failedKeyOf(run: StoredRun): Promise<unknown> {
    const { failedStep, tail = [], seq } = run;
    if (failedStep === undefined) return undefined;
    const isFailure = (record: unknown): boolean =>
      ownProperty(record, 'status') === 'failed' &&
      ownProperty(record, 'name') === failedStep &&
      // Not a step around it with the same name.
      ownProperty(record, 'failedStep') === undefined;
    let failure = tail.findLast(isFailure);
    for (let to = seq; failure === undefined && to > 0; to -= ENTRIES_PER_READ) {
      const from = Math.max(1, to - ENTRIES_PER_READ + 1);
      const entries = await this.#deps.store.journal.readEntries(run, { from, to });
      failure = entries.flatMap(({ records }) => records).findLast(isFailure);
    }
    return ownProperty(failure, 'key');
  }
}

/** Triggers of the document of a workflow that handle failures. */
function failureTriggersOf(document: unknown): readonly unknown[] {
  const triggers = ownProperty(document, 'triggers');
  return (Array.isArray(triggers) ? triggers : []).filter(
    (trigger) => ownProperty(trigger, 'type') === FAILED_TRIGGER,
  );
}

/** Tells if handlers are started. The failure of a handler starts none. */
function isReported({ status, triggeredBy, eventChain, ...run }: StoredRun): boolean {
  const isTrial = run.isTestRun || run.isDryRun === true;
  const hasFailed = status === 'failed' || status === 'timed_out';
  const isHandler = triggeredBy === FAILED_TRIGGER;
  return hasFailed && !isTrial && !isHandler && (eventChain?.depth ?? 0) < MAX_CHAIN_DEPTH;
}

/** Id of the run of a handler: the same in each process. */
function handlerRunId(run: StoredRun, handler: Handler): string {
  return idOf([run.id, handler.id]);
}

/**
 * Id of the run that says that a handler was refused: one per hour, because others decide how often
 * the handler would start, and no limit counts it.
 */
function refusedRunId({ spaceId, id }: Handler, now: number): string {
  return idOf([spaceId, id, Math.floor(now / REFUSAL_MS)]);
}

function idOf(parts: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `handler-${hash.slice(0, 40)}`;
}
