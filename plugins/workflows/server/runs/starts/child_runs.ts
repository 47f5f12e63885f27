import { createHash } from 'node:crypto';
import type { Clock, Logger } from '@latchkey/core/server';
import { type ChildState, type RunPorts, StepFailure } from '@latchkey/workflow-engine';
import { validateAuthorSchema } from '@latchkey/workflow-language';
import {
  type StepTypes,
  type StoredWorkflow,
  WorkflowError,
  type WorkflowService,
} from '../../workflows/index.ts';
import { isFinal } from '../store/run_status.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import { BackgroundWork } from './background_work.ts';
import { workflowsUpTo } from './event_chain.ts';
import { attendanceOf } from './personal_connections.ts';
import { type RunStarter, startFailureType } from './run_starter.ts';
import type { WorkflowAuthors } from './workflow_authors.ts';

/** Maximum levels of child runs below one run: children of its children, and so on. */
const MAX_DEPTH = 10;
/**
 * Milliseconds after which children are cancelled again, because searches may miss runs that were
 * started in the last second.
 */
const CANCEL_AGAIN_MS = 2_000;

/** Dependencies of {@link ChildRuns}. */
export interface ChildRunsDeps {
  readonly store: RunStore;
  readonly starter: Pick<RunStarter, 'start'>;
  readonly workflows: Pick<WorkflowService, 'findByIdOrName'>;
  readonly stepTypes: Pick<StepTypes, 'program'>;
  /** Creates the rights of authors, without remembered values. */
  readonly authors: () => Pick<WorkflowAuthors, 'rightsOf'>;
  /** Takes a waiting run and executes it. `false`: another process has taken the run. */
  readonly take: (run: StoredRun) => Promise<boolean>;
  readonly cancel: (runId: string) => Promise<void>;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly logger: Logger;
}

/**
 * Starts and observes child runs: runs that the steps `workflow.execute` and
 * `workflow.executeAsync` of other runs start.
 */
export class ChildRuns {
  readonly #deps: ChildRunsDeps;
  readonly #work: BackgroundWork;
  readonly #stopping = new AbortController();

  constructor(deps: ChildRunsDeps) {
    this.#deps = deps;
    this.#work = new BackgroundWork(deps.logger);
  }

  /** Functions with which the steps of a run start other workflows, as the user of the run. */
  portsOf(parent: StoredRun): RunPorts['children'] {
    return {
      start: (child) => this.#start(parent, child),
      state: (runId) => this.#state(runId),
      cancel: (runId) => this.#deps.cancel(runId),
    };
  }

  /**
   * Call it when a run has ended. Continues the parent that waits for it. If the run did not
   * complete, cancels the children for which it waited.
   */
  ended(run: StoredRun): void {
    const failure = `Run [${run.id}] has ended, but its parent run could not be continued or its child runs could not be cancelled`;
    this.#work.start(failure, async () => {
      await this.#wakeParent(run);
      if (run.status === 'completed' || run.status === 'skipped') return;
      await this.#cancelChildren(run);
      const { signal } = this.#stopping;
      await this.#deps.clock.sleep(CANCEL_AGAIN_MS, signal).catch(() => undefined);
      await this.#cancelChildren(run);
    });
  }

  /**
   * Call it when a run has been stored as waiting. Continues the run if one of its children has
   * ended meanwhile.
   */
  waitStored(run: StoredRun): void {
    if (childrenOf(run).length === 0) return;
    const failure = `Run [${run.id}] could not be checked for ended child runs; a search will retry it`;
    this.#work.start(failure, () => this.#takeIfChildEnded(run));
  }

  /** Continues runs whose children have ended, if no process did so at the end of the child. */
  async repair(): Promise<void> {
    for await (const batch of this.#deps.store.waitingForChild())
      for (const run of batch)
        await this.#takeIfChildEnded(run).catch((error: unknown) => {
          const message = `Run [${run.id}] could not be checked for ended child runs; it will be retried`;
          this.#deps.logger.warn(message, { error });
        });
  }

  /**
   * Returns `true` if a run is a child run whose parent has ended, so that no run waits for it any
   * more.
   */
  async isOrphan({ parentRunId, parent }: StoredRun): Promise<boolean> {
    if (parentRunId === undefined || parent?.isAwaited !== true) return false;
    const stored = await this.#deps.store.read(parentRunId);
    return stored === undefined || isFinal(stored.status);
  }

  /** Resolves when all work in the background has ended. */
  idle(): Promise<void> {
    return this.#work.idle();
  }

  /** Ends pauses, and waits for work in the background to finish. */
  stop(): Promise<void> {
    this.#stopping.abort(new Error('The server is stopping.'));
    return this.idle();
  }

  async #start(
    parent: StoredRun,
    child: Parameters<RunPorts['children']['start']>[0],
  ): ReturnType<RunPorts['children']['start']> {
    const { store, starter, workflows } = this.#deps;
    const { spaceId, username, profileUid, apiKeyId, isTestRun, isDryRun } = parent;
    const depth = (parent.parent?.depth ?? 0) + 1;
    if (depth > MAX_DEPTH)
      throw new StepFailure(
        'CompositionDepthExceeded',
        `Workflows start each other more than ${MAX_DEPTH} levels deep.`,
      );
    const id = childRunId(parent, child);
    // A repeated step continues with its existing child, although the workflow may have changed
    // since.
    const stored = await store.read(id);
    if (stored?.workflowId !== undefined)
      return { runId: id, workflowId: stored.workflowId, startedAt: stored.createdAt };
    try {
      const workflow = await workflows.findByIdOrName({ spaceId }, child.workflowId);
      if (workflow === 'missing')
        throw new StepFailure(
          'WorkflowNotFound',
          `Workflow [${child.workflowId}] does not exist in this space.`,
        );
      if (workflow === 'ambiguous')
        throw new StepFailure(
          'WorkflowAmbiguous',
          `Several workflows have the name [${child.workflowId}]. Use the id of one of them.`,
        );
      if (workflow.id === parent.workflowId)
        throw new StepFailure('WorkflowRecursion', 'A workflow cannot start itself.');
      if (!workflow.enabled)
        throw new StepFailure(
          'WorkflowDisabled',
          `Workflow [${workflow.id}] is disabled. Enable it first.`,
        );
      await this.#ensureMayAct(workflow, parent);
      const run = await starter.start({
        id,
        spaceId,
        user: { username, profileUid, apiKeyId },
        yaml: workflow.yaml,
        workflowId: workflow.id,
        isTestRun,
        ...(isDryRun === undefined ? {} : { isDryRun }),
        inputs: child.inputs,
        attendance: attendanceOf(workflow, parent),
        ...(parent.countedFor === undefined ? {} : { countedFor: parent.countedFor }),
        triggeredBy: 'workflow',
        ...(parent.eventChain === undefined
          ? {}
          : { eventChain: { ...parent.eventChain, workflowIds: workflowsUpTo(parent) } }),
        parent: {
          runId: parent.id,
          stepKey: child.key,
          ...(parent.workflowId === undefined ? {} : { workflowId: parent.workflowId }),
          depth,
          isAwaited: child.isAwaited,
        },
      });
      return { runId: run.id, workflowId: workflow.id, startedAt: run.createdAt };
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      throw new StepFailure(
        startFailureType(error),
        `Workflow [${child.workflowId}] was not started. ${error.message}`,
      );
    }
  }

  /**
   * Checks that the author of a workflow could make its calls without the run that starts it. A run
   * that a user starts by hand needs no check, because the user has decided to start it.
   * @throws StepFailure `WorkflowRefused`
   */
  async #ensureMayAct(workflow: StoredWorkflow, parent: StoredRun): Promise<void> {
    if (parent.isUnattended !== true) return;
    const { refusal } = await this.#deps.authors().rightsOf(workflow, parent);
    if (refusal !== undefined) throw new StepFailure('WorkflowRefused', refusal);
  }

  async #state(runId: string): Promise<ChildState> {
    const { store, stepTypes } = this.#deps;
    const run = await store.read(runId);
    if (run === undefined)
      return failed('WorkflowNotFound', 'The execution of the other workflow was deleted.');
    const { status, definitionId, profileUid } = run;
    if (!isFinal(status)) return { kind: 'running' };
    const { output = {}, error = run.error } = await store.readResult(run);
    if (status !== 'completed')
      return failed(
        error?.type ?? 'WorkflowNotCompleted',
        error?.message ?? `The step waited for execution [${runId}], which ended as ${status}.`,
      );
    const yaml = await store.readDefinition(definitionId);
    const owner = { profileUid, isInBackground: true };
    const program = yaml === undefined ? undefined : await stepTypes.program(yaml, owner);
    // In a dry run, results of calls are null, so outputs do not match their declaration.
    const schema = run.isDryRun === true ? undefined : program?.outputs;
    const [issue] = schema === undefined ? [] : validateAuthorSchema(schema, output);
    if (issue === undefined) return { kind: 'completed', output };
    return failed(
      'InvalidWorkflowOutput',
      `The output of the other workflow does not fit its \`outputs\`: ${issue.message}`,
    );
  }

  async #wakeParent({ id, parentRunId, parent }: StoredRun): Promise<void> {
    if (parentRunId === undefined || parent?.isAwaited !== true) return;
    const { store, take } = this.#deps;
    for (;;) {
      const stored = await store.read(parentRunId);
      // A parent that does not wait yet checks its children when it begins to wait.
      if (stored === undefined || !childrenOf(stored).includes(id)) return;
      if (await take(stored)) return;
    }
  }

  async #takeIfChildEnded({ id }: StoredRun): Promise<void> {
    const { store, take } = this.#deps;
    const run = await store.read(id);
    if (run === undefined) return;
    const ids = childrenOf(run);
    const children = await store.readMany(ids);
    const isEnded = children.length < ids.length || children.some(({ status }) => isFinal(status));
    if (isEnded) await take(run);
  }

  async #cancelChildren({ id, spaceId }: StoredRun): Promise<void> {
    const { store, cancel } = this.#deps;
    for await (const batch of store.all({ spaceId, parentRunId: id }))
      for (const child of batch)
        if (child.parent?.isAwaited === true && !isFinal(child.status)) await cancel(child.id);
  }
}

function childrenOf({ waits = [] }: StoredRun): readonly string[] {
  return waits.flatMap(({ kind, runId }) => (kind === 'child' && runId ? [runId] : []));
}

/** Id of the run that a step starts. It stays the same when the step is repeated after a crash. */
function childRunId({ id }: StoredRun, { key }: { readonly key: string }): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([id, key]))
    .digest('hex');
  return `child-${hash.slice(0, 40)}`;
}

function failed(type: string, message: string): ChildState {
  return { kind: 'failed', error: { type, message } };
}
