import { type ParsedDocument, parseWorkflowDocument } from '../document/parse_document.ts';
import type { StepRegistry } from '../steps/step_registry.ts';
import { templateForm } from '../templates/template_form.ts';
import { ownProperty } from '../values/read_path.ts';
import { isPlaceholder } from './placeholder.ts';
import { buildStepTree, flattenSteps, type StepNode } from './step_tree.ts';

/**
 * How a step names its connector. `absent`: it does not; `placeholder`: a text that the user has to
 * replace; `computed`: a template; `fixed`: an id or name.
 */
export type ReferenceKind = 'absent' | 'placeholder' | 'computed' | 'fixed';

/** The connector of a step, as the text of the workflow names it. */
export interface ConnectorReference {
  /** Name of the step. Empty: the step has none. */
  readonly stepId: string;
  /** Line of `connector-id`, from 1. If the step has none: line of the step. */
  readonly line: number;
  /** Text of `connector-id`. Empty: the step has none. */
  readonly reference: string;
  readonly kind: ReferenceKind;
  /** Id of the connector type that the step needs, such as `.google_drive`. */
  readonly connectorTypeId: string;
  /** Name of the connector's action. Absent: the step type is `http`. */
  readonly action?: string;
}

/**
 * Connectors that the steps of a text use, in the order of the text. Empty if the text is not YAML.
 */
export function connectorReferences(
  text: string,
  registry: StepRegistry,
): readonly ConnectorReference[] {
  return connectorReferencesOf(parseWorkflowDocument(text), registry);
}

/** Like {@link connectorReferences}, for a text that is already parsed. */
export function connectorReferencesOf(
  { value, positions, problems }: ParsedDocument,
  registry: StepRegistry,
): readonly ConnectorReference[] {
  if (problems.length > 0) return [];
  const found = flattenSteps(buildStepTree(value, registry)).flatMap((node) => {
    const { stepType, name = '', path } = node;
    const read = readReference(node);
    // `http` works without a connector.
    if (read === undefined || (read.kind === 'absent' && stepType?.type === 'http')) return [];
    const { line } = positions.ofValue([...path, 'connector-id']);
    const action = stepType?.action;
    return [{ stepId: name, line, ...read, ...(action === undefined ? {} : { action }) }];
  });
  return found.toSorted((one, other) => one.line - other.line);
}

/**
 * Reads `connector-id` of a step. `undefined`: the step uses no connector, or the value is not
 * text.
 */
export function readReference({
  step,
  stepType,
}: Pick<StepNode, 'step' | 'stepType'>):
  | Pick<ConnectorReference, 'reference' | 'kind' | 'connectorTypeId'>
  | undefined {
  const connectorTypeId = stepType?.connectorTypeId;
  if (connectorTypeId === undefined) return undefined;
  const id = ownProperty(step, 'connector-id');
  if (id === undefined) return { reference: '', kind: 'absent', connectorTypeId };
  if (typeof id !== 'string' || id === '') return undefined;
  return { reference: id, kind: kindOf(id), connectorTypeId };
}

function kindOf(id: string): ReferenceKind {
  if (isPlaceholder(id)) return 'placeholder';
  return templateForm(id).kind === 'plain' ? 'fixed' : 'computed';
}
