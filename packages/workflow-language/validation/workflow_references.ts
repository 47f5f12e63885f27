import type { StepRegistry } from '../steps/step_registry.ts';
import { templateForm } from '../templates/template_form.ts';
import { ownProperty } from '../values/read_path.ts';
import { isPlaceholder } from './placeholder.ts';
import { buildStepTree, flattenSteps, type StepNode } from './step_tree.ts';

/** The workflow that a step starts, as the text names it. */
export interface WorkflowReference {
  /** Text of `workflow-id`. */
  readonly reference: string;
  /**
   * `placeholder`: a text that the user has to replace; `computed`: a template; `fixed`: an id or
   * name.
   */
  readonly kind: 'placeholder' | 'computed' | 'fixed';
}

/** Ids and names of the workflows that the steps of a document start, without repetition. */
export function fixedWorkflowReferences(
  document: unknown,
  registry: StepRegistry,
): readonly string[] {
  const found = flattenSteps(buildStepTree(document, registry)).flatMap((node) => {
    const read = readWorkflowReference(node);
    return read?.kind === 'fixed' ? [read.reference] : [];
  });
  return [...new Set(found)];
}

/**
 * Reads `workflow-id` of a step. `undefined`: the step starts no workflow, or the value is not
 * text.
 */
export function readWorkflowReference({
  step,
  stepType,
}: Pick<StepNode, 'step' | 'stepType'>): WorkflowReference | undefined {
  if (stepType?.type !== 'workflow.execute' && stepType?.type !== 'workflow.executeAsync')
    return undefined;
  const reference = ownProperty(ownProperty(step, 'with'), 'workflow-id');
  if (typeof reference !== 'string' || reference === '') return undefined;
  if (isPlaceholder(reference)) return { reference, kind: 'placeholder' };
  return { reference, kind: templateForm(reference).kind === 'plain' ? 'fixed' : 'computed' };
}
