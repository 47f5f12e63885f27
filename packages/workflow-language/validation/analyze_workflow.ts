import { parseWorkflowDocument } from '../document/parse_document.ts';
import { type ConnectorReference, connectorReferencesOf } from './connector_references.ts';
import {
  type ValidationContext,
  type ValidationResult,
  validateParsed,
} from './validate_workflow.ts';
import { fixedWorkflowReferences } from './workflow_references.ts';

/** Result of checking a text, with the connectors and workflows that its steps use. */
export interface WorkflowAnalysis extends ValidationResult {
  /** The connectors of the steps, in the order of the text. */
  readonly connectors: readonly ConnectorReference[];
  /** Ids and names of the workflows that the steps start, without repetition. */
  readonly workflows: readonly string[];
}

/**
 * Checks the YAML text of a workflow and finds the connectors and workflows that it uses. Parses
 * the text once.
 */
export function analyzeWorkflow(text: string, context: ValidationContext): WorkflowAnalysis {
  const parsed = parseWorkflowDocument(text);
  return {
    ...validateParsed(parsed, context),
    connectors: connectorReferencesOf(parsed, context.registry),
    workflows: fixedWorkflowReferences(parsed.value, context.registry),
  };
}
