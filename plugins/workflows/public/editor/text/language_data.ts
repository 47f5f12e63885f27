import type { ResponseBody } from '@latchkey/core/public';
import {
  type ConnectorAction,
  isRecord,
  type KnownConnector,
  type KnownWorkflowName,
  StepRegistry,
} from '@latchkey/workflow-language';
import type { getWorkflowConnectors } from '../../../common/index.ts';

/** The step types and connectors with which texts are checked and completed. */
export interface LanguageData {
  readonly registry: StepRegistry;
  readonly connectors: readonly KnownConnector[];
  /** Absent: not loaded, because no step starts a workflow. */
  readonly workflowNames?: readonly KnownWorkflowName[];
}

/**
 * Builds the step types of the server and the connectors that the user may use from the response of
 * the server.
 */
export function toLanguageData({
  connectorTypes,
}: ResponseBody<typeof getWorkflowConnectors>): LanguageData {
  const types = Object.values(connectorTypes);
  const actions = types.flatMap(({ actionTypeId, displayName, subActions }) =>
    subActions.map(
      ({ name, description, scope, input, output }): ConnectorAction => ({
        connectorTypeId: actionTypeId,
        connectorTypeName: displayName,
        name,
        description,
        scope,
        input: isRecord(input) ? input : {},
        ...(isRecord(output) && { output }),
      }),
    ),
  );
  return {
    registry: new StepRegistry(actions),
    connectors: types.flatMap(({ actionTypeId, instances }) =>
      instances.map(({ id, name, enabledActions }) => ({
        id,
        name,
        connectorTypeId: actionTypeId,
        ...(enabledActions === undefined ? {} : { enabledActions }),
      })),
    ),
  };
}
