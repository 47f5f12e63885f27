import { grantId } from '../grants/grant_key.ts';
import { TokenUnavailableError, tokenFailure } from '../grants/token_errors.ts';
import { RefreshAttempt } from './refresh_attempt.ts';
import type { RecordWithToken, RefreshDeps, RefreshRequest } from './refresh_request.ts';
import { SingleFlight } from './single_flight.ts';

/**
 * Refreshes a grant exactly once, no matter how many callers in how many processes ask (design
 * 5.3). Callers of this process share one refresh (single flight). A refresh consists of attempts,
 * see {@link RefreshAttempt}: another one begins when an attempt found the grant leased to another
 * process or changed by it.
 */
export class GrantRefresher {
  readonly #deps: RefreshDeps;
  readonly #singleFlight = new SingleFlight();

  constructor(deps: RefreshDeps) {
    this.#deps = deps;
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

  /**
   * Returns a record whose token may be sent and is not the rejected one.
   * @throws ConnectorAuthorizationError, ConnectorConfigurationError, TokenUnavailableError
   */
  refresh(request: RefreshRequest): Promise<RecordWithToken> {
    const id = grantId(request.key);
    return this.#singleFlight.run(singleFlightKey(id, request.client.fingerprint), {
      rejected: request.rejected,
      start: async (unsaved) => {
        try {
          return await this.#attemptUntilDone(request, unsaved);
        } catch (error) {
          throw tokenFailure(error, request.connector.authType);
        } finally {
          this.#deps.leaseMonitor.forget(id);
        }
      },
    });
  }

  /** Waits until running refreshes are saved or have failed, at most `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    await Promise.race([this.#singleFlight.drain(), this.#deps.clock.sleep(timeoutMs)]);
  }

  async #attemptUntilDone(
    request: RefreshRequest,
    unsaved: (record: RecordWithToken) => void,
  ): Promise<RecordWithToken> {
    const { clock, timings } = this.#deps;
    const deadline = clock.monotonic() + timings.waitMs;
    while (clock.monotonic() < deadline) {
      const outcome = await new RefreshAttempt(this.#deps, request, unsaved).run();
      if (outcome.type === 'adopted') return outcome.record;
      if (outcome.type === 'failed') throw outcome.error;
      if (outcome.afterMs !== undefined) await clock.sleep(outcome.afterMs);
    }
    throw new TokenUnavailableError(
      'refresh_in_progress',
      'Another process is still refreshing this token. Try again in a few seconds.',
      timings.leaseTtlMs,
    );
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
