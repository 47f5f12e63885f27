import type { AuthorizationReason } from '@latchkey/connector-specs';
import { OAuthError, type OAuthErrorCode, type TokenGrant } from '@latchkey/oauth-client';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { ConfigurationErrorCode } from '../../strategies/index.ts';
import {
  type GrantChanges,
  type GrantRecord,
  isStillValid,
  tokenFingerprint,
} from '../grants/grant_record.ts';
import type { RejectionEvidence } from '../token_contract.ts';
import { type TokenUnavailableCode, TokenUnavailableError } from '../token_errors.ts';
import {
  authorizationError,
  endedByProviderError,
  nextAttemptMessage,
} from './refresh_decision.ts';
import {
  changesAfterTransientFailure,
  changesWhenReauthNeeded,
  OTHER_ACCOUNT,
  RESPONSE_LOST,
} from './refresh_outcome.ts';
import type { RecordWithToken, RefreshDeps, RefreshRequest } from './refresh_request.ts';
import type { TokenWriter } from './token_writer.ts';

/** Attempts of one compare-and-set. Other writes to a grant during its refresh are rare. */
const MAX_ATTEMPTS = 5;

/**
 * Code for callers while the provider has problems. All other codes become `provider_unavailable`.
 */
const UNAVAILABLE: Partial<Record<OAuthErrorCode, TokenUnavailableCode>> = {
  rate_limited: 'rate_limited',
};

/**
 * Code for administrators when the provider refuses the client. All other codes become
 * `request_rejected`.
 */
const MISCONFIGURED: Partial<Record<OAuthErrorCode, ConfigurationErrorCode>> = {
  invalid_client: 'client_rejected',
  // No request was sent: the allowlist of this server does not contain the address.
  endpoint_not_allowed: 'endpoint_not_allowed',
};

/**
 * Handles a failed token request. The three kinds of errors are never mixed up, and every change of
 * state is a compare-and-set on the record that was read.
 */
export class RefreshErrorHandler {
  readonly #deps: RefreshDeps;
  readonly #writer: TokenWriter;

  constructor(deps: RefreshDeps, save: TokenWriter) {
    this.#deps = deps;
    this.#writer = save;
  }

  /**
   * Handles the error of a token request for the leased record.
   * @returns a record whose token is still valid, or `decide_again` when the grant changed
   *   meanwhile
   * @throws ConnectorAuthorizationError, ConnectorConfigurationError, TokenUnavailableError
   */
  async handle(
    error: unknown,
    leased: GrantRecord,
    request: RefreshRequest,
  ): Promise<RecordWithToken | 'decide_again'> {
    if (!(error instanceof OAuthError)) {
      await this.#write(leased, { refresh: undefined });
      throw error;
    }
    this.#deps.events.emit({
      type: 'refresh_failed',
      connectorId: request.connector.id,
      profileUid: request.key.scope === 'per-user' ? request.key.profileUid : undefined,
      kind: error.kind,
      code: error.code,
      providerRequestId: error.providerRequestId,
    });
    const current = await this.#keepRotated(error, leased, request);
    if (current === 'decide_again') return current;
    switch (error.kind) {
      case 'reauthorize':
        return this.#onRejectedGrant(error, current, request);
      case 'misconfigured':
        return this.#onMisconfigured(error, current, request);
      case 'transient':
        return this.#onTransient(error, current, request);
      default:
        return error.kind satisfies never;
    }
  }

  /**
   * Stores that the user must authorize again. `false`: the grant changed meanwhile; the newer
   * state is kept.
   */
  async markNeedsReauth(
    record: GrantRecord,
    request: RefreshRequest,
    code: AuthorizationReason | RejectionEvidence | typeof RESPONSE_LOST | typeof OTHER_ACCOUNT,
  ): Promise<boolean> {
    const now = new Date(this.#deps.clock.now());
    const changes = changesWhenReauthNeeded(record, {
      code,
      now,
      accessTokenRejected: isRefused(request) || code === OTHER_ACCOUNT,
    });
    return this.#write(record, changes);
  }

  /**
   * Handles a response with tokens of another account: they are revoked and never used. The grant
   * ends as well: the refresh token that led to them cannot be trusted, and the provider may have
   * consumed it.
   * @throws ConnectorAuthorizationError
   */
  async onOtherAccount(
    grant: TokenGrant,
    leased: GrantRecord,
    request: RefreshRequest,
  ): Promise<'decide_again'> {
    const { events, randomness, revokeOrphanedTokens } = this.#deps;
    events.emit({
      type: 'refresh_failed',
      connectorId: request.connector.id,
      profileUid: request.key.scope === 'per-user' ? request.key.profileUid : undefined,
      kind: 'reauthorize',
      code: OTHER_ACCOUNT,
      providerRequestId: grant.providerRequestId,
    });
    await revokeOrphanedTokens(request, {
      generation: randomness.uuid(),
      accountId: grant.account?.id,
      accessToken: `${grant.tokenType} ${grant.accessToken}`,
      refreshToken: grant.refreshToken ?? leased.refreshToken,
    });
    if (!(await this.markNeedsReauth(leased, request, OTHER_ACCOUNT))) return 'decide_again';
    throw endedByProviderError(request.connector.authType, OTHER_ACCOUNT);
  }

  /**
   * Saves the refresh token of an unusable response. Without it the grant would be lost.
   * @returns the record to continue with
   */
  async #keepRotated(
    error: OAuthError,
    leased: GrantRecord,
    request: RefreshRequest,
  ): Promise<GrantRecord | 'decide_again'> {
    const refreshToken = error.rotatedRefreshToken();
    if (refreshToken === undefined) return leased;
    // An earlier lost response belongs to the refresh token that this one replaces.
    const lastError = { code: error.code, at: new Date(this.#deps.clock.now()) };
    const changes = { refreshToken, refreshTokenExpiresAt: undefined, lastError };
    return this.#writer.saveRotatedToken({ leased, request, changes });
  }

  /**
   * Handles `invalid_grant`. Another process may have refreshed first. The grant needs a new
   * authorization only if the stored refresh token is the one that was sent.
   */
  async #onRejectedGrant(
    error: OAuthError,
    leased: GrantRecord,
    request: RefreshRequest,
  ): Promise<RecordWithToken | 'decide_again'> {
    const current = await this.#deps.store.read(request.key);
    const sameToken =
      current?.refreshToken !== undefined &&
      leased.refreshToken !== undefined &&
      tokenFingerprint(current.refreshToken) === tokenFingerprint(leased.refreshToken);
    if (!sameToken || current.generation !== leased.generation) return 'decide_again';
    // Another process took over and may be sending the token right now. Its response decides.
    const owner = current.refresh?.owner;
    if (owner !== undefined && owner !== leased.refresh?.owner) return 'decide_again';
    const fallback = this.#fallback(current, request);
    if (fallback !== undefined) return this.#onEarlyRejection(error, fallback);
    const code = wasResponseLost(leased)
      ? RESPONSE_LOST
      : reasonOfRejection(current, this.#deps.clock.now());
    if (!(await this.markNeedsReauth(current, request, code))) return 'decide_again';
    const reason = code === RESPONSE_LOST ? 'token_revoked' : code;
    throw authorizationError(request.connector.authType, reason, error);
  }

  /**
   * Keeps a token that is still valid after an early refresh was refused: some providers refuse a
   * refresh token while its access token is valid. The refusal proves nothing yet. The refresh is
   * repeated once when the token expires, within a minute because of the clock skew.
   */
  async #onEarlyRejection(
    error: OAuthError,
    fallback: RecordWithToken,
  ): Promise<RecordWithToken | 'decide_again'> {
    const { clock, randomness } = this.#deps;
    const now = new Date(clock.now());
    const changes = {
      ...changesAfterTransientFailure(fallback, error, { now, randomness }),
      nextAttemptAt: fallback.expiresAt,
    };
    return (await this.#write(fallback, changes)) ? fallback : 'decide_again';
  }

  /**
   * Reports a refused client to the administrator. Users are not asked to authorize again, and a
   * token that is still valid keeps working.
   */
  async #onMisconfigured(
    error: OAuthError,
    leased: GrantRecord,
    request: RefreshRequest,
  ): Promise<RecordWithToken | 'decide_again'> {
    const problem = await this.#deps.health.report(
      request.connector,
      MISCONFIGURED[error.code] ?? 'request_rejected',
    );
    await this.#write(leased, {
      refresh: undefined,
      ...this.#problemChanges(leased, problem.code),
    });
    const fallback = this.#fallback(leased, request);
    if (fallback !== undefined) return fallback;
    throw problem;
  }

  /**
   * Stores in the grant why calls fail, for its user. One write per grant. A conflict is harmless.
   */
  async recordProblem(record: GrantRecord, code: ConfigurationErrorCode): Promise<void> {
    if (record.lastError?.code === code || record.lastError?.code === RESPONSE_LOST) return;
    await this.#write(record, this.#problemChanges(record, code));
  }

  /** A lost response stays recorded: it explains a later refusal. */
  #problemChanges(record: GrantRecord, code: ConfigurationErrorCode): GrantChanges {
    if (wasResponseLost(record)) return {};
    return { lastError: { code, at: new Date(this.#deps.clock.now()) } };
  }

  async #onTransient(
    error: OAuthError,
    leased: GrantRecord,
    request: RefreshRequest,
  ): Promise<RecordWithToken | 'decide_again'> {
    const { clock, randomness } = this.#deps;
    const changes = changesAfterTransientFailure(leased, error, {
      now: new Date(clock.now()),
      randomness,
    });
    if (!(await this.#write(leased, changes))) return 'decide_again';
    const fallback = this.#fallback(leased, request);
    if (fallback !== undefined) return fallback;
    const retryAfterMs = changes.nextAttemptAt && changes.nextAttemptAt.getTime() - clock.now();
    throw new TokenUnavailableError(
      UNAVAILABLE[error.code] ?? 'provider_unavailable',
      nextAttemptMessage(retryAfterMs ?? 0),
      retryAfterMs,
      { cause: error },
    );
  }

  #fallback(record: GrantRecord, request: RefreshRequest): RecordWithToken | undefined {
    const isUsable = !isRefused(request) && isStillValid(record, this.#deps.clock.now());
    return isUsable && record.accessToken !== undefined
      ? { ...record, accessToken: record.accessToken }
      : undefined;
  }

  /**
   * Writes the changes. `false`: the grant changed meanwhile. If the store cannot be reached,
   * returns true and the lease expires by itself.
   */
  async #write(record: GrantRecord, changes: GrantChanges): Promise<boolean> {
    const { store } = this.#deps;
    try {
      let base: GrantRecord | undefined = record;
      for (let attempts = 0; attempts < MAX_ATTEMPTS && base !== undefined; attempts += 1) {
        if ((await store.compareAndSet(base, changes)) !== undefined) return true;
        base = stillLeased(await store.read(record.key), record);
      }
      return false;
    } catch (error) {
      if (error instanceof SavedObjectError && error.code === 'store_unavailable') return true;
      throw error;
    }
  }
}

/**
 * Returns the current document if this process still holds the lease. Then only the last use or the
 * encryption key was written meanwhile.
 */
function stillLeased(
  current: GrantRecord | undefined,
  before: GrantRecord,
): GrantRecord | undefined {
  const owner = before.refresh?.owner;
  return owner !== undefined && current?.refresh?.owner === owner ? current : undefined;
}

/** Tells if the API rejected the token. Keep-alive replaces a token that is still valid. */
function isRefused({ rejected, isKeepAlive }: RefreshRequest): boolean {
  return rejected !== undefined && isKeepAlive !== true;
}

/** Reason of the refusal, as far as it is known. */
function reasonOfRejection(record: GrantRecord, nowMs: number): AuthorizationReason {
  const end = record.refreshTokenExpiresAt?.getTime();
  return end !== undefined && end <= nowMs ? 'refresh_token_expired' : 'token_revoked';
}

/**
 * Tells if an earlier attempt may have spent this refresh token although its response was never
 * read: the request timed out, or its process crashed. Then a refusal does not mean that the user
 * or the provider withdrew the grant.
 */
function wasResponseLost(leased: GrantRecord): boolean {
  return leased.lastError?.code === RESPONSE_LOST;
}
