import { parseWorkflowDocument } from '../document/parse_document.ts';
import { type ConnectorReference, connectorReferencesOf } from './connector_references.ts';
import {
  type ValidationContext,
  type ValidationResult,
  validateParsed,
} from './validate_workflow.ts';

/** A checked text, and what its steps refer to. */
export interface WorkflowAnalysis extends ValidationResult {
  /** The connectors of the steps, in the order of the text. */
  readonly connectors: readonly ConnectorReference[];
}

/** Checks the YAML text of a workflow and finds its references. Reads the text once. */
export function analyzeWorkflow(text: string, context: ValidationContext): WorkflowAnalysis {
  const parsed = parseWorkflowDocument(text);
  return {
    ...validateParsed(parsed, context),
    connectors: connectorReferencesOf(parsed, context.registry),
  };
}
