import type { Language, ResponseInput } from '@latchkey/core/common';
import { chooseLanguage, type Principal, type Router, respond } from '@latchkey/core/server';
import { withoutUndefined } from '@latchkey/saved-objects';
import { getAuthorizationStatus } from '../../../common/index.ts';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { toScopeTextBodies } from '../scopes/index.ts';
import {
  type ConnectionStatus,
  type Connections,
  type ConnectionView,
  nextStepOf,
  type ScopeTexts,
} from '../tokens/index.ts';
import type { AttemptOutcomes } from './attempt_outcomes.ts';
import type { OpenAttempt } from './state_store.ts';

/** A connection in the format of the REST API. */
export type StatusBody = ResponseInput<typeof getAuthorizationStatus, 200>[string];

/** Kibana's status for each of our statuses. `connected`: an execution would get a token now. */
const KIBANA_STATUS: Record<ConnectionStatus, 'connected' | 'not_connected'> = {
  not_connected: 'not_connected',
  pending: 'not_connected',
  connected: 'connected',
  needs_site: 'not_connected',
  expiring: 'connected',
  refresh_failing: 'connected',
  needs_reauth: 'not_connected',
  revocation_pending: 'not_connected',
};

/**
 * Statuses without a usable grant. Its dates are left out, because they would look like those of a
 * connection.
 */
const WITHOUT_GRANT: ReadonlySet<ConnectionStatus> = new Set([
  'not_connected',
  'pending',
  'revocation_pending',
]);

/** Services that the handler of the route calls. */
export interface AuthStatusRouteServices {
  readonly visibleConnectors: {
    /**
     * Returns the auth modes of all connectors of the space if `ids` is `undefined`, else of those
     * of `ids` that exist in the space.
     */
    getAuthModes(
      principal: Principal,
      ids: readonly string[] | undefined,
    ): Promise<readonly ConnectorToShow[]>;
  };
  readonly connections: Pick<Connections, 'ofUser'>;
  /** Reads the authorizations that users have started and not finished. */
  readonly attempts: Pick<AttemptOutcomes, 'openOf'>;
}

/** A connector whose connection the response contains. */
type ConnectorToShow = Pick<DecryptedConnector, 'id' | 'authMode'> & { readonly version?: string };

/** Registers the route that returns the caller's connections. */
export function registerAuthStatusRoute(router: Router<AuthStatusRouteServices>): void {
  router.handle(getAuthorizationStatus, async (request, services) => {
    const wanted = request.body?.connector_ids;
    const found = await services.visibleConnectors.getAuthModes(
      request,
      wanted && [...new Set(wanted)],
    );
    const language = chooseLanguage(request.headers['accept-language']);
    const { bodies } = await readStatuses(request, found, { ...services, language });
    return respond.ok(bodies);
  });
}

/**
 * Returns the caller's connections to connectors of the space, by connector id. The number of store
 * calls does not depend on the number of connectors, except for reading their versions.
 */
export async function readStatuses(
  { user, spaceId }: Principal,
  connectors: readonly ConnectorToShow[],
  {
    connections,
    attempts,
    language,
  }: Pick<AuthStatusRouteServices, 'attempts' | 'connections'> & { readonly language: Language },
): Promise<{
  readonly bodies: Readonly<Record<string, StatusBody>>;
  readonly views: ReadonlyMap<string, ConnectionView>;
}> {
  const personal = connectors.filter(({ authMode }) => authMode === 'per-user');
  const isEmpty = user === undefined || personal.length === 0;
  const [views, open] = isEmpty
    ? [new Map<string, ConnectionView>(), new Map<string, OpenAttempt>()]
    : await Promise.all([
        connections.ofUser(user.profileUid, personal),
        attempts.openOf(user.profileUid, spaceId),
      ]);
  const entries = connectors.map(({ id, authMode }): [string, StatusBody] => [
    id,
    authMode === 'shared'
      ? { user_auth_status: 'not_applicable' }
      : toStatusBody(views.get(id), open.get(id), language),
  ]);
  return { bodies: Object.fromEntries(entries), views };
}

function toScopeTextsBody(
  { requested, granted }: ScopeTexts,
  language: Language,
): StatusBody['scope_texts'] {
  return {
    requested: toScopeTextBodies(requested, language),
    ...(granted === undefined ? {} : { granted: toScopeTextBodies(granted, language) }),
  };
}

function toStatusBody(
  connection: ConnectionView | undefined,
  attempt: OpenAttempt | undefined,
  language: Language,
): StatusBody {
  if (connection === undefined) {
    return {
      user_auth_status: 'not_connected',
      connection_status: 'not_connected',
      next_step: 'authorize',
    };
  }
  const { status, account, scopes, missingScopes, scopeTexts } = connection;
  const hasGrant = !WITHOUT_GRANT.has(status);
  const { lastError, failedRevocations, unsupportedRevocations, accountChange } = connection;
  return {
    user_auth_status: KIBANA_STATUS[status],
    connection_status: status,
    next_step: nextStepOf(connection),
    ...withoutUndefined({
      status_since: connection.statusSince?.toISOString(),
      connected_at: hasGrant ? connection.connectedAt?.toISOString() : undefined,
      last_used_at: hasGrant ? connection.lastUsedAt?.toISOString() : undefined,
      expires_at: connection.expiresAt?.toISOString(),
      authorization_ends_at: connection.authorizationEndsAt?.toISOString(),
      scope_texts: scopeTexts && toScopeTextsBody(scopeTexts, language),
      pending_attempt: attempt && {
        flow_id: attempt.flowId,
        expires_at: attempt.expiresAt.toISOString(),
      },
    }),
    ...(account === undefined ? {} : { account: account.label }),
    ...withoutUndefined({
      site: connection.site,
      scopes,
      missing_scopes: missingScopes,
    }),
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
