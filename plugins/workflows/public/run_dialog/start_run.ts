import type { HttpClient } from '@latchkey/core/public';
import { runWorkflow, testStep, testWorkflow } from '../../common/index.ts';
import { type StepForm, stepContext } from './step_form.ts';

/** The workflow to run: a stored one, the YAML of an editor, or one step of such a YAML. */
export type RunSource =
  | { readonly kind: 'stored'; readonly workflowId: string }
  | { readonly kind: 'yaml'; readonly yaml: string }
  | { readonly kind: 'step'; readonly yaml: string; readonly stepId: string };

/** Entries of the dialog with which a run starts. */
export interface RunRequest {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly isDryRun: boolean;
  /** Same for all attempts of one dialog, so that they start one run. */
  readonly idempotencyKey: string;
  /** The only step that is executed. `undefined`: all are. */
  readonly step: StepForm | undefined;
}

/** Starts a run. The inputs of the run of a step replace the values that the step reads. */
export async function startRun(
  http: HttpClient,
  source: RunSource,
  { isDryRun: dryRun, idempotencyKey, step, ...request }: RunRequest,
): Promise<{ readonly workflowExecutionId: string }> {
  const inputs = { ...request.inputs };
  const options = { dryRun, idempotencyKey };
  switch (source.kind) {
    case 'yaml':
      return http.call(testWorkflow, { body: { workflowYaml: source.yaml, inputs, ...options } });
    case 'step': {
      const { yaml: workflowYaml, stepId } = source;
      const contextOverride = stepContext(inputs, step?.paths ?? new Map());
      return http.call(testStep, { body: { workflowYaml, stepId, contextOverride, ...options } });
    }
    default:
      return http.call(runWorkflow, {
        params: { id: source.workflowId },
        body: { inputs, ...options },
      });
  }
}
