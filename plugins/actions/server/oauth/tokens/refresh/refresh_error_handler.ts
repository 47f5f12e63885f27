import type { AuthorizationReason } from '@latchkey/connector-specs';
import { OAuthError, type OAuthErrorCode, type TokenGrant } from '@latchkey/oauth-client';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { RejectionEvidence } from '../../../types.ts';
import type { ConfigurationErrorCode } from '../../strategies/index.ts';
import {
  type GrantChanges,
  type GrantRecord,
  isStillValid,
  tokenFingerprint,
} from '../grants/grant_record.ts';
import { type TokenUnavailableCode, TokenUnavailableError } from '../token_errors.ts';
import { authorizationError, deathError, nextAttemptMessage } from './refresh_decision.ts';
import {
  changesAfterDeath,
  changesAfterTransientFailure,
  OTHER_ACCOUNT,
  RESPONSE_LOST,
} from './refresh_outcome.ts';
import type { RecordWithToken, RefreshDeps, RefreshRequest } from './refresh_request.ts';
import type { TokenWriter } from './token_writer.ts';

/** Others write to a grant rarely while it is being refreshed. */
const MAX_TRIES = 5;

/** What callers are told while the provider has trouble. */
const UNAVAILABLE: Partial<Record<OAuthErrorCode, TokenUnavailableCode>> = {
  rate_limited: 'rate_limited',
};

/** What administrators are told about a refused client; everything else is a refused request. */
const MISCONFIGURED: Partial<Record<OAuthErrorCode, ConfigurationErrorCode>> = {
  invalid_client: 'client_rejected',
  // Nobody was asked: this server may not call the address.
  endpoint_not_allowed: 'endpoint_not_allowed',
};

/** What follows a failed token call. The three kinds never mix, and every change of state is a compare-and-set on what was read. */
export class RefreshErrorHandler {
  readonly #deps: RefreshDeps;
  readonly #save: TokenWriter;

  constructor(deps: RefreshDeps, save: TokenWriter) {
    this.#deps = deps;
    this.#save = save;
  }

  /**
   * @returns a token that still serves, or `decide_again` when the store moved on meanwhile
   * @throws ConnectorAuthorizationError, ConnectorConfigurationError, TokenUnavailableError
   */
  async handle(
    error: unknown,
    held: GrantRecord,
    request: RefreshRequest,
  ): Promise<RecordWithToken | 'decide_again'> {
    if (!(error instanceof OAuthError)) {
      await this.#write(held, { refresh: undefined });
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
    const leased = await this.#keepRotated(error, held, request);
    if (leased === 'decide_again') return leased;
    switch (error.kind) {
      case 'reauthorize':
        return this.#onRejectedGrant(error, leased, request);
      case 'misconfigured':
        return this.#onMisconfigured(error, leased, request);
      case 'transient':
        return this.#onTransient(error, leased, request);
      default:
        return error.kind satisfies never;
    }
  }

  /** Says in the store that only the owner can help. A lost race is fine: the winner knows better. */
  async markDead(
    record: GrantRecord,
    request: RefreshRequest,
    code: AuthorizationReason | RejectionEvidence | typeof RESPONSE_LOST | typeof OTHER_ACCOUNT,
  ): Promise<boolean> {
    const now = new Date(this.#deps.clock.now());
    const changes = changesAfterDeath(record, {
      code,
      now,
      accessTokenRejected: isRefused(request) || code === OTHER_ACCOUNT,
    });
    return this.#write(record, changes);
  }

  /**
   * The provider returned tokens of somebody else: they are revoked and never used. The refresh
   * token that led to them is as suspect, and the provider may have consumed it.
   * @throws ConnectorAuthorizationError
   */
  async onOtherAccount(
    grant: TokenGrant,
    held: GrantRecord,
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
      refreshToken: grant.refreshToken ?? held.refreshToken,
    });
    if (!(await this.markDead(held, request, OTHER_ACCOUNT))) return 'decide_again';
    throw deathError(request.connector.authType, OTHER_ACCOUNT);
  }

  /** The answer was of no use, but may have brought a new refresh token: without it the grant would be lost. @returns the document to go on with */
  async #keepRotated(
    error: OAuthError,
    leased: GrantRecord,
    request: RefreshRequest,
  ): Promise<GrantRecord | 'decide_again'> {
    const refreshToken = error.rotatedRefreshToken();
    if (refreshToken === undefined) return leased;
    // Whatever was lost before, was lost of the token that this one replaces.
    const lastError = { code: error.code, at: new Date(this.#deps.clock.now()) };
    const changes = { refreshToken, refreshTokenExpiresAt: undefined, lastError };
    return this.#save.keep({ leased, request, changes });
  }

  /** `invalid_grant`: somebody else may have won the race; only if the stored token is the one we spent is the grant dead. */
  async #onRejectedGrant(
    error: OAuthError,
    held: GrantRecord,
    request: RefreshRequest,
  ): Promise<RecordWithToken | 'decide_again'> {
    const current = await this.#deps.store.read(request.key);
    const sameToken =
      current?.refreshToken !== undefined &&
      held.refreshToken !== undefined &&
      tokenFingerprint(current.refreshToken) === tokenFingerprint(held.refreshToken);
    if (!sameToken || current.generation !== held.generation) return 'decide_again';
    // Somebody took over and may be presenting the token right now: their answer decides.
    const owner = current.refresh?.owner;
    if (owner !== undefined && owner !== held.refresh?.owner) return 'decide_again';
    const fallback = this.#fallback(current, request);
    if (fallback !== undefined) return this.#onRefusedEarly(error, fallback);
    const code = wasResponseLost(held)
      ? RESPONSE_LOST
      : reasonOfDeath(current, this.#deps.clock.now());
    if (!(await this.markDead(current, request, code))) return 'decide_again';
    const reason = code === RESPONSE_LOST ? 'token_revoked' : code;
    throw authorizationError(request.connector.authType, reason, error);
  }

  /**
   * Some providers refuse a refresh token while its access token lives. The refusal tells nothing yet, and nothing is lost by asking once more at the
   * end of a token that serves until then: within a minute, by the skew.
   */
  async #onRefusedEarly(
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

  /** Nobody is told to re-authorize; a token that is still good keeps working. */
  async #onMisconfigured(
    error: OAuthError,
    held: GrantRecord,
    request: RefreshRequest,
  ): Promise<RecordWithToken | 'decide_again'> {
    const problem = await this.#deps.problems.report(
      request.connector,
      MISCONFIGURED[error.code] ?? 'request_rejected',
    );
    await this.#write(held, { refresh: undefined, ...this.#problemNote(held, problem.code) });
    const fallback = this.#fallback(held, request);
    if (fallback !== undefined) return fallback;
    throw problem;
  }

  /**
   * Tells the owner of a grant why calls fail. One write per grant, and a lost race is harmless.
   */
  async noteProblem(record: GrantRecord, code: ConfigurationErrorCode): Promise<void> {
    if (record.lastError?.code === code || record.lastError?.code === RESPONSE_LOST) return;
    await this.#write(record, this.#problemNote(record, code));
  }

  /** A lost answer is remembered, because it explains a refusal that may follow. */
  #problemNote(record: GrantRecord, code: ConfigurationErrorCode): GrantChanges {
    if (wasResponseLost(record)) return {};
    return { lastError: { code, at: new Date(this.#deps.clock.now()) } };
  }

  async #onTransient(
    error: OAuthError,
    held: GrantRecord,
    request: RefreshRequest,
  ): Promise<RecordWithToken | 'decide_again'> {
    const { clock, randomness } = this.#deps;
    const changes = changesAfterTransientFailure(held, error, {
      now: new Date(clock.now()),
      randomness,
    });
    if (!(await this.#write(held, changes))) return 'decide_again';
    const fallback = this.#fallback(held, request);
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
    const serves = !isRefused(request) && isStillValid(record, this.#deps.clock.now());
    return serves && record.accessToken !== undefined
      ? { ...record, accessToken: record.accessToken }
      : undefined;
  }

  /** `false`: the document moved on. A store that is away leaves the lease to lapse by itself. */
  async #write(record: GrantRecord, changes: GrantChanges): Promise<boolean> {
    const { store } = this.#deps;
    try {
      let base: GrantRecord | undefined = record;
      for (let tries = 0; tries < MAX_TRIES && base !== undefined; tries += 1) {
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

/** The document as it is now, if only its last use or its encryption key was written meanwhile: the lease says so. */
function stillLeased(
  current: GrantRecord | undefined,
  before: GrantRecord,
): GrantRecord | undefined {
  const owner = before.refresh?.owner;
  return owner !== undefined && current?.refresh?.owner === owner ? current : undefined;
}

/** By the API; keep-alive replaces a token that serves. */
function isRefused({ rejected, isKeepAlive }: RefreshRequest): boolean {
  return rejected !== undefined && isKeepAlive !== true;
}

/** Why the provider refuses, as far as is known. */
function reasonOfDeath(record: GrantRecord, nowMs: number): AuthorizationReason {
  const end = record.refreshTokenExpiresAt?.getTime();
  return end !== undefined && end <= nowMs ? 'refresh_token_expired' : 'token_revoked';
}

/**
 * Whether an earlier attempt may have spent this refresh token without anybody reading the answer: it timed out, or its process died.
 * Then a refusal does not mean that the person or the provider took the grant away.
 */
function wasResponseLost(held: GrantRecord): boolean {
  return held.lastError?.code === RESPONSE_LOST;
}
