import type { Principal } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { MAX_STEP_EXECUTIONS } from '../../../common/index.ts';
import {
  SearchTurns,
  type StoredWorkflow,
  WorkflowError,
  type WorkflowService,
} from '../../workflows/index.ts';
import type { RunResult } from '../store/apart_values.ts';
import { authorOfHandlers, quotaOwner } from '../store/quota_owner.ts';
import type { RunOrder, RunSearch } from '../store/run_search.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import type { RunAttributes } from '../store/run_types.ts';
import { latestRuns } from './latest_runs.ts';
import type { CanRead, RunAccess } from './run_access.ts';
import type { StepExecution } from './step_execution.ts';
import { aValuesBudget, type StepPage, StepReader, type StepValues } from './step_reader.ts';

/** Statuses of runs that wait for their user. */
const WAITING_FOR_USER = ['waiting_for_input', 'waiting_for_authorization'];
/** Maximum number of waiting runs that the header of the web app lists. */
const MAX_ATTENTION = 20;
const NO_VALUES: StepValues = { input: false, output: false };

/** Dependencies of {@link RunReader}. */
export interface RunReaderDeps {
  readonly store: RunStore;
  readonly access: RunAccess;
  readonly workflows: Pick<WorkflowService, 'get' | 'read' | 'getManyListed'>;
  readonly security: Pick<SecurityStart, 'getActiveUser'>;
}

/** Number and size of a page of a list. Pages count from 1. */
export interface Page {
  readonly page: number;
  /** Maximum number of entries on a page. */
  readonly size: number;
}

/** Conditions and page of a list of runs. */
export interface ListQuery extends Omit<RunSearch, 'spaceId' | 'profileUid'>, Page {
  /** `true`: only runs of the principal that wait for its user. */
  readonly waitingForMe?: boolean;
  /** `undefined`: the newest first. */
  readonly order?: RunOrder | undefined;
}

/** One page of runs. */
export interface RunPage {
  readonly runs: readonly StoredRun[];
  readonly total: number;
  readonly canRead: CanRead;
}

/** Page of the runs whose steps are read, and which of their steps. */
interface StepsQuery extends Page {
  /** Name of the steps. `undefined`: all steps. */
  readonly stepId: string | undefined;
  readonly values: StepValues;
}

/** Steps of the runs on one page. */
interface StepsOfRuns {
  readonly runs: readonly Pick<RunDetails, 'run' | 'steps' | 'isReadable'>[];
  /** Number of runs on all pages. */
  readonly total: number;
}

/** A run that waits for the user who reads it. */
export interface WaitingRun {
  readonly run: StoredRun;
  /**
   * Username of the other user who saved the workflow. `undefined`: the user of the run saved it,
   * or it is not known who did.
   */
  readonly savedBy: string | undefined;
}

/** A run with its ended steps. */
export interface RunDetails {
  readonly run: StoredRun;
  /** As in {@link WaitingRun}; set only if the run waits for the reader. */
  readonly savedBy: string | undefined;
  /** At most {@link MAX_STEP_EXECUTIONS} steps. Steps that have not ended come last. */
  readonly steps: readonly StepExecution[];
  /** The step with whose failure the run ended. Undefined: it is in `steps`, or there is none. */
  readonly failedStep: StepExecution | undefined;
  /** Number of all steps. */
  readonly total: number;
  readonly waits: NonNullable<RunAttributes['waits']>;
  /** Inputs of the run. `undefined`: not asked for, or the user may not see them. */
  readonly inputs: Readonly<Record<string, unknown>> | undefined;
  /** Metadata that the starter of the run gave. `undefined`: inputs were not asked for. */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /**
   * The YAML of the run. `undefined`: not asked for, deleted, or readable only by the user of the
   * run.
   */
  readonly yaml: string | undefined;
  /** The parsed YAML. `undefined`: parsing takes too long. */
  readonly definition: unknown;
  /** Output and complete error, if they were asked for. */
  readonly result: RunResult;
  /** `false`: the principal does not see inputs, outputs and messages. */
  readonly isReadable: boolean;
}

/**
 * Reads runs for principals. Callers, such as routes, check the privileges. Only few lists are read
 * at the same time, and one of each user, because SQLite blocks the process while it sorts many
 * runs.
 */
export class RunReader {
  readonly #deps: RunReaderDeps;
  readonly #steps: StepReader;
  readonly #turns = new SearchTurns();

  constructor(deps: RunReaderDeps) {
    this.#deps = deps;
    this.#steps = new StepReader(deps.store.journal);
  }

  /**
   * Lists runs of the space. A search for a key of a concurrency group, which is rendered from
   * inputs, finds only runs whose inputs the principal may read.
   * @throws WorkflowError `execution_of_other_key`, `too_many_searches`
   */
  list(principal: Principal, query: ListQuery): Promise<RunPage> {
    return this.#inTurn(principal, () => this.#list(principal, query));
  }

  /**
   * Reads a list when it is the turn of the user. `read` must not wait for another turn.
   * @throws WorkflowError `too_many_searches`; errors of `read`
   */
  #inTurn<T>({ user }: Pick<Principal, 'user'>, read: () => Promise<T>): Promise<T> {
    return this.#turns.run(user?.profileUid ?? '', read);
  }

  async #list(
    principal: Principal,
    { page, size, order, waitingForMe, ...search }: ListQuery,
  ): Promise<RunPage> {
    const { store, access } = this.#deps;
    const { spaceId, user } = principal;
    const statuses = search.statuses ?? WAITING_FOR_USER;
    const ofUser =
      waitingForMe === true
        ? {
            profileUid: user?.profileUid ?? '',
            statuses: statuses.filter((status) => WAITING_FOR_USER.includes(status)),
          }
        : {};
    const readable =
      search.concurrencyGroupKey === undefined ? {} : await access.readableBy(principal);
    const conditions = { ...search, ...readable, ...ofUser, spaceId };
    const found = await store.search(conditions, { page, size, order });
    return { ...found, canRead: await access.reader(principal) };
  }

  /**
   * Lists runs of a workflow.
   * @throws WorkflowError `workflow_not_found`, `too_many_searches`
   */
  async listOf(principal: Principal, workflowId: string, query: ListQuery): Promise<RunPage> {
    await this.#deps.workflows.get(principal, workflowId);
    return this.list(principal, { ...query, workflowIds: [workflowId] });
  }

  /**
   * Lists runs that steps of a run have started.
   * @throws WorkflowError `execution_not_found`, `too_many_searches`
   */
  async children(principal: Principal, id: string, query: Page): Promise<RunPage> {
    const { spaceId } = await this.read(principal, id);
    const { store, access } = this.#deps;
    const search = { spaceId, parentRunId: id };
    const found = await this.#inTurn(principal, () => store.search(search, query));
    return { ...found, canRead: await access.reader(principal) };
  }

  /**
   * Reads the newest runs of workflows, see {@link latestRuns}.
   * @throws WorkflowError `too_many_searches`
   */
  latestOf(
    principal: Pick<Principal, 'spaceId' | 'user'>,
    workflowIds: readonly string[],
  ): Promise<ReadonlyMap<string, StoredRun>> {
    const { store } = this.#deps;
    return this.#inTurn(principal, () => latestRuns(store, principal.spaceId, workflowIds));
  }

  /**
   * Reads one run.
   * @throws WorkflowError `execution_not_found`
   */
  async get(
    principal: Principal,
    id: string,
    { hasDefinition, ...values }: StepValues & { readonly hasDefinition: boolean },
  ): Promise<RunDetails> {
    const { store, access } = this.#deps;
    const run = await this.read(principal, id);
    const isReadable = (await access.reader(principal))(run);
    const shown = isReadable ? values : NO_VALUES;
    if (shown.input || shown.output) access.recordRead(principal, run);
    const size = MAX_STEP_EXECUTIONS;
    const [{ steps, total, open }, waits, given, result, yaml, savedBy] = await Promise.all([
      this.#steps.page(run, { from: 0, size }, shown),
      isReadable ? store.readWaits(run) : (run.waits ?? []),
      shown.input ? store.readGiven(run) : undefined,
      shown.output ? store.readResult(run) : { error: undefined },
      hasDefinition ? this.#textOf(principal, run, isReadable) : undefined,
      isWaitingFor(principal, run) ? this.#saverIfStored(run) : undefined,
    ]);
    const definition = yaml === undefined ? undefined : await this.#definitionOf(principal, yaml);
    const shownSteps = [...steps.slice(0, size - open.length), ...open];
    const all = { steps: shownSteps, total: total + open.length };
    const isComplete = all.total === shownSteps.length;
    const failedStep = isComplete
      ? undefined
      : await this.#failedStepOf(run, shownSteps, { total, values: shown });
    const { inputs, metadata } = given ?? {};
    const details = { run, ...all, failedStep, waits, inputs, metadata, yaml, definition, result };
    return { ...details, savedBy, isReadable };
  }

  /** The last failure of the step that ended a run, if it is not shown. It is near the end. */
  async #failedStepOf(
    run: StoredRun,
    shown: readonly StepExecution[],
    { total, values }: { readonly total: number; readonly values: StepValues },
  ): Promise<StepExecution | undefined> {
    const isIt = ({ name, status, failedStep }: StepExecution): boolean =>
      name === run.failedStep && status === 'failed' && failedStep === undefined;
    if (run.failedStep === undefined) return undefined;
    const from = Math.max(0, total - MAX_STEP_EXECUTIONS);
    const range = { from, size: MAX_STEP_EXECUTIONS, name: run.failedStep };
    const { steps } = await this.#steps.page(run, range, values);
    const last = steps.findLast(isIt);
    return shown.some(({ key }) => key === last?.key) ? undefined : last;
  }

  /**
   * The YAML of a run. Only the user of the run may read a text that is not stored as a workflow.
   */
  async #textOf(
    principal: Principal,
    { definitionId, workflowId, isTestRun }: StoredRun,
    isReadable: boolean,
  ): Promise<string | undefined> {
    const { store, workflows } = this.#deps;
    if (isReadable) return store.readDefinition(definitionId);
    if (workflowId === undefined || isTestRun) return undefined;
    const [yaml, stored] = await Promise.all([
      store.readDefinition(definitionId),
      workflows.get(principal, workflowId).catch(undefinedIfRefused),
    ]);
    return yaml === stored?.yaml ? yaml : undefined;
  }

  /** Parses a YAML. `undefined`: it takes too long, or too many texts are being parsed. */
  #definitionOf(principal: Principal, yaml: string): Promise<unknown> {
    return this.#deps.workflows.read(principal, yaml).catch(undefinedIfRefused);
  }

  /**
   * One page of the steps of a run, by default in the order of their ends.
   * @throws WorkflowError `execution_not_found`
   */
  async stepsOf(
    principal: Principal,
    id: string,
    {
      page,
      size,
      values,
      order,
    }: Page & { readonly values: StepValues; readonly order?: 'asc' | 'desc' | undefined },
  ): Promise<Pick<StepPage, 'steps' | 'total'> & Pick<RunDetails, 'run' | 'isReadable'>> {
    const { access } = this.#deps;
    const run = await this.read(principal, id);
    const isReadable = (await access.reader(principal))(run);
    const shown = isReadable ? values : NO_VALUES;
    if (shown.input || shown.output) access.recordRead(principal, run);
    const found = await this.#steps.page(run, { from: (page - 1) * size, size, order }, shown);
    return { run, ...found, isReadable };
  }

  /** A step as a list. Empty: it has not ended. @throws WorkflowError `execution_not_found` */
  async endedStep(
    principal: Principal,
    id: string,
    key: string,
  ): Promise<Pick<StepPage, 'steps' | 'total'> & Pick<RunDetails, 'run' | 'isReadable'>> {
    const { access } = this.#deps;
    const run = await this.read(principal, id);
    const isReadable = (await access.reader(principal))(run);
    const step = await this.#steps.findEnded(run, key);
    if (isReadable && step !== undefined) access.recordRead(principal, run);
    const steps = step === undefined ? [] : [step];
    return { run, steps, total: steps.length, isReadable };
  }

  /**
   * One step of a run.
   * @throws WorkflowError `execution_not_found`, `step_execution_not_found`
   */
  async step(
    principal: Principal,
    id: string,
    key: string,
  ): Promise<Pick<RunDetails, 'run' | 'isReadable'> & { readonly step: StepExecution }> {
    const { access } = this.#deps;
    const run = await this.read(principal, id);
    const step = await this.#steps.find(run, key);
    if (step === undefined)
      throw new WorkflowError(
        'step_execution_not_found',
        `Execution [${id}] has no step [${key}] that has ended.`,
      );
    const isReadable = (await access.reader(principal))(run);
    if (isReadable) access.recordRead(principal, run);
    return { run, step, isReadable };
  }

  /**
   * Steps of the runs on one page of the runs of a workflow.
   * @throws WorkflowError `workflow_not_found`, `too_many_searches`
   */
  async stepsOfWorkflow(
    principal: Principal,
    workflowId: string,
    query: StepsQuery,
  ): Promise<StepsOfRuns> {
    await this.#deps.workflows.get(principal, workflowId);
    return this.#inTurn(principal, () => this.#stepsOfWorkflow(principal, workflowId, query));
  }

  async #stepsOfWorkflow(
    principal: Principal,
    workflowId: string,
    { stepId, values, ...page }: StepsQuery,
  ): Promise<StepsOfRuns> {
    const { access } = this.#deps;
    const query = { ...page, workflowIds: [workflowId] };
    const { runs, total, canRead } = await this.#list(principal, query);
    const read: Pick<RunDetails, 'run' | 'steps' | 'isReadable'>[] = [];
    const budget = aValuesBudget();
    for (const run of runs) {
      const isReadable = canRead(run);
      const shown = isReadable ? values : NO_VALUES;
      if (shown.input || shown.output) access.recordRead(principal, run);
      const range = { from: 0, size: MAX_STEP_EXECUTIONS, name: stepId };
      const { steps, open } = await this.#steps.page(run, range, { ...shown, budget });
      const named = open.filter(({ name }) => stepId === undefined || name === stepId);
      read.push({ run, steps: [...steps, ...named], isReadable });
    }
    return { runs: read, total };
  }

  /**
   * Runs of the principal that wait for the principal: their number, and the newest of them. Waits
   * for no turn, because an index finds these few runs.
   */
  async attention({
    spaceId,
    user,
  }: Principal): Promise<{ readonly waiting: readonly WaitingRun[]; readonly total: number }> {
    if (user === undefined) return { waiting: [], total: 0 };
    const search = { spaceId, profileUid: user.profileUid, statuses: WAITING_FOR_USER };
    const found = await this.#deps.store.search(search, { page: 1, size: MAX_ATTENTION });
    const ids = found.runs.flatMap((run) => workflowOfText(run) ?? []);
    const workflows = await this.#deps.workflows.getManyListed({ spaceId }, [...new Set(ids)]);
    const authors = new Map(workflows.map(({ id, runsAs }) => [id, runsAs]));
    const waiting: WaitingRun[] = [];
    for (const run of found.runs) {
      const savedBy = await this.#saverOf(run, authors.get(workflowOfText(run) ?? ''));
      waiting.push({ run, savedBy });
    }
    return { waiting, total: found.total };
  }

  async #saverIfStored(run: StoredRun): Promise<string | undefined> {
    const id = workflowOfText(run);
    const ids = id === undefined ? [] : [id];
    const [workflow] = await this.#deps.workflows.getManyListed({ spaceId: run.spaceId }, ids);
    return this.#saverOf(run, workflow?.runsAs);
  }

  /** The other user who saved the workflow of a run. For a deleted handler: its author. */
  async #saverOf(
    run: StoredRun,
    author: StoredWorkflow['runsAs'] | undefined,
  ): Promise<string | undefined> {
    if (author !== undefined && author.profileUid !== run.profileUid) return author.username;
    // If the workflow was deleted, the author is taken from the limits that the run counts against:
    // authors must not hide by deleting a handler after it was started.
    const handlers = authorOfHandlers(quotaOwner(run));
    if (handlers === undefined || handlers === run.profileUid) return undefined;
    return (await this.#deps.security.getActiveUser(handlers))?.username;
  }

  /**
   * Reads a run of the principal's space.
   * @throws WorkflowError `execution_not_found`
   */
  async read({ spaceId }: Pick<Principal, 'spaceId'>, id: string): Promise<StoredRun> {
    const run = await this.#deps.store.read(id);
    // Runs of other spaces are treated as if they did not exist.
    if (run?.spaceId !== spaceId)
      throw new WorkflowError('execution_not_found', `Execution [${id}] does not exist.`);
    return run;
  }
}

/** Id of the workflow whose text a run executes. `undefined`: the user of the run entered it. */
function workflowOfText({ workflowId, testedWorkflowId }: StoredRun): string | undefined {
  return workflowId ?? testedWorkflowId;
}

function isWaitingFor({ user }: Principal, { profileUid, status }: StoredRun): boolean {
  return user?.profileUid === profileUid && WAITING_FOR_USER.includes(status);
}

function undefinedIfRefused(error: unknown): undefined {
  if (!(error instanceof WorkflowError)) throw error;
}
