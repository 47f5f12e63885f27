import type { DescribedScope } from '../../scopes/index.ts';
import type { AccountChange } from '../grants/account_change.ts';

/** Status of a connection, as the REST API names it. */
export type ConnectionStatus =
  | 'not_connected'
  | 'pending'
  | 'connected'
  | 'needs_site'
  | 'expiring'
  | 'refresh_failing'
  | 'needs_reauth'
  | 'revocation_pending';

/** Scopes of a grant with their meaning. */
export interface ScopeTexts {
  readonly requested: readonly DescribedScope[];
  /** Absent: the provider did not name the granted scopes. */
  readonly granted?: readonly DescribedScope[];
}

/** A connection as its owner or an administrator may see it. */
export interface ConnectionView {
  readonly connectorId: string;
  readonly profileUid: string;
  readonly status: ConnectionStatus;
  /** `undefined`: the user has no grant. */
  readonly statusSince: Date | undefined;
  /** `undefined`: no error is known. */
  readonly lastError: { readonly code: string; readonly at: Date } | undefined;
  /**
   * Revocations of this user that failed permanently in the last 90 days. Their grants may still
   * work at the provider. Absent: none.
   */
  readonly failedRevocations?: { readonly count: number; readonly at: Date };
  /**
   * Grants of this user that ended in the last 90 days and could not be revoked, because the
   * provider offers no revocation or the client is unknown. Absent: none.
   */
  readonly unsupportedRevocations?: { readonly count: number; readonly at: Date };
  /** End of the access token. `undefined`: unknown, or there is no token. */
  readonly expiresAt: Date | undefined;
  /** Granted scopes. `undefined`: no grant, or the provider did not name them. */
  readonly scopes: readonly string[] | undefined;
  /**
   * Scopes that the connector added after the user authorized. Authorizing again grants them. Left
   * out: none.
   */
  readonly missingScopes?: readonly string[];
  /**
   * Requested and granted scopes in words. Absent: there is no grant in use, or its connector
   * cannot be read.
   */
  readonly scopeTexts?: ScopeTexts;
  /**
   * Instant from which the user must authorize again. Absent: unknown, never, or the user must
   * authorize now.
   */
  readonly authorizationEndsAt?: Date;
  /** The site that calls use. Absent: none is chosen, or the provider has no sites. */
  readonly site?: { readonly id: string; readonly label: string };
  /** Account at the service. `undefined`: not connected, or the provider did not name it. */
  readonly account: { readonly id: string; readonly label: string } | undefined;
  /** `undefined`: not used yet. */
  readonly lastUsedAt: Date | undefined;
  /**
   * Time of the authorization. `undefined`: never, or stored by an older version without this date.
   */
  readonly connectedAt?: Date | undefined;
  /** Another account that waits for the owner's decision. */
  readonly accountChange?: AccountChange | undefined;
}
