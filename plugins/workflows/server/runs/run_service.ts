import type { ActionsStart } from '@latchkey/actions-plugin/server';
import type { Clock, Principal } from '@latchkey/core/server';
import { type RunRecord, responseKey, type WorkerPatternMatcher } from '@latchkey/workflow-engine';
import { isRecord, validateAuthorSchema } from '@latchkey/workflow-language';
import { EXECUTION_STATUSES } from '../../common/index.ts';
import { usernameOf, WorkflowError, type WorkflowService } from '../workflows/index.ts';
import { cancelRun } from './execution/cancel_run.ts';
import type { RunExecutor } from './execution/run_executor.ts';
import type { RunWorker } from './execution/run_worker.ts';
import type { RunAccess } from './reading/run_access.ts';
import type { RunReader } from './reading/run_reader.ts';
import { patternIssues } from './starts/input_patterns.ts';
import type { NewRun } from './starts/new_run.ts';
import { idOfStart, type StartRequest } from './starts/repeated_start.ts';
import type { RunStarter } from './starts/run_starter.ts';
import { quotaOwner } from './store/quota_owner.ts';
import { isFinal } from './store/run_status.ts';
import type { RunStore, StoredRun } from './store/run_store.ts';

/** Dependencies of {@link RunService}. */
export interface RunServiceDeps {
  readonly store: RunStore;
  readonly executor: RunExecutor;
  readonly worker: RunWorker;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly starter: RunStarter;
  readonly reader: Pick<RunReader, 'read'>;
  readonly access: Pick<RunAccess, 'ensureMayRespond' | 'recordAction' | 'recordCancel'>;
  readonly actions: Pick<ActionsStart, 'deferredUser'>;
  readonly patterns: Pick<WorkerPatternMatcher, 'forUser'>;
  readonly clock: Clock;
}

/** Inputs and options of a new run. */
interface RunRequest extends Pick<NewRun, 'inputs' | 'metadata' | 'isDryRun' | 'tested' | 'event'> {
  /**
   * A repeated request with the same key and content starts no second run. Absent: each request
   * starts a run.
   */
  readonly idempotencyKey?: string | undefined;
}

/** The workflow of a test: a stored one, or text. */
type TestSource = Pick<NewRun, 'yaml'> | { readonly workflowId: string };

/** Starts, cancels and continues runs. Callers, such as routes, check the privileges. */
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
  async run(principal: Principal, workflowId: string, request: RunRequest): Promise<string> {
    return this.#startOnce(principal, { ...request, source: { workflowId } }, async () => {
      const { yaml, enabled } = await this.#deps.workflows.get(principal, workflowId);
      if (!enabled)
        throw new WorkflowError(
          'workflow_disabled',
          `Workflow [${workflowId}] is disabled. Enable it first.`,
        );
      return { yaml, workflowId, isTestRun: false };
    });
  }

  /**
   * Runs YAML, or one of its steps, as a test: text that is not stored, or that of a stored
   * workflow, which may be disabled. The run does not belong to the workflow.
   * @throws the same errors as {@link run}, except `workflow_disabled`; `step_not_found`
   */
  test(
    principal: Principal,
    source: TestSource,
    request: Omit<RunRequest, 'metadata'>,
  ): Promise<string> {
    const isStored = 'workflowId' in source;
    // Otherwise a test would have the id of a run of the workflow with the same idempotency key.
    const origin = isStored ? { testedWorkflowId: source.workflowId } : source;
    return this.#startOnce(principal, { ...request, source: origin }, async () => {
      const { yaml } = isStored
        ? await this.#deps.workflows.get(principal, source.workflowId)
        : source;
      return { yaml, isTestRun: true, ...(isStored ? origin : {}) };
    });
  }

  /**
   * Cancels a run that has not ended.
   * @throws WorkflowError `execution_not_found`
   */
  async cancel(principal: Principal, id: string): Promise<void> {
    const run = await this.#deps.reader.read(principal, id);
    await cancelRun(this.#deps, id, usernameOf(principal));
    this.#deps.access.recordCancel(principal, run);
  }

  /**
   * Cancels all runs of a workflow that have not ended. May miss runs that were started in the last
   * second.
   * @returns number of runs
   * @throws WorkflowError `workflow_not_found`
   */
  async cancelAll(principal: Principal, workflowId: string): Promise<number> {
    const { store, workflows } = this.#deps;
    await workflows.get(principal, workflowId);
    const { spaceId } = principal;
    const statuses = EXECUTION_STATUSES.filter((status) => !isFinal(status));
    const ids: string[] = [];
    for await (const runs of store.all({ spaceId, workflowIds: [workflowId], statuses }))
      ids.push(...runs.map(({ id }) => id));
    for (const id of ids) await this.cancel(principal, id);
    return ids.length;
  }

  /**
   * Responds to a step that waits for its user.
   * @param stepKey key of the step; absent: the only step that waits
   * @throws WorkflowError `execution_not_found`, `execution_of_other_user`,
   *   `execution_of_other_key`, `execution_not_waiting`, `workflow_inputs_invalid`
   */
  async respond(
    principal: Principal,
    id: string,
    { input, stepKey }: { readonly input: unknown; readonly stepKey?: string | undefined },
  ): Promise<void> {
    const { store, worker, clock, reader, access } = this.#deps;
    const run = await reader.read(principal, id);
    await access.ensureMayRespond(principal, run);
    const waits = await store.readWaits(run);
    const wait = waits.find(
      (each) => each.kind === 'input' && (stepKey === undefined || each.stepKey === stepKey),
    );
    if (wait === undefined) throw notWaiting(id);
    await this.#ensureValid(run, wait.schema, input);
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
    access.recordAction(principal, run, 'respond');
  }

  /**
   * Starts a run, unless an earlier request with the same idempotency key has started it. In this
   * case nothing else is checked, because the workflow may have been changed, disabled or deleted
   * since.
   * @param readSource reads the workflow that the run executes
   */
  async #startOnce(
    principal: Principal,
    { idempotencyKey, source, ...request }: RunRequest & Pick<StartRequest, 'source'>,
    readSource: () => Promise<
      Pick<NewRun, 'yaml' | 'workflowId' | 'isTestRun' | 'testedWorkflowId'>
    >,
  ): Promise<string> {
    const { starter, store, actions } = this.#deps;
    const { profileUid, apiKeyId, spaceId } = actions.deferredUser(principal);
    const user = { username: usernameOf(principal), profileUid, apiKeyId };
    const id =
      idempotencyKey === undefined
        ? undefined
        : idOfStart({ ...request, idempotencyKey, spaceId, profileUid, apiKeyId, source });
    if (id !== undefined && (await store.read(id)) !== undefined) return id;
    const run = { ...(await readSource()), ...request, spaceId, user, triggeredBy: 'manual' };
    return (await starter.start(id === undefined ? run : { ...run, id })).id;
  }

  /**
   * Checks a response against the form of the step.
   * @throws WorkflowError `workflow_inputs_invalid` if the response does not fit the schema
   */
  async #ensureValid(run: StoredRun, schema: unknown, input: unknown): Promise<void> {
    if (!isRecord(schema)) return;
    const patterns = this.#deps.patterns.forUser(quotaOwner(run));
    const mismatches = validateAuthorSchema(schema, input);
    const issues =
      mismatches.length === 0
        ? await patternIssues(schema, input, { patterns })
        : mismatches.map(({ path, message }) => ({ path: path.join('.'), message }));
    if (issues.length === 0) return;
    throw new WorkflowError(
      'workflow_inputs_invalid',
      'The response does not fit the form of the step.',
      [...issues],
    );
  }
}

function notWaiting(id: string): WorkflowError {
  return new WorkflowError(
    'execution_not_waiting',
    `Execution [${id}] does not wait for a response, or a user has already responded.`,
  );
}
