import type { Principal } from '@latchkey/core/server';
import { connectorNotFound } from '../connector_data/index.ts';
import type { VisibleConnectors } from '../connectors/index.ts';
import type { ActionsClient, ConnectorActionView } from '../types.ts';
import type { Executor } from './executor.ts';

/** Services of {@link createActionsClient}. */
export interface ActionsClientServices {
  readonly executor: Executor;
  readonly connectors: Pick<VisibleConnectors, 'find' | 'get' | 'getAll'>;
  /** Returns the actions of a connector type. Empty: the type does not exist. */
  readonly actionsOfType: (connectorTypeId: string) => readonly ConnectorActionView[];
}

/** Client for one user. Every method checks privileges in the user's space. */
export function createActionsClient(
  principal: Principal,
  { executor, connectors, actionsOfType }: ActionsClientServices,
): ActionsClient {
  return {
    execute: (request) => executor.execute(principal, request),
    getOAuthAccessToken: (request) => executor.getOAuthAccessToken(principal, request),
    get: (connectorId) => connectors.get(principal, connectorId),
    find: (connectorId) => connectors.find(principal, connectorId),
    getAll: () => connectors.getAll(principal),
    getActions: async (connectorId) => {
      const connector = await connectors.find(principal, connectorId);
      if (connector === undefined) throw connectorNotFound(connectorId);
      const { connectorTypeId, enabledActions } = connector;
      const actions = actionsOfType(connectorTypeId);
      return enabledActions === undefined
        ? actions
        : actions.filter(({ name }) => enabledActions.includes(name));
    },
  };
}
