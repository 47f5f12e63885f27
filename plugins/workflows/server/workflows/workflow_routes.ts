import { type Router, respond } from '@latchkey/core/server';
import { workflowDocument } from '@latchkey/workflow-language';
import {
  createWorkflow,
  deleteWorkflow,
  getWorkflow,
  listWorkflows,
  updateWorkflow,
  validateWorkflowYaml,
} from '../../common/index.ts';
import type { StoredWorkflow, WorkflowService } from './workflow_service.ts';

/** Objects that the handlers of the workflow routes call. */
export interface WorkflowRouteServices {
  readonly workflows: WorkflowService;
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
  router.handle(listWorkflows, async (request, { workflows }) => {
    const { page, size } = request.query;
    const found = await workflows.list(request, { page, size });
    return respond.ok({ page, size, total: found.total, results: found.workflows.map(toListed) });
  });
  router.handle(createWorkflow, async (request, { workflows }) =>
    respond.ok(toBody(await workflows.create(request, request.body))),
  );
  router.handle(getWorkflow, async (request, { workflows }) =>
    respond.ok(toBody(await workflows.get(request, request.params.id))),
  );
  router.handle(updateWorkflow, async (request, { workflows }) =>
    respond.ok(toBody(await workflows.update(request, request.params.id, request.body))),
  );
  router.handle(deleteWorkflow, async (request, { workflows }) => {
    await workflows.delete(request, request.params.id);
    return respond.noContent();
  });
}

function toListed({ yaml: _, spaceId: __, updatedAt, updatedBy, tags, ...rest }: StoredWorkflow) {
  return { ...rest, tags: [...tags], lastUpdatedAt: updatedAt, lastUpdatedBy: updatedBy };
}

function toBody(workflow: StoredWorkflow) {
  const { yaml } = workflow;
  return { ...toListed(workflow), yaml, definition: workflowDocument(yaml) };
}
