import { isRecord, type JsonSchema, validateAuthorSchema } from '@latchkey/workflow-language';
import type { StepError } from '../failures/step_failure.ts';
import type { StepOf } from './flow_steps.ts';
import type { RunContext } from './run_context.ts';
import type { Flow } from './run_outcome.ts';
import type { StepPlace } from './scope.ts';
import { asJson } from './step_output.ts';

/** Ends the run: `workflow.output` sets outputs, `workflow.fail` an error. */
export async function runEnd(
  run: RunContext,
  step: StepOf<'end'>,
  { scope, key }: StepPlace,
): Promise<Flow> {
  const startedAt = run.now();
  const values = await run.decideLater(`${key}?end`, async () => {
    const rendered = asJson(await run.render(step.keys['with'] ?? {}, scope));
    return isRecord(rendered) ? rendered : {};
  });
  const output = step.type === 'workflow.output' ? values : undefined;
  const fault = step.body.status === 'completed' ? faultOf(values, run.program.outputs) : undefined;
  const status = fault === undefined ? step.body.status : 'failed';
  const error = fault ?? (status === 'failed' ? errorOf(values) : undefined);
  if (run.ports.journal.find(key) === undefined)
    run.record(
      step,
      { scope, key },
      { status: error === undefined ? 'completed' : 'failed', startedAt, output, error },
    );
  return {
    status,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error, failedStep: step.name }),
  };
}

/** Reason why values do not match the declared outputs. `undefined`: they match. */
function faultOf(
  values: Readonly<Record<string, unknown>>,
  declared: JsonSchema | undefined,
): StepError | undefined {
  if (declared === undefined) return undefined;
  const [issue] = validateAuthorSchema(declared, values);
  if (issue === undefined) return undefined;
  const place = ['outputs', ...issue.path].join('.');
  const message = `The outputs do not fit the \`outputs\` of the workflow: ${place}: ${issue.message}`;
  return { type: 'InvalidWorkflowOutput', message };
}

function errorOf(values: Readonly<Record<string, unknown>>): StepError {
  const text = values['message'] ?? values['reason'];
  const message = typeof text === 'string' ? text : 'The workflow ended as failed.';
  return { type: 'WorkflowFailed', message };
}
