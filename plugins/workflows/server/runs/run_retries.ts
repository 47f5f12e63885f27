import type { ActionsStart } from '@latchkey/actions-plugin/server';
import type { Principal } from '@latchkey/core/server';
import {
  changedSteps,
  failurePoints,
  firstAttempt,
  type RunRecord,
  reusableRecords,
  type WorkerPatternMatcher,
  type WorkerTemplateRenderer,
} from '@latchkey/workflow-engine';
import type { RETRY_MODES } from '../../common/index.ts';
import {
  type StepTypes,
  type StoredWorkflow,
  usernameOf,
  WorkflowError,
  type WorkflowService,
} from '../workflows/index.ts';
import type { RunAccess } from './reading/run_access.ts';
import type { RunReader } from './reading/run_reader.ts';
import { isOwnWorkflow } from './starts/personal_connections.ts';
import type { RunStarter } from './starts/run_starter.ts';
import { factsOf, type PublicUrls } from './store/run_changes.ts';
import { isFinal } from './store/run_status.ts';
import type { RunStore, StoredRun } from './store/run_store.ts';

/** Maximum number of changed steps that an error names. */
const MAX_NAMED = 5;

/** Dependencies of {@link RunRetries}. */
export interface RunRetriesDeps {
  readonly patterns: Pick<WorkerPatternMatcher, 'forUser'>;
  readonly templates: Pick<WorkerTemplateRenderer, 'forUser'>;
  readonly store: RunStore;
  readonly starter: Pick<RunStarter, 'start'>;
  readonly reader: Pick<RunReader, 'read'>;
  readonly access: Pick<RunAccess, 'ensureMayRespond'>;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly stepTypes: Pick<StepTypes, 'program'>;
  readonly actions: Pick<ActionsStart, 'deferredUser'>;
  readonly urls: PublicUrls;
}

/** Options of a retry. */
export interface RetryRequest {
  readonly mode: (typeof RETRY_MODES)[number];
  /** Key of the step where the retry begins, for the mode `from-step`. */
  readonly fromStepExecutionId?: string | undefined;
  /**
   * `true`: recorded results of earlier steps are reused. Default: true unless the mode is `whole`.
   */
  readonly recorded?: boolean | undefined;
  /** Inputs of the new run. Absent: the inputs of the retried run. */
  readonly inputs?: Readonly<Record<string, unknown>> | undefined;
  readonly yaml: 'same' | 'current';
}

/** YAML of the retried run, and YAML of the retry. */
interface Texts {
  readonly before: string;
  readonly after: string;
  /** `false`: the retry executes a text that only the user of the run may read. */
  readonly isStored: boolean;
  /** The user, or API key, that saved the YAML of the retry last. `undefined`: not known. */
  readonly author: Pick<StoredWorkflow, 'runsAs'> | undefined;
}

/** Retries ended runs. Callers, such as routes, check the privileges. */
export class RunRetries {
  readonly #deps: RunRetriesDeps;

  constructor(deps: RunRetriesDeps) {
    this.#deps = deps;
  }

  /**
   * Starts a run that repeats an ended run, as the principal.
   * @returns id of the new run
   * @throws WorkflowError `execution_not_found`, `execution_not_ended`, `retry_not_possible`,
   *   `execution_of_other_user`, `execution_of_other_key`, and the errors of `RunService.run`
   */
  async retry(principal: Principal, id: string, request: RetryRequest): Promise<string> {
    const { store, starter, reader, actions } = this.#deps;
    const run = await reader.read(principal, id);
    if (!isFinal(run.status))
      throw new WorkflowError('execution_not_ended', `Execution [${id}] has not ended yet.`);
    const isReusing = request.mode !== 'whole' && request.recorded !== false;
    ensureConsistent(request, { isReusing, isDryRun: run.isDryRun === true });
    const texts = await this.#textsOf(principal, run, request);
    // Inputs, results, and texts that are not stored as a workflow are private to the user of the
    // run.
    const isPrivate = isReusing || request.inputs === undefined || !texts.isStored;
    const mayReuse = await this.#mayReuse(principal, run, isPrivate);
    const { inputs, metadata, event, context = {} } = await store.readGiven(run);
    const records = isReusing ? await this.#recordsFor(run, texts, request) : [];
    const { profileUid, apiKeyId, spaceId } = actions.deferredUser(principal);
    const { workflowId, isTestRun, testedWorkflowId, isDryRun, stepId } = run;
    // Another user can be the author of a run's workflow: a handler runs as the user whose run has
    // failed, and so can an API key with fewer privileges. Neither such a run nor its retry may use
    // the accounts of the user, unless the user saved the YAML of the retry.
    const isOwn =
      texts.author !== undefined && isOwnWorkflow(texts.author, { profileUid, apiKeyId });
    const isRefused = run.refusesPersonalConnections === true && !isOwn;
    const started = await starter.start({
      spaceId,
      user: { username: usernameOf(principal), profileUid, apiKeyId },
      yaml: texts.after,
      ...(workflowId === undefined ? {} : { workflowId }),
      isTestRun,
      ...(testedWorkflowId === undefined ? {} : { testedWorkflowId }),
      ...(stepId === undefined ? {} : { tested: { stepId, context } }),
      ...(isDryRun === undefined ? {} : { isDryRun }),
      inputs: request.inputs ?? inputs,
      ...(request.inputs === undefined ? { mayLackInputs: true } : {}),
      ...(mayReuse ? { metadata, ...(event === undefined ? {} : { event }) } : {}),
      ...(isRefused
        ? { attendance: { isUnattended: true, refusesPersonalConnections: true } }
        : {}),
      triggeredBy: 'manual',
      retryOf: id,
      records,
    });
    return started.id;
  }

  /**
   * Returns `true` if the retry may copy the metadata and the event of the run.
   * @param isPrivate `true`: the retry uses other private data of the user of the run
   * @throws WorkflowError `execution_of_other_user`, `execution_of_other_key` if `isPrivate` and
   *   the principal may not use them
   */
  async #mayReuse(principal: Principal, run: StoredRun, isPrivate: boolean): Promise<boolean> {
    try {
      await this.#deps.access.ensureMayRespond(principal, run);
      return true;
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      if (!isPrivate) return false;
      if (error.code !== 'execution_of_other_user') throw error;
      throw new WorkflowError(
        error.code,
        `${error.message} Others can retry the whole run, with their own \`inputs\` and \`yaml: "current"\`.`,
      );
    }
  }

  /**
   * Reads the YAML of the run and of the retry.
   * @throws WorkflowError `workflow_not_found`, `workflow_disabled`, `retry_not_possible`
   */
  async #textsOf(
    principal: Principal,
    run: StoredRun,
    { yaml }: Pick<RetryRequest, 'yaml'>,
  ): Promise<Texts> {
    const { store, workflows } = this.#deps;
    const before = await store.readDefinition(run.definitionId);
    if (before === undefined) throw notPossible('The workflow of the execution was deleted.');
    const { workflowId } = run;
    if (workflowId === undefined) {
      if (yaml === 'same') return { before, after: before, isStored: false, author: undefined };
      throw notPossible('A test run has no stored workflow. Use `yaml: "same"`.');
    }
    const stored = await workflows.get(principal, workflowId);
    if (!stored.enabled)
      throw new WorkflowError(
        'workflow_disabled',
        `Workflow [${workflowId}] is disabled. Enable it first.`,
      );
    const after = yaml === 'same' ? before : stored.yaml;
    const isStored = after === stored.yaml;
    return { before, after, isStored, author: isStored ? stored : undefined };
  }

  /**
   * Records of earlier steps with which the retry begins.
   * @throws WorkflowError `retry_not_possible`
   */
  async #recordsFor(
    run: StoredRun,
    { before, after }: Texts,
    { fromStepExecutionId }: RetryRequest,
  ): Promise<readonly RunRecord[]> {
    const { store, stepTypes, patterns, templates, urls } = this.#deps;
    const owner = { profileUid: run.profileUid };
    const oldProgram = await stepTypes.program(before, owner);
    const program = await stepTypes.program(after, owner);
    if (oldProgram === undefined || program === undefined)
      throw new WorkflowError(
        'workflow_not_valid',
        'The workflow has errors and cannot run. Correct them first.',
      );
    const { records } = await store.journal.readRecords(run);
    const from = startOf(run, records, fromStepExecutionId);
    const facts = factsOf(run, await store.readGiven(run), urls);
    const endedAt = Date.parse(run.finishedAt ?? run.createdAt);
    const reused = await reusableRecords(
      program,
      { facts, records, endedAt },
      {
        from,
        ports: {
          patterns: patterns.forUser(run.profileUid),
          templates: templates.forUser(run.profileUid),
        },
      },
    );
    if (reused === undefined)
      throw notPossible(
        'The recorded results do not lead to this step. Retry the whole execution, or from an earlier step.',
      );
    const changed = before === after ? [] : changedSteps(reused, oldProgram, program);
    if (changed.length === 0) return reused;
    throw notPossible(
      `Steps have changed, so their recorded results cannot be used: ${changed.slice(0, MAX_NAMED).join(', ')}. Retry the whole execution, or from an earlier step.`,
    );
  }
}

/**
 * Keys of the steps at which the retry begins. Empty: it begins where the run was cancelled or
 * timed out.
 */
function startOf(
  { id, status, failedStep }: StoredRun,
  records: readonly RunRecord[],
  chosen: string | undefined,
): readonly string[] {
  if (chosen !== undefined) {
    const isStep = records.some(({ kind, key }) => kind === 'step' && key === chosen);
    if (!isStep) throw notPossible(`Execution [${id}] has no ended step [${chosen}].`);
    return [firstAttempt(chosen)];
  }
  if (status === 'completed' || status === 'skipped')
    throw notPossible(
      `Execution [${id}] has no failed step. Choose a step, or retry the whole execution.`,
    );
  return failedStep === undefined ? [] : failurePoints(records, failedStep);
}

/**
 * Checks that the options of the request fit together.
 * @throws WorkflowError `retry_not_possible`
 */
function ensureConsistent(
  { mode, fromStepExecutionId, recorded, inputs }: RetryRequest,
  { isReusing, isDryRun }: { readonly isReusing: boolean; readonly isDryRun: boolean },
): void {
  if ((mode === 'from-step') !== (fromStepExecutionId !== undefined))
    throw notPossible(
      '`fromStepExecutionId` is required for the mode `from-step`, and not allowed for other modes.',
    );
  if (mode === 'whole' && recorded === true)
    throw notPossible('A retry of the whole execution reuses no recorded results.');
  if (isReusing && inputs !== undefined)
    throw notPossible(
      'Recorded results can only be reused with the inputs of the execution, not with other inputs.',
    );
  if (isReusing && isDryRun) throw notPossible('A dry run has no results that can be reused.');
}

function notPossible(message: string): WorkflowError {
  return new WorkflowError('retry_not_possible', message);
}
