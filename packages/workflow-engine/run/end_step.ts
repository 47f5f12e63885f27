import { isRecord } from '@latchkey/workflow-language';
import type { StepError } from '../failures/step_failure.ts';
import type { StepOf } from './flow_steps.ts';
import type { RunContext } from './run_context.ts';
import type { Flow } from './run_outcome.ts';
import type { StepPlace } from './scope.ts';
import { asJson } from './step_output.ts';

/** Ends the run: `workflow.output` with outputs, `workflow.fail` with an error. */
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
  const { status } = step.body;
  const output = step.type === 'workflow.output' ? values : undefined;
  const error = status === 'failed' ? errorOf(values) : undefined;
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

function errorOf(values: Readonly<Record<string, unknown>>): StepError {
  const text = values['message'] ?? values['reason'];
  const message = typeof text === 'string' ? text : 'The workflow ended as failed.';
  return { type: 'WorkflowFailed', message };
}
