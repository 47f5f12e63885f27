import type { Clock } from '@latchkey/core/server';
import type { AccessTokenState } from '@latchkey/oauth-client';
import type {
  ProviderClientFactory,
  RejectedToken,
  RejectionEvidence,
  TokenRequest,
  TokenService,
  UsableToken,
} from '../../types.ts';
import { AccessTokenChecks } from './access_token_checks.ts';
import { FingerprintCache } from './connections/fingerprint_cache.ts';
import { type GrantKey, grantId } from './grants/grant_key.ts';
import {
  type GrantRecord,
  isFresh,
  isStillValid,
  isUsable,
  NO_NEED_TO_WAIT_MS,
  tokenFingerprint,
} from './grants/grant_record.ts';
import type { GrantStore } from './grants/grant_store.ts';
import type { GrantRefresher } from './refresh/grant_refresher.ts';
import { authorizationError, noGrantError } from './refresh/refresh_decision.ts';
import type { RecordWithToken, RefreshRequest } from './refresh/refresh_request.ts';
import { tokenFailure } from './refresh/token_failure.ts';
import { TokenUnavailableError } from './token_errors.ts';

const LAST_USED_STEP_MS = 10 * 60_000;

/** Tokens for calls, see the contract {@link TokenService}. The hot path is one real-time get and no lock. */
export class StoredTokenService implements TokenService {
  readonly #store: GrantStore;
  readonly #refresher: GrantRefresher;
  readonly #clients: ProviderClientFactory;
  readonly #fingerprints: FingerprintCache;
  readonly #clock: Clock;
  readonly #checks: AccessTokenChecks;
  /** Grants whose last use is being written; a burst of calls writes once. */
  readonly #marking = new Set<string>();

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

  async getToken(request: TokenRequest): Promise<UsableToken> {
    const key = keyOf(request);
    const fingerprint = this.#fingerprints.of(request.connector);
    const record = await this.#read(key, request, fingerprint);
    if (record !== undefined && this.#servesNow(record, fingerprint)) {
      this.#markUsed(record);
      return usableToken(record);
    }
    // Read after the grant had ended: a refresh that began before must not hand its token to this caller.
    if (key.scope === 'per-user' && (record === undefined || !isUsable(record)))
      throw noGrantError(request.connector.authType, record);
    if (record !== undefined && this.#servesMeanwhile(record, fingerprint)) {
      this.#refreshAside(key, request);
      this.#markUsed(record);
      // What the store has not taken yet is newer, and some providers end the token before it.
      const unsaved = this.#refresher.unsavedToken(grantId(key), fingerprint);
      return usableToken(unsaved?.generation === record.generation ? unsaved : record);
    }
    return this.#refresh(key, request, { rejected: undefined });
  }

  /** Refreshes whatever the token's age, without counting as use. For grants that would die of idleness. */
  async keepAlive(request: TokenRequest): Promise<void> {
    const key = keyOf(request);
    const client = this.#clients.forConnector(request.connector);
    const record = await this.#read(key, request, client.fingerprint);
    if (record?.accessToken === undefined || !isUsable(record)) return;
    const rejected = tokenFingerprint(record.accessToken);
    const { connector } = request;
    await this.#refresher.refresh({ key, connector, client, rejected, isKeepAlive: true });
  }

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
        // The token works, so the rejection belongs to the path.
        if (state === 'accepted') return undefined;
        if (state === 'rejected') evidence = 'rejected_by_service';
      }
      const mayEnd = evidence !== undefined || !isStillValid(record, this.#clock.now());
      if (!mayRefresh || (!isRefreshable && !mayEnd)) return undefined;
    }
    return this.#refresh(key, request, { rejected: rejectedFingerprint, evidence });
  }

  /**
   * Tells if the rejected token is the stored one, of a grant that counts as usable in the store.
   */
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

  async #refresh(
    key: GrantKey,
    request: TokenRequest,
    cause: Pick<RefreshRequest, 'rejected' | 'evidence'>,
  ): Promise<UsableToken> {
    const { connector, signal } = request;
    const client = this.#clients.forConnector(connector);
    const record = await untilAborted(
      this.#refresher.refresh({ key, connector, client, ...cause }),
      signal,
    );
    this.#markUsed(record);
    return usableToken(record);
  }

  /** While a fresh token waits for a store that is away, it serves from memory. */
  async #read(
    key: GrantKey,
    request: TokenRequest,
    clientFingerprint: string,
  ): Promise<GrantRecord | undefined> {
    try {
      return await this.#store.read(key);
    } catch (error) {
      const unsaved = this.#refresher.unsavedToken(grantId(key), clientFingerprint);
      if (unsaved !== undefined) return unsaved;
      throw tokenFailure(error, request.connector.authType);
    }
  }

  #servesNow(record: GrantRecord, clientFingerprint: string): record is RecordWithToken {
    return (
      isUsable(record) &&
      record.clientFingerprint === clientFingerprint &&
      isFresh(record, this.#clock.now())
    );
  }

  /** Near its end, but long enough to be sent: nobody waits for a provider as long as there is a token that it honours. */
  #servesMeanwhile(record: GrantRecord, clientFingerprint: string): record is RecordWithToken {
    return (
      isUsable(record) &&
      record.clientFingerprint === clientFingerprint &&
      record.expiresAt !== undefined &&
      isStillValid(record, this.#clock.now() + NO_NEED_TO_WAIT_MS)
    );
  }

  /** How it ends is in the store, the events and the status; whoever comes when the token has ended is told. */
  #refreshAside(key: GrantKey, { connector }: TokenRequest): void {
    const client = this.#clients.forConnector(connector);
    this.#refresher.refresh({ key, connector, client, rejected: undefined }).catch(() => undefined);
  }

  /** Never waited for and never fatal: a lost race or a store that is away only costs accuracy of the last use. */
  #markUsed(record: GrantRecord): void {
    const now = this.#clock.now();
    if (record.lastUsedAt !== undefined && now - record.lastUsedAt.getTime() < LAST_USED_STEP_MS)
      return;
    const id = grantId(record.key);
    if (this.#marking.has(id)) return;
    this.#marking.add(id);
    this.#store
      .compareAndSet(record, { lastUsedAt: new Date(now) })
      .catch(() => undefined)
      .finally(() => this.#marking.delete(id));
  }
}

/** A per-user connector without a person has no token: it never falls back to the shared one or to anybody else's. */
function keyOf({ connector, profileUid }: TokenRequest): GrantKey {
  if (connector.authMode === 'shared') return { scope: 'shared', connectorId: connector.id };
  if (profileUid === undefined) throw authorizationError(connector.authType, 'no_user');
  return { scope: 'per-user', connectorId: connector.id, profileUid };
}

/** Rejections of several paths only make it likely that the token is dead. */
function isProof(evidence: RejectionEvidence | undefined): boolean {
  return evidence !== undefined && evidence !== 'rejected_on_several_paths';
}

function usableToken({ accessToken, expiresAt }: RecordWithToken): UsableToken {
  return {
    authorization: accessToken,
    // Hashed when asked for: only a call whose token was refused wants to know.
    get fingerprint() {
      return tokenFingerprint(accessToken);
    },
    expiresAt,
  };
}

/** Ends this caller's wait, not the refresh others wait for. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () =>
      reject(
        new TokenUnavailableError(
          'deadline_exceeded',
          'The call ended before a token could be had.',
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
