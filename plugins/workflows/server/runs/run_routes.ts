import { type Router, respond } from '@latchkey/core/server';
import {
  cancelExecution,
  getExecution,
  listExecutions,
  resumeExecution,
  runWorkflow,
  testWorkflow,
} from '../../common/index.ts';
import type { RunDetails, RunService } from './run_service.ts';
import type { StoredRun } from './run_store.ts';

/** Objects that the handlers of the execution routes call. */
export interface RunRouteServices {
  readonly runs: RunService;
}

/** Registers the routes of executions. */
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
  router.handle(listExecutions, async (request, { runs }) => {
    const { page, size } = request.query;
    const found = await runs.list(request, request.params.id, { page, size });
    return respond.ok({
      page,
      size,
      total: found.total,
      results: found.runs.map((run) => toListed(run, run.profileUid === request.user?.profileUid)),
    });
  });
  router.handle(getExecution, async (request, { runs }) =>
    respond.ok(toBody(await runs.get(request, request.params.id))),
  );
  router.handle(cancelExecution, async (request, { runs }) => {
    await runs.cancel(request, request.params.id);
    return respond.noContent();
  });
  router.handle(resumeExecution, async (request, { runs }) => {
    const { id } = request.params;
    const { input, stepExecutionId } = request.body;
    await runs.respond(request, id, { input, stepKey: stepExecutionId });
    return respond.ok({ success: true, executionId: id, message: 'The execution continues.' });
  });
}

function toListed(run: StoredRun, isOwn: boolean) {
  const { id, workflowId, workflowName, spaceId, status, isTestRun } = run;
  const { triggeredBy, username, createdAt, finishedAt, error } = run;
  return {
    id,
    ...(workflowId === undefined ? {} : { workflowId }),
    workflowName,
    spaceId,
    status,
    isTestRun,
    triggeredBy,
    executedBy: username,
    createdAt,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(error === undefined ? {} : { error: isOwn ? error : withoutText(error) }),
  };
}

/** An error for other users: its message may contain data that only its user may see. */
function withoutText({ type }: { readonly type: string }) {
  return { type, message: 'Only the user of the execution can read the message.' };
}

function toBody({ run, steps, isOwn }: RunDetails) {
  return {
    ...toListed(run, isOwn),
    ...(isOwn
      ? { input: run.inputs, ...(run.output === undefined ? {} : { output: run.output }) }
      : {}),
    waits: (run.waits ?? []).map(({ kind, stepKey, wakeAt, connectorId }) => ({
      kind,
      stepExecutionId: stepKey,
      ...(wakeAt === undefined ? {} : { until: new Date(wakeAt).toISOString() }),
      ...(connectorId === undefined ? {} : { connectorId }),
    })),
    stepExecutions: steps.map(
      ({ key, name, type, status, scopes, startedAt, finishedAt, ...rest }) => ({
        id: key,
        stepId: name,
        stepType: type,
        status,
        scopeStack: scopes.map((scope) => ({ ...scope })),
        startedAt,
        finishedAt,
        ...(rest.error === undefined
          ? {}
          : { error: isOwn ? rest.error : withoutText(rest.error) }),
        ...(isOwn && rest.input !== undefined ? { input: rest.input } : {}),
        ...(isOwn && rest.output !== undefined ? { output: rest.output } : {}),
      }),
    ),
  };
}
