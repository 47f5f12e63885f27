import { type AuthorizationReason, ConnectorAuthorizationError } from '@latchkey/connector-specs';
import type { RejectionEvidence } from '../../../types.ts';
import {
  type GrantRecord,
  isFresh,
  isRevokedByEdit,
  isStillValid,
  isUsable,
  NO_NEED_TO_WAIT_MS,
  tokenFingerprint,
} from '../grants/grant_record.ts';
import { TokenUnavailableError } from '../token_errors.ts';
import { OTHER_ACCOUNT } from './refresh_outcome.ts';
import type { RecordWithToken, RefreshRequest } from './refresh_request.ts';

/** A backoff further away than this was written by a clock that has since jumped back. */
const MAX_BACKOFF_MS = 24 * 60 * 60_000;

/**
 * What one look at the stored grant calls for.
 * - `adopt`: the stored token serves; nobody is asked.
 * - `wait`: somebody else is refreshing.
 * - `take_lease`: it is on us.
 * - `give_up`: the person must authorize; `mark` says that the store does not know yet.
 * - `later`: the provider asked for a pause.
 */
export type RefreshDecision =
  | { readonly type: 'adopt'; readonly record: RecordWithToken }
  | { readonly type: 'wait' }
  | { readonly type: 'take_lease'; readonly record: GrantRecord | undefined }
  | {
      readonly type: 'give_up';
      readonly error: ConnectorAuthorizationError;
      readonly mark: { readonly record: GrantRecord; readonly code: RejectionEvidence } | undefined;
    }
  | { readonly type: 'later'; readonly error: TokenUnavailableError };

/** Decides from a fresh read. Pure but for `isHeld`, which watches the lease. */
export function decideRefresh(
  record: GrantRecord | undefined,
  request: RefreshRequest,
  at: { readonly nowMs: number; readonly isHeld: boolean },
): RefreshDecision {
  if (request.key.scope === 'shared') return decideShared(record, request, at);
  if (record === undefined || !isUsable(record)) {
    const error = noGrantError(request.connector.authType, record);
    return { type: 'give_up', error, mark: undefined };
  }
  if (record.clientFingerprint !== request.client.fingerprint) {
    const error = connectorChangedError(request.connector.authType);
    return { type: 'give_up', error, mark: undefined };
  }
  if (serves(record, request, at.nowMs)) return { type: 'adopt', record };

  const fallback = stillServes(record, request, at.nowMs) ? record : undefined;
  if (record.state === 'needs_reauth') {
    return fallback === undefined
      ? { type: 'give_up', error: errorOfDead(record, request), mark: undefined }
      : { type: 'adopt', record: fallback };
  }
  if (record.refreshToken === undefined) {
    if (fallback !== undefined) return { type: 'adopt', record: fallback };
    // The clock alone must not cause a write: this server's clock may be wrong.
    if (!isRefused(record, request) || request.evidence === undefined)
      return giveUp(request, 'token_expired');
    return {
      type: 'give_up',
      error: rejectionError(request.connector.authType, request.evidence),
      mark: { record, code: request.evidence },
    };
  }
  return decidePace(record, fallback, { ...at, isRefused: isRefused(record, request) });
}

function decideShared(
  record: GrantRecord | undefined,
  request: RefreshRequest,
  at: { readonly nowMs: number; readonly isHeld: boolean },
): RefreshDecision {
  const mine = record?.clientFingerprint === request.client.fingerprint && isUsable(record);
  if (record === undefined || !mine) {
    return record !== undefined && at.isHeld ? { type: 'wait' } : { type: 'take_lease', record };
  }
  if (serves(record, request, at.nowMs)) return { type: 'adopt', record };
  const fallback = stillServes(record, request, at.nowMs) ? record : undefined;
  return decidePace(record, fallback, { ...at, isRefused: isRefused(record, request) });
}

/** Refreshable in principle: now, later, or by somebody else. */
function decidePace(
  record: GrantRecord,
  fallback: RecordWithToken | undefined,
  at: { readonly nowMs: number; readonly isHeld: boolean; readonly isRefused: boolean },
): RefreshDecision {
  if (at.isHeld) {
    const lifeMs = (fallback?.expiresAt?.getTime() ?? 0) - at.nowMs;
    return fallback !== undefined && lifeMs > NO_NEED_TO_WAIT_MS
      ? { type: 'adopt', record: fallback }
      : { type: 'wait' };
  }
  const pauseMs = (record.nextAttemptAt?.getTime() ?? 0) - at.nowMs;
  // A pause until the end of a token supposes that the token serves until then.
  const isMoot = at.isRefused && record.nextAttemptAt?.getTime() === record.expiresAt?.getTime();
  if (!isMoot && pauseMs > 0 && pauseMs <= MAX_BACKOFF_MS) {
    if (fallback !== undefined) return { type: 'adopt', record: fallback };
    const code =
      record.lastError?.code === 'rate_limited' ? 'rate_limited' : 'provider_unavailable';
    const error = new TokenUnavailableError(code, nextAttemptMessage(pauseMs), pauseMs);
    return { type: 'later', error };
  }
  return { type: 'take_lease', record };
}

/** Fresh, and not the very token the API just refused. */
function serves(
  record: GrantRecord,
  request: RefreshRequest,
  nowMs: number,
): record is RecordWithToken {
  const { refreshMarginSeconds } = request.client;
  // Reading a token knows nothing of margins, so it may ask too early: then there is nothing to do yet.
  const marginMs = refreshMarginSeconds === undefined ? undefined : refreshMarginSeconds * 1_000;
  return isFresh(record, nowMs, marginMs) && !isRejected(record, request);
}

/** Not fresh, but the provider still honours it by its own word, and the API did not just refuse it. */
export function stillServes(
  record: GrantRecord,
  request: RefreshRequest,
  nowMs: number,
): record is RecordWithToken {
  return isStillValid(record, nowMs) && !isRefused(record, request);
}

/** By the API, not merely to be replaced. */
function isRefused(record: GrantRecord, request: RefreshRequest): boolean {
  return request.isKeepAlive !== true && isRejected(record, request);
}

function isRejected(record: GrantRecord, request: RefreshRequest): boolean {
  return (
    request.rejected !== undefined &&
    record.accessToken !== undefined &&
    tokenFingerprint(record.accessToken) === request.rejected
  );
}

/** The reason stored when the grant died. */
function reasonOf(record: GrantRecord): AuthorizationReason {
  const code = record.lastError?.code;
  return code === 'token_expired' || code === 'refresh_token_expired' ? code : 'token_revoked';
}

const SENTENCES: Record<AuthorizationReason, string> = {
  no_token: 'You have not authorized this connector yet. Authorize it and try again.',
  token_expired:
    'Your authorization has expired and cannot be renewed. Authorize the connector again.',
  refresh_token_expired: 'Your authorization has expired. Authorize the connector again.',
  token_revoked:
    'The provider no longer accepts your authorization. Authorize the connector again.',
  refresh_failed: 'Your authorization could not be renewed. Authorize the connector again.',
  no_user: 'This connector acts for a signed-in person, and this call has none.',
  missing_scope:
    'Your authorization does not allow this. Authorize the connector again and agree to everything it asks for.',
};

const DEATHS = {
  [OTHER_ACCOUNT]:
    'The provider renewed your authorization with the tokens of another account, which are not used. Authorize the connector again.',
} as const;

const EVIDENCE: Record<RejectionEvidence, string> = {
  rejected_invalid_token: 'The service says that your token is not valid',
  rejected_by_service: 'The service says that your token is no longer accepted',
  rejected_on_several_paths: 'The service rejected your token on several paths',
};

/** For a token that the API rejects and that nothing can renew. */
function rejectionError(
  authMethod: string,
  evidence: RejectionEvidence,
): ConnectorAuthorizationError {
  const message = `${EVIDENCE[evidence]}, and it cannot be renewed. Authorize the connector again.`;
  return new ConnectorAuthorizationError(authMethod, 'token_revoked', message);
}

/** For a grant that was ended because of what the provider did. */
export function deathError(
  authMethod: string,
  code: typeof OTHER_ACCOUNT,
): ConnectorAuthorizationError {
  return new ConnectorAuthorizationError(authMethod, 'token_revoked', DEATHS[code]);
}

function errorOfDead(record: GrantRecord, request: RefreshRequest): ConnectorAuthorizationError {
  const { authType } = request.connector;
  return record.lastError?.code === OTHER_ACCOUNT
    ? deathError(authType, OTHER_ACCOUNT)
    : authorizationError(authType, reasonOf(record));
}

const SHORT_PAUSE_MS = 60_000;

/** For a refresh that failed and will be repeated. */
export function nextAttemptMessage(pauseMs: number): string {
  return `The provider could not refresh the token. The next attempt is ${timeUntil(pauseMs)}.`;
}

/** In words. A long pause also names what the user can do instead of waiting. */
function timeUntil(pauseMs: number): string {
  if (pauseMs <= SHORT_PAUSE_MS)
    return `in ${Math.ceil(pauseMs / 1_000)} s; nobody needs to authorize again`;
  const minutes = Math.ceil(pauseMs / 60_000);
  return `in ${minutes} minutes, because the provider asked for a pause; authorizing the connector again also helps`;
}

/** The one way this capability asks a person to act. */
export function authorizationError(
  authMethod: string,
  reason: AuthorizationReason,
  cause?: unknown,
): ConnectorAuthorizationError {
  return new ConnectorAuthorizationError(
    authMethod,
    reason,
    SENTENCES[reason],
    cause === undefined ? undefined : { cause },
  );
}

/** There is no grant to use: none was made, or it has ended. */
export function noGrantError(
  authMethod: string,
  record: GrantRecord | undefined,
): ConnectorAuthorizationError {
  return record !== undefined && isRevokedByEdit(record)
    ? connectorChangedError(authMethod)
    : authorizationError(authMethod, 'no_token');
}

/** The grant was made for other hosts or another client than the connector has now. */
function connectorChangedError(authMethod: string): ConnectorAuthorizationError {
  return new ConnectorAuthorizationError(
    authMethod,
    'token_revoked',
    'This connector was changed after you authorized it. Authorize it again.',
  );
}

function giveUp(request: RefreshRequest, reason: AuthorizationReason): RefreshDecision {
  const error = authorizationError(request.connector.authType, reason);
  return { type: 'give_up', error, mark: undefined };
}
