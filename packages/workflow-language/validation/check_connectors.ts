import { readReference } from './connector_references.ts';
import type { Findings } from './diagnostic.ts';
import type { StepNode } from './step_tree.ts';

/** A connector that the author of a workflow may use. */
export interface KnownConnector {
  readonly id: string;
  readonly name: string;
  /** Id of the connector type with its dot, such as `.google_drive`. */
  readonly connectorTypeId: string;
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
  const read = readReference({ step, stepType });
  if (stepType === undefined || read === undefined) return;
  const { kind, reference: id, connectorTypeId: typeId } = read;
  const idPath = [...path, 'connector-id'];
  if (kind === 'absent') {
    // `http` works without a connector.
    if (stepType.type !== 'http') {
      const message = `The step needs \`connector-id\`: the id or name of a connector of type ${typeId}.`;
      findings.error('connectorNotFound', { path, message });
    }
    return;
  }
  if (kind === 'placeholder') {
    const message = `This is a placeholder: choose a connector of type ${typeId}.`;
    findings.error('connectorNotFound', { path: idPath, message });
    return;
  }
  if (connectors === undefined || kind === 'computed') return;
  const found = connectors.filter((each) => each.id === id || each.name === id);
  if (found.length === 0) {
    const message = `No connector has the id or name \`${id}\`. Choose one of type ${typeId}.`;
    findings.error('connectorNotFound', { path: idPath, message });
  } else if (!found.some((each) => each.connectorTypeId === typeId)) {
    const message = `\`${id}\` is a connector of type ${found[0]?.connectorTypeId}; this step needs ${typeId}.`;
    findings.error('connectorTypeMismatch', { path: idPath, message });
  }
}
