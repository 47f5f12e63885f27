import {
  analyzeWorkflow,
  editWorkflowDocument,
  type KnownConnector,
  type KnownWorkflow,
  type StepRegistry,
  type WorkflowAnalysis,
  type WorkflowEdits,
  workflowDocument,
} from '@latchkey/workflow-language';

/** Edits of the text of a workflow, and the objects that its check looks up. */
export interface AnalysisOptions {
  /** Changes of the text before it is checked. */
  readonly edits?: WorkflowEdits;
  /** Connectors that the author may use. Absent: connectors are not checked. */
  readonly connectors?: readonly KnownConnector[] | undefined;
  /** Workflows that the steps start. Absent: they are not checked. */
  readonly workflows?: readonly KnownWorkflow[] | undefined;
}

/** The result for a text that was edited and checked. */
export interface AnalyzedText extends WorkflowAnalysis {
  readonly yaml: string;
}

/**
 * A request to read, or to edit and check, the YAML of a workflow. It is also the message that is
 * sent to processes.
 */
export type DocumentRequest =
  | { readonly kind: 'read'; readonly yaml: string }
  | ({ readonly kind: 'analyze'; readonly yaml: string } & AnalysisOptions);

/** Result of a {@link DocumentRequest}. */
export type DocumentResult =
  /** `document` is the parsed value; `undefined`: the text is not YAML. */
  | { readonly kind: 'read'; readonly document: unknown }
  /** `text` is `undefined` if an edit is not possible. */
  | { readonly kind: 'analyze'; readonly text: AnalyzedText | undefined };

/**
 * Reads, or edits and checks, a text. Can take seconds for a large text. Never throws because of a
 * text.
 */
export function workOn(request: DocumentRequest, registry: () => StepRegistry): DocumentResult {
  if (request.kind === 'read') return { kind: 'read', document: workflowDocument(request.yaml) };
  const { edits = {}, connectors, workflows } = request;
  const yaml = editWorkflowDocument(request.yaml, edits);
  if (yaml === undefined) return { kind: 'analyze', text: undefined };
  const context = {
    registry: registry(),
    ...(connectors === undefined ? {} : { connectors }),
    ...(workflows === undefined ? {} : { workflows }),
  };
  return { kind: 'analyze', text: { yaml, ...analyzeWorkflow(yaml, context) } };
}
