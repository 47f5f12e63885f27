import { HttpError, type Principal } from '@latchkey/core/server';
import type { AccessControl } from '../../audit/index.ts';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { EndedGrantRevocation, GrantService } from '../tokens/index.ts';
import type { AuthorizationFlow } from './authorization_flow.ts';
import type { AttemptName, StateStore } from './state_store.ts';

/** Ends attempts and grants of the user who asks for it. */
export class OwnAuthorizations {
  readonly #flow: Pick<AuthorizationFlow, 'find'>;
  readonly #states: Pick<StateStore, 'cancel'>;
  readonly #grants: Pick<GrantService, 'markPending' | 'revokeWithOutcome'>;
  readonly #access: AccessControl;

  constructor(deps: {
    readonly flow: Pick<AuthorizationFlow, 'find'>;
    readonly states: Pick<StateStore, 'cancel'>;
    readonly grants: Pick<GrantService, 'markPending' | 'revokeWithOutcome'>;
    readonly access: AccessControl;
  }) {
    this.#flow = deps.flow;
    this.#states = deps.states;
    this.#grants = deps.grants;
    this.#access = deps.access;
  }

  /**
   * Cancels an open attempt of the principal. An unknown attempt, or one of another connector, has
   * no effect.
   * @throws HttpError 401, 403; ConnectorError `not_found`
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
   * @throws HttpError 401, 403; ConnectorError `not_found`
   */
  async disconnect(principal: Principal, connectorId: string): Promise<EndedGrantRevocation> {
    const { profileUid, connector } = await this.#ownConnection(principal, connectorId);
    const reason = 'disconnect';
    const about = { connectorId, connector, profileUid, reason, actor: principal } as const;
    return this.#grants.revokeWithOutcome(about);
  }

  /**
   * `connector: undefined`: the connector exists, but its secrets cannot be decrypted. The user can
   * still disconnect.
   */
  async #ownConnection(
    principal: Principal,
    connectorId: string,
  ): Promise<{ readonly connector: DecryptedConnector | undefined; readonly profileUid: string }> {
    const { user, spaceId } = principal;
    if (user === undefined) throw new HttpError(401, 'Sign in to manage your authorization.');
    await this.#access.ensure(principal, 'execute-oauth', connectorId);
    const found = await this.#flow.find(connectorId, spaceId);
    const connector = found.kind === 'found' ? found.connector : undefined;
    return { connector, profileUid: user.profileUid };
  }
}
