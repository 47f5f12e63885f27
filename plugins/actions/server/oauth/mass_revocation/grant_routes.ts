import { HttpError, type Router, respond } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { z } from 'zod';
import type { ConnectionView, ConnectorReader } from '../../types.ts';
import type { Tokens } from '../tokens/index.ts';
import { pageQuery, shownPage } from './page_query.ts';
import type { RevocationJobAudit } from './revocation_job_audit.ts';
import { RevocationJobError } from './revocation_job_error.ts';
import { MANAGE_GRANTS } from './revocation_job_routes.ts';

const tags = ['grants'];
const security = { requiredPrivileges: [MANAGE_GRANTS] };
const connectorId = z.string().min(1).max(36);

const grantBody = z.object({
  profile_uid: z.string(),
  /** Absent: the user is disabled or deleted. */
  username: z.string().optional(),
  connection_status: z.string(),
  status_since: z.string().optional(),
  connected_at: z.string().optional(),
  expires_at: z.string().optional(),
  /** Scopes that the connector now asks for and the grant lacks. Authorizing again adds them. */
  missing_scopes: z.array(z.string()).optional(),
  last_used_at: z.string().optional(),
  last_error: z.object({ code: z.string(), at: z.string() }).optional(),
});

/** Dependencies of {@link registerGrantRoutes}. */
export interface GrantRoutesDeps {
  readonly grants: Tokens['grants'];
  readonly connections: Tokens['connections'];
  readonly connectors: ConnectorReader;
  readonly users: Pick<SecurityStart, 'getActiveUser'>;
  readonly audit: RevocationJobAudit;
}

/**
 * Registers the administrator's routes for the grants of a connector: list the users who authorized
 * it, and end the grant of one user. No response contains a token.
 */
export function registerGrantRoutes(router: Router, depsOf: () => GrantRoutesDeps): void {
  router.add(
    {
      method: 'get',
      path: '/api/actions/connector/{id}/grants',
      access: 'public',
      summary: 'List the users who have authorized a connector',
      description: 'The users, and the status and dates of each authorization. No tokens.',
      tags,
      security,
      validate: {
        params: z.strictObject({ id: connectorId }),
        query: z.strictObject(pageQuery),
      },
      responses: {
        200: {
          description: 'One page, oldest authorization first.',
          body: z.object({
            grants: z.array(grantBody),
            total: z.number(),
            page: z.number(),
            per_page: z.number(),
            failed_revocations: z
              .number()
              .describe(
                'Revocations of this connector that failed permanently in the last 90 days, for all users. These authorizations may still work at the provider.',
              ),
          }),
        },
      },
    },
    async (request) => {
      const { connections, connectors, users, audit } = depsOf();
      const { id } = request.params;
      await ensureExists(id, request.spaceId, connectors);
      const { page, per_page } = request.query;
      const { isShown, ...shown } = shownPage(request.query);
      const found = await connections.ofConnector(id, shown);
      const views = isShown ? found.views : [];
      audit.listed(request, id);
      const rows = await Promise.all(
        views.map(async (view) => toGrantBody(view, await nameOf(view.profileUid, users))),
      );
      const failed_revocations = await connections.countFailedRevocations(id);
      return respond.ok({ grants: rows, total: found.total, page, per_page, failed_revocations });
    },
  );
  router.add(
    {
      method: 'delete',
      path: '/api/actions/connector/{id}/grants/{profile_uid}',
      access: 'public',
      summary: 'End a user’s authorization of a connector',
      description:
        'The connector can no longer be used with it at once. The tokens are revoked at the provider.',
      tags,
      security,
      validate: {
        params: z.strictObject({ id: connectorId, profile_uid: z.string().min(1).max(512) }),
      },
      responses: {
        204: { description: 'The authorization has ended.' },
        404: { description: 'The connector does not exist, or the user has not authorized it.' },
      },
    },
    async (request) => {
      const { grants, connectors, audit } = depsOf();
      const { id, profile_uid: profileUid } = request.params;
      await ensureExists(id, request.spaceId, connectors);
      audit.revokes(request, { connectorId: id, profileUid });
      const reason = 'administrator';
      const ended = await grants.revokeGrantOf({
        connectorId: id,
        profileUid,
        reason,
        actor: request,
      });
      if (!ended)
        throw new RevocationJobError(
          'grant_not_found',
          `The user with this profile has not authorized connector [${id}].`,
        );
      return respond.noContent();
    },
  );
}

/**
 * A connector with unreadable secrets exists too: its grants can still be ended. @throws HttpError
 * 404
 */
async function ensureExists(
  id: string,
  spaceId: string,
  connectors: ConnectorReader,
): Promise<void> {
  try {
    if ((await connectors.readDecrypted(id, spaceId)) !== undefined) return;
  } catch (error) {
    if (error instanceof SavedObjectError && error.code === 'undecryptable') return;
    throw error;
  }
  throw new HttpError(404, `Saved object [action/${id}] not found`, {
    attributes: { code: 'not_found' },
  });
}

async function nameOf(
  profileUid: string,
  users: GrantRoutesDeps['users'],
): Promise<string | undefined> {
  return (await users.getActiveUser(profileUid))?.username;
}

function toGrantBody(
  view: ConnectionView,
  username: string | undefined,
): z.infer<typeof grantBody> {
  const { statusSince, connectedAt, expiresAt, missingScopes, lastUsedAt, lastError } = view;
  return {
    profile_uid: view.profileUid,
    ...(username === undefined ? {} : { username }),
    connection_status: view.status,
    ...(statusSince === undefined ? {} : { status_since: statusSince.toISOString() }),
    ...(connectedAt === undefined ? {} : { connected_at: connectedAt.toISOString() }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() }),
    ...(missingScopes === undefined ? {} : { missing_scopes: [...missingScopes] }),
    ...(lastUsedAt === undefined ? {} : { last_used_at: lastUsedAt.toISOString() }),
    ...(lastError === undefined
      ? {}
      : { last_error: { code: lastError.code, at: lastError.at.toISOString() } }),
  };
}
