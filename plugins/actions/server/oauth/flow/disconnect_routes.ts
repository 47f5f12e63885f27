import { HttpError, type Router, respond, type ServerRequest } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import { z } from 'zod';
import { connectorNotFound } from '../../connectors/index.ts';
import type { DecryptedConnector } from '../../types.ts';
import type { FlowDeps } from './flow_deps.ts';

const params = z.strictObject({ connectorId: z.string().min(1).max(36) });

/** Registers disconnect and cancel; both act only on the caller's own authorization. */
export function registerDisconnectRoutes(router: Router, depsOf: () => FlowDeps): void {
  router.add(
    {
      method: 'post',
      path: '/internal/actions/connector/{connectorId}/_oauth_disconnect',
      access: 'internal',
      summary: 'End my authorization of a connector',
      description:
        'The connector can no longer be used with it at once. The tokens are revoked at the provider; this is retried until the provider responds.',
      tags: ['oauth'],
      validate: { params },
      responses: { 204: { description: 'The authorization has ended, or there was none.' } },
    },
    async (request) => {
      const deps = depsOf();
      const { connectorId, profileUid } = await ownConnection(request, deps);
      await deps.grants.revokeGrantOf({
        connectorId,
        profileUid,
        reason: 'disconnect',
        actor: request,
      });
      return respond.noContent();
    },
  );
  router.add(
    {
      method: 'post',
      path: '/internal/actions/connector/{connectorId}/_oauth_cancel',
      access: 'internal',
      summary: 'Cancel a pending authorization',
      description:
        'Only the user who started it may cancel it. An unknown state, or one of another connector, has no effect.',
      tags: ['oauth'],
      validate: { params, body: z.strictObject({ state: z.string().min(1).max(256) }) },
      responses: { 204: { description: 'The authorization can no longer be finished.' } },
    },
    async (request) => {
      const deps = depsOf();
      const { connectorId, profileUid, connector } = await ownConnection(request, deps);
      const outcome = await deps.states.cancel(request.body.state, { profileUid, connectorId });
      if (outcome === 'forbidden')
        throw new HttpError(403, 'This authorization was started by another user.');
      if (outcome === 'deleted') {
        deps.access.record(request, {
          operation: 'oauth-connect',
          outcome: 'failure',
          connectorId,
          errorCode: 'cancelled',
        });
        if (connector !== undefined)
          await deps.grants.markPending({ connector, profileUid, until: undefined });
      }
      return respond.noContent();
    },
  );
}

/**
 * `connector: undefined`: the connector exists, but its secrets cannot be decrypted. The user can
 * still disconnect.
 */
async function ownConnection(request: ServerRequest<z.infer<typeof params>>, deps: FlowDeps) {
  const { connectorId } = request.params;
  if (request.user === undefined) throw new HttpError(401, 'Sign in to manage your authorization.');
  await deps.access.ensure(request, 'execute-oauth', connectorId);
  const connector = await readIfReadable(connectorId, request.spaceId, deps);
  return { connector, connectorId, profileUid: request.user.profileUid };
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
