import type { ActionsStart, ConnectorView } from '@latchkey/actions-plugin/server';
import { HttpError, type Principal } from '@latchkey/core/server';

/**
 * Connectors that a user may see. `undefined`: the user may not see connectors at all. Such a user
 * may still read, write and check workflows; then connectors are not checked.
 * @throws every other error of the actions plugin
 */
export async function visibleConnectors(
  actions: Pick<ActionsStart, 'getActionsClient'>,
  principal: Principal,
): Promise<readonly ConnectorView[] | undefined> {
  try {
    return await actions.getActionsClient(principal).getAll();
  } catch (error) {
    if (error instanceof HttpError && error.statusCode === 403) return undefined;
    throw error;
  }
}
