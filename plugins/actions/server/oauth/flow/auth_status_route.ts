import type { ResponseInput } from '@latchkey/core/common';
import { type Principal, type Router, respond } from '@latchkey/core/server';
import { getAuthorizationStatus } from '../../../common/index.ts';
import type { ConnectorView } from '../../types.ts';
import type { ConnectionStatus, Connections, ConnectionView } from '../tokens/index.ts';

type StatusBody = ResponseInput<typeof getAuthorizationStatus, 200>[string];

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

/** Services of the route. */
export interface AuthStatusRouteServices {
  readonly connectors: {
    /**
     * All connectors of the space (`ids` is `undefined`), or those of `ids` that exist there.
     */
    getAuthModes(
      principal: Principal,
      ids: readonly string[] | undefined,
    ): Promise<readonly (Pick<ConnectorView, 'id' | 'authMode'> & { readonly version?: string })[]>;
  };
  readonly connections: Pick<Connections, 'ofUser'>;
}

/** Registers the route with the caller's connections. */
export function registerAuthStatusRoute(router: Router<AuthStatusRouteServices>): void {
  router.handle(getAuthorizationStatus, async (request, { connectors, connections }) => {
    const wanted = request.body?.connector_ids;
    const found = await connectors.getAuthModes(request, wanted && [...new Set(wanted)]);
    const personal = found.filter(({ authMode }) => authMode === 'per-user');
    const profileUid = request.user?.profileUid;
    const views =
      profileUid === undefined
        ? new Map<string, ConnectionView>()
        : await connections.ofUser(profileUid, personal);
    const entries = found.map(({ id, authMode }): [string, StatusBody] => [
      id,
      authMode === 'shared' ? { user_auth_status: 'not_applicable' } : toStatusBody(views.get(id)),
    ]);
    return respond.ok(Object.fromEntries(entries));
  });
}

function toStatusBody(connection: ConnectionView | undefined): StatusBody {
  if (connection === undefined)
    return { user_auth_status: 'not_connected', connection_status: 'not_connected' };
  const { status, statusSince, expiresAt, account, scopes, missingScopes } = connection;
  const { lastError, failedRevocations, unsupportedRevocations, accountChange } = connection;
  return {
    user_auth_status: KIBANA_STATUS[status],
    connection_status: status,
    ...(statusSince === undefined ? {} : { status_since: statusSince.toISOString() }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() }),
    ...(account === undefined ? {} : { account: account.label }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(missingScopes === undefined ? {} : { missing_scopes: missingScopes }),
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
    ...(unsupportedRevocations === undefined
      ? {}
      : {
          unsupported_revocations: {
            count: unsupportedRevocations.count,
            at: unsupportedRevocations.at.toISOString(),
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
