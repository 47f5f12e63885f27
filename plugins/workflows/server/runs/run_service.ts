import type { ActionsStart } from '@latchkey/actions-plugin/server';
import type { Clock, Principal } from '@latchkey/core/server';
import { type RunRecord, responseKey, type StepRecord } from '@latchkey/workflow-engine';
import { isRecord, validateAuthorSchema } from '@latchkey/workflow-language';
import { usernameOf, WorkflowError, type WorkflowService } from '../workflows/index.ts';
import { NOT_WAITING, type RunExecutor } from './run_executor.ts';
import type { NewRun, RunStarter } from './run_starter.ts';
import { isFinal } from './run_status.ts';
import type { RunStore, StoredRun } from './run_store.ts';
import type { RunWorker } from './run_worker.ts';

/** Dependencies of {@link RunService}. */
export interface RunServiceDeps {
  readonly store: RunStore;
  readonly executor: RunExecutor;
  readonly worker: RunWorker;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly starter: RunStarter;
  readonly actions: Pick<ActionsStart, 'deferredUser'>;
  readonly clock: Clock;
}

/** The workflow and inputs of a new run. */
type RunRequest = Pick<NewRun, 'yaml' | 'workflowId' | 'isTestRun' | 'inputs' | 'metadata'>;

/** A run with its ended steps. */
export interface RunDetails {
  readonly run: StoredRun;
  readonly steps: readonly StepRecord[];
  /** `false`: the run belongs to another user, whose inputs and outputs are not shown. */
  readonly isOwn: boolean;
}

/** Starts, shows and ends runs. Routes check the privileges. */
export class RunService {
  readonly #deps: RunServiceDeps;

  constructor(deps: RunServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Runs a workflow as the principal.
   * @returns id of the run
   * @throws WorkflowError `workflow_not_found`, `workflow_disabled`, `workflow_not_valid`,
   * `workflow_inputs_invalid`
   */
  async run(
    principal: Principal,
    workflowId: string,
    { inputs, metadata }: Pick<RunRequest, 'inputs' | 'metadata'>,
  ): Promise<string> {
    const { yaml, enabled } = await this.#deps.workflows.get(principal, workflowId);
    if (!enabled)
      throw new WorkflowError('workflow_disabled', `Workflow [${workflowId}] is disabled.`);
    return this.#start(principal, { yaml, workflowId, isTestRun: false, inputs, metadata });
  }

  /** Runs YAML that is not stored. @throws as {@link run} */
  test(
    principal: Principal,
    { yaml, inputs }: Pick<RunRequest, 'yaml' | 'inputs'>,
  ): Promise<string> {
    return this.#start(principal, { yaml, isTestRun: true, inputs });
  }

  /** @throws WorkflowError `execution_not_found` */
  async get(principal: Principal, id: string): Promise<RunDetails> {
    const { store } = this.#deps;
    const run = await this.#read(principal, id);
    const { records } = await store.readRecords(run);
    return { run, steps: records.filter(isStep), isOwn: isOwn(principal, run) };
  }

  /** @throws WorkflowError `workflow_not_found` */
  async list(
    principal: Principal,
    workflowId: string,
    page: { readonly page: number; readonly size: number },
  ): Promise<{ readonly runs: readonly StoredRun[]; readonly total: number }> {
    await this.#deps.workflows.get(principal, workflowId);
    return this.#deps.store.list({ spaceId: principal.spaceId, workflowId }, page);
  }

  /** Ends a run that has not ended. @throws WorkflowError `execution_not_found` */
  async cancel(principal: Principal, id: string): Promise<void> {
    const { store, executor, clock } = this.#deps;
    for (;;) {
      const run = await this.#read(principal, id);
      if (isFinal(run.status)) return;
      const at = new Date(clock.now()).toISOString();
      // Nobody executes a waiting run.
      const isWaiting = run.waits !== undefined;
      const changed = await store.compareAndSet(run, {
        cancelRequestedAt: at,
        ...(isWaiting ? { ...NOT_WAITING, status: 'cancelled', finishedAt: at } : {}),
      });
      if (changed === undefined) continue;
      executor.cancel(id);
      return;
    }
  }

  /**
   * Responds to a step that waits for its user.
   * @param stepKey absent: the only step that waits
   * @throws WorkflowError `execution_not_found`, `execution_of_other_user`,
   * `execution_not_waiting`, `workflow_inputs_invalid`
   */
  async respond(
    principal: Principal,
    id: string,
    { input, stepKey }: { readonly input: unknown; readonly stepKey?: string | undefined },
  ): Promise<void> {
    const { worker, clock } = this.#deps;
    const run = await this.#read(principal, id);
    if (!isOwn(principal, run))
      throw new WorkflowError(
        'execution_of_other_user',
        `Only user [${run.username}] can respond to this execution.`,
      );
    const wait = run.waits?.find(
      (each) => each.kind === 'input' && (stepKey === undefined || each.stepKey === stepKey),
    );
    if (wait === undefined) throw notWaiting(id);
    ensureValid(wait.schema, input);
    const response: RunRecord = {
      kind: 'value',
      key: responseKey(wait.stepKey),
      value: {
        response: input,
        respondedBy: usernameOf(principal),
        respondedAt: new Date(clock.now()).toISOString(),
      },
    };
    if (!(await worker.take(run, [response]))) throw notWaiting(id);
  }

  async #start(principal: Principal, request: RunRequest): Promise<string> {
    const { starter, actions } = this.#deps;
    const { profileUid, apiKeyId, spaceId } = actions.deferredUser(principal);
    const user = { username: usernameOf(principal), profileUid, apiKeyId };
    return (await starter.start({ ...request, spaceId, user, triggeredBy: 'manual' })).id;
  }

  async #read({ spaceId }: Pick<Principal, 'spaceId'>, id: string): Promise<StoredRun> {
    const run = await this.#deps.store.read(id);
    // A run of another space does not exist for this one.
    if (run?.spaceId !== spaceId)
      throw new WorkflowError('execution_not_found', `Execution [${id}] does not exist.`);
    return run;
  }
}

/** @throws WorkflowError `workflow_inputs_invalid` if the response does not fit the schema */
function ensureValid(schema: unknown, input: unknown): void {
  if (!isRecord(schema)) return;
  const issues = validateAuthorSchema(schema, input).map(({ path, message }) => ({
    path: path.join('.'),
    message,
  }));
  if (issues.length === 0) return;
  throw new WorkflowError(
    'workflow_inputs_invalid',
    'The response does not fit the form of the step.',
    issues,
  );
}

function isStep(record: RunRecord): record is StepRecord {
  return record.kind === 'step';
}

function isOwn({ user }: Principal, { profileUid }: StoredRun): boolean {
  return user?.profileUid === profileUid;
}

function notWaiting(id: string): WorkflowError {
  return new WorkflowError(
    'execution_not_waiting',
    `Execution [${id}] does not wait for a response, or a user has already responded.`,
  );
}
