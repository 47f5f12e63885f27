import { HttpError, type Router, respond } from '@latchkey/core/server';
import { parseDateMath } from '@latchkey/workflow-language';
import {
  getExecution,
  getExecutionLogs,
  getStepExecution,
  getWorkflowsAttention,
  listChildExecutions,
  listExecutionSteps,
  listExecutions,
  listStepExecutions,
  searchExecutions,
  searchExecutionsAsKibana,
} from '../../../common/index.ts';
import type { RunOrder } from '../store/run_search.ts';
import { toAttention, toChild, toDetails, toListed, toLogLine, toStep } from './run_bodies.ts';
import type { ListQuery, RunPage, RunReader } from './run_reader.ts';

/** Services that the handlers of these routes call. */
export interface RunReadServices {
  readonly reader: RunReader;
}

/** Registers the routes that read executions. */
export function registerRunReadRoutes(router: Router<RunReadServices>): void {
  for (const route of [searchExecutions, searchExecutionsAsKibana])
    router.handle(route, async (request, { reader }) => {
      const { workflowId, ...query } = request.query;
      const search = { ...searchOf(query), workflowIds: workflowId };
      return respond.ok(toPage(search, await reader.list(request, search)));
    });
  router.handle(listExecutions, async (request, { reader }) => {
    const { omitStepRuns: _, ...query } = request.query;
    const search = searchOf(query);
    return respond.ok(toPage(search, await reader.listOf(request, request.params.id, search)));
  });
  router.handle(listChildExecutions, async (request, { reader }) => {
    const { page, size } = request.query;
    const found = await reader.children(request, request.params.id, { page, size });
    const results = found.runs.map((run) => toChild(run, found.canRead(run)));
    return respond.ok({ page, size, total: found.total, results });
  });
  router.handle(listStepExecutions, async (request, { reader }) => {
    const { page, size, stepId, includeInput, includeOutput } = request.query;
    const { runs, total } = await reader.stepsOfWorkflow(request, request.params.id, {
      page,
      size,
      stepId,
      values: { input: includeInput, output: includeOutput },
    });
    const results = runs.flatMap(({ run, steps, isReadable }) =>
      steps.map((step) => ({ ...toStep(run, step, isReadable), workflowExecutionId: run.id })),
    );
    return respond.ok({ page, size, total, results });
  });
  router.handle(getExecution, async (request, { reader }) => {
    const { includeInput: input, includeOutput: output, includeDefinition } = request.query;
    const shown = { input, output, hasDefinition: includeDefinition };
    return respond.ok(toDetails(await reader.get(request, request.params.id, shown)));
  });
  router.handle(listExecutionSteps, async (request, { reader }) => {
    const { page, size, includeInput: input, includeOutput: output } = request.query;
    const range = { page, size, values: { input, output } };
    const { run, steps, total, isReadable } = await reader.stepsOf(
      request,
      request.params.id,
      range,
    );
    const results = steps.map((step) => toStep(run, step, isReadable));
    return respond.ok({ page, size, total, results });
  });
  router.handle(getStepExecution, async (request, { reader }) => {
    const { id, stepExecutionId } = request.params;
    const { run, step, isReadable } = await reader.step(request, id, stepExecutionId);
    return respond.ok(toStep(run, step, isReadable));
  });
  router.handle(getExecutionLogs, async (request, { reader }) => {
    const { page, size, stepExecutionId, sortOrder: order } = request.query;
    const { id } = request.params;
    const values = { input: false, output: true };
    const found =
      stepExecutionId === undefined
        ? await reader.stepsOf(request, id, { page, size, values, order })
        : await reader.endedStep(request, id, stepExecutionId);
    const logs = found.steps.map((step) => toLogLine(found.run, step, found.isReadable));
    return respond.ok({ page, size, total: found.total, logs });
  });
  router.handle(getWorkflowsAttention, async (request, { reader }) => {
    const { waiting, total } = await reader.attention(request);
    return respond.ok({ waiting: total, results: waiting.map(toAttention) });
  });
}

/** Query parameters of all lists of executions. */
interface ListParameters
  extends Pick<ListQuery, 'page' | 'size' | 'statuses' | 'triggeredBy' | 'concurrencyGroupKey'> {
  readonly sortField: RunOrder['field'];
  readonly sortOrder: RunOrder['order'];
  readonly startedAfter?: string | undefined;
  readonly startedBefore?: string | undefined;
  readonly finishedAfter?: string | undefined;
  readonly finishedBefore?: string | undefined;
  readonly executionTypes?: readonly ('test' | 'production')[] | undefined;
  readonly executedBy?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly waitingForMe: boolean;
}

function searchOf({ executedBy, from, to, ...rest }: ListParameters): ListQuery {
  const { startedAfter, startedBefore, finishedAfter, finishedBefore, ...others } = rest;
  const { executionTypes = [], sortField, sortOrder, ...conditions } = others;
  const types = new Set(executionTypes);
  return {
    ...conditions,
    usernames: executedBy,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
    startedFrom: instantOf(startedAfter),
    startedTo: endOf(startedBefore),
    finishedFrom: instantOf(finishedAfter),
    finishedTo: endOf(finishedBefore),
    order: { field: sortField, order: sortOrder },
    isTestRun: types.size === 1 ? types.has('test') : undefined,
  };
}

/** Last instant of a date or of rounded date math: `now/d` is the whole day. */
function endOf(text: string | undefined): Date | undefined {
  const unit = text === undefined ? undefined : /\/([yMwdhHms])$/.exec(text)?.[1];
  const next = instantOf(unit === undefined ? text : `${text}+1${unit}`);
  return next === undefined || unit === undefined ? next : new Date(next.getTime() - 1);
}

/** Instant of a date or date math. @throws HttpError 400 if its year has more than four digits */
function instantOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(parseDateMath(text, Date.now()) ?? Number.NaN);
  const year = date.getUTCFullYear();
  if (year >= 0 && year <= 9_999) return date;
  throw new HttpError(400, `The date [${text}] is not between the years 0 and 9999.`);
}

function toPage({ page, size }: ListQuery, { runs, total, canRead }: RunPage) {
  return { page, size, total, results: runs.map((run) => toListed(run, canRead(run))) };
}
