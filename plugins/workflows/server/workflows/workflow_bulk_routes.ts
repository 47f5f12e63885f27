import { HttpError, type Logger, type Router, respond } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import {
  cloneWorkflow as cloneRoute,
  createWorkflows,
  deleteWorkflows,
  exportWorkflows,
  getWorkflows,
  setWorkflowsEnabled,
  WORKFLOW_FIELDS,
  WORKFLOW_PRIVILEGES,
} from '../../common/index.ts';
import type { ScheduleTasks } from '../schedules/index.ts';
import type { CurrentValidity } from './current_validity.ts';
import { findWorkflows } from './found_workflows.ts';
import { toBody, toListed } from './workflow_body.ts';
import {
  type BulkFailure,
  cloneWorkflow,
  createMany,
  deleteMany,
  exportMany,
  setEnabledMany,
} from './workflow_bulk.ts';
import type { WorkflowService } from './workflow_service.ts';

/** Services that the handlers of these routes call. */
export interface WorkflowBulkRouteServices {
  readonly workflows: WorkflowService;
  readonly schedules: ScheduleTasks;
  readonly validity: CurrentValidity;
  readonly security: Pick<SecurityStart, 'missingPrivileges'>;
  readonly logger: Logger;
}

/** Registers the routes that create, read, copy, export and delete many workflows. */
export function registerWorkflowBulkRoutes(router: Router<WorkflowBulkRouteServices>): void {
  router.handle(createWorkflows, async (request, services) => {
    const { schedules, security } = services;
    const { overwrite } = request.query;
    const needed = overwrite ? [WORKFLOW_PRIVILEGES.update] : [];
    const missing = await security.missingPrivileges(request, needed);
    if (missing.length > 0)
      throw new HttpError(403, 'Replacing workflows needs the privilege to update workflows.');
    const { workflows = [], entries = workflows } = request.body;
    const results = await createMany(services, request, { items: entries, overwrite });
    const tasks = await schedules.tasksOf(results.created);
    return respond.ok({
      created: results.created.map((each) => toListed(each, tasks)),
      failed: results.failed.map(({ index, id, error: { code, message } }) => ({
        index,
        ...(id === undefined ? {} : { id }),
        code,
        error: message,
      })),
    });
  });
  router.handle(deleteWorkflows, async (request, services) => {
    const { ids } = request.body;
    const { deleted, failures } = await deleteMany(services, request, ids);
    return respond.ok({
      total: new Set(ids).size,
      deleted,
      failures: failures.map(toFailure),
    });
  });
  router.handle(setWorkflowsEnabled, async (request, services) => {
    const { ids, enabled } = request.body;
    const { changed, failures } = await setEnabledMany(services, request, { ids, enabled });
    return respond.ok({
      total: new Set(ids).size,
      changed,
      failures: failures.map(toFailure),
    });
  });
  router.handle(getWorkflows, async (request, services) => {
    const { ids, source } = request.body;
    const isWanted = new Set<string>(source ?? WORKFLOW_FIELDS);
    const hasDefinitions = isWanted.has('definition');
    const hasTexts = hasDefinitions || isWanted.has('yaml');
    const found = await findWorkflows(services, request, { ids, hasTexts, hasDefinitions });
    return respond.ok(
      source === undefined ? found : found.map((workflow) => only(isWanted, workflow)),
    );
  });
  router.handle(cloneRoute, async (request, services) => {
    const copy = await cloneWorkflow(services.workflows, request, request.params.id);
    return respond.ok(await toBody(request, copy, services));
  });
  router.handle(exportWorkflows, async (request, { workflows }) => {
    const found = await exportMany(workflows, request, request.body.ids);
    const exportedAt = new Date().toISOString();
    const manifest = { version: '1' as const, exportedAt, exportedCount: found.length };
    return respond.ok({ entries: [...found], manifest });
  });
}

function toFailure({ id, error: { code, message } }: BulkFailure) {
  return { id, code, error: message };
}

/** Copy of a workflow with its id and the wanted members. */
function only<T extends { readonly id: string }>(wanted: ReadonlySet<string>, workflow: T) {
  const members = Object.entries(workflow).filter(([key]) => wanted.has(key));
  return { ...Object.fromEntries(members), id: workflow.id };
}
