import { createHash } from 'node:crypto';
import { HttpError, type Logger } from '@latchkey/core/server';
import type { SpacesStart } from '@latchkey/spaces-plugin/server';
import type {
  TaskDefinition,
  TaskRunContext,
  TaskRunResult,
} from '@latchkey/task-manager-plugin/server';
import { z } from 'zod';
import { SCHEDULE_TASK_TYPE, type ScheduleTasks, type WorkflowKey } from '../../schedules/index.ts';
import { type StepTypes, type StoredWorkflow, WorkflowError } from '../../workflows/index.ts';
import { isFinal } from '../store/run_status.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import type { NewRun } from './new_run.ts';
import { type RunStarter, startFailureType } from './run_starter.ts';

const params = z.object({
  spaceId: z.string(),
  workflowId: z.string(),
  /** Key of the trigger in the workflow. */
  trigger: z.string(),
});
const state = z.object({ executionId: z.string().optional() });

/** Dependencies of {@link ScheduledRuns}. */
export interface ScheduledRunsDeps {
  readonly store: Pick<RunStore, 'read' | 'readMany'>;
  readonly starter: Pick<RunStarter, 'start' | 'startFailed'>;
  readonly schedules: Pick<ScheduleTasks, 'tasksOf'>;
  readonly spaces: Pick<SpacesStart, 'isOpen'>;
  readonly stepTypes: Pick<StepTypes, 'program'>;
  /** Reads a workflow. `undefined`: it does not exist. */
  readonly readWorkflow: (key: WorkflowKey) => Promise<StoredWorkflow | undefined>;
}

/** Starts the runs of `scheduled` triggers. */
export class ScheduledRuns {
  readonly #deps: ScheduledRunsDeps;

  constructor(deps: ScheduledRunsDeps) {
    this.#deps = deps;
  }

  /**
   * Starts the run of one occurrence, as the user who saved the workflow last. The id of the run is
   * derived from the occurrence, so a repetition after a crash starts no second run.
   */
  async fire(context: Pick<TaskRunContext, 'params' | 'occurrence' | 'logger'>) {
    const { store, readWorkflow, spaces, stepTypes } = this.#deps;
    const { occurrence, logger } = context;
    const { trigger, ...key } = params.parse(context.params);
    const workflow = await readWorkflow(key);
    if (workflow === undefined || !(await spaces.isOpen(key.spaceId))) return { remove: true };
    const { enabled, valid, scheduleKeys } = workflow;
    if (!enabled || !valid || !scheduleKeys.includes(trigger) || occurrence === undefined)
      return undefined;
    const id = scheduledRunId(key, { trigger, occurrence });
    if ((await store.read(id)) !== undefined) return { state: { executionId: id } };
    const owner = { profileUid: workflow.runsAs.profileUid, isInBackground: true };
    const { concurrency } = (await stepTypes.program(workflow.yaml, owner))?.settings ?? {};
    const active = concurrency === undefined ? await this.#activeRun(workflow) : undefined;
    if (active !== undefined) {
      logger.info(
        `Workflow [${key.workflowId}] is not started: its scheduled run [${active.id}] is active`,
      );
      return undefined;
    }
    await this.#start({ id, workflow, occurrence }, logger);
    return { state: { executionId: id } };
  }

  /** An active run that a schedule of this workflow has started. `undefined`: there is none. */
  async #activeRun(workflow: StoredWorkflow): Promise<StoredRun | undefined> {
    const { store, schedules } = this.#deps;
    const tasks = (await schedules.tasksOf([workflow])).get(workflow) ?? [];
    const ids = tasks.flatMap((task) => state.parse(task.state).executionId ?? []);
    return (await store.readMany(ids)).find(({ status }) => !isFinal(status));
  }

  async #start(
    {
      id,
      workflow,
      occurrence,
    }: { readonly id: string; readonly workflow: StoredWorkflow; readonly occurrence: Date },
    logger: Logger,
  ): Promise<void> {
    const { starter } = this.#deps;
    const { spaceId, yaml, runsAs, name } = workflow;
    const timestamp = occurrence.toISOString();
    const request: NewRun = {
      id,
      spaceId,
      user: runsAs,
      yaml,
      workflowId: workflow.id,
      isTestRun: false,
      inputs: {},
      attendance: { isUnattended: true },
      triggeredBy: 'scheduled',
      event: { type: 'scheduled', timestamp, source: 'task-manager' },
    };
    try {
      await starter.start(request);
    } catch (error) {
      if (!(error instanceof WorkflowError)) return ignoreClosedSpace(error);
      logger.warn(`Workflow [${workflow.id}] cannot run on its schedule: ${error.message}`);
      await starter
        .startFailed(request, {
          workflowName: name,
          error: { type: startFailureType(error), message: error.message },
        })
        .catch(ignoreClosedSpace);
    }
  }
}

/**
 * Ignores the 404 of a space that does not exist or is being deleted, because its runs are not
 * needed.
 * @throws all other errors
 */
function ignoreClosedSpace(error: unknown): void {
  if (!(error instanceof HttpError && error.statusCode === 404)) throw error;
}

/** The task that fires a `scheduled` trigger at each of its occurrences. */
export function scheduleTaskDefinition(
  scheduledRuns: () => Promise<Pick<ScheduledRuns, 'fire'>>,
): TaskDefinition {
  return {
    type: SCHEDULE_TASK_TYPE,
    title: 'Start a workflow on its schedule',
    run: async (context): Promise<TaskRunResult | undefined> =>
      (await scheduledRuns()).fire(context),
  };
}

/** Id of the run of an occurrence. It is the same in each process and after each crash. */
function scheduledRunId(
  { spaceId, workflowId }: WorkflowKey,
  { trigger, occurrence }: { readonly trigger: string; readonly occurrence: Date },
): string {
  const parts = [spaceId, workflowId, trigger, occurrence.toISOString()];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `scheduled-${hash.slice(0, 40)}`;
}
