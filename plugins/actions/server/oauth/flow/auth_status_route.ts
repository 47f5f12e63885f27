import { type Principal, type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { ConnectionStatus, ConnectionView, ConnectorView } from '../../types.ts';
import type { Connections } from '../tokens/index.ts';

const ids = z.array(z.string().min(1).max(36)).max(10_000);

const statusBody = z.object({
  user_auth_status: z.enum(['connected', 'not_connected', 'not_applicable']),
  /** Not in Kibana: the exact status. Absent when not applicable. */
  connection_status: z.string().optional(),
  status_since: z.string().optional(),
  expires_at: z.string().optional(),
  account: z.string().optional(),
  scopes: z.array(z.string()).optional(),
  /** Scopes that the connector now asks for and the grant lacks. Authorizing again adds them. */
  missing_scopes: z.array(z.string()).optional(),
  last_error: z.object({ code: z.string(), at: z.string() }).optional(),
  /**
   * Not in Kibana: revocations that failed permanently in the last 90 days. The authorizations may
   * still work at the provider and have to be removed there.
   */
  failed_revocations: z.object({ count: z.number(), at: z.string() }).optional(),
  /**
   * Not in Kibana: a grant of another account, or of an account that the provider did not name,
   * waits for the user's decision at `_account_change`.
   */
  account_change: z
    .object({ flow_id: z.string(), account: z.string().optional(), expires_at: z.string() })
    .optional(),
});
type StatusBody = z.infer<typeof statusBody>;

/** Kibana's status for each of our statuses. `connected`: a call would work now. */
const KIBANA_STATUS: Record<ConnectionStatus, 'connected' | 'not_connected'> = {
  not_connected: 'not_connected',
  pending: 'not_connected',
  connected: 'connected',
  expiring: 'connected',
  refresh_failing: 'connected',
  needs_reauth: 'not_connected',
  revocation_pending: 'not_connected',
};

/** Dependencies of {@link registerAuthStatusRoute}. */
export interface AuthStatusDeps {
  /**
   * Lists all connectors of the space (`ids` is `undefined`), or those of `ids` that exist there.
   */
  readonly listConnectors: (
    principal: Principal,
    ids: readonly string[] | undefined,
  ) => Promise<readonly (Pick<ConnectorView, 'id' | 'authMode'> & { readonly version?: string })[]>;
  readonly connections: Pick<Connections, 'ofUser'>;
}

/**
 * Registers `POST /internal/actions/connectors/_me/auth_status`: the caller's connections to all
 * connectors of the space, or to the listed ones.
 */
export function registerAuthStatusRoute(router: Router, depsOf: () => AuthStatusDeps): void {
  router.add(
    {
      method: 'post',
      path: '/internal/actions/connectors/_me/auth_status',
      access: 'internal',
      summary: 'Get my authorization status of connectors',
      tags: ['oauth'],
      validate: { body: z.strictObject({ connector_ids: ids.optional() }).optional() },
      responses: {
        200: { description: 'Status by connector id.', body: z.record(z.string(), statusBody) },
      },
    },
    async (request) => {
      const { listConnectors, connections } = depsOf();
      const wanted = request.body?.connector_ids;
      const connectors = await listConnectors(request, wanted && [...new Set(wanted)]);
      const personal = connectors.filter(({ authMode }) => authMode === 'per-user');
      const profileUid = request.user?.profileUid;
      const views =
        profileUid === undefined
          ? new Map<string, ConnectionView>()
          : await connections.ofUser(profileUid, personal);
      const entries = connectors.map(({ id, authMode }): [string, StatusBody] => [
        id,
        authMode === 'shared'
          ? { user_auth_status: 'not_applicable' }
          : toStatusBody(views.get(id)),
      ]);
      return respond.ok(Object.fromEntries(entries));
    },
  );
}

function toStatusBody(connection: ConnectionView | undefined): StatusBody {
  if (connection === undefined)
    return { user_auth_status: 'not_connected', connection_status: 'not_connected' };
  const { status, statusSince, expiresAt, account, scopes, missingScopes } = connection;
  const { lastError, failedRevocations, accountChange } = connection;
  return {
    user_auth_status: KIBANA_STATUS[status],
    connection_status: status,
    ...(statusSince === undefined ? {} : { status_since: statusSince.toISOString() }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() }),
    ...(account === undefined ? {} : { account: account.label }),
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    ...(missingScopes === undefined ? {} : { missing_scopes: [...missingScopes] }),
    ...(lastError === undefined
      ? {}
      : { last_error: { code: lastError.code, at: lastError.at.toISOString() } }),
    ...(failedRevocations === undefined
      ? {}
      : {
          failed_revocations: {
            count: failedRevocations.count,
            at: failedRevocations.at.toISOString(),
          },
        }),
    ...(accountChange === undefined
      ? {}
      : {
          account_change: {
            flow_id: accountChange.flowId,
            ...(accountChange.to === undefined ? {} : { account: accountChange.to.label }),
            expires_at: accountChange.until.toISOString(),
          },
        }),
  };
}
