import type { Principal } from '@latchkey/core/server';
import type { ScheduledTask } from '@latchkey/task-manager-plugin/server';
import type { ScheduleTasks } from '../schedules/index.ts';
import type { CurrentValidity } from './current_validity.ts';
import type { ListedWorkflow, StoredWorkflow } from './stored_workflow.ts';
import type { WorkflowService } from './workflow_service.ts';

/** The latest execution of a workflow, as lists show it. */
export interface LatestRun {
  readonly id: string;
  readonly status: string;
  readonly createdAt: string;
  readonly finishedAt?: string | undefined;
}

/** Finds the latest execution of each workflow. Keys of the result are workflow ids. */
export type LatestRuns = (
  principal: Pick<Principal, 'spaceId' | 'user'>,
  workflowIds: readonly string[],
) => Promise<ReadonlyMap<string, LatestRun>>;

/** Tasks of the schedules, by workflow. */
export type Tasks = ReadonlyMap<ListedWorkflow, readonly ScheduledTask[]>;

/** Converts a workflow to its response body in a list, without the YAML. */
export function toListed(workflow: ListedWorkflow, tasks: Tasks) {
  const { id, name, description, enabled, tags, valid, triggerTypes, scheduleKeys } = workflow;
  const { createdAt, createdBy, lastUpdatedAt, lastUpdatedBy, runsAs, revision } = workflow;
  const next = (tasks.get(workflow) ?? []).map(({ runAt }) => runAt.toISOString()).sort()[0];
  return {
    id,
    name,
    ...(description === undefined ? {} : { description }),
    enabled,
    tags,
    valid,
    createdAt,
    createdBy,
    lastUpdatedAt,
    lastUpdatedBy,
    version: revision.version,
    triggers: triggerTypes.map((type) => ({ type })),
    ...(scheduleKeys.length === 0 ? {} : { runsAs: runsAs.username }),
    ...(next === undefined ? {} : { nextRunAt: next }),
  };
}

/** Converts a workflow to its response body in a list, with its latest execution. */
export function toFound(
  workflow: ListedWorkflow,
  {
    tasks,
    userMayRun,
    latest,
  }: {
    readonly tasks: Tasks;
    /** `undefined`: the workflow has no schedule. */
    readonly userMayRun: boolean | undefined;
    readonly latest: LatestRun | undefined;
  },
) {
  const listed = {
    ...toListed(workflow, tasks),
    ...(userMayRun === undefined ? {} : { userMayRun }),
  };
  if (latest === undefined) return listed;
  const { id, status, createdAt, finishedAt } = latest;
  const ended = finishedAt === undefined ? {} : { finishedAt };
  return { ...listed, lastExecution: { id, status, createdAt, ...ended } };
}

/**
 * Converts a workflow to its response body, with the YAML as text and as a value.
 * @param definition parsed YAML; `null`: the text is not YAML
 */
function toWorkflow(workflow: StoredWorkflow, tasks: Tasks, definition: unknown) {
  return { ...toListed(workflow, tasks), yaml: workflow.yaml, definition };
}

/** Services that {@link toBody} uses. */
interface BodyServices {
  readonly schedules: ScheduleTasks;
  readonly workflows: Pick<WorkflowService, 'read'>;
  readonly validity: CurrentValidity;
}

/**
 * Response body of one workflow. Reads the tasks and the parsed YAML that {@link toWorkflow} needs.
 * @throws WorkflowError `too_many_yaml_checks`
 */
export async function toBody(
  principal: Principal,
  workflow: StoredWorkflow,
  { schedules, workflows, validity }: BodyServices,
) {
  const definition = (await workflows.read(principal, workflow.yaml)) ?? null;
  const [current = workflow] = await validity.of(principal, [workflow]);
  return toWorkflow(current, await schedules.tasksOf([current]), definition);
}
