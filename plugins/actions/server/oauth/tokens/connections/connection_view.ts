import type { DescribedScope } from '../../scopes/index.ts';
import type { AccountChange } from '../grants/account_change.ts';

/** Status of a connection, with the names of the REST API. */
export type ConnectionStatus =
  | 'not_connected'
  | 'pending'
  | 'connected'
  | 'needs_site'
  | 'expiring'
  | 'refresh_failing'
  | 'needs_reauth'
  | 'revocation_pending';

/** Scopes of a grant, with sentences that explain them. */
export interface ScopeTexts {
  readonly requested: readonly DescribedScope[];
  /** Absent if the provider did not name the granted scopes. */
  readonly granted?: readonly DescribedScope[];
}

/** A connection, for its owner and for administrators. */
export interface ConnectionView {
  readonly connectorId: string;
  readonly profileUid: string;
  readonly status: ConnectionStatus;
  /** Instant since which the connection has this status. `undefined`: the user has no grant. */
  readonly statusSince: Date | undefined;
  /** Last error of the connection. `undefined`: there is none. */
  readonly lastError: { readonly code: string; readonly at: Date } | undefined;
  /**
   * Number of the user's revocations that failed permanently in the last 90 days, and the instant
   * of the last one. These grants may still work at the provider. Absent: there are none.
   */
  readonly failedRevocations?: { readonly count: number; readonly at: Date };
  /**
   * Number of the user's grants that ended in the last 90 days and could not be revoked, because
   * the provider offers no revocation or the client is unknown, and the instant of the last one.
   * Absent: there are none.
   */
  readonly unsupportedRevocations?: { readonly count: number; readonly at: Date };
  /**
   * `true`: the access token has expired, and an administrator must correct the connector before it
   * can be refreshed. Absent: the connection works, or its status or last error tells the cause.
   */
  readonly needsAdministrator?: true;
  /** Expiry of the access token. `undefined`: unknown, or there is no token. */
  readonly expiresAt: Date | undefined;
  /** Granted scopes. `undefined`: there is no grant, or the provider did not name the scopes. */
  readonly scopes: readonly string[] | undefined;
  /**
   * Scopes that the connector requests since the user has authorized. Authorizing again grants
   * them. Absent: there are none.
   */
  readonly missingScopes?: readonly string[];
  /**
   * Requested and granted scopes, with sentences that explain them. Absent: no grant is in use, or
   * the connector cannot be read.
   */
  readonly scopeTexts?: ScopeTexts;
  /**
   * Instant from which the user must authorize again. Absent: unknown, never, or the user must
   * authorize already.
   */
  readonly authorizationEndsAt?: Date;
  /** The site to which calls are sent. Absent: no site is chosen, or the provider has no sites. */
  readonly site?: { readonly id: string; readonly label: string };
  /**
   * Account at the provider. `undefined`: the user is not connected, or the provider did not name
   * the account.
   */
  readonly account: { readonly id: string; readonly label: string } | undefined;
  /** Instant of the last use. `undefined`: not used yet. */
  readonly lastUsedAt: Date | undefined;
  /**
   * Instant of the authorization. `undefined`: there was none, or an older version stored the grant
   * without it.
   */
  readonly connectedAt?: Date | undefined;
  /**
   * Change to another account that waits for the owner's decision. `undefined`: none is waiting.
   */
  readonly accountChange?: AccountChange | undefined;
}
