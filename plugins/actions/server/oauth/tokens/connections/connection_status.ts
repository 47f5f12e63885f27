import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import type { ConnectionStatus, ConnectionView } from '../../../types.ts';
import { accountChangeOf } from '../account_changes.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import {
  CONNECTOR_CHANGED,
  type GrantRecord,
  isRevokedByEdit,
  lifetimeStart,
} from '../grants/grant_record.ts';

const WARNING_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * The status everybody is told, in every API and screen (design 5.4). It follows from what the store knows and from the time, never from
 * the mere existence of a document.
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
      return isDead(record, nowMs) ? 'needs_reauth' : 'refresh_failing';
    case 'connected':
      if (isDead(record, nowMs)) return 'needs_reauth';
      return isExpiring(record, nowMs) ? 'expiring' : 'connected';
    default:
      return record.state satisfies never;
  }
}

/** What owners and administrators see of a connection; `record` is `undefined` when there is none. */
export function connectionViewOf(
  key: Extract<GrantKey, { scope: 'per-user' }>,
  record: GrantRecord | undefined,
  nowMs: number,
): ConnectionView {
  return {
    connectorId: key.connectorId,
    profileUid: key.profileUid,
    status: connectionStatusOf(record, nowMs),
    statusSince: record?.stateSince,
    lastError: record?.lastError,
    expiresAt: record?.expiresAt,
    scopes: record?.scopes,
    account: record?.account,
    lastUsedAt: record?.lastUsedAt,
    connectedAt: record?.authorizedAt,
    accountChange: record && accountChangeOf(record, nowMs),
  };
}

/** The view of a grant that was made for other hosts or another client than the connector has now: nothing uses it any more. */
export function outdatedConnectionView(view: ConnectionView, now: Date): ConnectionView {
  return { ...view, status: 'needs_reauth', lastError: { code: CONNECTOR_CHANGED, at: now } };
}

/** Why a single row cannot be read although the store answers. */
export type UnreadableReason = 'undecryptable' | 'newer_version' | 'other_key';

/** `undefined`: the failure is about more than one row. */
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
 * The view of a row that cannot be read. Damage can only be repaired by its owner, by authorizing again. What a newer build wrote, or a
 * server with another key, is sound and they can use it: nobody has to authorize.
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

/** Nothing to send and nothing to refresh with. */
function isDead(record: GrantRecord, nowMs: number): boolean {
  const accessEnded = record.expiresAt !== undefined && record.expiresAt.getTime() <= nowMs;
  return accessEnded && !canRefresh(record, nowMs);
}

function canRefresh(record: GrantRecord, nowMs: number): boolean {
  if (record.refreshToken === undefined) return false;
  return (
    record.refreshTokenExpiresAt === undefined || record.refreshTokenExpiresAt.getTime() > nowMs
  );
}

/** The end of what keeps the grant alive is near: a week, or the last quarter of a shorter life. */
function isExpiring(record: GrantRecord, nowMs: number): boolean {
  const end = record.refreshToken === undefined ? record.expiresAt : record.refreshTokenExpiresAt;
  if (end === undefined) return false;
  const life = end.getTime() - lifetimeStart(record).getTime();
  return end.getTime() - nowMs < Math.min(WARNING_MS, Math.max(0, life) / 4);
}
