import type { TokenGrant } from '@latchkey/oauth-client';
import { grantId } from '../grants/grant_key.ts';
import { type GrantChanges, type GrantRecord, tokenFingerprint } from '../grants/grant_record.ts';
import { TokenUnavailableError } from '../token_errors.ts';
import { decideRefresh, type RefreshDecision, stillServes } from './refresh_decision.ts';
import { RefreshErrorHandler } from './refresh_error_handler.ts';
import {
  type Instant,
  instantOf,
  LeaseHeartbeat,
  newIntent,
  newLeaseOwner,
} from './refresh_lease.ts';
import { isOfOtherAccount, RESPONSE_LOST } from './refresh_outcome.ts';
import type {
  RecordWithToken,
  RefreshDeps,
  RefreshPoint,
  RefreshRequest,
} from './refresh_request.ts';
import { SingleFlight } from './single_flight.ts';
import { callProvider } from './token_call.ts';
import { tokenFailure } from './token_failure.ts';
import { TokenWriter } from './token_writer.ts';

/**
 * Refreshes a grant exactly once, however many callers in however many processes ask (design 5.3).
 *
 * In order: single flight in this process; a lease on the grant's document, taken by the same compare-and-set that records the hash of the refresh
 * token about to be spent, which also proves that the store is writable; the token call; one compare-and-set write of everything; the result to all waiters.
 */
export class GrantRefresher {
  readonly #deps: RefreshDeps;
  readonly #failure: RefreshErrorHandler;
  readonly #save: TokenWriter;
  readonly #singleFlight = new SingleFlight();

  constructor(deps: RefreshDeps) {
    this.#deps = deps;
    this.#save = new TokenWriter(deps);
    this.#failure = new RefreshErrorHandler(deps, this.#save);
  }

  /** Grants being refreshed by this process now. */
  get running(): number {
    return this.#singleFlight.running;
  }

  /** Tokens the provider gave to this client and the store has not taken yet; they serve calls meanwhile. */
  unsavedToken(id: string, clientFingerprint: string): RecordWithToken | undefined {
    return this.#singleFlight.unsaved(singleFlightKey(id, clientFingerprint));
  }

  /**
   * A record whose token may be sent and is not the rejected one.
   * @throws ConnectorAuthorizationError, ConnectorConfigurationError, TokenUnavailableError
   */
  refresh(request: RefreshRequest): Promise<RecordWithToken> {
    const id = grantId(request.key);
    return this.#singleFlight.join(singleFlightKey(id, request.client.fingerprint), {
      rejected: request.rejected,
      fly: async (unsaved) => {
        try {
          return await this.#refreshStored(id, request, unsaved);
        } catch (error) {
          throw tokenFailure(error, request.connector.authType);
        } finally {
          this.#deps.judge.forget(id);
        }
      },
    });
  }

  /** Waits for running refreshes to be saved, at most `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    await Promise.race([this.#singleFlight.landed(), this.#deps.clock.sleep(timeoutMs)]);
  }

  async #refreshStored(
    id: string,
    request: RefreshRequest,
    unsaved: (record: RecordWithToken) => void,
  ): Promise<RecordWithToken> {
    const { clock, timings, judge } = this.#deps;
    const deadline = clock.monotonic() + timings.waitMs;
    while (clock.monotonic() < deadline) {
      const record = await this.#deps.store.read(request.key);
      const decision = decideRefresh(record, request, {
        nowMs: clock.now(),
        isHeld: judge.isHeld(id, record?.refresh),
      });
      if (decision.type === 'wait') {
        await clock.sleep(timings.pollMs * (0.5 + this.#deps.randomness.fraction()));
        continue;
      }
      const settled = await this.#settle(decision, request);
      if (settled === 'decide_again') continue;
      if (settled !== 'refresh') return settled;

      const refused = this.#deps.problems.open(request.connector);
      if (refused !== undefined) {
        if (record !== undefined && stillServes(record, request, clock.now())) return record;
        if (record !== undefined) await this.#failure.noteProblem(record, refused.code);
        throw refused;
      }
      const takenAt = instantOf(clock);
      const leased = await this.#takeLease(record, request);
      if (leased === undefined) continue;
      const outcome = await this.#refreshLeased({ leased, takenAt }, request, unsaved);
      if (outcome !== 'decide_again') return outcome;
    }
    throw new TokenUnavailableError(
      'refresh_in_progress',
      'Another process is still refreshing this token. Try again in a moment.',
      timings.leaseTtlMs,
    );
  }

  /** Everything that needs no lease. */
  async #settle(
    decision: Exclude<RefreshDecision, { type: 'wait' }>,
    request: RefreshRequest,
  ): Promise<RecordWithToken | 'refresh' | 'decide_again'> {
    switch (decision.type) {
      case 'adopt':
        return decision.record;
      case 'take_lease':
        return 'refresh';
      case 'later':
        throw decision.error;
      case 'give_up':
        if (decision.mark !== undefined) {
          const { record, code } = decision.mark;
          if (!(await this.#failure.markDead(record, request, code))) return 'decide_again';
          this.#deps.events.emit({
            type: 'refresh_failed',
            kind: 'reauthorize',
            code,
            connectorId: request.connector.id,
            profileUid: request.key.scope === 'per-user' ? request.key.profileUid : undefined,
          });
        }
        throw decision.error;
      default:
        return decision satisfies never;
    }
  }

  /** Lease and intent in one write, before anything is spent. `undefined`: somebody else was faster. */
  async #takeLease(
    record: GrantRecord | undefined,
    request: RefreshRequest,
  ): Promise<GrantRecord | undefined> {
    const { clock, instanceId, processes, randomness, store, timings } = this.#deps;
    const refresh = newIntent({
      owner: newLeaseOwner(instanceId, randomness, processes),
      nowMs: clock.now(),
      ttlMs: timings.leaseTtlMs,
      spent: request.key.scope === 'shared' ? undefined : spentHash(record),
    });
    try {
      if (record !== undefined) {
        return await store.compareAndSet(record, {
          refresh,
          ...noteOfDeadHolder(record, refresh.spent, clock.now()),
        });
      }
      return await store.create(request.key, {
        generation: randomness.uuid(),
        clientFingerprint: request.client.fingerprint,
        spaceId: request.connector.spaceId,
        state: 'connected',
        stateSince: new Date(clock.now()),
        refresh,
      });
    } catch (error) {
      throw tokenFailure(error, request.connector.authType);
    }
  }

  async #refreshLeased(
    { leased, takenAt }: { readonly leased: GrantRecord; readonly takenAt: Instant },
    request: RefreshRequest,
    unsaved: (record: RecordWithToken) => void,
  ): Promise<RecordWithToken | 'decide_again'> {
    const { clock, store, timings } = this.#deps;
    const ttlMs = timings.leaseTtlMs;
    const heartbeat = new LeaseHeartbeat({ store, clock, leased, ttlMs, takenAt });
    let grant: TokenGrant;
    try {
      await this.#reach('lease_taken');
      await this.#reach('before_call');
      if (!(await heartbeat.stillOurs())) {
        await heartbeat.stop();
        return 'decide_again';
      }
      grant = await callProvider(this.#deps, leased, request);
    } catch (error) {
      return this.#failure.handle(error, await heartbeat.stop(), request);
    }
    const held = await heartbeat.stop();
    await this.#reach('after_call');
    if (isOfOtherAccount(held, grant, request.client))
      return this.#failure.onOtherAccount(grant, held, request);
    await this.#reach('before_write');
    const saved = await this.#save.run({ leased: held, grant, request, unsaved });
    await this.#reach('after_write');
    return saved;
  }

  async #reach(point: RefreshPoint): Promise<void> {
    await this.#deps.checkpoint?.(point);
  }
}

/**
 * One flight per grant and client: a caller that has read an edited connector must not be handed the token that somebody else fetches for the connector
 * as it was. Neither part holds a blank.
 */
function singleFlightKey(id: string, clientFingerprint: string): string {
  return `${id} ${clientFingerprint}`;
}

/** Names the refresh token that is about to be spent. */
function spentHash(record: GrantRecord | undefined): string | undefined {
  return record?.refreshToken === undefined ? undefined : tokenFingerprint(record.refreshToken);
}

/** A lapsed lease that meant to spend the same token: its holder died, perhaps after the provider had answered. */
function noteOfDeadHolder(
  record: GrantRecord,
  spent: string | undefined,
  nowMs: number,
): GrantChanges {
  if (record.refresh?.spent === undefined || record.refresh.spent !== spent) return {};
  return { lastError: { code: RESPONSE_LOST, at: new Date(nowMs) } };
}
