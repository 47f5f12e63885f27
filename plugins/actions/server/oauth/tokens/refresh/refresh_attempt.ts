import type { AuthorizationReason } from '@latchkey/connector-specs';
import { OAuthError, type TokenGrant } from '@latchkey/oauth-client';
import { isSavedObjectError } from '@latchkey/saved-objects';
import { Heartbeat, takeLease } from '@latchkey/saved-objects/coordination';
import type { ConnectorConfigurationError } from '../../strategies/index.ts';
import { grantId } from '../grants/grant_key.ts';
import { type GrantChanges, type GrantRecord, isUsable } from '../grants/grant_record.ts';
import type { NewGrant } from '../grants/grant_store.ts';
import {
  type GrantLease,
  isLeaseOf,
  leasedGrant,
  writeUnderLease,
} from '../grants/leased_grant.ts';
import { factsAfterGrant } from '../grants/stored_facts.ts';
import { authorizationError, TokenUnavailableError } from '../grants/token_errors.ts';
import { beforeDeadline } from './call_deadline.ts';
import {
  canServeAsFallback,
  decideRefresh,
  endedByProviderError,
  fallbackAfterFailure,
  nextAttemptMessage,
  type RefreshDecision,
} from './refresh_decision.ts';
import {
  changesAfterEarlyRejection,
  changesAfterGrant,
  changesAfterProblem,
  changesAfterTakeover,
  changesAfterTransientFailure,
  changesAfterUnusableResponse,
  changesWhenReauthNeeded,
  configurationCodeOf,
  isOfOtherAccount,
  OTHER_ACCOUNT,
  RESPONSE_LOST,
  reasonOfRejection,
  refreshTokenFingerprint,
  unavailableCodeOf,
  wasResponseLost,
  withRequestFields,
} from './refresh_outcome.ts';
import type {
  RecordWithToken,
  RefreshDeps,
  RefreshPoint,
  RefreshRequest,
  RejectionEvidence,
} from './refresh_request.ts';
import { type SaveResult, saveTokens } from './save_tokens.ts';
import { beforeRefresh, isConnectorCurrent } from './shared_token_binding.ts';

/**
 * Outcome of an attempt.
 * - `adopted`: the grant has a token that may be sent and is not the one to replace. This attempt
 *   or another process has refreshed it, or it is still valid although the refresh failed.
 * - `retry`: another process is refreshing the grant, or has changed it. Another attempt must
 *   begin, which reads the grant again, after `afterMs` milliseconds (`undefined`: immediately).
 * - `failed`: there is no token. `error` is for the callers.
 */
export type RefreshOutcome =
  | { readonly type: 'adopted'; readonly record: RecordWithToken }
  | { readonly type: 'retry'; readonly afterMs: number | undefined }
  | { readonly type: 'failed'; readonly error: unknown };

/** A state of the attempt with its data. See {@link RefreshAttempt}. */
type RefreshState =
  | { readonly name: 'deciding' }
  | { readonly name: 'taking_lease'; readonly record: GrantRecord | undefined }
  | { readonly name: 'calling'; readonly lease: GrantLease }
  | { readonly name: 'saving'; readonly leased: GrantRecord; readonly grant: TokenGrant }
  | { readonly name: 'rejecting_account'; readonly leased: GrantRecord; readonly grant: TokenGrant }
  | { readonly name: 'handling_failure'; readonly leased: GrantRecord; readonly error: unknown }
  | { readonly name: 'finished'; readonly outcome: RefreshOutcome };

/**
 * Result of the state `calling`. `not_sent`: no request was sent, because another process may have
 * taken over the lease. `outdated`: no request was sent, because the connector of a shared token
 * was edited or deleted.
 */
type CallResult =
  | { readonly type: 'response'; readonly grant: TokenGrant }
  | { readonly type: 'not_sent' }
  | { readonly type: 'outdated' }
  | { readonly type: 'error'; readonly error: unknown };

/**
 * One attempt to refresh a grant: reads it once, decides, and then refreshes it at most once under
 * a lease. It sends at most one token request.
 *
 * States and transitions:
 *
 * - `deciding`: reads the grant and decides by the table in `refresh_decision.ts`.
 *   → `taking_lease`, when this process must refresh.
 *   → `finished`: adopted (the stored token serves), retry (another process holds the lease, or
 *   changed the grant), failed (the user must authorize, or a pause is running).
 * - `taking_lease`: one compare-and-set writes the lease and the hash of the refresh token about to
 *   be spent. It also proves that the store is writable.
 *   → `calling`.
 *   → `finished`: retry (another process wrote first), adopted or failed (the connector is
 *   misconfigured, or that of a shared token was edited or deleted, so that no request is sent).
 * - `calling`: holds the lease, keeps it alive by its heartbeat, and sends the token request.
 *   → `saving`, with the response.
 *   → `rejecting_account`, with a response of another account.
 *   → `handling_failure`, with an error.
 *   → `finished`: retry (the lease may be lost; nothing was sent), or failed (the connector of a
 *   shared token was edited or deleted; nothing was sent).
 * - `saving`: one compare-and-set writes all changes and ends the lease. Only this write renews the
 *   lease now: the heartbeat has stopped. While the store refuses it, callers are served from
 *   memory.
 *   → `finished`: adopted, or retry (the grant has ended, was replaced or was refreshed).
 * - `rejecting_account`: revokes the tokens and ends the grant.
 *   → `finished`: failed, or retry (the grant changed meanwhile).
 * - `handling_failure`: stores the failure and ends the lease, in one compare-and-set. The three
 *   kinds of errors are never mixed up.
 *   → `finished`: adopted (a token that is still valid), failed, or retry (the grant changed
 *   meanwhile).
 * - `finished`: nothing happens any more.
 *
 * An attempt that throws (the store cannot be reached) has also ended. Its lease then ends when
 * its heartbeat has not changed for the duration of the lease, or with the next attempt of this
 * process.
 *
 * Only {@link run} changes the state. A state contains the data it works on, so nothing is left of
 * earlier states. All other fields are set once.
 *
 * The states stay in one file although it is long: each of them hands over the lease and what is
 * known of the spent refresh token to the next. What a state computes and writes is elsewhere:
 * `refresh_outcome.ts`, `save_tokens.ts`, `shared_token_binding.ts`, `leased_grant.ts`.
 */
export class RefreshAttempt {
  readonly #deps: RefreshDeps;
  readonly #request: RefreshRequest;
  /** Called once, if the store refuses the first write of refreshed tokens. */
  readonly #onUnsaved: (record: RecordWithToken) => void;
  #state: RefreshState = { name: 'deciding' };

  constructor(
    deps: RefreshDeps,
    request: RefreshRequest,
    onUnsaved: (record: RecordWithToken) => void,
  ) {
    this.#deps = deps;
    this.#request = request;
    this.#onUnsaved = onUnsaved;
  }

  /** Name of the current state, for tests. */
  get state(): RefreshState['name'] {
    return this.#state.name;
  }

  /**
   * Executes the attempt. Must be called only once.
   * @throws SavedObjectError when the store cannot be read, or the lease cannot be written
   */
  async run(): Promise<RefreshOutcome> {
    while (this.#state.name !== 'finished') this.#state = await this.#step(this.#state);
    return this.#state.outcome;
  }

  #step(state: Exclude<RefreshState, { name: 'finished' }>): Promise<RefreshState> {
    switch (state.name) {
      case 'deciding':
        return this.#decide();
      case 'taking_lease':
        return this.#takeLease(state.record);
      case 'calling':
        return this.#call(state.lease);
      case 'saving':
        return this.#save(state.leased, state.grant);
      case 'rejecting_account':
        return this.#rejectAccount(state.leased, state.grant);
      case 'handling_failure':
        return this.#handleFailure(state.leased, state.error);
      default:
        return state satisfies never;
    }
  }

  async #decide(): Promise<RefreshState> {
    const { clock, leaseMonitor, randomness, store, timings } = this.#deps;
    const { key } = this.#request;
    const record = await store.read(key);
    const lease = record?.refresh;
    const decision = decideRefresh(record, this.#request, {
      nowMs: clock.now(),
      isHeld: leaseMonitor.isHeld(
        grantId(key),
        lease && { owner: lease.owner, renewals: lease.renewals, ttlMs: timings.leaseTtlMs },
      ),
    });
    switch (decision.type) {
      case 'adopt':
        return adopted(decision.record);
      case 'wait':
        return retry(timings.pollMs * (0.5 + randomness.fraction()));
      case 'take_lease':
        return { name: 'taking_lease', record };
      case 'later':
        return failed(decision.error);
      case 'give_up':
        return this.#giveUp(decision);
      default:
        return decision satisfies never;
    }
  }

  /** Stores that the user must authorize again, unless the store already says so. */
  async #giveUp({
    mark,
    error,
  }: Extract<RefreshDecision, { type: 'give_up' }>): Promise<RefreshState> {
    if (mark !== undefined) {
      if (!(await this.#markNeedsReauth(mark.record, mark.code))) return retry();
      this.#emitFailure({ kind: 'reauthorize', code: mark.code });
    }
    return failed(error);
  }

  async #takeLease(record: GrantRecord | undefined): Promise<RefreshState> {
    const { clock, health, leaseMonitor, randomness, store, timings } = this.#deps;
    const { connector, key } = this.#request;
    // A request with an outdated connector must not take over the lease of a current one in this
    // process.
    if (!(await isConnectorCurrent(this.#request, this.#deps.connectors)))
      return failed(connectorChangedError());
    const problem = health.circuitError(connector);
    if (problem !== undefined) return this.#skipCall(record, problem);
    const owner = leaseMonitor.newOwner(randomness);
    const spent =
      key.scope === 'shared' ? undefined : refreshTokenFingerprint(record?.refreshToken);
    const lease = await takeLease({
      target: leasedGrant(store, key, spent),
      document: record,
      owner,
      ttlMs: timings.leaseTtlMs,
      clock,
      changes:
        record === undefined
          ? this.#newGrant()
          : changesAfterTakeover(record, spent, new Date(clock.now())),
    });
    return lease === undefined ? retry() : { name: 'calling', lease };
  }

  /** Handles a connector whose circuit is open, so that no request may be sent. */
  async #skipCall(
    record: GrantRecord | undefined,
    problem: ConnectorConfigurationError,
  ): Promise<RefreshState> {
    if (record === undefined) return failed(problem);
    if (canServeAsFallback(record, this.#request, this.#deps.clock.now())) return adopted(record);
    const changes = changesAfterProblem(record, problem.code, new Date(this.#deps.clock.now()));
    // One write per grant records for its user why calls fail. A conflict does no harm.
    if (changes.lastError !== undefined && record.lastError?.code !== problem.code)
      await writeUnderLease(this.#deps.store, record, changes);
    return failed(problem);
  }

  /** Returns the grant of a shared token that was never requested. */
  #newGrant(): NewGrant {
    const { clock, randomness } = this.#deps;
    const { client, connector } = this.#request;
    return {
      generation: randomness.uuid(),
      clientFingerprint: client.fingerprint,
      spaceId: connector.spaceId,
      state: 'connected',
      stateSince: new Date(clock.now()),
    };
  }

  async #call(lease: GrantLease): Promise<RefreshState> {
    const heartbeat = new Heartbeat({ lease, clock: this.#deps.clock, onSilence: 'carry_on' });
    const result = await this.#send(lease);
    await heartbeat.stop();
    // The newest known version, because the heartbeat may have written the document.
    const leased = lease.document;
    switch (result.type) {
      case 'not_sent':
        return retry();
      case 'outdated':
        return this.#abandonOutdated(leased);
      case 'error':
        return { name: 'handling_failure', leased, error: result.error };
      case 'response': {
        await this.#reach('after_call');
        const { grant } = result;
        const isOther = isOfOtherAccount(leased, grant, this.#request.client);
        return { name: isOther ? 'rejecting_account' : 'saving', leased, grant };
      }
      default:
        return result satisfies never;
    }
  }

  async #send(lease: GrantLease): Promise<CallResult> {
    const leased = lease.document;
    try {
      await this.#reach('lease_taken');
      await this.#reach('before_call');
      if (!(await lease.isStillHeld())) return { type: 'not_sent' };
      if (!(await isConnectorCurrent(this.#request, this.#deps.connectors)))
        return { type: 'outdated' };
      return { type: 'response', grant: await this.#requestTokens(leased) };
    } catch (error) {
      // The lease could not be renewed, because other processes changed the grant too often.
      return isSavedObjectError(error, 'contended')
        ? { type: 'not_sent' }
        : { type: 'error', error };
    }
  }

  /**
   * Releases the lease of a shared token. Deletes a document that was created only for the lease.
   */
  async #abandonOutdated(leased: GrantRecord): Promise<RefreshState> {
    const isDeleted = leased.accessToken === undefined && (await this.#deps.store.delete(leased));
    if (!isDeleted) await writeUnderLease(this.#deps.store, leased, { refresh: undefined });
    return failed(connectorChangedError());
  }

  #requestTokens({ refreshToken = '' }: GrantRecord): Promise<TokenGrant> {
    const { key, client } = this.#request;
    const { clock, timings } = this.#deps;
    return beforeDeadline({ clock, callTimeoutMs: timings.callTimeoutMs }, (signal) =>
      key.scope === 'shared'
        ? client.requestSharedToken(signal)
        : client.refresh(refreshToken, signal),
    );
  }

  /**
   * Writes the tokens under the lease, so that a process that has lost the lease cannot overwrite
   * newer tokens.
   */
  async #save(leased: GrantRecord, grant: TokenGrant): Promise<RefreshState> {
    const { client, connector } = this.#request;
    await this.#reach('before_write');
    const changes = withRequestFields(
      changesAfterGrant(beforeRefresh(leased, this.#request), grant, client.defaultLifetimeSeconds),
      this.#request,
    );
    const inMemory: RecordWithToken = {
      ...leased,
      ...(changes as Partial<GrantRecord>),
      accessToken: changes.accessToken ?? '',
    };
    const result = await this.#saveOrRevoke(leased, changes, {
      grant,
      onRefusal: () => this.#onUnsaved(inMemory),
    });
    if (result.type === 'saved') {
      await this.#deps.health.clear(connector);
      this.#emit('refreshed');
    }
    await this.#reach('after_write');
    switch (result.type) {
      case 'saved':
        return adopted({ ...result.record, accessToken: result.record.accessToken ?? '' });
      case 'refused':
        return adopted(inMemory);
      case 'superseded':
        return retry();
      default:
        return result satisfies never;
    }
  }

  /**
   * Writes the tokens. If the grant was replaced or has ended meanwhile, revokes them.
   * @param of.grant the token response. After a conflict its grant facts are merged again, because
   * the user may have chosen a site since. `undefined`: the response was unusable, and the facts do
   * not change
   * @param of.onRefusal called once, if the store refuses the first write
   */
  async #saveOrRevoke(
    leased: GrantRecord,
    changes: GrantChanges,
    of: { readonly grant: TokenGrant | undefined; readonly onRefusal: () => void },
  ): Promise<SaveResult> {
    const result = await saveTokens(this.#deps, {
      leased,
      changes,
      changesOnto: (current) =>
        of.grant === undefined
          ? {}
          : { facts: factsAfterGrant(beforeRefresh(current, this.#request).facts, of.grant) },
      onRefusal: () => {
        of.onRefusal();
        this.#emit('refresh_unsaved');
      },
    });
    if (result.type === 'superseded') {
      await this.#revokeIfReplaced(result.current, leased, result.changes);
    }
    return result;
  }

  /**
   * Revokes tokens that cannot be saved because the grant has ended or was replaced: immediately,
   * or together with the grant that replaced it. If another process has refreshed the same grant,
   * its tokens are used; tokens of a user are then not revoked, because that could end the grant. A
   * shared token of this process is revoked even then, because revoking it ends no other. It gets a
   * new generation, because the outbox sends no tokens of a generation that is still in use.
   */
  async #revokeIfReplaced(
    current: GrantRecord | undefined,
    { generation, account }: GrantRecord,
    { accessToken, refreshToken }: GrantChanges,
  ): Promise<void> {
    const isSame = current?.generation === generation && isUsable(current);
    const isShared = this.#request.key.scope === 'shared';
    if (isSame && (!isShared || current.accessToken === accessToken)) return;
    this.#emit('late_result_discarded');
    await this.#deps.orphanedTokens.revoke(this.#request, {
      generation: isSame ? this.#deps.randomness.uuid() : generation,
      accountId: account?.id,
      accessToken,
      refreshToken,
    });
  }

  /**
   * Handles a response with tokens of another account. They are revoked and never used. The grant
   * ends too: its refresh token led to another account, and the provider may have consumed it.
   */
  async #rejectAccount(leased: GrantRecord, grant: TokenGrant): Promise<RefreshState> {
    const { randomness, orphanedTokens } = this.#deps;
    const { providerRequestId } = grant;
    this.#emitFailure({ kind: 'reauthorize', code: OTHER_ACCOUNT, providerRequestId });
    await orphanedTokens.revoke(this.#request, {
      generation: randomness.uuid(),
      accountId: grant.account?.id,
      accessToken: `${grant.tokenType} ${grant.accessToken}`,
      refreshToken: grant.refreshToken ?? leased.refreshToken,
    });
    if (!(await this.#markNeedsReauth(leased, OTHER_ACCOUNT))) return retry();
    return failed(endedByProviderError(this.#request.connector.authType, OTHER_ACCOUNT));
  }

  async #handleFailure(leased: GrantRecord, error: unknown): Promise<RefreshState> {
    if (!(error instanceof OAuthError)) {
      await writeUnderLease(this.#deps.store, leased, { refresh: undefined });
      return failed(error);
    }
    const { kind, code, providerRequestId } = error;
    this.#emitFailure({ kind, code, providerRequestId });
    let current = leased;
    const rotated = changesAfterUnusableResponse(error, new Date(this.#deps.clock.now()));
    if (rotated !== undefined) {
      // Keeps the lease until the new refresh token is saved, because the grant would be lost
      // without it.
      const result = await this.#saveOrRevoke(leased, rotated, {
        grant: undefined,
        onRefusal: () => undefined,
      });
      if (result.type === 'superseded') return retry();
      if (result.type === 'saved') current = result.record;
    }
    switch (kind) {
      case 'reauthorize':
        return this.#onRejectedGrant(error, current);
      case 'misconfigured':
        return this.#onMisconfigured(error, current);
      case 'transient':
        return this.#onTransient(error, current);
      default:
        return kind satisfies never;
    }
  }

  /**
   * Handles `invalid_grant`. Another process may have refreshed the grant before. The user must
   * authorize again only if the stored refresh token is the one that was sent.
   */
  async #onRejectedGrant(error: OAuthError, leased: GrantRecord): Promise<RefreshState> {
    const { clock, store } = this.#deps;
    const { connector, key } = this.#request;
    const current = await store.read(key);
    const isSameToken =
      current?.refreshToken !== undefined &&
      refreshTokenFingerprint(current.refreshToken) ===
        refreshTokenFingerprint(leased.refreshToken);
    if (!isSameToken || current.generation !== leased.generation) return retry();
    // Another process has taken over the lease, and may be sending the token now. Its response
    // decides.
    if (current.refresh !== undefined && !isLeaseOf(current, leased)) return retry();
    const fallback = fallbackAfterFailure(current, this.#request, clock.now());
    if (fallback !== undefined) return this.#onEarlyRejection(error, fallback);
    const code = wasResponseLost(leased) ? RESPONSE_LOST : reasonOfRejection(current, clock.now());
    if (!(await this.#markNeedsReauth(current, code))) return retry();
    const reason = code === RESPONSE_LOST ? 'token_revoked' : code;
    return failed(authorizationError(connector.authType, reason, error));
  }

  /** Keeps a token that is still valid after the provider has refused an early refresh. */
  async #onEarlyRejection(error: OAuthError, fallback: RecordWithToken): Promise<RefreshState> {
    const { clock, randomness } = this.#deps;
    const now = new Date(clock.now());
    const changes = changesAfterEarlyRejection(fallback, error, { now, randomness });
    return (await writeUnderLease(this.#deps.store, fallback, changes))
      ? adopted(fallback)
      : retry();
  }

  /**
   * Reports to administrators that the provider refuses the client. Users are not asked to
   * authorize again, and tokens that are still valid are served.
   */
  async #onMisconfigured(error: OAuthError, leased: GrantRecord): Promise<RefreshState> {
    const { clock, health } = this.#deps;
    const problem = await health.report(this.#request.connector, configurationCodeOf(error));
    const changes = changesAfterProblem(leased, problem.code, new Date(clock.now()));
    await writeUnderLease(this.#deps.store, leased, { refresh: undefined, ...changes });
    const fallback = fallbackAfterFailure(leased, this.#request, clock.now());
    return fallback === undefined ? failed(problem) : adopted(fallback);
  }

  async #onTransient(error: OAuthError, leased: GrantRecord): Promise<RefreshState> {
    const { clock, randomness } = this.#deps;
    const now = new Date(clock.now());
    const changes = changesAfterTransientFailure(leased, error, { now, randomness });
    if (!(await writeUnderLease(this.#deps.store, leased, changes))) return retry();
    const fallback = fallbackAfterFailure(leased, this.#request, clock.now());
    if (fallback !== undefined) return adopted(fallback);
    const pauseMs = changes.nextAttemptAt && changes.nextAttemptAt.getTime() - clock.now();
    return failed(
      new TokenUnavailableError(
        unavailableCodeOf(error),
        nextAttemptMessage(pauseMs ?? 0),
        pauseMs,
        { cause: error },
      ),
    );
  }

  /**
   * Stores that the user must authorize again. `false`: the grant was changed meanwhile, and the
   * newer state stays.
   */
  #markNeedsReauth(
    record: GrantRecord,
    code: AuthorizationReason | RejectionEvidence | typeof RESPONSE_LOST | typeof OTHER_ACCOUNT,
  ): Promise<boolean> {
    const changes = changesWhenReauthNeeded(record, {
      code,
      now: new Date(this.#deps.clock.now()),
      accessTokenRejected: this.#request.cause.type === 'rejected' || code === OTHER_ACCOUNT,
    });
    return writeUnderLease(this.#deps.store, record, changes);
  }

  async #reach(point: RefreshPoint): Promise<void> {
    await this.#deps.checkpoint?.(point);
  }

  #emit(type: 'refreshed' | 'refresh_unsaved' | 'late_result_discarded'): void {
    this.#deps.events.emit({ type, ...this.#subject() });
  }

  #emitFailure(failure: {
    readonly kind: OAuthError['kind'];
    readonly code: string;
    readonly providerRequestId?: string | undefined;
  }): void {
    this.#deps.events.emit({ type: 'refresh_failed', ...this.#subject(), ...failure });
  }

  #subject(): { readonly connectorId: string; readonly profileUid: string | undefined } {
    const { connector, key } = this.#request;
    const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
    return { connectorId: connector.id, profileUid };
  }
}

function adopted(record: RecordWithToken): RefreshState {
  return { name: 'finished', outcome: { type: 'adopted', record } };
}

function retry(afterMs?: number): RefreshState {
  return { name: 'finished', outcome: { type: 'retry', afterMs } };
}

function failed(error: unknown): RefreshState {
  return { name: 'finished', outcome: { type: 'failed', error } };
}

function connectorChangedError(): TokenUnavailableError {
  return new TokenUnavailableError(
    'refresh_in_progress',
    'The connector was changed while its token was requested. Try again.',
  );
}
