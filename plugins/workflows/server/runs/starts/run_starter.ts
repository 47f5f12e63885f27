import { type Clock, HttpError, type Logger, type Randomness } from '@latchkey/core/server';
import { unlessConflict } from '@latchkey/saved-objects';
import type { SpacesStart } from '@latchkey/spaces-plugin/server';
import {
  type RunRecord,
  stepNamed,
  TextRenderer,
  type WorkerPatternMatcher,
  type WorkerTemplateRenderer,
} from '@latchkey/workflow-engine';
import {
  isRecord,
  type JsonSchema,
  ownProperty,
  resolveInputs,
  type WorkflowProgram,
} from '@latchkey/workflow-language';
import { type StepTypes, WorkflowError } from '../../workflows/index.ts';
import type { RunExecutor } from '../execution/run_executor.ts';
import type { RunWorker } from '../execution/run_worker.ts';
import { quotaOwner } from '../store/quota_owner.ts';
import type { NewStoredRun, RunStore, StoredRun } from '../store/run_store.ts';
import type { RunAttributes } from '../store/run_types.ts';
import { entriesOf } from '../store/stored_journal.ts';
import type { ConcurrencyGroups } from './concurrency_groups.ts';
import { groupOfRun } from './group_of_run.ts';
import { type PatternIssue, patternIssues } from './input_patterns.ts';
import type { NewRun } from './new_run.ts';
import type { RunQuota } from './run_quota.ts';
import { startContext } from './start_context.ts';
import { templateFault } from './template_fault.ts';

/** Maximum characters of the stored name of a workflow. Longer names are cut. */
const MAX_NAME_LENGTH = 1_024;

/** Dependencies of {@link RunStarter}. */
export interface RunStarterDeps {
  readonly store: RunStore;
  readonly executor: RunExecutor;
  readonly worker: RunWorker;
  readonly stepTypes: StepTypes;
  readonly spaces: Pick<SpacesStart, 'isOpen'>;
  readonly quota: Pick<RunQuota, 'add'>;
  readonly groups: Pick<ConcurrencyGroups, 'enter'>;
  readonly patterns: Pick<WorkerPatternMatcher, 'forUser'>;
  readonly templates: Pick<WorkerTemplateRenderer, 'forUser'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Pick<Logger, 'warn'>;
}

/** A stored run. */
interface CreatedRun {
  readonly run: StoredRun;
  /** `false`: the run was stored before, for an earlier request with the same id. */
  readonly isNew: boolean;
}

/** Creates runs for requests, schedules, events, and steps of other runs. */
export class RunStarter {
  readonly #deps: RunStarterDeps;

  constructor(deps: RunStarterDeps) {
    this.#deps = deps;
  }

  /**
   * Stores a run, and executes it in this process. Callers must have checked the privileges.
   * @returns the new run, or the stored run if its id exists
   * @throws WorkflowError `workflow_not_valid`, `workflow_too_complex`, `too_many_yaml_checks`,
   *   `workflow_inputs_invalid`, `step_not_found`, `too_many_active_executions`,
   *   `too_many_waiting_executions`; HttpError 404 if the space does not exist
   */
  async start(given: NewRun): Promise<StoredRun> {
    const { executor, stepTypes, spaces, quota, groups, logger } = this.#deps;
    const { yaml, spaceId } = given;
    const program = await stepTypes.program(yaml, {
      profileUid: given.user.profileUid,
      isInBackground: given.triggeredBy !== 'manual',
    });
    if (program === undefined)
      throw new WorkflowError(
        'workflow_not_valid',
        'The workflow has errors and cannot run. Correct them first.',
      );
    if (!(await spaces.isOpen(spaceId))) throw spaceNotFound();
    const settle = await quota.add(quotaOwner(countedOf(given)));
    let isNew = false;
    let run: StoredRun;
    try {
      ({ run, isNew } = await this.#createFor(given, program));
    } finally {
      settle(isNew);
    }
    if (!isNew) return run;
    if (run.concurrency === undefined) executor.execute(run);
    else
      await groups.enter(run).catch((error: unknown) => {
        // The run is stored, so the periodic check of the groups will try again.
        logger.warn(`Queued run [${run.id}] could not be started; it will be retried`, { error });
      });
    return run;
  }

  /**
   * Checks the inputs of a run and stores it.
   * @throws WorkflowError `workflow_inputs_invalid`, `step_not_found`
   */
  async #createFor(given: NewRun, program: WorkflowProgram): Promise<CreatedRun> {
    const { executor, worker } = this.#deps;
    if (given.tested !== undefined && stepNamed(program, given.tested.stepId) === undefined)
      throw new WorkflowError(
        'step_not_found',
        `The workflow has no step [${given.tested.stepId}].`,
      );
    const { id = this.#deps.randomness.uuid() } = given;
    const request = { ...withGivenEvent(given, program), id };
    const inputs = await this.#inputsOf(program, request);
    await this.#ensurePatterns(program, { ...request, inputs });
    const group = await groupOfRun(
      program,
      { ...request, inputs },
      {
        texts: () => this.#textsOf(program.settings, request),
        now: () => new Date(this.#deps.clock.now()),
      },
    );
    return this.#create(request, {
      workflowName: program.name,
      inputs,
      ...(group === undefined
        ? {
            status: executor.hasRoomFor(countedOf(given)) ? 'running' : 'queued',
            owner: await worker.owner(),
          }
        : { status: 'queued', ...group }),
    });
  }

  /**
   * Stores a run that failed before its first step, so that its user can read why it failed.
   * @throws HttpError 404 if the space does not exist
   */
  async startFailed(
    request: NewRun,
    {
      workflowName,
      error,
    }: Pick<RunAttributes, 'workflowName'> & {
      readonly error: { readonly type: string; readonly message: string };
    },
  ): Promise<StoredRun> {
    const { run } = await this.#create(request, {
      workflowName,
      inputs: request.inputs,
      status: 'failed',
      finishedAt: this.#now(),
      error,
    });
    return run;
  }

  async #create(
    { id = this.#deps.randomness.uuid(), yaml, user, ...request }: NewRun,
    state: Pick<RunAttributes, 'workflowName' | 'status'> & {
      readonly inputs: Readonly<Record<string, unknown>>;
      readonly owner?: string;
      readonly concurrency?: NonNullable<RunAttributes['concurrency']>;
      readonly concurrencyGroupKey?: string;
      readonly finishedAt?: string;
      readonly error?: NonNullable<RunAttributes['error']>;
    },
  ): Promise<CreatedRun> {
    const { store } = this.#deps;
    const { spaceId, workflowId, isTestRun, metadata, triggeredBy, event, parent } = request;
    const { testedWorkflowId, eventChain, tested } = request;
    const { isDryRun, countedFor, retryOf, records = [] } = request;
    const createdAt = this.#now();
    // The document of the run is stored last, so that no process executes the run without its
    // records.
    const seq = await this.#addRecords({ id, spaceId }, records);
    const storing = store.storeDefinition(spaceId, yaml);
    const attributes: NewStoredRun = {
      ...state,
      spaceId,
      ...(workflowId === undefined ? {} : { workflowId }),
      workflowName: state.workflowName.slice(0, MAX_NAME_LENGTH),
      definitionId: store.knownDefinition(spaceId, yaml) ?? (await storing),
      isTestRun,
      ...(testedWorkflowId === undefined ? {} : { testedWorkflowId }),
      ...(tested === undefined ? {} : { stepId: tested.stepId, context: tested.context }),
      ...(isDryRun === true ? { isDryRun } : {}),
      ...request.attendance,
      ...(countedFor === undefined ? {} : { countedFor }),
      ...(retryOf === undefined ? {} : { retryOf }),
      triggeredBy,
      ...user,
      inputs: { ...state.inputs },
      ...(event === undefined ? {} : { event: { ...event } }),
      ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
      ...(parent === undefined ? {} : relationOf(parent)),
      ...(eventChain === undefined ? {} : { eventChain }),
      createdAt,
      ...(state.status === 'queued' ? {} : { startedAt: createdAt }),
      epoch: 0,
      seq,
    };
    // A known definition is checked while the run is created, which saves a request before the
    // first step.
    const [created] = await Promise.all([
      unlessConflict(() => store.create(id, attributes)),
      storing,
    ]);
    if (created !== undefined) {
      await this.#ensureOpen(created);
      return { run: created, isNew: true };
    }
    const stored = await store.read(id);
    if (stored === undefined) throw new Error(`Run [${id}] was deleted while it was created.`);
    return { run: stored, isNew: false };
  }

  /**
   * Deletes a new run if its space was closed while the run was stored. The deletion of a space
   * does not find a run that is written after its search, and a later space with the same id would
   * contain the run.
   * @throws HttpError 404 if the space does not exist
   * @throws SavedObjectError when the run cannot be deleted
   */
  async #ensureOpen(run: StoredRun): Promise<void> {
    const { spaces, store } = this.#deps;
    if (await spaces.isOpen(run.spaceId)) return;
    await store.delete(run);
    throw spaceNotFound();
  }

  /**
   * Stores the first journal entries of a run.
   * @returns number of entries
   */
  async #addRecords(
    run: Pick<StoredRun, 'id' | 'spaceId'>,
    records: readonly RunRecord[],
  ): Promise<number> {
    let steps = 0;
    let seq = 0;
    for (const added of entriesOf(records)) {
      steps += added.filter(({ kind }) => kind === 'step').length;
      seq += 1;
      await this.#deps.store.journal.addEntry(run, { seq, epoch: 0, records: added, steps });
    }
    return seq;
  }

  /**
   * Creates a renderer for templates. As in steps, long templates are rendered in a separate
   * process, so that they cannot block the server.
   */
  #textsOf({ liquid, timezone }: WorkflowProgram['settings'], request: NewRun): TextRenderer {
    const templates = this.#deps.templates.forUser(quotaOwner(countedOf(request)));
    return new TextRenderer({ limits: liquid, timezone }, templates);
  }

  async #inputsOf(program: WorkflowProgram, request: NewRun & { readonly id: string }) {
    try {
      const context = startContext(program, request, new Date(this.#deps.clock.now()));
      const texts = this.#textsOf(program.settings, request);
      const resolved = await resolveInputs(
        inputsSchemaOf(program, request),
        request.inputs,
        (value) => texts.values(value, context),
      );
      if (resolved.kind === 'resolved') return resolved.inputs;
      throw notFitting(
        resolved.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
      );
    } catch (error) {
      const fault = templateFault(error);
      if (fault === undefined) throw error;
      throw new WorkflowError(
        'workflow_inputs_invalid',
        `The default of an input cannot be computed: ${fault}`,
      );
    }
  }

  /**
   * Compares the inputs with the patterns of their schema.
   * @throws WorkflowError `workflow_inputs_invalid`
   */
  async #ensurePatterns(program: WorkflowProgram, request: NewRun): Promise<void> {
    const schema = inputsSchemaOf(program, request);
    if (schema === undefined) return;
    const patterns = this.#deps.patterns.forUser(quotaOwner(countedOf(request)));
    const issues = await patternIssues(schema, request.inputs, { patterns });
    if (issues.length > 0) throw notFitting(issues);
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

/** Schema of the inputs: that of the trigger that starts the run; without one, of the workflow. */
function inputsSchemaOf(
  { inputs, triggerInputs }: WorkflowProgram,
  { triggeredBy, mayLackInputs, tested }: Pick<NewRun, 'triggeredBy' | 'mayLackInputs' | 'tested'>,
) {
  if (tested !== undefined) return inputs && withoutRequired(inputs);
  // Another trigger may have started the run without inputs that this one requires.
  if (mayLackInputs === true) return inputs && { ...inputs, required: [] };
  return Object.hasOwn(triggerInputs, triggeredBy) ? triggerInputs[triggeredBy] : inputs;
}

/** Copy of a schema in which members of objects may be missing, at all levels. */
function withoutRequired(schema: JsonSchema): JsonSchema {
  const { required: _, properties, ...rest } = schema;
  if (!isRecord(properties)) return rest;
  const optional = Object.entries(properties).map(([name, property]) => [
    name,
    isRecord(property) ? withoutRequired(property) : property,
  ]);
  return { ...rest, properties: Object.fromEntries(optional) };
}

/** The part of a new run that `quotaOwner` needs. */
function countedOf({ user: { profileUid }, countedFor }: NewRun) {
  return { profileUid, countedFor };
}

function notFitting(issues: readonly PatternIssue[]): WorkflowError {
  return new WorkflowError(
    'workflow_inputs_invalid',
    `The inputs do not fit the workflow: ${issues.map(textOf).join(' ')}`,
    [...issues],
  );
}

/** Text of an issue with the name of its input. An issue of all inputs names the input itself. */
const textOf = ({ path, message }: PatternIssue): string =>
  path === '' ? message : `\`${path}\`: ${message}`;

/** Error type of a run or step that could not start a workflow. */
export function startFailureType({ code }: WorkflowError): string {
  if (code === 'workflow_inputs_invalid') return 'InvalidInputs';
  return code === 'workflow_not_valid' ? 'InvalidWorkflow' : 'TooManyExecutions';
}

function relationOf({ runId, stepKey, ...parent }: NonNullable<NewRun['parent']>) {
  return { parentRunId: runId, parentStepKey: stepKey, parent };
}

function spaceNotFound(): HttpError {
  return new HttpError(404, 'The space does not exist.');
}

/**
 * Uses the input `event` as the payload of a run by hand, unless the workflow declares an input
 * with this name. This lets users try workflows whose other triggers, such as `alert`, have a
 * payload.
 */
function withGivenEvent(request: NewRun, { inputs: schema }: WorkflowProgram): NewRun {
  const { event, ...inputs } = request.inputs;
  const isDeclared = ownProperty(ownProperty(schema, 'properties'), 'event') !== undefined;
  if (request.triggeredBy !== 'manual' || request.event !== undefined) return request;
  return isDeclared || !isRecord(event) ? request : { ...request, inputs, event };
}
