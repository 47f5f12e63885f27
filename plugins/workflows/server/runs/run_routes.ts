import { type Router, respond } from '@latchkey/core/server';
import {
  cancelExecution,
  cancelExecutions,
  resumeExecution,
  runWorkflow,
  testWorkflow,
} from '../../common/index.ts';
import type { RunService } from './run_service.ts';

/** Objects that the handlers of these routes call. */
export interface RunRouteServices {
  readonly runs: RunService;
}

/** Registers the routes that start, continue and end executions. */
export function registerRunRoutes(router: Router<RunRouteServices>): void {
  router.handle(runWorkflow, async (request, { runs }) =>
    respond.ok({ workflowExecutionId: await runs.run(request, request.params.id, request.body) }),
  );
  router.handle(testWorkflow, async (request, { runs }) => {
    const { workflowYaml, inputs } = request.body;
    return respond.ok({
      workflowExecutionId: await runs.test(request, { yaml: workflowYaml, inputs }),
    });
  });
  router.handle(cancelExecution, async (request, { runs }) => {
    await runs.cancel(request, request.params.id);
    return respond.noContent();
  });
  router.handle(cancelExecutions, async (request, { runs }) =>
    respond.ok({ cancelled: await runs.cancelAll(request, request.params.id) }),
  );
  router.handle(resumeExecution, async (request, { runs }) => {
    const { id } = request.params;
    const { input, stepExecutionId } = request.body;
    await runs.respond(request, id, { input, stepKey: stepExecutionId });
    return respond.ok({ success: true, executionId: id, message: 'The execution continues.' });
  });
}
