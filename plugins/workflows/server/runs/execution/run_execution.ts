import type { ActionsStart } from '@latchkey/actions-plugin/server';
import type { Clock, Logger, Principal } from '@latchkey/core/server';
import { isSavedObjectError } from '@latchkey/saved-objects';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { SpacesStart } from '@latchkey/spaces-plugin/server';
import {
  type OpenStep,
  type RunCancelled,
  type RunOutcome,
  type RunPorts,
  type StepCall,
  type WorkerPatternMatcher,
  type WorkerTemplateRenderer,
  WorkflowRun,
} from '@latchkey/workflow-engine';
import type { WorkflowProgram } from '@latchkey/workflow-language';
import { WORKFLOW_PRIVILEGES } from '../../../common/index.ts';
import type { StepTypes } from '../../workflows/index.ts';
import { type StoredRecords, storedOpenSteps } from '../store/journal_store.ts';
import { quotaOwner } from '../store/quota_owner.ts';
import { factsOf, NOT_WAITING, type PublicUrls, waitingChanges } from '../store/run_changes.ts';
import type { RunChanges, RunStore, StoredRun } from '../store/run_store.ts';
import { RunTaken, readOwnRecords, StoredJournal, untilStored } from '../store/stored_journal.ts';
import { createConnectorCalls, createKeyCheck } from './connector_calls.ts';
import { type HeldRecords, NoRoomForRun } from './run_memory.ts';

/** Pauses before an execution is repeated that failed because of the server. */
const BACKOFF = { initialMs: 1_000, maxMs: 30_000 };
/**
 * Maximum number of executions before a run fails. Executions that failed because the store was
 * unavailable do not count.
 */
const MAX_EXECUTIONS = 3;

/** The service for child runs, as the execution of a run uses it. */
interface ChildRunsOfExecution {
  portsOf(parent: StoredRun): RunPorts['children'];
  /** Returns `true` if a run is a child run for which no parent waits any more. */
  isOrphan(run: StoredRun): Promise<boolean>;
}

/** Dependencies of {@link RunExecution}. */
export interface RunExecutionDeps {
  readonly store: RunStore;
  readonly stepTypes: StepTypes;
  readonly actions: Pick<ActionsStart, 'execute' | 'executeSystemAction' | 'getActionsClient'>;
  readonly security: Pick<SecurityStart, 'getDeferredUser' | 'missingPrivileges'>;
  readonly spaces: Pick<SpacesStart, 'isOpen'>;
  readonly urls: PublicUrls;
  readonly patterns: Pick<WorkerPatternMatcher, 'forUser'>;
  readonly templates: Pick<WorkerTemplateRenderer, 'forUser'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Returns `true` if this process certainly still owns a run. Usually needs no access to the
   * store.
   */
  readonly isStillOwner: (run: StoredRun) => Promise<boolean>;
  /**
   * Returns the service for child runs. A function, because that service is created after this
   * object.
   */
  readonly childRuns: () => ChildRunsOfExecution;
  /** Called after a run has been stored as waiting. */
  readonly onWaitStored: (run: StoredRun) => void;
}

const NO_RECORDS: StoredRecords = {
  records: [],
  seq: 0,
  epoch: 0,
  emptyEntries: 0,
  openSteps: [],
};

/** One execution of a run that this process owns, from the moment it leaves the queue. */
export class RunExecution {
  /** The run at the time when this process began to execute it. */
  readonly run: StoredRun;
  /** Calls of services that are in progress. */
  readonly calls = new Set<OpenStep>();
  /** The share of the memory that the records of the run use. */
  readonly held: HeldRecords;
  readonly #deps: RunExecutionDeps;
  readonly #controller = new AbortController();
  readonly #stopping: AbortSignal;
  #journal: StoredJournal | undefined;

  /** @param stopping aborted when the process stops; then a failed execution is not repeated */
  constructor(
    run: StoredRun,
    deps: RunExecutionDeps,
    { held, stopping }: { readonly held: HeldRecords; readonly stopping: AbortSignal },
  ) {
    this.run = run;
    this.held = held;
    this.#deps = deps;
    this.#stopping = stopping;
  }

  /** Signal that is aborted when the execution must end before the run is complete. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Ends the execution. {@link RunCancelled} is stored as the end of the run; the other reasons are
   * not stored.
   */
  abort(reason: RunCancelled | RunInterrupted | RunTaken): void {
    this.#controller.abort(reason);
  }

  /** Stores results that are not stored yet, if they have waited long enough. */
  commitWaiting(): void {
    this.#journal?.commitWaiting();
  }

  /**
   * Executes the run until its end or its next wait is stored. Never rejects.
   * @returns the run if it was put back into the queue because memory has no room for it
   */
  async execute(): Promise<StoredRun | undefined> {
    let { run } = this;
    const { clock, logger } = this.#deps;
    for (let attempt = 1; ; attempt += 1) {
      try {
        run = await this.#leaveQueue(run);
        return await this.#executeOnce(run, attempt > 1);
      } catch (error) {
        if (error instanceof RunTaken || error instanceof RunInterrupted) return undefined;
        if (this.#stopping.aborted) return undefined;
        const isOutage = isSavedObjectError(error, 'store_unavailable');
        if (!isOutage && attempt >= MAX_EXECUTIONS) {
          logger.error(`Run [${run.id}] failed: its execution failed ${attempt} times`, { error });
          return await this.#giveUp(run);
        }
        const pauseMs = backoffMs(BACKOFF, attempt);
        logger.error(`Run [${run.id}] was interrupted and will continue in ${pauseMs} ms`, {
          error,
        });
        await clock.sleep(pauseMs, this.#stopping).catch(() => undefined);
      }
    }
  }

  /**
   * Stores that a queued run is being executed now.
   * @throws RunTaken if the run was cancelled meanwhile
   */
  async #leaveQueue(run: StoredRun): Promise<StoredRun> {
    if (run.status !== 'queued') return run;
    const { store } = this.#deps;
    for (let current: StoredRun | undefined = run; ; current = await store.read(run.id)) {
      if (current === undefined || current.epoch !== run.epoch || current.owner !== run.owner)
        throw new RunTaken(run.id);
      // A run that continues keeps its start time, although it may have been queued again.
      const { startedAt = this.#now() } = current;
      const changes = { status: 'running', startedAt } as const;
      const started = await store.compareAndSet(current, changes);
      if (started !== undefined) return started;
    }
  }

  async #giveUp(run: StoredRun): Promise<undefined> {
    try {
      await this.#refuse(run, 'InternalError', 'The server could not execute the workflow.');
    } catch (error) {
      this.#deps.logger.error(`The failure of run [${run.id}] could not be stored`, { error });
    }
  }

  async #executeOnce(run: StoredRun, isRepeated: boolean): Promise<StoredRun | undefined> {
    const { store, stepTypes, spaces, clock, childRuns } = this.#deps;
    const yaml = await store.readDefinition(run.definitionId);
    const owner = { profileUid: run.profileUid, isInBackground: true };
    const program = yaml === undefined ? undefined : await stepTypes.program(yaml, owner);
    if (program === undefined)
      return this.#refuse(
        run,
        'InvalidWorkflow',
        'This server cannot read the workflow of the run.',
      );
    // Started together, because each may be a request to the store.
    const [isOpen, isOrphan, principal] = await Promise.all([
      spaces.isOpen(run.spaceId),
      childRuns().isOrphan(run),
      this.#principalOf(run),
    ]);
    if (run.cancelRequestedAt !== undefined || !isOpen || isOrphan) {
      await this.#write(run, this.#cancelled());
      return undefined;
    }
    if (principal === undefined)
      return this.#refuse(
        run,
        'UserNotAllowed',
        `User [${run.username}] was disabled or deleted, or may no longer run workflows in this space.`,
      );
    // A retry begins with records of the run that it repeats, so it is not fresh.
    const isFresh = run.epoch === 0 && run.seq === 0 && !isRepeated;
    const [stored, given] = await Promise.all([
      isFresh ? NO_RECORDS : readOwnRecords(store.journal, run),
      store.readGiven(run),
    ]);
    const journaled = { run, stored, clock, signal: this.#stopping };
    const journal = new StoredJournal(store.journal, journaled);
    this.#journal = journal;
    this.held.restart();
    const execution = new WorkflowRun(
      run.isDryRun === true ? withoutOutputs(program) : program,
      factsOf(run, given, this.#deps.urls),
      this.#portsOf(run, {
        principal,
        journal,
        // Another process has ended since the last stored result. A template may have caused this,
        // so templates are rendered in a separate process.
        isNeverDirect: stored.emptyEntries > 0,
      }),
    );
    const outcome = await execution.execute(this.signal).catch(async (error: unknown) => {
      // Stores the results of calls, so that no call is repeated when the run continues.
      if (!(error instanceof RunTaken)) await journal.commit();
      if (error instanceof NoRoomForRun) return { kind: 'no_room' } as const;
      throw error;
    });
    const changes = await this.#changesOf(run, outcome, journal);
    const written = await untilStored(() => this.#write(run, changes), journaled);
    return outcome.kind === 'no_room' && written.status === 'queued' ? written : undefined;
  }

  /**
   * The user of the run. `undefined`: the user may no longer run workflows in the space of the run.
   */
  async #principalOf({ profileUid, apiKeyId, spaceId }: StoredRun): Promise<Principal | undefined> {
    const { security } = this.#deps;
    const user = await security.getDeferredUser({ profileUid, apiKeyId });
    if (user === undefined) return undefined;
    const principal = { user, spaceId };
    const missing = await security.missingPrivileges(principal, [WORKFLOW_PRIVILEGES.execute]);
    return missing.length === 0 ? principal : undefined;
  }

  #portsOf(
    run: StoredRun,
    {
      principal,
      journal,
      isNeverDirect,
    }: {
      readonly principal: Principal;
      readonly journal: StoredJournal;
      readonly isNeverDirect: boolean;
    },
  ) {
    const { actions, patterns, templates, clock, logger, isStillOwner, urls } = this.#deps;
    const { profileUid, apiKeyId, spaceId } = run;
    const as = { profileUid, apiKeyId, spaceId };
    const isDryRun = run.isDryRun === true;
    const refusesPersonal = run.refusesPersonalConnections === true;
    const callConnector = createConnectorCalls({
      actions,
      clock,
      as,
      principal,
      urls,
      isDryRun,
      refusesPersonal,
    });
    return {
      journal,
      holdRecords: (characters: number) => this.held.add(characters),
      beginTurn: () => this.held.beginTurn(),
      patterns: patterns.forUser(quotaOwner(run)),
      templates: templates.forUser(quotaOwner(run)),
      isNeverDirect,
      clock: {
        now: () => clock.now(),
        sleep: (milliseconds: number, signal: AbortSignal) => clock.sleep(milliseconds, signal),
      },
      random: Math.random,
      call: async (call: StepCall, signal: AbortSignal) => {
        // A process that was suspended may continue here after another process has taken the run.
        if (!(await isStillOwner(run))) throw new RunTaken(run.id);
        const { stepKey: key, name, type, scopes } = call;
        const step = { key, name, type, scopes, startedAt: this.#now() };
        this.calls.add(step);
        try {
          return await callConnector(call, signal);
        } finally {
          this.calls.delete(step);
        }
      },
      ...(isDryRun ? {} : { sendsKey: createKeyCheck({ actions, principal }) }),
      children: this.#deps.childRuns().portsOf(run),
      log: (message: unknown, step: string) =>
        logger.debug(`Run [${run.id}], step [${step}] logged a message`, {
          message: typeof message,
        }),
    };
  }

  async #refuse(run: StoredRun, type: string, message: string): Promise<undefined> {
    await this.#write(run, {
      status: 'failed',
      finishedAt: this.#now(),
      error: { type, message },
      ...NOT_WAITING,
      owner: undefined,
    });
  }

  /**
   * Stores the records of a run, and returns the changes of its document.
   * @throws RunTaken if another process has taken the run
   */
  async #changesOf(
    run: StoredRun,
    outcome: RunOutcome | { readonly kind: 'no_room' },
    journal: StoredJournal,
  ): Promise<RunChanges> {
    if (outcome.kind === 'waiting') {
      await journal.commit();
      return {
        ...waitingChanges(run, outcome, this.#deps.clock.now()),
        seq: journal.seq,
        recordCharacters: this.held.used,
      };
    }
    if (outcome.kind === 'no_room')
      return {
        status: 'queued',
        // The queue sets the start time of a run that waited. A run that did not wait started when
        // it was created.
        startedAt: run.startedAt ?? run.createdAt,
        seq: journal.seq,
        recordCharacters: this.held.used,
      };
    const { status, output, error, failedStep } = outcome;
    const tail = await journal.takeTail();
    const open = journal.openSteps;
    return {
      status,
      finishedAt: this.#now(),
      output,
      error,
      failedStep,
      tail: tail.length === 0 ? undefined : [...tail],
      openSteps: open.length === 0 ? undefined : storedOpenSteps(open),
      seq: journal.seq,
      ...NOT_WAITING,
      owner: undefined,
    };
  }

  /**
   * Writes the state of a run that this process owns. Keeps a request to cancel that was written
   * meanwhile.
   * @throws RunTaken if another process has taken the run
   */
  async #write(run: StoredRun, changes: RunChanges): Promise<StoredRun> {
    const { store, onWaitStored } = this.#deps;
    for (let current: StoredRun | undefined = run; ; current = await store.read(run.id)) {
      if (current === undefined || current.epoch !== run.epoch || current.owner !== run.owner)
        throw new RunTaken(run.id);
      const continues = changes.waits !== undefined || changes.status === 'queued';
      const isCancelled = current.cancelRequestedAt !== undefined && continues;
      const written = await store.compareAndSet(current, {
        activeSteps: undefined,
        ...(isCancelled ? this.#cancelled() : changes),
        currentSteps: undefined,
      });
      if (written === undefined) continue;
      if (written.waits !== undefined) onWaitStored(written);
      return written;
    }
  }

  #cancelled(): RunChanges {
    return { ...NOT_WAITING, status: 'cancelled', finishedAt: this.#now(), owner: undefined };
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

/** Reason to abort an execution that another process, or this process later, continues. */
export class RunInterrupted extends Error {
  constructor() {
    super('The execution was interrupted.');
  }
}

/**
 * Removes the declared outputs for a dry run: results of calls are null there, so outputs do not
 * match their declaration.
 */
function withoutOutputs({ outputs: _, ...program }: WorkflowProgram): WorkflowProgram {
  return program;
}
