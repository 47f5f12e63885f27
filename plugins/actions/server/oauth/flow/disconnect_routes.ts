import { HttpError, type Principal, type Router, respond } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import { cancelAuthorization, disconnect } from '../../../common/index.ts';
import { connectorNotFound } from '../../connectors/index.ts';
import type { DecryptedConnector } from '../../types.ts';
import type { FlowDeps } from './flow_deps.ts';
import type { FlowRouteServices } from './start_route.ts';

/** Registers disconnect and cancel; both act only on the caller's own authorization. */
export function registerDisconnectRoutes(router: Router<FlowRouteServices>): void {
  router.handle(disconnect, async (request, { flow }) => {
    const { connectorId } = request.params;
    const { profileUid } = await ownConnection(request, connectorId, flow);
    await flow.grants.revokeGrantOf({
      connectorId,
      profileUid,
      reason: 'disconnect',
      actor: request,
    });
    return respond.noContent();
  });
  router.handle(cancelAuthorization, async (request, { flow }) => {
    const { connectorId } = request.params;
    const { profileUid, connector } = await ownConnection(request, connectorId, flow);
    const outcome = await flow.states.cancel(request.body.state, { profileUid, connectorId });
    if (outcome === 'forbidden')
      throw new HttpError(403, 'This authorization was started by another user.');
    if (outcome === 'deleted') {
      flow.access.record(request, {
        operation: 'oauth-connect',
        outcome: 'failure',
        connectorId,
        errorCode: 'cancelled',
      });
      if (connector !== undefined)
        await flow.grants.markPending({ connector, profileUid, until: undefined });
    }
    return respond.noContent();
  });
}

/**
 * `connector: undefined`: the connector exists, but its secrets cannot be decrypted. The user can
 * still disconnect.
 */
async function ownConnection(request: Principal, connectorId: string, deps: FlowDeps) {
  if (request.user === undefined) throw new HttpError(401, 'Sign in to manage your authorization.');
  await deps.access.ensure(request, 'execute-oauth', connectorId);
  const connector = await readIfReadable(connectorId, request.spaceId, deps);
  return { connector, profileUid: request.user.profileUid };
}

/**
 * `undefined`: the connector exists, but its secrets cannot be decrypted.
 * @throws ConnectorError `not_found`
 */
export async function readIfReadable(
  connectorId: string,
  spaceId: string,
  { connectors }: Pick<FlowDeps, 'connectors'>,
): Promise<DecryptedConnector | undefined> {
  try {
    const connector = await connectors.readDecrypted(connectorId, spaceId);
    if (connector !== undefined) return connector;
  } catch (error) {
    if (error instanceof SavedObjectError && error.code === 'undecryptable') return undefined;
    throw error;
  }
  throw connectorNotFound(connectorId);
}
