import type { ActionsStart } from '@latchkey/actions-plugin/server';
import type { Principal } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { StoredRun } from '../store/run_store.ts';

/** Dependencies of {@link createAuthorizationCheck}. */
export interface AuthorizationCheckDeps {
  readonly security: Pick<SecurityStart, 'getDeferredUser' | 'missingPrivileges'>;
  readonly actions: Pick<ActionsStart, 'connections'>;
}

/**
 * Creates a function that tells if the user of a run has authorized a connector since the run began
 * to wait for it. A connection that was usable before did not help the run.
 */
export function createAuthorizationCheck({
  security,
  actions,
}: AuthorizationCheckDeps): (run: StoredRun) => Promise<boolean> {
  return async ({ waits = [], ...run }) => {
    const user = await security.getDeferredUser(run);
    // A user who was disabled or deleted: the run continues and then ends with the reason.
    if (user === undefined) return true;
    const principal: Principal = { user, spaceId: run.spaceId };
    const missing = await security.missingPrivileges(principal, ['actions:get']);
    if (missing.length > 0) return true;
    const since = new Map(waits.map((wait) => [wait.connectorId, wait.since ?? 0]));
    const connectorIds = waits.flatMap(({ connectorId }) => connectorId ?? []);
    const connections = await actions.connections.of(principal, connectorIds);
    return connections.some(
      ({ connectorId, status, connectedAt, missingScopes }) =>
        (status === 'connected' || status === 'expiring') &&
        missingScopes.length === 0 &&
        (connectedAt?.getTime() ?? 0) > (since.get(connectorId) ?? 0),
    );
  };
}
