import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import { accountChangeOf } from '../grants/account_change.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import {
  CONNECTOR_CHANGED,
  type GrantRecord,
  isRevokedByEdit,
  lifetimeStart,
  reportsUnrevoked,
} from '../grants/grant_record.ts';
import { needsSite } from '../grants/stored_facts.ts';
import type { ConnectionStatus, ConnectionView } from './connection_view.ts';

/** Statuses of a connection that works. */
const WORKING: ReadonlySet<ConnectionStatus> = new Set([
  'connected',
  'expiring',
  'needs_site',
  'refresh_failing',
]);

const WARNING_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Status of a connection, used by every API and screen. It is derived from the stored
 * grant and the time, never from the mere existence of a document.
 */
export function connectionStatusOf(
  record: GrantRecord | undefined,
  nowMs: number,
): ConnectionStatus {
  if (record === undefined) return 'not_connected';
  switch (record.state) {
    case 'pending':
      return (record.pendingUntil?.getTime() ?? 0) > nowMs ? 'pending' : 'not_connected';
    case 'ended':
      return isRevokedByEdit(record) ? 'needs_reauth' : 'not_connected';
    case 'revocation_pending':
      return isRevokedByEdit(record) ? 'needs_reauth' : 'revocation_pending';
    case 'needs_reauth':
      return 'needs_reauth';
    case 'refresh_failing':
      return isExpired(record, nowMs) ? 'needs_reauth' : 'refresh_failing';
    case 'connected':
      if (isExpired(record, nowMs)) return 'needs_reauth';
      if (record.facts !== undefined && needsSite(record.facts)) return 'needs_site';
      return isExpiring(record, nowMs) ? 'expiring' : 'connected';
    default:
      return record.state satisfies never;
  }
}

/**
 * Returns the view of a connection for its user and for administrators. `record` is `undefined`
 * when there is no grant.
 */
export function connectionViewOf(
  key: Extract<GrantKey, { scope: 'per-user' }>,
  record: GrantRecord | undefined,
  nowMs: number,
): ConnectionView {
  const status = connectionStatusOf(record, nowMs);
  const endsAt = record && WORKING.has(status) ? authorizationEnd(record) : undefined;
  return {
    connectorId: key.connectorId,
    profileUid: key.profileUid,
    status,
    ...(endsAt === undefined ? {} : { authorizationEndsAt: endsAt }),
    statusSince: record?.stateSince,
    lastError: record?.lastError,
    ...(record?.unrevoked !== undefined && reportsUnrevoked(record, nowMs)
      ? { unsupportedRevocations: record.unrevoked }
      : {}),
    expiresAt: record?.expiresAt,
    scopes: record?.scopes,
    account: record?.account,
    ...siteOf(record),
    lastUsedAt: record?.lastUsedAt,
    connectedAt: record?.authorizedAt,
    accountChange: record && accountChangeOf(record, nowMs),
  };
}

/** The chosen site. Its facts are not shown. */
function siteOf(record: GrantRecord | undefined): Pick<ConnectionView, 'site'> {
  const { sites = [], siteId } = record?.facts ?? {};
  const site = sites.find(({ id }) => id === siteId);
  return site === undefined ? {} : { site: { id: site.id, label: site.label } };
}

/**
 * Returns the view of a grant that was authorized for other hosts or another client than the
 * connector has now. Such a grant is not used.
 */
export function outdatedConnectionView(view: ConnectionView, now: Date): ConnectionView {
  const { authorizationEndsAt: _, ...others } = view;
  return { ...others, status: 'needs_reauth', lastError: { code: CONNECTOR_CHANGED, at: now } };
}

/** Reason why a single document cannot be read although the store works. */
export type UnreadableReason = 'undecryptable' | 'newer_version' | 'other_key';

/** Maps an error to the reason. `undefined`: the error concerns more than one document. */
export function unreadableReasonOf(error: unknown): UnreadableReason | undefined {
  if (!(error instanceof SavedObjectError)) return undefined;
  if (needsAnotherKey(error)) return 'other_key';
  return error.code === 'undecryptable' || error.code === 'newer_version' ? error.code : undefined;
}

const UNREADABLE = {
  undecryptable: { status: 'needs_reauth', code: 'token_unreadable' },
  newer_version: { status: 'refresh_failing', code: 'newer_version' },
  other_key: { status: 'refresh_failing', code: 'key_not_configured' },
} as const;

/**
 * Returns the view of a document that cannot be read. A corrupt document can only be repaired by
 * its user, who must authorize again. A document of a newer version, or with a key that another
 * server has, is intact: no user must authorize again.
 */
export function unreadableConnectionView(
  key: Extract<GrantKey, { scope: 'per-user' }>,
  reason: UnreadableReason,
  now: Date,
): ConnectionView {
  const { status, code } = UNREADABLE[reason];
  return {
    ...connectionViewOf(key, undefined, now.getTime()),
    status,
    lastError: { code, at: now },
  };
}

/** Tells if the access token has expired and cannot be refreshed. */
function isExpired(record: GrantRecord, nowMs: number): boolean {
  const accessEnded = record.expiresAt !== undefined && record.expiresAt.getTime() <= nowMs;
  return accessEnded && !canRefresh(record, nowMs);
}

function canRefresh(record: GrantRecord, nowMs: number): boolean {
  if (record.refreshToken === undefined) return false;
  return (
    record.refreshTokenExpiresAt === undefined || record.refreshTokenExpiresAt.getTime() > nowMs
  );
}

/** Expiry of the refresh token or, without one, of the access token. `undefined`: unknown. */
function authorizationEnd(record: GrantRecord): Date | undefined {
  return record.refreshToken === undefined ? record.expiresAt : record.refreshTokenExpiresAt;
}

/**
 * `expiring`: the refresh token (or, without one, the access token) expires within 7 days, or
 * within the last quarter of a shorter lifetime.
 */
function isExpiring(record: GrantRecord, nowMs: number): boolean {
  const end = authorizationEnd(record);
  if (end === undefined) return false;
  const life = end.getTime() - lifetimeStart(record).getTime();
  return end.getTime() - nowMs < Math.min(WARNING_MS, Math.max(0, life) / 4);
}
