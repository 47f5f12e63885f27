import { parseWorkflowDocument } from '../document/parse_document.ts';
import { type ConnectorReference, connectorReferencesOf } from './connector_references.ts';
import {
  type ValidationContext,
  type ValidationResult,
  validateParsed,
} from './validate_workflow.ts';
import { fixedWorkflowReferences } from './workflow_references.ts';

/** A checked text, and what its steps refer to. */
export interface WorkflowAnalysis extends ValidationResult {
  /** The connectors of the steps, in the order of the text. */
  readonly connectors: readonly ConnectorReference[];
  /** Ids and names of the workflows that the steps start, each once. */
  readonly workflows: readonly string[];
}

/** Checks the YAML text of a workflow and finds its references. Reads the text once. */
export function analyzeWorkflow(text: string, context: ValidationContext): WorkflowAnalysis {
  const parsed = parseWorkflowDocument(text);
  return {
    ...validateParsed(parsed, context),
    connectors: connectorReferencesOf(parsed, context.registry),
    workflows: fixedWorkflowReferences(parsed.value, context.registry),
  };
}
