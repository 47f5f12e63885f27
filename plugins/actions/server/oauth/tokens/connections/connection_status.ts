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

/** Statuses of connections that work, perhaps not for long. */
const WORKING: ReadonlySet<ConnectionStatus> = new Set([
  'connected',
  'expiring',
  'needs_site',
  'refresh_failing',
]);

const WARNING_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Returns the status of a connection, for all routes and pages. The status depends on the stored
 * grant and the time; the existence of a document alone means nothing.
 */
export function connectionStatusOf(
  record: GrantRecord | undefined,
  nowMs: number,
): ConnectionStatus {
  if (record === undefined) return 'not_connected';
  switch (record.state) {
    case 'pending':
      if ((record.pendingUntil?.getTime() ?? 0) > nowMs) return 'pending';
      return isRevokedByEdit(record) ? 'needs_reauth' : 'not_connected';
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
 * Returns the view of a connection, for its user and for administrators.
 * @param record grant of the user. `undefined`: the user has no grant
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

/** Returns the chosen site, without its grant facts, which are not shown. */
function siteOf(record: GrantRecord | undefined): Pick<ConnectionView, 'site'> {
  const { sites = [], siteId } = record?.facts ?? {};
  const site = sites.find(({ id }) => id === siteId);
  return site === undefined ? {} : { site: { id: site.id, label: site.label } };
}

/**
 * Returns the view of a grant whose connector has different hosts or a different client than at the
 * authorization. Such a grant is not used.
 */
export function outdatedConnectionView(view: ConnectionView, now: Date): ConnectionView {
  const { authorizationEndsAt: _, ...others } = view;
  return { ...others, status: 'needs_reauth', lastError: { code: CONNECTOR_CHANGED, at: now } };
}

/** Why a single document cannot be read although the store works. */
export type UnreadableReason = 'undecryptable' | 'newer_version' | 'other_key';

/**
 * Returns why a document could not be read. `undefined`: the error is not limited to this document.
 */
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
 * Returns the view of a document that cannot be read. If the document is corrupt, its user must
 * authorize again. If it was written by a newer version, or with a key that another server has, it
 * is intact, and nobody must authorize again.
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

/** Returns `true` if the access token has expired and there is no refresh token. */
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

/**
 * Returns the expiry of the refresh token, or of the access token if there is no refresh token.
 * `undefined`: unknown.
 */
function authorizationEnd(record: GrantRecord): Date | undefined {
  return record.refreshToken === undefined ? record.expiresAt : record.refreshTokenExpiresAt;
}

/**
 * Returns `true` for the status `expiring`: the refresh token (or the access token, if there is no
 * refresh token) expires within 7 days, or within the last quarter of a shorter lifetime.
 */
function isExpiring(record: GrantRecord, nowMs: number): boolean {
  const end = authorizationEnd(record);
  if (end === undefined) return false;
  const life = end.getTime() - lifetimeStart(record).getTime();
  return end.getTime() - nowMs < Math.min(WARNING_MS, Math.max(0, life) / 4);
}
