import { HttpError, type Principal, type Router, respond } from '@latchkey/core/server';
import { cancelAuthorization, disconnect } from '../../../common/index.ts';
import type { AccessControl } from '../../audit/index.ts';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { EndedGrantRevocation, GrantRevoker, GrantService } from '../tokens/index.ts';
import type { AuthorizableConnectors } from './authorizable_connectors.ts';
import type { AttemptName, StateStore } from './state_store.ts';

/**
 * Registers the routes with which users cancel their own attempts and disconnect their own
 * accounts.
 */
export function registerOwnAuthorizationRoutes(
  router: Router<{ readonly ownAuthorizations: OwnAuthorizations }>,
): void {
  router.handle(cancelAuthorization, async (request, { ownAuthorizations }) => {
    await ownAuthorizations.cancel(request, request.params.connectorId, request.body);
    return respond.noContent();
  });
  router.handle(disconnect, async (request, { ownAuthorizations }) => {
    const revocation = await ownAuthorizations.disconnect(request, request.params.connectorId);
    return request.query.with_outcome ? respond.ok({ revocation }) : respond.noContent();
  });
}

/** Ends attempts and grants of the calling user. */
export class OwnAuthorizations {
  readonly #authorizable: Pick<AuthorizableConnectors, 'find'>;
  readonly #states: Pick<StateStore, 'cancel'>;
  readonly #grants: Pick<GrantService, 'markPending'>;
  readonly #grantRevoker: Pick<GrantRevoker, 'revokeNow'>;
  readonly #access: AccessControl;

  constructor(services: {
    readonly authorizable: Pick<AuthorizableConnectors, 'find'>;
    readonly states: Pick<StateStore, 'cancel'>;
    readonly grants: Pick<GrantService, 'markPending'>;
    readonly grantRevoker: Pick<GrantRevoker, 'revokeNow'>;
    readonly access: AccessControl;
  }) {
    this.#authorizable = services.authorizable;
    this.#states = services.states;
    this.#grants = services.grants;
    this.#grantRevoker = services.grantRevoker;
    this.#access = services.access;
  }

  /**
   * Cancels an open attempt of the principal. Has no effect on an unknown attempt, or on one of
   * another connector.
   * @throws HttpError 401; 403 without the privilege, or for a state of another user
   * @throws ConnectorError `not_found`
   */
  async cancel(principal: Principal, connectorId: string, name: AttemptName): Promise<void> {
    const { profileUid, connector } = await this.#ownConnection(principal, connectorId);
    const result = await this.#states.cancel(name, { profileUid, connectorId });
    if (result === 'forbidden')
      throw new HttpError(403, 'This authorization was started by another user.');
    if (result !== 'cancelled') return;
    const event = { operation: 'oauth-connect', outcome: 'failure', connectorId } as const;
    this.#access.record(principal, { ...event, errorCode: 'cancelled' });
    if (connector !== undefined)
      await this.#grants.markPending({ connector, profileUid, until: undefined });
  }

  /**
   * Ends the principal's own authorization, if there is one.
   * @throws HttpError 401, 403
   * @throws ConnectorError `not_found`
   */
  async disconnect(principal: Principal, connectorId: string): Promise<EndedGrantRevocation> {
    const { profileUid, connector } = await this.#ownConnection(principal, connectorId);
    const reason = 'disconnect';
    const about = { connectorId, connector, profileUid, reason, actor: principal } as const;
    return this.#grantRevoker.revokeNow(about);
  }

  /**
   * Checks that the principal may manage its connection, and reads the connector. `connector` is
   * `undefined` if its secrets cannot be decrypted; the user can disconnect even then.
   * @throws HttpError 401, 403
   * @throws ConnectorError `not_found`
   */
  async #ownConnection(
    principal: Principal,
    connectorId: string,
  ): Promise<{ readonly connector: DecryptedConnector | undefined; readonly profileUid: string }> {
    const { user, spaceId } = principal;
    if (user === undefined) throw new HttpError(401, 'Sign in to manage your authorization.');
    await this.#access.ensure(principal, 'execute-oauth', connectorId);
    const found = await this.#authorizable.find(connectorId, spaceId);
    const connector = found.kind === 'found' ? found.connector : undefined;
    return { connector, profileUid: user.profileUid };
  }
}
