import type { ActionsStart } from '@latchkey/actions-plugin/server';
import { type Clock, HttpError, type Principal, type Randomness } from '@latchkey/core/server';
import type { SpacesStart } from '@latchkey/spaces-plugin/server';
import { type RunRecord, responseKey, type StepRecord } from '@latchkey/workflow-engine';
import {
  isRecord,
  resolveInputs,
  TemplateEngine,
  TemplateError,
  validateAuthorSchema,
  type WorkflowProgram,
} from '@latchkey/workflow-language';
import {
  type StepTypes,
  usernameOf,
  WorkflowError,
  type WorkflowService,
} from '../workflows/index.ts';
import { NOT_WAITING, type RunExecutor } from './run_executor.ts';
import type { RunStore, StoredRun } from './run_store.ts';
import type { RunWorker } from './run_worker.ts';

/** Longer names are cut. */
const MAX_NAME_LENGTH = 1_024;
/** States of runs that have ended. */
const FINAL = new Set(['completed', 'failed', 'cancelled', 'timed_out', 'skipped']);

/** Dependencies of {@link RunService}. */
export interface RunServiceDeps {
  readonly store: RunStore;
  readonly executor: RunExecutor;
  readonly worker: RunWorker;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly stepTypes: StepTypes;
  readonly actions: Pick<ActionsStart, 'deferredUser'>;
  readonly spaces: Pick<SpacesStart, 'isOpen'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** The workflow and inputs of a new run. */
interface RunRequest {
  readonly yaml: string;
  readonly workflowId?: string;
  readonly isTestRun: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

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
  readonly #templates = new TemplateEngine();

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
      if (FINAL.has(run.status)) return;
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
    const { store, executor, worker, stepTypes, actions, spaces, clock, randomness } = this.#deps;
    const { yaml, workflowId, isTestRun, inputs, metadata } = request;
    const { spaceId } = principal;
    const program = stepTypes.program(yaml);
    if (program === undefined)
      throw new WorkflowError('workflow_not_valid', 'The workflow has errors and cannot run.');
    const resolved = this.#inputsOf(program, inputs);
    const { profileUid, apiKeyId } = actions.deferredUser(principal);
    if (!(await spaces.isOpen(spaceId))) throw new HttpError(404, 'The space does not exist.');
    const run = await store.create(randomness.uuid(), {
      spaceId,
      ...(workflowId === undefined ? {} : { workflowId }),
      workflowName: program.name.slice(0, MAX_NAME_LENGTH),
      definitionId: await store.storeDefinition(spaceId, yaml),
      isTestRun,
      triggeredBy: 'manual',
      username: usernameOf(principal),
      profileUid,
      apiKeyId,
      status: 'running',
      inputs: { ...resolved },
      ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
      createdAt: new Date(clock.now()).toISOString(),
      owner: await worker.owner(),
      epoch: 0,
      seq: 0,
    });
    // The deletion of the space does not find a run that is written after its search.
    if (!(await spaces.isOpen(spaceId))) {
      await store.compareAndSet(run, { status: 'cancelled', owner: undefined });
      throw new HttpError(404, 'The space does not exist.');
    }
    executor.execute(run);
    return run.id;
  }

  #inputsOf(program: WorkflowProgram, given: Readonly<Record<string, unknown>>) {
    try {
      const context = { consts: program.consts, now: new Date(this.#deps.clock.now()) };
      const resolved = resolveInputs(program.inputs, given, { engine: this.#templates, context });
      if (resolved.kind === 'resolved') return resolved.inputs;
      const issues = resolved.issues.map(({ path, message }) => ({
        path: path.join('.'),
        message,
      }));
      throw new WorkflowError(
        'workflow_inputs_invalid',
        `The inputs do not fit the workflow: ${issues.map(({ message }) => message).join(' ')}`,
        issues,
      );
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new WorkflowError(
        'workflow_inputs_invalid',
        `The default of an input cannot be computed: ${error.message}`,
      );
    }
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
