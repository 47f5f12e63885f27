import { HttpError, type Router, respond } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { countGrants, listGrants, revokeGrant } from '../../../common/index.ts';
import type { ConnectorReader, DecryptedConnector } from '../../connector_data/index.ts';
import type { ConnectionView, Tokens } from '../tokens/index.ts';
import { shownPage } from './page_query.ts';
import type { RevocationJobAudit } from './revocation_job_audit.ts';
import { RevocationJobError } from './revocation_job_error.ts';

/** Services that the handlers of the grant routes call. */
export interface GrantRouteServices {
  readonly grantRevoker: Pick<Tokens['grantRevoker'], 'revokeNow'>;
  readonly connections: Tokens['connections'];
  readonly connectorReader: ConnectorReader;
  readonly users: Pick<SecurityStart, 'getActiveUser'>;
  readonly revocationJobAudit: RevocationJobAudit;
}

/**
 * Registers the routes for the grants of one connector, for administrators: they list the users who
 * authorized the connector, and end the grant of a user. No response contains a token.
 */
export function registerGrantRoutes(router: Router<GrantRouteServices>): void {
  router.handle(listGrants, async (request, services) => {
    const { connections, connectorReader, users, revocationJobAudit } = services;
    const { id } = request.params;
    await readExisting(id, request.spaceId, connectorReader);
    const { page, per_page } = request.query;
    const { isShown, ...shown } = shownPage(request.query);
    const found = await connections.ofConnector(id, shown);
    const views = isShown ? found.views : [];
    revocationJobAudit.listed(request, id);
    const rows = await Promise.all(
      views.map(async (view) => toGrantBody(view, await nameOf(view.profileUid, users))),
    );
    const failed_revocations = await connections.countFailedRevocations(id);
    return respond.ok({ grants: rows, total: found.total, page, per_page, failed_revocations });
  });
  router.handle(countGrants, async (request, { connections, connectorReader }) => {
    const { id } = request.params;
    await readExisting(id, request.spaceId, connectorReader);
    const counts = await connections.countUsers(id);
    return respond.ok({
      users: counts.users,
      need_reconnect: counts.needReconnect,
      revocation_pending: counts.revocationPending,
    });
  });
  router.handle(revokeGrant, async (request, services) => {
    const { grantRevoker, connectorReader, revocationJobAudit } = services;
    const { id, profile_uid: profileUid } = request.params;
    const connector = await readExisting(id, request.spaceId, connectorReader);
    revocationJobAudit.revokes(request, { connectorId: id, profileUid });
    const reason = 'administrator';
    const about = { connectorId: id, connector, profileUid, reason, actor: request } as const;
    if ((await grantRevoker.revokeNow(about)) === 'none') {
      throw new RevocationJobError(
        'grant_not_found',
        `The user with this profile has not authorized connector [${id}].`,
      );
    }
    return respond.noContent();
  });
}

/**
 * Reads a connector. `undefined`: the connector exists, but its secrets cannot be decrypted; its
 * grants can be ended even then.
 * @throws HttpError 404
 */
async function readExisting(
  id: string,
  spaceId: string,
  connectors: ConnectorReader,
): Promise<DecryptedConnector | undefined> {
  const found = await connectors.find(id, spaceId);
  if (found.kind === 'found') return found.connector;
  if (found.kind === 'unreadable') return undefined;
  throw new HttpError(404, `Saved object [action/${id}] not found`, {
    attributes: { code: 'not_found' },
  });
}

/** Returns the name of a user. `undefined`: the user is disabled or deleted. */
export async function nameOf(
  profileUid: string,
  users: GrantRouteServices['users'],
): Promise<string | undefined> {
  return (await users.getActiveUser(profileUid))?.username;
}

/** Maps a connection to a grant of the API. */
export function toGrantBody(view: ConnectionView, username: string | undefined) {
  const { statusSince, connectedAt, expiresAt, missingScopes, lastUsedAt, lastError } = view;
  return {
    profile_uid: view.profileUid,
    ...(username === undefined ? {} : { username }),
    connection_status: view.status,
    ...(statusSince === undefined ? {} : { status_since: statusSince.toISOString() }),
    ...(connectedAt === undefined ? {} : { connected_at: connectedAt.toISOString() }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() }),
    ...(missingScopes === undefined ? {} : { missing_scopes: missingScopes }),
    ...(lastUsedAt === undefined ? {} : { last_used_at: lastUsedAt.toISOString() }),
    ...(lastError === undefined
      ? {}
      : { last_error: { code: lastError.code, at: lastError.at.toISOString() } }),
  };
}
