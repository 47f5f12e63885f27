import type { Principal } from '@latchkey/core/server';
import type { IssuedTokens, TokenGrant } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { ProviderClient } from '../strategies/index.ts';
import type { AccountChange, AccountHold, DecidedAccountChange } from './account_change.ts';
import type { ConnectionView } from './connections/connection_view.ts';
import type { RevokeReason } from './grants/grant_events.ts';

/** Creates and ends grants of users, for the flow, the connector service and administrators. */
export interface GrantService {
  /**
   * Stores a fresh grant under a new generation and replaces an older grant in any state. The older
   * tokens are never lost. Tokens of another client, or of an account known to be another
   * (`grant.account`), are revoked as soon as the new grant is stored. All others are kept with the
   * new grant and revoked when it ends. Waiting revocations are not changed. The older grant works
   * until this resolves.
   * @throws TokenUnavailableError, SavedObjectError; no token is lost, and the call may be repeated
   * with the same `generation`
   */
  saveGrant(request: {
    readonly connector: DecryptedConnector;
    readonly client: ProviderClient;
    readonly profileUid: string;
    readonly grant: TokenGrant;
    /** Requested scopes, separated by spaces. Default: those of the client now. */
    readonly scope?: string | undefined;
    /**
     * Identifies this authorization, for a caller that may have to retry. A grant that an earlier
     * try stored, and that may have ended since, is not stored again. Default: a new one.
     */
    readonly generation?: string;
    /**
     * Holds a grant of another account than the connected one, or of an unknown account beside a
     * known one. The returned view shows it. Default: the grant replaces the connected one.
     */
    readonly hold?: AccountHold;
  }): Promise<ConnectionView>;
  /** `undefined`: no change waits for the user's decision. */
  pendingAccountChange(of: {
    readonly connectorId: string;
    readonly profileUid: string;
  }): Promise<AccountChange | undefined>;
  /**
   * Uses the held grant of a flow and revokes the old one, or revokes the held one. If several
   * callers decide at the same time, one of them succeeds.
   * @returns the decided change; `undefined`: no change is pending any more
   */
  decideAccountChange(
    request: {
      readonly connectorId: string;
      readonly profileUid: string;
      readonly flowId: string;
      readonly actor: Principal;
    } & (
      | { readonly decision: 'keep' }
      | {
          readonly decision: 'change';
          readonly client: Pick<ProviderClient, 'fingerprint' | 'configuration'>;
        }
    ),
  ): Promise<DecidedAccountChange | undefined>;
  /**
   * Ends the grant of one user: it can no longer be used here at once, and its tokens are revoked
   * through the outbox. `false`: there was no grant.
   */
  revokeGrantOf(request: {
    readonly connectorId: string;
    readonly profileUid: string;
    readonly reason: RevokeReason;
    readonly actor: Principal | undefined;
    /** The connector as the caller has just read it. Default: it is read when it is needed. */
    readonly connector?: DecryptedConnector | undefined;
    /**
     * Ends only this authorization, for a caller that has just stored it. Default: the current
     * grant, revoked by the client of the connector or its former client.
     */
    readonly authorization?: { readonly generation: string; readonly client: ProviderClient };
  }): Promise<boolean>;
  /**
   * Revokes tokens that the provider issued and that will not be used. Resolves once they are in
   * the outbox. While the store is unavailable, it retries in the background. Never throws.
   */
  revokeUnused(request: {
    readonly connector: DecryptedConnector;
    readonly client: Pick<ProviderClient, 'fingerprint' | 'configuration'>;
    readonly profileUid: string;
    readonly tokens: IssuedTokens;
    /**
     * Generation of the authorization. If a grant of this generation was stored after all, its
     * tokens are kept. Default: a new one.
     */
    readonly generation?: string | undefined;
    readonly accountId?: string | undefined;
  }): Promise<void>;
  /**
   * Marks the connection as pending until that instant, while the user is at the provider.
   * `undefined`: the user came back without a grant. Never changes a working grant.
   */
  markPending(request: {
    readonly connector: DecryptedConnector;
    readonly profileUid: string;
    readonly until: Date | undefined;
  }): Promise<void>;
}
