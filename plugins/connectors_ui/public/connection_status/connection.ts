import type { connectionStatusBody } from '@latchkey/actions-plugin/common';
import type { z } from 'zod';

/**
 * Status of a user's connection to a connector. `unknown`: a newer server has sent a status that
 * this page does not know.
 */
export type ConnectionStatus =
  | 'connected'
  | 'expiring'
  | 'needs_site'
  | 'needs_reauth'
  | 'not_applicable'
  | 'not_connected'
  | 'pending'
  | 'refresh_failing'
  | 'revocation_pending'
  | 'unknown';

/** One permission that an authorization asks for. */
export interface Permission {
  /** Technical name of the permission (OAuth scope). */
  readonly scope: string;
  /** Description for users. `undefined`: only the provider knows the meaning of the scope. */
  readonly text: string | undefined;
}

/** The user's connection to one connector. */
export interface Connection {
  readonly status: ConnectionStatus;
  /** Instant since which the connection has its status. `undefined`: unknown. */
  readonly since: Date | undefined;
  /**
   * Name of the account. `undefined`: the user is not connected, or the provider did not name the
   * account.
   */
  readonly account: string | undefined;
  /** The site that calls use. `undefined`: none is chosen, or the provider has no sites. */
  readonly site: { readonly id: string; readonly label: string } | undefined;
  /** Time of the authorization. `undefined`: not connected, or unknown. */
  readonly connectedAt: Date | undefined;
  /** Time of the last call. `undefined`: not used yet. */
  readonly lastUsedAt: Date | undefined;
  /** Instant from which the user must authorize again. `undefined`: unknown, or never. */
  readonly endsAt: Date | undefined;
  /** Permissions that the connector requests. Empty: unknown, or the provider decides. */
  readonly requested: readonly Permission[];
  /** Permissions that the provider granted. `undefined`: the provider did not name them. */
  readonly granted: readonly Permission[] | undefined;
  /** Scopes that the connector requests and the authorization lacks. */
  readonly missingScopes: readonly string[];
  /** Code of the last error; `docs/errors.md` explains the codes. `undefined`: none. */
  readonly lastError: string | undefined;
  readonly nextStep:
    | 'authorize'
    | 'choose_site'
    | 'reconnect'
    | 'wait'
    | 'ask_administrator'
    | 'none';
  /** Number of authorizations that ended in Latchkey but may still work at the provider. */
  readonly unrevokedCount: number;
  /**
   * Id of the attempt with another account, about which the user has to decide. `undefined`: there
   * is none.
   */
  readonly accountChangeId: string | undefined;
}

type Body = z.infer<typeof connectionStatusBody>;

const STATUSES: ReadonlySet<string> = new Set<ConnectionStatus>([
  'connected',
  'expiring',
  'needs_reauth',
  'needs_site',
  'not_connected',
  'pending',
  'refresh_failing',
  'revocation_pending',
]);

/** Converts a connection of the server's response to the form that this plugin uses. */
export function toConnection(body: Body): Connection {
  const {
    scope_texts: texts,
    failed_revocations: failed,
    unsupported_revocations: unsupported,
  } = body;
  return {
    status: statusOf(body),
    since: dateOf(body.status_since),
    account: body.account,
    site: body.site,
    connectedAt: dateOf(body.connected_at),
    lastUsedAt: dateOf(body.last_used_at),
    endsAt: dateOf(body.authorization_ends_at),
    requested: (texts?.requested ?? []).map(toPermission),
    granted: (texts?.granted ?? body.scopes?.map((scope) => ({ scope })))?.map(toPermission),
    missingScopes: body.missing_scopes ?? [],
    lastError: body.last_error?.code,
    nextStep: body.next_step ?? 'none',
    unrevokedCount: (failed?.count ?? 0) + (unsupported?.count ?? 0),
    accountChangeId: body.account_change?.flow_id,
  };
}

function statusOf({ user_auth_status: coarse, connection_status: exact }: Body): ConnectionStatus {
  if (coarse === 'not_applicable') return 'not_applicable';
  if (exact === undefined) return coarse;
  return STATUSES.has(exact) ? (exact as ConnectionStatus) : 'unknown';
}

const dateOf = (instant: string | undefined): Date | undefined =>
  instant === undefined ? undefined : new Date(instant);

const toPermission = ({
  scope,
  text,
}: {
  readonly scope: string;
  readonly text?: string | undefined;
}): Permission => ({ scope, text });

/** Returns `true` if the user is connected now, so that disconnecting has an effect. */
export function isConnected({ status }: Connection): boolean {
  return ['connected', 'expiring', 'refresh_failing', 'needs_reauth', 'needs_site'].includes(
    status,
  );
}

/**
 * Returns `true` if a call as this user may succeed. An unknown status of a newer server counts as
 * usable.
 */
export function isUsable({ status }: Connection): boolean {
  return !['needs_reauth', 'needs_site', 'not_connected', 'pending', 'revocation_pending'].includes(
    status,
  );
}

/** Returns `true` if the user has to choose a site. This needs no new authorization. */
export function needsSite({ nextStep }: Connection): boolean {
  return nextStep === 'choose_site';
}

/** Returns `true` if the authorization covers several sites, so that the user can choose one. */
export function hasSites(connection: Connection): boolean {
  return needsSite(connection) || connection.site !== undefined;
}

/**
 * `true`: the next step of the user is to authorize. This includes an unfinished earlier attempt,
 * because its window may be lost.
 */
export function needsAuthorization({ status, nextStep }: Connection): boolean {
  return nextStep === 'authorize' || nextStep === 'reconnect' || status === 'pending';
}
