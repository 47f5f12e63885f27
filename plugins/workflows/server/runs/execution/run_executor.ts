import { isDeepStrictEqual } from 'node:util';
import type { ActionsStart } from '@latchkey/actions-plugin/server';
import type { Clock, Logger, Principal } from '@latchkey/core/server';
import { isSavedObjectError } from '@latchkey/saved-objects';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { SpacesStart } from '@latchkey/spaces-plugin/server';
import {
  type OpenStep,
  RunCancelled,
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
import { factsOf, NOT_WAITING, waitingChanges } from '../store/run_changes.ts';
import type { RunChanges, RunStore, StoredRun } from '../store/run_store.ts';
import { RunTaken, StoredJournal, untilStored } from '../store/stored_journal.ts';
import { createConnectorCalls } from './connector_calls.ts';
import { type HeldRecords, NoRoomForRun, type RunMemory } from './run_memory.ts';
import { type QueuedRun, RunQueue } from './run_queue.ts';

/**
 * Milliseconds between two reads of the stored runs, to notice cancellations by other processes.
 */
const WATCH_MS = 1_000;
/** Results of a run that are not stored before are stored after one to two of these times. */
const COMMIT_MS = 500;
/** Calls of one run that others see. */
const MAX_SHOWN_CALLS = 20;
/** Pauses before an execution that failed for a reason of the server is repeated. */
const BACKOFF = { initialMs: 1_000, maxMs: 30_000 };
/** Executions after which a run fails, unless the store was unavailable. */
const MAX_EXECUTIONS = 3;

/** Runs that steps of other runs have started, as the executor sees them. */
interface ChildRunsOfExecutor {
  portsOf(parent: StoredRun): RunPorts['children'];
  /** Tells if nobody waits for a run any more. */
  isOrphan(run: StoredRun): Promise<boolean>;
}

/** Dependencies of {@link RunExecutor}. */
export interface RunExecutorDeps {
  readonly store: RunStore;
  readonly stepTypes: StepTypes;
  readonly actions: Pick<ActionsStart, 'execute' | 'executeSystemAction' | 'getActionsClient'>;
  readonly security: Pick<SecurityStart, 'getDeferredUser' | 'missingPrivileges'>;
  readonly spaces: Pick<SpacesStart, 'isOpen'>;
  readonly patterns: Pick<WorkerPatternMatcher, 'forUser'>;
  readonly templates: Pick<WorkerTemplateRenderer, 'forUser'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs that this process executes at the same time. Others wait in memory. */
  readonly maxActive: number;
  /** Records of these runs. */
  readonly memory: RunMemory;
  /** Tells if this process certainly still owns a run. Accesses the store rarely. */
  readonly isStillOwner: (run: StoredRun) => Promise<boolean>;
  /** The runs that steps start. They exist later than this object. */
  readonly childRuns: () => ChildRunsOfExecutor;
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

interface ActiveRun {
  readonly run: StoredRun;
  /** Calls of services in progress. */
  readonly calls: Set<OpenStep>;
  readonly controller: AbortController;
  readonly held: HeldRecords;
  /** Resolves when the execution has ended and its writes too. */
  done: Promise<void>;
  /** Absent: the execution has not begun. */
  journal?: StoredJournal;
}

/** Executes runs that this process owns. */
export class RunExecutor {
  readonly #deps: RunExecutorDeps;
  readonly #active = new Map<string, ActiveRun>();
  readonly #queue: RunQueue;
  readonly #stopping = new AbortController();

  constructor(deps: RunExecutorDeps) {
    this.#deps = deps;
    this.#queue = new RunQueue(deps.memory, deps.maxActive);
  }

  /** Starts the watch for cancellations, and the writes of results of long runs. */
  start(): void {
    void this.#watch();
    void this.#commitResults();
  }

  /** Tells if a run can be executed now. `false`: the run is queued. */
  hasRoomFor(run: QueuedRun): boolean {
    return this.#queue.hasRoomFor(run);
  }

  /** Runs that can be executed at the same time in addition to those that are. */
  get free(): number {
    return this.#queue.free;
  }

  /** Executes a run in the background. The run names this process as its owner. */
  execute(run: StoredRun): void {
    if (this.#stopping.signal.aborted) return;
    if (!this.hasRoomFor(run)) {
      this.#queue.push(run);
      return;
    }
    this.#queue.begin(run);
    this.#begin(run);
  }

  #begin(run: StoredRun): void {
    const controller = new AbortController();
    const active: ActiveRun = {
      run,
      controller,
      held: this.#deps.memory.hold(quotaOwner(run), charactersOf(run), () => this.#executeQueued()),
      done: Promise.resolve(),
      calls: new Set<OpenStep>(),
    };
    this.#active.set(run.id, active);
    active.done = this.#executeUntilStored(active).then((queued) => {
      // The run may have been taken again meanwhile.
      const isOwn = this.#active.get(run.id) === active;
      if (isOwn) this.#active.delete(run.id);
      active.held.release();
      this.#queue.end(run);
      if (isOwn && queued !== undefined && !controller.signal.aborted)
        this.#queue.pushFirst(queued);
      this.#executeQueued();
    });
  }

  /** The end of a large run can give room to several. */
  #executeQueued(): void {
    while (!this.#stopping.signal.aborted) {
      const next = this.#queue.take();
      if (next === undefined) return;
      this.#begin(next);
    }
  }

  /** Tells if this process executes a run or will do so. */
  has(runId: string): boolean {
    return this.#active.has(runId) || this.#queue.has(runId);
  }

  /** Ends a run as cancelled if this process executes it. Forgets it if it is queued. */
  cancel(runId: string): void {
    this.#queue.remove(runId);
    this.#active.get(runId)?.controller.abort(new RunCancelled());
    // Others may have waited behind the run.
    this.#executeQueued();
  }

  /** Interrupts all runs, because this process stops or lost its lease. They can be continued. */
  interrupt(): void {
    this.#queue.clear();
    for (const { controller } of this.#active.values()) controller.abort(new RunInterrupted());
  }

  /**
   * Interrupts all runs and waits until their writes have ended. Ends the processes that read YAML,
   * so that nobody waits for a long text.
   */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The server stops.'));
    this.interrupt();
    const ends = [...this.#active.values()].map(({ done }) => done);
    await Promise.all([this.#deps.stepTypes.documents.close(), ...ends]);
  }

  /** Never rejects. @returns the run if it is stored as queued, because it has no room in memory */
  async #executeUntilStored(active: ActiveRun): Promise<StoredRun | undefined> {
    let { run } = active;
    const { clock, logger } = this.#deps;
    for (let attempt = 1; ; attempt += 1) {
      try {
        run = await this.#leaveQueue(run);
        return await this.#executeOnce(run, { active, isRepeated: attempt > 1 });
      } catch (error) {
        if (error instanceof RunTaken || error instanceof RunInterrupted) return undefined;
        if (this.#stopping.signal.aborted) return undefined;
        logger.error(`Run [${run.id}] was interrupted and is continued`, { error });
        const isOutage = isSavedObjectError(error, 'store_unavailable');
        if (!isOutage && attempt >= MAX_EXECUTIONS) return await this.#giveUp(run);
        await clock
          .sleep(backoffMs(BACKOFF, attempt), this.#stopping.signal)
          .catch(() => undefined);
      }
    }
  }

  /** Stores that a queued run is executed now. @throws RunTaken if it was cancelled meanwhile */
  async #leaveQueue(run: StoredRun): Promise<StoredRun> {
    if (run.status !== 'queued') return run;
    const { store } = this.#deps;
    for (let current: StoredRun | undefined = run; ; current = await store.read(run.id)) {
      if (current === undefined || current.epoch !== run.epoch || current.owner !== run.owner)
        throw new RunTaken(run.id);
      // A run that continues can have waited in the queue again.
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

  async #executeOnce(
    run: StoredRun,
    { active, isRepeated }: { readonly active: ActiveRun; readonly isRepeated: boolean },
  ): Promise<StoredRun | undefined> {
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
    // Together, because each may be a request to the store.
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
    // A retry begins with records.
    const isFresh = run.epoch === 0 && run.seq === 0 && !isRepeated;
    const [stored, given] = await Promise.all([
      isFresh ? NO_RECORDS : store.journal.readRecords(run),
      store.readGiven(run),
    ]);
    const journaled = { run, stored, clock, signal: this.#stopping.signal };
    const journal = new StoredJournal(store.journal, journaled);
    // Not the one in `#active`: the run may have been lost and taken again meanwhile.
    active.journal = journal;
    active.held.restart();
    const execution = new WorkflowRun(
      run.isDryRun === true ? withoutOutputs(program) : program,
      factsOf(run, given),
      this.#portsOf(run, {
        principal,
        journal,
        calls: active.calls,
        held: active.held,
        // A process has ended since the last result, perhaps at a template.
        isNeverDirect: stored.emptyEntries > 0,
      }),
    );
    const outcome = await execution
      .execute(active.controller.signal)
      .catch(async (error: unknown) => {
        // Results of calls are kept, so that no call is repeated when the run continues.
        if (!(error instanceof RunTaken)) await journal.commit();
        if (error instanceof NoRoomForRun) return { kind: 'no_room' } as const;
        throw error;
      });
    const changes = await this.#changesOf(run, outcome, { journal, held: active.held });
    const written = await untilStored(() => this.#write(run, changes), journaled);
    return outcome.kind === 'no_room' && written.status === 'queued' ? written : undefined;
  }

  /** The user of the run. Undefined: may not run workflows in the space of the run any more. */
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
      calls,
      held,
      isNeverDirect,
    }: Pick<ActiveRun, 'calls' | 'held'> & {
      readonly principal: Principal;
      readonly journal: StoredJournal;
      readonly isNeverDirect: boolean;
    },
  ) {
    const { actions, patterns, templates, clock, logger, isStillOwner } = this.#deps;
    const { profileUid, apiKeyId, spaceId } = run;
    const as = { profileUid, apiKeyId, spaceId };
    const isDryRun = run.isDryRun === true;
    const refusesPersonal = run.refusesPersonalConnections === true;
    const callConnector = createConnectorCalls({
      actions,
      as,
      principal,
      isDryRun,
      refusesPersonal,
    });
    return {
      journal,
      holdRecords: (characters: number) => held.add(characters),
      beginTurn: () => held.beginTurn(),
      patterns: patterns.forUser(quotaOwner(run)),
      templates: templates.forUser(quotaOwner(run)),
      isNeverDirect,
      clock: {
        now: () => clock.now(),
        sleep: (milliseconds: number, signal: AbortSignal) => clock.sleep(milliseconds, signal),
      },
      random: Math.random,
      call: async (call: StepCall, signal: AbortSignal) => {
        // A suspended process may continue here after another one has taken the run.
        if (!(await isStillOwner(run))) throw new RunTaken(run.id);
        const { stepKey: key, name, type, scopes } = call;
        const step = { key, name, type, scopes, startedAt: this.#now() };
        calls.add(step);
        try {
          return await callConnector(call, signal);
        } finally {
          calls.delete(step);
        }
      },
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

  /** Stores the records of a run, and returns the changes of its document. @throws RunTaken */
  async #changesOf(
    run: StoredRun,
    outcome: RunOutcome | { readonly kind: 'no_room' },
    { journal, held }: { readonly journal: StoredJournal; readonly held: HeldRecords },
  ): Promise<RunChanges> {
    if (outcome.kind === 'waiting') {
      await journal.commit();
      const waitingSince = this.#now();
      return {
        ...waitingChanges(run, outcome),
        waitingSince,
        seq: journal.seq,
        recordCharacters: held.used,
      };
    }
    if (outcome.kind === 'no_room')
      return {
        status: 'queued',
        // It did not wait before it began, or the queue would have set the instant.
        startedAt: run.startedAt ?? run.createdAt,
        seq: journal.seq,
        recordCharacters: held.used,
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
   * Writes the state of a run that this process owns. A request to cancel may have been written
   * meanwhile.
   * @throws RunTaken
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

  /** Stores the results of runs that have executed for a while. */
  async #commitResults(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#deps.clock.sleep(COMMIT_MS, signal).catch(() => undefined);
      for (const { journal } of this.#active.values()) journal?.commitWaiting();
    }
  }

  /** Looks for cancellations and takeovers by other processes while runs are executed. */
  async #watch(): Promise<void> {
    const { clock, store, logger } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(WATCH_MS, signal).catch(() => undefined);
      const ids = [...this.#active.keys()];
      if (signal.aborted || ids.length === 0) continue;
      try {
        const stored = new Map((await store.readMany(ids)).map((run) => [run.id, run]));
        for (const id of ids) {
          const active = this.#active.get(id);
          this.#compare(active, stored.get(id));
          await this.#showCalls(active, stored.get(id));
        }
      } catch (error) {
        logger.warn('Requests to cancel runs could not be read', { error });
      }
    }
  }

  /** @param stored absent: the run was deleted with its space */
  #compare(active: ActiveRun | undefined, stored: StoredRun | undefined): void {
    if (active === undefined) return;
    const { run, controller } = active;
    // A higher epoch: another owner, or this process again, claimed the run after `run` was read.
    if (stored === undefined || stored.epoch > run.epoch) controller.abort(new RunTaken(run.id));
    else if (stored.cancelRequestedAt !== undefined) controller.abort(new RunCancelled());
  }

  /** Stores which calls of a run take long, so that other processes can show them. */
  async #showCalls(active: ActiveRun | undefined, stored: StoredRun | undefined): Promise<void> {
    if (active === undefined || stored === undefined || active.controller.signal.aborted) return;
    const before = new Date(this.#deps.clock.now() - WATCH_MS).toISOString();
    const long = [...active.calls].filter(({ startedAt }) => startedAt <= before);
    const steps = long.slice(0, MAX_SHOWN_CALLS);
    const shown = steps.map(({ name: stepId, type: stepType, startedAt }) => ({
      stepId,
      stepType,
      startedAt,
    }));
    if (isDeepStrictEqual(shown, stored.currentSteps ?? [])) return;
    const changes =
      steps.length === 0
        ? { currentSteps: undefined, activeSteps: undefined }
        : { currentSteps: shown, activeSteps: storedOpenSteps(steps) };
    await this.#deps.store.compareAndSet(stored, changes);
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

/** Reason of an aborted execution that another process, or this one later, continues. */
class RunInterrupted extends Error {
  constructor() {
    super('The execution was interrupted.');
  }
}

/** Characters of the records of a run. Undefined: its last process has not stored their number. */
function charactersOf({ recordCharacters, epoch, seq }: StoredRun): number | undefined {
  return epoch === 0 && seq === 0 ? 0 : recordCharacters;
}

/** In a dry run, what calls would return is null, and outputs with it are not as declared. */
function withoutOutputs({ outputs: _, ...program }: WorkflowProgram): WorkflowProgram {
  return program;
}
