import { type Router, respond } from '@latchkey/core/server';
import type { ScheduledTask } from '@latchkey/task-manager-plugin/server';
import { workflowDocument } from '@latchkey/workflow-language';
import {
  createWorkflow,
  deleteWorkflow,
  getWorkflow,
  listWorkflows,
  updateWorkflow,
  validateWorkflowYaml,
} from '../../common/index.ts';
import type { ScheduleTasks } from '../schedules/index.ts';
import type { StoredWorkflow, WorkflowService } from './workflow_service.ts';

/** Objects that the handlers of the workflow routes call. */
export interface WorkflowRouteServices {
  readonly workflows: WorkflowService;
  readonly schedules: ScheduleTasks;
}

/** Registers the routes of workflows. */
export function registerWorkflowRoutes(router: Router<WorkflowRouteServices>): void {
  router.handle(validateWorkflowYaml, async (request, { workflows }) => {
    const { valid, truncated, diagnostics } = await workflows.validate(request, request.body.yaml);
    return respond.ok({
      valid,
      truncated,
      diagnostics: diagnostics.map(({ path, ...rest }) => ({ ...rest, path: [...path] })),
    });
  });
  router.handle(listWorkflows, async (request, { workflows, schedules }) => {
    const { page, size } = request.query;
    const found = await workflows.list(request, { page, size });
    const tasks = await schedules.tasksOf(found.workflows);
    const results = found.workflows.map((each) => toListed(each, tasks.get(each)));
    return respond.ok({ page, size, total: found.total, results });
  });
  router.handle(createWorkflow, async (request, { workflows, schedules }) =>
    respond.ok(await toBody(await workflows.create(request, request.body), schedules)),
  );
  router.handle(getWorkflow, async (request, { workflows, schedules }) =>
    respond.ok(await toBody(await workflows.get(request, request.params.id), schedules)),
  );
  router.handle(updateWorkflow, async (request, { workflows, schedules }) => {
    const { params, body } = request;
    return respond.ok(await toBody(await workflows.update(request, params.id, body), schedules));
  });
  router.handle(deleteWorkflow, async (request, { workflows }) => {
    await workflows.delete(request, request.params.id);
    return respond.noContent();
  });
}

function toListed(
  { yaml: _, spaceId: __, scheduleKeys, runsAs, triggerTypes, ...workflow }: StoredWorkflow,
  tasks: readonly ScheduledTask[] = [],
) {
  const { updatedAt, updatedBy, tags, ...rest } = workflow;
  const next = tasks.map(({ runAt }) => runAt.toISOString()).sort()[0];
  return {
    ...rest,
    tags: [...tags],
    triggers: triggerTypes.map((type) => ({ type })),
    ...(scheduleKeys.length === 0 ? {} : { runsAs: runsAs.username }),
    ...(next === undefined ? {} : { nextRunAt: next }),
    lastUpdatedAt: updatedAt,
    lastUpdatedBy: updatedBy,
  };
}

async function toBody(workflow: StoredWorkflow, schedules: ScheduleTasks) {
  const { yaml } = workflow;
  const tasks = await schedules.tasksOf([workflow]);
  return {
    ...toListed(workflow, tasks.get(workflow)),
    yaml,
    definition: workflowDocument(yaml),
  };
}
