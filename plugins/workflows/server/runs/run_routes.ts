import { type Router, respond } from '@latchkey/core/server';
import { documentText } from '@latchkey/workflow-language';
import {
  cancelExecution,
  cancelExecutions,
  exportFixture,
  resumeExecution,
  resumeExecutionAsBefore,
  retryExecution,
  runWorkflow,
  testStep,
  testWorkflow,
} from '../../common/index.ts';
import type { RunFixtures } from './reading/run_fixtures.ts';
import type { RunRetries } from './run_retries.ts';
import type { RunService } from './run_service.ts';

/** Services that the handlers of these routes call. */
export interface RunRouteServices {
  readonly runs: RunService;
  readonly retries: RunRetries;
  readonly fixtures: RunFixtures;
}

/** Registers the routes that start, continue and end executions. */
export function registerRunRoutes(router: Router<RunRouteServices>): void {
  router.handle(runWorkflow, async (request, { runs }) => {
    const { inputs, metadata, dryRun: isDryRun, idempotencyKey } = request.body;
    const run = { inputs, metadata, isDryRun, idempotencyKey };
    return respond.ok({ workflowExecutionId: await runs.run(request, request.params.id, run) });
  });
  router.handle(testWorkflow, async (request, { runs }) => {
    const { inputs, dryRun: isDryRun, idempotencyKey } = request.body;
    const run = { inputs, isDryRun, idempotencyKey };
    return respond.ok({
      workflowExecutionId: await runs.test(request, sourceOf(request.body), run),
    });
  });
  router.handle(testStep, async (request, { runs }) => {
    const { stepId, contextOverride, executionContext } = request.body;
    const { dryRun: isDryRun, idempotencyKey } = request.body;
    const {
      inputs = executionContext.inputs,
      event = executionContext.event,
      ...context
    } = contextOverride;
    const run = {
      inputs: inputs ?? {},
      ...(event === undefined ? {} : { event }),
      tested: { stepId, context },
    };
    const options = { ...run, isDryRun, idempotencyKey };
    return respond.ok({
      workflowExecutionId: await runs.test(request, sourceOf(request.body), options),
    });
  });
  router.handle(retryExecution, async (request, { retries }) =>
    respond.ok({
      workflowExecutionId: await retries.retry(request, request.params.id, request.body),
    }),
  );
  router.handle(exportFixture, async (request, { fixtures }) => {
    const fixture = await fixtures.export(request, request.params.id);
    if (request.query.format === 'json') return respond.ok(fixture);
    const headers = { 'content-type': 'application/yaml; charset=utf-8' };
    return respond.ok(documentText(fixture), { headers });
  });
  router.handle(cancelExecution, async (request, { runs }) => {
    await runs.cancel(request, request.params.id);
    return respond.ok(undefined);
  });
  router.handle(cancelExecutions, async (request, { runs }) =>
    respond.ok({ cancelled: await runs.cancelAll(request, request.params.id) }),
  );
  router.handle(resumeExecution, async (request, { runs }) => {
    const { id } = request.params;
    const { input, stepExecutionId } = request.body;
    await runs.respond(request, id, { input, stepKey: stepExecutionId });
    return respond.ok(resumedBody(id));
  });
  router.handle(resumeExecutionAsBefore, async (request, { runs }) => {
    const { id } = request.params;
    await runs.respond(request, id, { input: request.body });
    return respond.ok(resumedBody(id));
  });
}

/** The workflow of a test. The schema of the routes requires one of both. */
function sourceOf(body: {
  readonly workflowYaml?: string | undefined;
  readonly workflowId?: string | undefined;
}) {
  const { workflowYaml: yaml, workflowId = '' } = body;
  return yaml === undefined ? { workflowId } : { yaml };
}

function resumedBody(executionId: string) {
  return { success: true, executionId, message: 'The execution continues.' };
}
