import { readReference } from './connector_references.ts';
import type { Findings } from './diagnostic.ts';
import type { StepNode } from './step_tree.ts';

/** A connector that the author of a workflow may use. */
export interface KnownConnector {
  readonly id: string;
  readonly name: string;
  /** Id of the connector type with its dot, such as `.google_drive`. */
  readonly connectorTypeId: string;
  /** Names of the enabled actions. Absent: all actions are enabled. */
  readonly enabledActions?: readonly string[];
}

/**
 * Connectors of a type that a reference means: the one with this id; without one, those with this
 * name. Several: the reference is ambiguous.
 */
export function connectorsNamed<C extends Pick<KnownConnector, 'id' | 'name' | 'connectorTypeId'>>(
  connectors: readonly C[],
  reference: string,
  typeId: string,
): readonly C[] {
  const ofType = connectors.filter(({ connectorTypeId }) => connectorTypeId === typeId);
  const byId = ofType.filter(({ id }) => id === reference);
  return byId.length > 0 ? byId : ofType.filter(({ name }) => name === reference);
}

/**
 * Returns `true` if an action is enabled in a connector.
 * @param action absent: the step executes no action
 */
export function isActionEnabled(
  { enabledActions }: { readonly enabledActions?: readonly string[] | undefined },
  action: string | undefined,
): boolean {
  return action === undefined || enabledActions === undefined || enabledActions.includes(action);
}

/**
 * Checks `connector-id` of a step: it must be present and must not be a placeholder; the connector
 * must have the right type, and the action of the step must be enabled in it.
 * @param connectors `undefined`: not known, so that only placeholders are reported
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
    return;
  }
  const [connector, other] = connectorsNamed(found, id, typeId);
  if (connector === undefined) {
    const message = `\`${id}\` is a connector of type ${found[0]?.connectorTypeId}; this step needs ${typeId}.`;
    findings.error('connectorTypeMismatch', { path: idPath, message });
  } else if (other !== undefined) {
    const message = `Several connectors of type ${typeId} are called \`${id}\`. Write the id of one of them.`;
    findings.error('connectorNotFound', { path: idPath, message });
  } else if (!isActionEnabled(connector, stepType.action)) {
    const message = `The action \`${stepType.action}\` is not enabled in the connector \`${id}\`. Choose another connector, or ask an administrator to enable it.`;
    findings.error('actionNotEnabled', { path: [...path, 'type'], message });
  }
}
