import { StepFailure, TEMPLATE_PROCESS_FAILED } from '@latchkey/workflow-engine';
import { TemplateError } from '@latchkey/workflow-language';

/**
 * Message of the error if a template failed. `undefined`: something else failed, such as the
 * process that renders the template.
 */
export function templateFault(error: unknown): string | undefined {
  if (error instanceof TemplateError) return error.message;
  const isOfStep = error instanceof StepFailure && error.error.type !== TEMPLATE_PROCESS_FAILED;
  return isOfStep ? error.message : undefined;
}
