import { validateAuthorSchema } from '../schema/author_schema.ts';
import type { JsonSchema } from '../schema/json_schema.ts';
import { templateForm } from '../templates/template_form.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { checkTextKinds } from './check_value_kinds.ts';
import type { Findings } from './diagnostic.ts';
import type { StepNode } from './step_tree.ts';

const hasTemplate = (text: string): boolean => templateForm(text).kind !== 'plain';

/**
 * Compares the outputs of a `workflow.output` step with the declared outputs of the workflow. An
 * undeclared output is only a warning, because a run keeps it.
 * @param declared declared outputs; `undefined`: the workflow declares none
 */
export function checkOutputs(
  { step, stepType, path }: StepNode,
  declared: JsonSchema | undefined,
  findings: Findings,
): void {
  const status = ownProperty(step, 'status') ?? 'completed';
  if (stepType?.type !== 'workflow.output' || declared === undefined) return;
  const values = ownProperty(step, 'with') ?? {};
  if (status !== 'completed' || !isRecord(values)) return;
  for (const issue of validateAuthorSchema(declared, values, hasTemplate)) {
    const issuePath = [...path, 'with', ...issue.path];
    if (issue.kind === 'unknown_key') {
      const message = `The workflow declares no output \`${String(issue.path.at(-1))}\`.`;
      findings.warning('invalidWorkflowOutput', { path: issuePath, at: 'key', message });
    } else {
      findings.error('invalidWorkflowOutput', {
        path: issuePath,
        message: issue.message,
        fault: issue.fault,
      });
    }
  }
  const given = { schema: declared, value: values, path: [...path, 'with'] };
  checkTextKinds(given, 'invalidWorkflowOutput', findings);
}
