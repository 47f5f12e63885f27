import { type Principal, type Router, respond } from '@latchkey/core/server';
import type { Diagnostic } from '@latchkey/workflow-language';
import {
  createWorkflow,
  deleteWorkflow,
  getWorkflow,
  listWorkflows,
  updateWorkflow,
  validateWorkflowYaml,
} from '../../common/index.ts';
import type { ScheduleTasks } from '../schedules/index.ts';
import type { CurrentValidity } from './current_validity.ts';
import type { ScheduledUsers } from './scheduled_users.ts';
import { type LatestRuns, toBody, toFound } from './workflow_body.ts';
import type { WorkflowSearch } from './workflow_search.ts';
import type { WorkflowService } from './workflow_service.ts';

/** Services that the handlers of these routes call. */
export interface WorkflowRouteServices {
  readonly workflows: WorkflowService;
  readonly schedules: ScheduleTasks;
  readonly search: WorkflowSearch;
  readonly latestRuns: LatestRuns;
  readonly validity: CurrentValidity;
  readonly scheduledUsers: ScheduledUsers;
}

/** Registers the routes for single workflows and for the list of workflows. */
export function registerWorkflowRoutes(router: Router<WorkflowRouteServices>): void {
  router.handle(validateWorkflowYaml, async (request, { workflows }) => {
    const { valid, truncated, diagnostics } = await workflows.validate(request, request.body.yaml);
    return respond.ok({
      valid,
      truncated,
      diagnostics: diagnostics.map(toBodyOfDiagnostic),
    });
  });
  router.handle(listWorkflows, async (request, services) => {
    const { search, schedules, scheduledUsers, latestRuns, validity } = services;
    const { page, size, managed, enabled = [], ...query } = request.query;
    if (managed === 'managed') return respond.ok({ page, size, total: 0, results: [] });
    const states = new Set(enabled);
    const { workflows: found, total } = await search.list(request, {
      ...query,
      page,
      size,
      enabled: states.size === 1 ? states.has(true) : undefined,
      sort: query.sort ?? query.sortField ?? 'name',
      order: query.order ?? query.sortOrder,
    });
    const workflows = await validity.of(request, found);
    const ids = workflows.map(({ id }) => id);
    const [tasks, mayRun, runs] = await Promise.all([
      schedules.tasksOf(workflows),
      scheduledUsers.mayRunEach(workflows),
      latestRuns(request, ids),
    ]);
    const results = workflows.map((each) =>
      toFound(each, { tasks, userMayRun: mayRun.get(each), latest: runs.get(each.id) }),
    );
    return respond.ok({ page, size, total, results });
  });
  router.handle(createWorkflow, async (request, services) => {
    const created = await services.workflows.create(request, request.body);
    return respond.ok(await toBody(request, created, services));
  });
  router.handle(getWorkflow, async (request, services) => {
    const found = await services.workflows.get(request, request.params.id);
    return respond.ok(await toBody(request, found, services));
  });
  router.handle(updateWorkflow, async (request, services) => {
    const { params, body } = request;
    const updated = await services.workflows.update(request, params.id, body);
    const changed = await toBody(request, updated, services);
    const validationErrors = changed.valid ? [] : await errorsOf(request, updated.yaml, services);
    return respond.ok({ ...changed, validationErrors });
  });
  router.handle(deleteWorkflow, async (request, { workflows }) => {
    await workflows.delete(request, request.params.id);
    return respond.ok(undefined);
  });
}

/** Messages of the errors in the YAML of a workflow, without warnings. */
async function errorsOf(
  principal: Principal,
  yaml: string,
  { workflows }: Pick<WorkflowRouteServices, 'workflows'>,
): Promise<string[]> {
  const { diagnostics } = await workflows.validate(principal, yaml);
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

function toBodyOfDiagnostic({ path, fault, ...rest }: Diagnostic) {
  const found = { ...rest, path: [...path] };
  if (fault === undefined) return found;
  const { id, values, forms } = fault;
  const all = forms === undefined ? {} : { forms: [...forms] };
  return { ...found, fault: { id, values, ...all } };
}
