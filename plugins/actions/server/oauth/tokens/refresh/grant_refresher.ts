import type { TokenGrant } from '@latchkey/oauth-client';
import { grantId } from '../grants/grant_key.ts';
import { type GrantChanges, type GrantRecord, tokenFingerprint } from '../grants/grant_record.ts';
import { TokenUnavailableError } from '../token_errors.ts';
import { canServeAsFallback, decideRefresh, type RefreshDecision } from './refresh_decision.ts';
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
 * Refreshes a grant exactly once, no matter how many callers in how many processes ask (design
 * 5.3). The steps, in order:
 *
 * 1. Single flight in this process.
 * 2. A lease on the grant's document. The same compare-and-set records the hash of the refresh
 *   token about to be spent, and proves that the store is writable.
 * 3. The token request.
 * 4. One compare-and-set that writes all changes.
 * 5. The result for all waiting callers.
 */
export class GrantRefresher {
  readonly #deps: RefreshDeps;
  readonly #errorHandler: RefreshErrorHandler;
  readonly #writer: TokenWriter;
  readonly #singleFlight = new SingleFlight();

  constructor(deps: RefreshDeps) {
    this.#deps = deps;
    this.#writer = new TokenWriter(deps);
    this.#errorHandler = new RefreshErrorHandler(deps, this.#writer);
  }

  /** Number of grants that this process refreshes now. */
  get running(): number {
    return this.#singleFlight.running;
  }

  /**
   * Tokens that could not be saved yet. Served to callers until the store recovers. `undefined`:
   * there are none.
   */
  unsavedToken(id: string, clientFingerprint: string): RecordWithToken | undefined {
    return this.#singleFlight.unsaved(singleFlightKey(id, clientFingerprint));
  }

  /** Returns a record whose token may be sent and is not the rejected one. */
  refresh(request: RefreshRequest): Promise<RecordWithToken> {
    const id = grantId(request.key);
    return this.#singleFlight.run(singleFlightKey(id, request.client.fingerprint), {
      rejected: request.rejected,
      start: async (unsaved) => {
        try {
          return await this.#refreshStored(id, request, unsaved);
        } catch (error) {
          throw tokenFailure(error, request.connector.authType);
        } finally {
          this.#deps.leaseMonitor.stopWatching(id);
        }
      },
    });
  }

  /** Waits until running refreshes are saved or have failed, at most `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    await Promise.race([this.#singleFlight.drain(), this.#deps.clock.sleep(timeoutMs)]);
  }

  async #refreshStored(
    id: string,
    request: RefreshRequest,
    unsaved: (record: RecordWithToken) => void,
  ): Promise<RecordWithToken> {
    const { clock, timings, leaseMonitor } = this.#deps;
    const deadline = clock.monotonic() + timings.waitMs;
    while (clock.monotonic() < deadline) {
      const record = await this.#deps.store.read(request.key);
      const decision = decideRefresh(record, request, {
        nowMs: clock.now(),
        isHeld: leaseMonitor.isHeld(id, record?.refresh),
      });
      if (decision.type === 'wait') {
        await clock.sleep(timings.pollMs * (0.5 + this.#deps.randomness.fraction()));
        continue;
      }
      const resolved = await this.#resolveWithoutLease(decision, request);
      if (resolved === 'decide_again') continue;
      if (resolved !== 'refresh') return resolved;

      const problem = this.#deps.health.circuitError(request.connector);
      if (problem !== undefined) {
        if (record !== undefined && canServeAsFallback(record, request, clock.now())) return record;
        if (record !== undefined) await this.#errorHandler.recordProblem(record, problem.code);
        throw problem;
      }
      const takenAt = instantOf(clock);
      const leased = await this.#takeLease(record, request);
      if (leased === undefined) continue;
      const outcome = await this.#refreshLeased({ leased, takenAt }, request, unsaved);
      if (outcome !== 'decide_again') return outcome;
    }
    throw new TokenUnavailableError(
      'refresh_in_progress',
      'Another process is still refreshing this token. Try again in a few seconds.',
      timings.leaseTtlMs,
    );
  }

  /** Handles every decision that needs no lease. `refresh`: take the lease and refresh. */
  async #resolveWithoutLease(
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
          if (!(await this.#errorHandler.markNeedsReauth(record, request, code)))
            return 'decide_again';
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

  /**
   * Writes lease and intent in one step, before anything is spent. `undefined`: another process
   * wrote first.
   */
  async #takeLease(
    record: GrantRecord | undefined,
    request: RefreshRequest,
  ): Promise<GrantRecord | undefined> {
    const { clock, instanceId, livenessProbe, randomness, store, timings } = this.#deps;
    const refresh = newIntent({
      owner: newLeaseOwner(instanceId, randomness, livenessProbe),
      nowMs: clock.now(),
      ttlMs: timings.leaseTtlMs,
      spent: request.key.scope === 'shared' ? undefined : spentHash(record),
    });
    try {
      if (record !== undefined) {
        return await store.compareAndSet(record, {
          refresh,
          ...changesIfHolderCrashed(record, refresh.spent, clock.now()),
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
      await this.#checkpoint('lease_taken');
      await this.#checkpoint('before_call');
      if (!(await heartbeat.isStillHeld())) {
        await heartbeat.stop();
        return 'decide_again';
      }
      grant = await callProvider(this.#deps, leased, request);
    } catch (error) {
      return this.#errorHandler.handle(error, await heartbeat.stop(), request);
    }
    const latest = await heartbeat.stop();
    await this.#checkpoint('after_call');
    if (isOfOtherAccount(latest, grant, request.client))
      return this.#errorHandler.onOtherAccount(grant, latest, request);
    await this.#checkpoint('before_write');
    const saved = await this.#writer.save({ leased: latest, grant, request, unsaved });
    await this.#checkpoint('after_write');
    return saved;
  }

  async #checkpoint(point: RefreshPoint): Promise<void> {
    await this.#deps.checkpoint?.(point);
  }
}

/**
 * Key of a single flight: one per grant and client. A caller that has read an edited connector must
 * not receive a token that was fetched for the connector before the edit. Neither part contains a
 * space.
 */
function singleFlightKey(id: string, clientFingerprint: string): string {
  return `${id} ${clientFingerprint}`;
}

/** Fingerprint of the refresh token that is about to be spent. */
function spentHash(record: GrantRecord | undefined): string | undefined {
  return record?.refreshToken === undefined ? undefined : tokenFingerprint(record.refreshToken);
}

/**
 * Records `refresh_response_lost` when an expired lease was about to spend the same refresh token:
 * its holder crashed, perhaps after the provider had responded.
 */
function changesIfHolderCrashed(
  record: GrantRecord,
  spent: string | undefined,
  nowMs: number,
): GrantChanges {
  if (record.refresh?.spent === undefined || record.refresh.spent !== spent) return {};
  return { lastError: { code: RESPONSE_LOST, at: new Date(nowMs) } };
}
