import { type AuthorizationReason, ConnectorAuthorizationError } from '@latchkey/connector-specs';
import {
  type GrantRecord,
  isFresh,
  isRevokedByEdit,
  isStillValid,
  isUsable,
  MIN_REMAINING_MS,
  tokenFingerprint,
} from '../grants/grant_record.ts';
import { authorizationError, TokenUnavailableError } from '../grants/token_errors.ts';
import { OTHER_ACCOUNT } from './refresh_outcome.ts';
import type {
  RecordWithToken,
  RefreshCause,
  RefreshRequest,
  RejectionEvidence,
} from './refresh_request.ts';
import { isIssuedFor } from './shared_token_binding.ts';

/**
 * Maximum backoff, in milliseconds. A longer one is ignored, because it was written by a clock that
 * has been set back since.
 */
const MAX_BACKOFF_MS = 24 * 60 * 60_000;
/**
 * Difference of the clocks of two processes, in milliseconds, up to which the backoff that one of
 * them has stored applies to the other. A clock that is further ahead is wrong.
 */
const MAX_CLOCK_SKEW_MS = 60_000;

/**
 * Next step after reading a grant.
 * - `adopt`: use the stored token; no request is sent.
 * - `wait`: another process is refreshing the grant.
 * - `take_lease`: this process refreshes the grant.
 * - `give_up`: the user must authorize. `mark`: what to store, if the store does not say so yet.
 * - `later`: a pause has not ended, because the provider requested it or a refresh has failed.
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

/** Decides what to do with a grant that was just read. A pure function of its arguments. */
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
  if (canServe(record, request, at.nowMs)) return { type: 'adopt', record };

  const fallback = canServeAsFallback(record, request, at.nowMs) ? record : undefined;
  if (record.state === 'needs_reauth') {
    return fallback === undefined
      ? { type: 'give_up', error: needsReauthError(record, request), mark: undefined }
      : { type: 'adopt', record: fallback };
  }
  if (record.refreshToken === undefined) {
    if (fallback !== undefined) return { type: 'adopt', record: fallback };
    // Without a rejection nothing is written, because the clock of this server may be wrong.
    const evidence = request.cause.type === 'rejected' ? request.cause.evidence : undefined;
    if (!isRejected(record, request) || evidence === undefined)
      return giveUp(request, 'token_expired');
    return {
      type: 'give_up',
      error: rejectionError(request.connector.authType, evidence),
      mark: { record, code: evidence },
    };
  }
  return decideTiming(record, fallback, { ...at, isRejected: isRejected(record, request) });
}

function decideShared(
  record: GrantRecord | undefined,
  request: RefreshRequest,
  at: { readonly nowMs: number; readonly isHeld: boolean },
): RefreshDecision {
  const isUsableHere =
    record?.clientFingerprint === request.client.fingerprint &&
    isUsable(record) &&
    isIssuedFor(record, request.connector);
  if (record === undefined || !isUsableHere) {
    return record !== undefined && at.isHeld ? { type: 'wait' } : { type: 'take_lease', record };
  }
  if (canServe(record, request, at.nowMs)) return { type: 'adopt', record };
  const fallback = canServeAsFallback(record, request, at.nowMs) ? record : undefined;
  return decideTiming(record, fallback, { ...at, isRejected: isRejected(record, request) });
}

/** Decides when a grant that can be refreshed is refreshed: now, later, or by another process. */
function decideTiming(
  record: GrantRecord,
  fallback: RecordWithToken | undefined,
  at: { readonly nowMs: number; readonly isHeld: boolean; readonly isRejected: boolean },
): RefreshDecision {
  if (at.isHeld) {
    const remainingMs = (fallback?.expiresAt?.getTime() ?? 0) - at.nowMs;
    return fallback !== undefined && remainingMs > MIN_REMAINING_MS
      ? { type: 'adopt', record: fallback }
      : { type: 'wait' };
  }
  const pauseMs = (record.nextAttemptAt?.getTime() ?? 0) - at.nowMs;
  // A pause may last until a token expires, because the token is assumed to be valid until then.
  // Such a pause does not apply if the API rejects the token.
  const ignoresPause =
    at.isRejected && record.nextAttemptAt?.getTime() === record.expiresAt?.getTime();
  if (!ignoresPause && pauseMs > 0 && pauseMs <= MAX_BACKOFF_MS && !isOfFuture(record, at.nowMs)) {
    if (fallback !== undefined) return { type: 'adopt', record: fallback };
    const code =
      record.lastError?.code === 'rate_limited' ? 'rate_limited' : 'provider_unavailable';
    const error = new TokenUnavailableError(code, nextAttemptMessage(pauseMs), pauseMs);
    return { type: 'later', error };
  }
  return { type: 'take_lease', record };
}

/** Returns `true` if the failure that caused the backoff was dated by a clock that is ahead. */
function isOfFuture({ lastError }: GrantRecord, nowMs: number): boolean {
  return (lastError?.at.getTime() ?? 0) > nowMs + MAX_CLOCK_SKEW_MS;
}

/** Returns `true` if the token is fresh and is not the one to replace. */
function canServe(
  record: GrantRecord,
  request: RefreshRequest,
  nowMs: number,
): record is RecordWithToken {
  const { refreshMarginSeconds } = request.client;
  // Callers do not know the refresh margin, so they may ask too early. Then the token is served and
  // not refreshed.
  const marginMs = refreshMarginSeconds === undefined ? undefined : refreshMarginSeconds * 1_000;
  return isFresh(record, nowMs, marginMs) && !isToReplace(record, request.cause);
}

/**
 * Returns `true` if the token is not fresh, but valid by its stated lifetime and not rejected by
 * the API. A shared token must have been requested for the connector as it is now.
 */
export function canServeAsFallback(
  record: GrantRecord,
  request: RefreshRequest,
  nowMs: number,
): record is RecordWithToken {
  return (
    isStillValid(record, nowMs) &&
    !isRejected(record, request) &&
    isIssuedFor(record, request.connector)
  );
}

/**
 * Returns the record if callers may be served although its refresh has failed: its token is still
 * valid by its stated lifetime, no caller has reported that the API rejects it, and a shared token
 * was requested for the connector as it is now. `undefined`: the token must not be served.
 */
export function fallbackAfterFailure(
  record: GrantRecord,
  request: RefreshRequest,
  nowMs: number,
): RecordWithToken | undefined {
  const { accessToken } = record;
  if (accessToken === undefined || request.cause.type === 'rejected') return undefined;
  if (!isStillValid(record, nowMs)) return undefined;
  if (!isIssuedFor(record, request.connector)) return undefined;
  return { ...record, accessToken };
}

/** Returns `true` if the stored token is the one that the API rejected. */
function isRejected(record: GrantRecord, request: RefreshRequest): boolean {
  return request.cause.type === 'rejected' && isToReplace(record, request.cause);
}

/** Returns `true` if a token is the one that the refresh must replace. */
export function isToReplace(
  { accessToken }: Pick<GrantRecord, 'accessToken'>,
  cause: RefreshCause,
): boolean {
  return (
    cause.type !== 'expires' &&
    accessToken !== undefined &&
    tokenFingerprint(accessToken) === cause.fingerprint
  );
}

/** Returns why the user must authorize again, from the stored error. */
function reasonOf(record: GrantRecord): AuthorizationReason {
  const code = record.lastError?.code;
  return code === 'token_expired' || code === 'refresh_token_expired' ? code : 'token_revoked';
}

const ENDED_BY_PROVIDER = {
  [OTHER_ACCOUNT]:
    'The provider renewed your authorization with the tokens of another account, which are not used. Authorize the connector again.',
} as const;

const EVIDENCE: Record<RejectionEvidence, string> = {
  rejected_invalid_token: 'The service says that your token is not valid',
  rejected_by_service: 'The service says that your token is no longer accepted',
  rejected_on_several_paths: 'The service rejected your token on several endpoints',
};

/** Creates the error for a token that the API rejects and that cannot be refreshed. */
function rejectionError(
  authMethod: string,
  evidence: RejectionEvidence,
): ConnectorAuthorizationError {
  const message = `${EVIDENCE[evidence]}, and it cannot be renewed. Authorize the connector again.`;
  return new ConnectorAuthorizationError(authMethod, 'token_revoked', message);
}

/** Creates the error for a grant that ended because of a response of the provider. */
export function endedByProviderError(
  authMethod: string,
  code: typeof OTHER_ACCOUNT,
): ConnectorAuthorizationError {
  return new ConnectorAuthorizationError(authMethod, 'token_revoked', ENDED_BY_PROVIDER[code]);
}

function needsReauthError(
  record: GrantRecord,
  request: RefreshRequest,
): ConnectorAuthorizationError {
  const { authType } = request.connector;
  return record.lastError?.code === OTHER_ACCOUNT
    ? endedByProviderError(authType, OTHER_ACCOUNT)
    : authorizationError(authType, reasonOf(record));
}

const SHORT_PAUSE_MS = 60_000;

/** Returns the message for a refresh that has failed and will be tried again. */
export function nextAttemptMessage(pauseMs: number): string {
  return `The provider could not refresh the token. The next attempt is ${timeUntil(pauseMs)}.`;
}

/**
 * Describes the time until the next attempt. If it is long, also says what the user can do
 * meanwhile.
 */
function timeUntil(pauseMs: number): string {
  if (pauseMs <= SHORT_PAUSE_MS)
    return `in ${Math.ceil(pauseMs / 1_000)} s; nobody needs to authorize again`;
  const minutes = Math.ceil(pauseMs / 60_000);
  return `in ${minutes} minutes, because the provider asked for a pause; authorizing the connector again also helps`;
}

/** Creates the error for a missing grant: the user has not authorized, or the grant has ended. */
export function noGrantError(
  authMethod: string,
  record: GrantRecord | undefined,
): ConnectorAuthorizationError {
  return record !== undefined && isRevokedByEdit(record)
    ? connectorChangedError(authMethod)
    : authorizationError(authMethod, 'no_token');
}

/**
 * Creates the error for a grant that was authorized for different hosts or a different client than
 * the connector has now.
 */
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
