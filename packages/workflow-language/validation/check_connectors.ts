import { templateForm } from '../templates/template_form.ts';
import { ownProperty } from '../values/read_path.ts';
import type { Findings } from './diagnostic.ts';
import type { StepNode } from './step_tree.ts';

/** A connector that the author of a workflow may use. */
export interface KnownConnector {
  readonly id: string;
  readonly name: string;
  /** Id of the connector type with its dot, such as `.google_drive`. */
  readonly connectorTypeId: string;
}

/** Texts that stand for a connector in files that are shared. */
const PLACEHOLDER = /^(?:<.*>|__.*__.*|.*(?:REPLACE|ENTER|YOUR)[ _-].*)$/s;

/** Tells if a text stands for a connector or workflow that a user has to choose. */
function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text.trim());
}

/**
 * Checks `connector-id` of a step: present, no placeholder, and a connector of the right type.
 *
 * @param connectors undefined: they are not known, so only placeholders are reported.
 */
export function checkConnector(
  { step, path, stepType }: StepNode,
  connectors: readonly KnownConnector[] | undefined,
  findings: Findings,
): void {
  const typeId = stepType?.connectorTypeId;
  if (stepType === undefined || typeId === undefined) return;
  const id = ownProperty(step, 'connector-id');
  const idPath = [...path, 'connector-id'];
  if (id === undefined) {
    // `http` works without a connector.
    if (stepType.type !== 'http') {
      const message = `The step needs \`connector-id\`: the id or name of a connector of type ${typeId}.`;
      findings.error('connectorNotFound', { path, message });
    }
    return;
  }
  if (typeof id !== 'string' || id === '') return;
  if (isPlaceholder(id)) {
    const message = `This is a placeholder: choose a connector of type ${typeId}.`;
    findings.error('connectorNotFound', { path: idPath, message });
    return;
  }
  if (connectors === undefined || templateForm(id).kind !== 'plain') return;
  const found = connectors.filter((each) => each.id === id || each.name === id);
  if (found.length === 0) {
    const message = `No connector has the id or name \`${id}\`. Choose one of type ${typeId}.`;
    findings.error('connectorNotFound', { path: idPath, message });
  } else if (!found.some((each) => each.connectorTypeId === typeId)) {
    const message = `\`${id}\` is a connector of type ${found[0]?.connectorTypeId}; this step needs ${typeId}.`;
    findings.error('connectorTypeMismatch', { path: idPath, message });
  }
}
