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
import type { NewRun } from './new_run.ts';
import { attendanceOf } from './personal_connections.ts';
import { type RunStarter, startFailureType } from './run_starter.ts';
import type { WorkflowAuthors, WorkflowRights } from './workflow_authors.ts';

/** Trigger type of handlers: workflows that are started when another run has failed. */
const FAILED_TRIGGER = 'workflows.failed';
/** Maximum number of runs in a chain in which the event of each run starts the next. */
const MAX_CHAIN_DEPTH = 10;
/**
 * Milliseconds for which failures are checked again, because the process that should start the
 * handlers may have ended.
 */
const REPAIRED_MS = 15 * 60_000;

/** Maximum number of failed runs that a process remembers as done. */
const MAX_REPORTED = 50_000;
/** Maximum number of handlers that one failed run starts. Further ones are ignored. */
const MAX_HANDLERS = 100;
/** Interval in milliseconds in which at most one run is stored to report a refused handler. */
const REFUSAL_MS = 3_600_000;
/** Maximum number of handlers whose triggers a process remembers. */
const MAX_KEPT_HANDLERS = 1_000;
/** Maximum number of warnings that a process remembers, so that it does not repeat them. */
const MAX_WARNINGS = 1_000;
/** Number of journal entries that are read in one call. */
const ENTRIES_PER_READ = 50;
/** Error message that replaces the real one for handlers whose author may not read it. */
const HIDDEN_MESSAGE = 'The workflow failed. Its user can read the error.';
/** Start of a template. Conditions of triggers must not contain templates. */
const TEMPLATE_START = /\{[{%]/;

/** Payload of an event, which handlers read as `event` in their templates. */
type RunEvent = Readonly<Record<string, unknown>>;

/** The event of a failed run in both forms that its handlers may get. */
interface FailureEvent {
  readonly whole: RunEvent;
  /** The event without data of the run, for handlers whose author may not read them. */
  readonly hidden: RunEvent;
}

/** A failed run for which a handler has not been started yet. */
interface MissedRun {
  readonly run: StoredRun;
  /** Id of the run of the handler for this failure. */
  readonly id: string;
  readonly rights: WorkflowRights;
}

/** State of one pass that starts the handlers of a space. */
interface Pass {
  readonly authors: Pick<WorkflowAuthors, 'rightsOf'>;
  readonly isOwn: (handler: Handler, run: StoredRun) => boolean;
  /** Events by the id of their failed run. */
  readonly events: Map<string, FailureEvent>;
  /** Number of handlers of a failed run that were not refused, by the id of the run. */
  readonly counts: Map<string, number>;
}

/** A handler and the failed run for which it is started. */
interface Handling {
  readonly handler: Handler;
  readonly run: StoredRun;
  /** The event. It contains no more than the author of the handler may read. */
  readonly event: RunEvent;
}

/** Dependencies of {@link FailureEvents}. */
export interface FailureEventsDeps {
  readonly store: Pick<RunStore, 'read' | 'readResult' | 'journal' | 'failedSince'>;
  readonly starter: Pick<RunStarter, 'start' | 'startFailed'>;
  /** Finds enabled, valid workflows of a space with a trigger, in batches, without their YAML. */
  readonly findByTrigger: (
    trigger: string,
    spaceId: string,
  ) => AsyncIterable<readonly ListedWorkflow[]>;
  /** Reads a workflow. `undefined`: it does not exist. */
  readonly readWorkflow: (key: WorkflowKey) => Promise<StoredWorkflow | undefined>;
  /** Parses the YAML of a stored workflow. Counts against the limits of this user. */
  readonly readDocument: (yaml: string, profileUid: string) => Promise<unknown>;
  /** Creates the rights of authors. Each set is used for one pass, because it remembers rights. */
  readonly authors: () => Pick<WorkflowAuthors, 'rightsOf'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Starts the workflows with the trigger `workflows.failed` when a run has failed. */
export class FailureEvents {
  readonly #deps: FailureEventsDeps;
  /** Ids of runs whose handlers this process has started, or found started. Searches skip them. */
  readonly #reported = createLruCache<string, true>(MAX_REPORTED);
  readonly #warned = createLruCache<string, true>(MAX_WARNINGS);
  /** Triggers of handlers by id and version, because parsing a YAML takes up to a second. */
  readonly #triggers = createLruCache<string, readonly unknown[]>(MAX_KEPT_HANDLERS);
  readonly #queue: FailureQueue;

  constructor(deps: FailureEventsDeps) {
    this.#deps = deps;
    this.#queue = new FailureQueue({
      report: (spaceId, runs) => this.#report(spaceId, runs, () => true),
      logger: deps.logger,
    });
  }

  /** Call it when a run has ended. Starts its handlers if the run has failed. */
  ended(run: StoredRun): void {
    if (isReported(run)) this.#queue.add(run);
  }

  /**
   * Starts handlers for failures that a process did not process before it ended.
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
          // A handler is not started for failures before it was saved.
          ({ lastUpdatedAt }, { finishedAt = '' }) => lastUpdatedAt <= finishedAt,
        ).catch((error: unknown) => failures.add(error));
    }
    for (const failure of failures) throw failure;
  }

  /** Resolves when all work in the background has ended. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Finishes the current work, and leaves waiting failures to the search of another process. */
  stop(): Promise<void> {
    return this.#queue.stop();
  }

  /**
   * Starts the handlers for failed runs of a space.
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

  /** Failed runs for which this handler has not been started yet. */
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
      // A second start with this id would do no harm, but most handlers were started already.
      if ((await store.read(id)) === undefined) missed.push({ run, id, rights });
    }
    return missed;
  }

  /** Starts a handler for failed runs. Reads its YAML at most once, and only if it is needed. */
  async #startFor(handler: Handler, missed: readonly MissedRun[], pass: Pass): Promise<void> {
    let reading: Promise<string | undefined> | undefined;
    const text = (): Promise<string | undefined> => {
      reading ??= this.#textOf(handler);
      return reading;
    };
    const triggers = await this.#triggersOf(handler, text);
    const done = new Set<string>();
    for (const { run, id, rights } of missed) {
      // One stored refusal counts for several failures, so the id may be done already.
      if (done.has(id)) continue;
      const { whole, hidden } = pass.events.get(run.id) ?? (await this.#eventOf(run));
      pass.events.set(run.id, { whole, hidden });
      // Conditions also see only the hidden event: whether a handler starts would otherwise tell
      // its author about the data.
      const handling = { handler, run, event: rights.canRead ? whole : hidden };
      // Conditions are evaluated in the main thread, so other work gets a turn before each.
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
   * Reads the YAML of a handler. `undefined`: the handler was deleted or disabled meanwhile.
   * @throws Error if the handler was changed meanwhile, perhaps by another author; the search
   *   starts it later
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
      const message = `A trigger of workflow [${id}] has an invalid condition`;
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
      // The stored run belongs to the author of the handler, who can read there why it was refused.
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

  /** Creates the event of a failed run. */
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

  /**
   * Key of the step whose failure failed the run. Reads the journal from its end, without values.
   */
  async #failedKeyOf(run: StoredRun): Promise<unknown> {
    const { failedStep, tail = [], seq } = run;
    if (failedStep === undefined) return undefined;
    const isFailure = (record: unknown): boolean =>
      ownProperty(record, 'status') === 'failed' &&
      ownProperty(record, 'name') === failedStep &&
      // Excludes enclosing steps of the failed one that have the same name.
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

/** Triggers in the document of a workflow that are for failures. */
function failureTriggersOf(document: unknown): readonly unknown[] {
  const triggers = ownProperty(document, 'triggers');
  return (Array.isArray(triggers) ? triggers : []).filter(
    (trigger) => ownProperty(trigger, 'type') === FAILED_TRIGGER,
  );
}

/**
 * Returns `true` if handlers are started for a run. Failures of handlers start no further handlers.
 */
function isReported({ status, triggeredBy, eventChain, ...run }: StoredRun): boolean {
  const isTrial = run.isTestRun || run.isDryRun === true;
  const hasFailed = status === 'failed' || status === 'timed_out';
  const isHandler = triggeredBy === FAILED_TRIGGER;
  return hasFailed && !isTrial && !isHandler && (eventChain?.depth ?? 0) < MAX_CHAIN_DEPTH;
}

/** Id of the run of a handler for a failed run. It is the same in each process. */
function handlerRunId(run: StoredRun, handler: Handler): string {
  return idOf([run.id, handler.id]);
}

/**
 * Id of the run that says that a handler was refused. There is one per hour, because other users
 * decide how often the handler would start, and no limit counts these runs.
 */
function refusedRunId({ spaceId, id }: Handler, now: number): string {
  return idOf([spaceId, id, Math.floor(now / REFUSAL_MS)]);
}

function idOf(parts: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `handler-${hash.slice(0, 40)}`;
}
