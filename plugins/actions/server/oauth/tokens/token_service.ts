import type { Clock } from '@latchkey/core/server';
import type { AccessTokenState } from '@latchkey/oauth-client';
import type { GrantFacts } from '@latchkey/oauth-providers';
import { oncePerFrozen } from '@latchkey/saved-objects';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { ProviderClientFactory } from '../strategies/index.ts';
import { AccessTokenChecks } from './access_token_checks.ts';
import { FingerprintCache } from './connections/fingerprint_cache.ts';
import { type GrantKey, grantId } from './grants/grant_key.ts';
import {
  freshUntilMs,
  type GrantRecord,
  isFresh,
  isStillValid,
  isUsable,
  MIN_REMAINING_MS,
  tokenFingerprint,
} from './grants/grant_record.ts';
import type { GrantStore } from './grants/grant_store.ts';
import { factsForCalls, needsSite } from './grants/stored_facts.ts';
import { authorizationError, TokenUnavailableError, tokenFailure } from './grants/token_errors.ts';
import type { GrantRefresher } from './refresh/grant_refresher.ts';
import { noGrantError } from './refresh/refresh_decision.ts';
import type {
  RecordWithToken,
  RefreshCause,
  RejectionEvidence,
} from './refresh/refresh_request.ts';
import { isIssuedFor } from './refresh/shared_token_binding.ts';

const LAST_USED_INTERVAL_MS = 10 * 60_000;

/** A token that a call may send. */
export interface UsableToken {
  /** Complete value of the `Authorization` header. */
  readonly authorization: string;
  /**
   * Hash of the access token. It identifies the token without revealing it. Pass it to
   * `replaceRejectedToken` when the API responds with 401.
   */
  readonly fingerprint: string;
  /** Generation of the grant. Changes when the user authorizes again. */
  readonly generation: string;
  /** Id of the account at the provider. `undefined`: the provider did not name it. */
  readonly accountId: string | undefined;
  /** Grant facts, including those of the chosen site. Empty: none are stored. */
  readonly facts: GrantFacts;
  /** Granted scopes. `undefined`: the provider did not name them. */
  readonly scopes: readonly string[] | undefined;
  /** `true`: the user has to choose a site before calls can succeed. */
  readonly needsSite: boolean;
  /** Expiry of the token. `undefined`: the provider did not state it. */
  readonly expiresAt: Date | undefined;
  /**
   * Start of the margin before the expiry, in milliseconds. From then on, calls refresh the token.
   * `undefined`: the expiry is unknown.
   */
  readonly freshUntilMs: number | undefined;
}

/** A request for the token of one user and connector. */
export interface TokenRequest {
  readonly connector: DecryptedConnector;
  /**
   * Profile uid of the user. `undefined`: there is no user; a per-user connector then throws
   * `no_user`, and no other token is used.
   */
  readonly profileUid: string | undefined;
  /**
   * Ends the wait of this caller when it is aborted. A refresh continues, because other callers may
   * wait for it.
   */
  readonly signal?: AbortSignal;
}

/** A token that the API rejected. */
export interface RejectedToken {
  /** `UsableToken.fingerprint` of the rejected token. */
  readonly rejectedFingerprint: string;
  /**
   * Proof that the token is rejected everywhere. `undefined`: there was only a single 401, which
   * never ends a grant that has no refresh token.
   */
  readonly evidence?: RejectionEvidence | undefined;
  /**
   * `false`: a recent refresh for this path has not helped, so no refresh is made; a newer stored
   * token is still returned. Default: `true`.
   */
  readonly mayRefresh?: boolean;
}

/**
 * Returns tokens for calls. Usually this needs one store call and no lease. All methods throw
 * `ConnectorAuthorizationError` if the user must act, `ConnectorConfigurationError` if an
 * administrator must act, and `TokenUnavailableError` if the problem is temporary.
 */
export class TokenService {
  readonly #store: GrantStore;
  readonly #refresher: GrantRefresher;
  readonly #clients: ProviderClientFactory;
  readonly #fingerprints: FingerprintCache;
  readonly #clock: Clock;
  readonly #checks: AccessTokenChecks;
  /** Ids of grants whose last use is being written, so that simultaneous calls write it once. */
  readonly #savingLastUse = new Set<string>();

  constructor(deps: {
    readonly store: GrantStore;
    readonly refresher: GrantRefresher;
    readonly clients: ProviderClientFactory;
    readonly clock: Clock;
  }) {
    this.#store = deps.store;
    this.#refresher = deps.refresher;
    this.#clients = deps.clients;
    this.#fingerprints = new FingerprintCache(deps.clients);
    this.#clock = deps.clock;
    this.#checks = new AccessTokenChecks(deps.clock);
  }

  /**
   * Returns the token of a grant. Called for every execution. Needs one store call if the token is
   * fresh, otherwise a refresh.
   * @throws ConnectorAuthorizationError when the user must authorize; TokenUnavailableError when
   * the token cannot be read or refreshed now; ConnectorConfigurationError when the connector is
   * incomplete
   */
  async getToken(request: TokenRequest): Promise<UsableToken> {
    const key = keyOf(request);
    const fingerprint = this.#fingerprints.of(request.connector);
    const record = await this.#read(key, request, fingerprint);
    if (record !== undefined && this.#canServe(record, request, fingerprint)) {
      this.#recordUse(record);
      return usableToken(record);
    }
    // The grant has ended. A refresh that began before must not give its token to this caller.
    if (key.scope === 'per-user' && (record === undefined || !isUsable(record)))
      throw noGrantError(request.connector.authType, record);
    if (record !== undefined && this.#canServeDuringRefresh(record, request, fingerprint)) {
      this.#refreshInBackground(key, request);
      this.#recordUse(record);
      // Tokens that could not be saved yet take precedence: they are newer, and some providers end
      // the stored token at a refresh.
      const { connector } = request;
      const unsaved = this.#refresher.unsavedToken({ key, connector }, fingerprint);
      return usableToken(unsaved?.generation === record.generation ? unsaved : record);
    }
    return this.#refresh(key, request, { type: 'expires' });
  }

  /**
   * Returns `true` if a token may have expired at the provider: its expiry is near or over. The
   * margin covers providers that count the lifetime in whole seconds.
   */
  mayHaveExpired({ freshUntilMs: end }: UsableToken): boolean {
    return end !== undefined && this.#clock.now() >= end;
  }

  /**
   * Refreshes the token of a grant regardless of its age, so that the grant does not end at the
   * idle limit of the provider. Does not count as a use.
   */
  async keepAlive(request: TokenRequest): Promise<void> {
    const key = keyOf(request);
    const client = this.#clients.forConnector(request.connector);
    const record = await this.#read(key, request, client.fingerprint);
    if (record?.accessToken === undefined || !isUsable(record)) return;
    const cause = {
      type: 'keep_alive',
      fingerprint: tokenFingerprint(record.accessToken),
    } as const;
    await this.#refresher.refresh({ key, connector: request.connector, client, cause });
  }

  /**
   * Returns a token that replaces one which the API has rejected: the stored token if it is another
   * one, else a refreshed one. `undefined`: there is no other token, so the caller gets the
   * response of the API.
   */
  async replaceRejectedToken(
    request: TokenRequest & RejectedToken,
  ): Promise<UsableToken | undefined> {
    const { rejectedFingerprint, mayRefresh = true } = request;
    let { evidence } = request;
    const key = keyOf(request);
    const record = await this.#read(key, request, this.#fingerprints.of(request.connector));
    if (record !== undefined && this.#isLive(record, rejectedFingerprint)) {
      const isRefreshable = key.scope === 'shared' || record.refreshToken !== undefined;
      if (!isRefreshable && isStillValid(record, this.#clock.now()) && !isProof(evidence)) {
        const state = await this.#stateAtProvider(record, request);
        // The token is valid, so only this path rejects it.
        if (state === 'accepted') return undefined;
        if (state === 'rejected') evidence = 'rejected_by_service';
      }
      const mayEnd = evidence !== undefined || !isStillValid(record, this.#clock.now());
      if (!mayRefresh || (!isRefreshable && !mayEnd)) return undefined;
    }
    const cause = { type: 'rejected', fingerprint: rejectedFingerprint, evidence } as const;
    return this.#refresh(key, request, cause);
  }

  /** Returns `true` if the rejected token is the stored one, and the grant is usable. */
  #isLive(record: GrantRecord, rejectedFingerprint: string): record is RecordWithToken {
    return (
      isUsable(record) &&
      record.state !== 'needs_reauth' &&
      record.accessToken !== undefined &&
      tokenFingerprint(record.accessToken) === rejectedFingerprint
    );
  }

  #stateAtProvider(
    record: RecordWithToken,
    { connector, signal }: TokenRequest,
  ): Promise<AccessTokenState> {
    const client = this.#clients.forConnector(connector);
    return untilAborted(this.#checks.stateOf(record, client), signal);
  }

  async #refresh(key: GrantKey, request: TokenRequest, cause: RefreshCause): Promise<UsableToken> {
    const { connector, signal } = request;
    const client = this.#clients.forConnector(connector);
    const record = await untilAborted(
      this.#refresher.refresh({ key, connector, client, cause }),
      signal,
    );
    this.#recordUse(record);
    return usableToken(record);
  }

  /**
   * Reads the grant. If the store cannot be reached, returns tokens that could not be saved yet.
   */
  async #read(
    key: GrantKey,
    request: TokenRequest,
    clientFingerprint: string,
  ): Promise<GrantRecord | undefined> {
    try {
      return await this.#store.read(key);
    } catch (error) {
      const { connector } = request;
      const unsaved = this.#refresher.unsavedToken({ key, connector }, clientFingerprint);
      if (unsaved !== undefined) return unsaved;
      throw tokenFailure(error, connector.authType);
    }
  }

  #canServe(
    record: GrantRecord,
    { connector }: TokenRequest,
    clientFingerprint: string,
  ): record is RecordWithToken {
    return (
      isUsable(record) &&
      record.clientFingerprint === clientFingerprint &&
      isIssuedFor(record, connector) &&
      isFresh(record, this.#clock.now())
    );
  }

  /**
   * Returns `true` if the token expires soon, but is valid long enough to be sent. Callers do not
   * wait for a refresh then.
   */
  #canServeDuringRefresh(
    record: GrantRecord,
    { connector }: TokenRequest,
    clientFingerprint: string,
  ): record is RecordWithToken {
    return (
      isUsable(record) &&
      record.clientFingerprint === clientFingerprint &&
      isIssuedFor(record, connector) &&
      record.expiresAt !== undefined &&
      isStillValid(record, this.#clock.now() + MIN_REMAINING_MS)
    );
  }

  /**
   * Refreshes in the background. The result can be seen in the store, in events and in the status.
   * If the refresh fails, the error is thrown to callers after the token has expired.
   */
  #refreshInBackground(key: GrantKey, { connector }: TokenRequest): void {
    const client = this.#clients.forConnector(connector);
    const cause = { type: 'expires' } as const;
    this.#refresher.refresh({ key, connector, client, cause }).catch(() => undefined);
  }

  /**
   * Stores the last use in the background. Errors are ignored, because a conflict or an unavailable
   * store only makes the last use less accurate.
   */
  #recordUse(record: GrantRecord): void {
    const now = this.#clock.now();
    if (
      record.lastUsedAt !== undefined &&
      now - record.lastUsedAt.getTime() < LAST_USED_INTERVAL_MS
    )
      return;
    const id = grantId(record.key);
    if (this.#savingLastUse.has(id)) return;
    this.#savingLastUse.add(id);
    this.#store
      .compareAndSet(record, { lastUsedAt: new Date(now) })
      .catch(() => undefined)
      .finally(() => this.#savingLastUse.delete(id));
  }
}

/**
 * Returns the key of the grant for a request.
 * @throws ConnectorAuthorizationError `no_user` for a per-user connector without a user, which must
 * not use the token of another user or a shared token
 */
function keyOf({ connector, profileUid }: TokenRequest): GrantKey {
  if (connector.authMode === 'shared') return { scope: 'shared', connectorId: connector.id };
  if (profileUid === undefined) throw authorizationError(connector.authType, 'no_user');
  return { scope: 'per-user', connectorId: connector.id, profileUid };
}

/**
 * Returns `true` if the evidence proves that the token is invalid. Rejections on several paths only
 * make this likely.
 */
function isProof(evidence: RejectionEvidence | undefined): boolean {
  return evidence !== undefined && evidence !== 'rejected_on_several_paths';
}

const NO_FACTS: GrantFacts = Object.freeze({});

/** Returns the token of a record. Executions with the same record share the object. */
const usableToken = oncePerFrozen((record: RecordWithToken): UsableToken => {
  const { accessToken, account, expiresAt, facts, generation, scopes } = record;
  return {
    authorization: accessToken,
    generation,
    accountId: account?.id,
    facts: facts === undefined ? NO_FACTS : factsForCalls(facts),
    scopes,
    needsSite: facts !== undefined && needsSite(facts),
    expiresAt,
    // Computed when they are read, because only calls whose token was rejected need them.
    get fingerprint() {
      return tokenFingerprint(accessToken);
    },
    get freshUntilMs() {
      return freshUntilMs(record);
    },
  };
});

/**
 * Ends the wait of this caller when the signal is aborted. The work continues, because other
 * callers may wait for it.
 */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () =>
      reject(
        new TokenUnavailableError(
          'deadline_exceeded',
          'The call ended before a token was available.',
        ),
      );
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
