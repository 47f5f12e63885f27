import type { DecryptedConnector } from '../../../connector_data/index.ts';
import { type GrantKey, grantId } from '../grants/grant_key.ts';
import { TokenUnavailableError, tokenFailure } from '../grants/token_errors.ts';
import { RefreshAttempt } from './refresh_attempt.ts';
import { isToReplace } from './refresh_decision.ts';
import type {
  RecordWithToken,
  RefreshCause,
  RefreshDeps,
  RefreshRequest,
} from './refresh_request.ts';
import { sharedTokenSource } from './shared_token_binding.ts';

/**
 * Refreshes a grant exactly once, no matter how many callers in how many processes ask. Callers of
 * this process share one refresh (single flight). A refresh consists of attempts, see
 * {@link RefreshAttempt}: another one begins when an attempt found the grant leased to another
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
  unsavedToken(
    request: Pick<RefreshRequest, 'key' | 'connector'>,
    clientFingerprint: string,
  ): RecordWithToken | undefined {
    return this.#singleFlight.unsaved(singleFlightKey(request, clientFingerprint));
  }

  /**
   * Returns a record whose token may be sent and is not the one to replace.
   * @throws ConnectorAuthorizationError, ConnectorConfigurationError, TokenUnavailableError
   */
  refresh(request: RefreshRequest): Promise<RecordWithToken> {
    const id = grantId(request.key);
    return this.#singleFlight.run(singleFlightKey(request, request.client.fingerprint), {
      cause: request.cause,
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
 * Key of a single flight: one per grant and client, and for a shared token one per space, secret
 * and scope. A caller that has read an edited connector must not receive a token that was fetched
 * for the connector before the edit. No part contains a space character.
 */
function singleFlightKey(
  { key, connector }: { readonly key: GrantKey; readonly connector: DecryptedConnector },
  clientFingerprint: string,
): string {
  const userKey = `${grantId(key)} ${clientFingerprint}`;
  return key.scope === 'shared' ? `${userKey} ${sharedTokenSource(connector)}` : userKey;
}

/** A refresh running in this process. */
interface RunningRefresh {
  /** Resolves as soon as there is a token to send, saved or not. */
  readonly token: Promise<RecordWithToken>;
  /** Tokens that could not be saved yet. `undefined`: none. */
  unsaved: RecordWithToken | undefined;
}

/** A caller, and the refresh it starts when none is running. */
interface SingleFlightCall {
  readonly cause: RefreshCause;
  /**
   * Starts the refresh.
   * @param unsaved called with tokens that could not be saved yet; waiting callers receive them
   */
  readonly start: (unsaved: (record: RecordWithToken) => void) => Promise<RecordWithToken>;
}

/**
 * Single flight: callers of this process that use the same key share one refresh and its result.
 */
class SingleFlight {
  /**
   * Every entry is removed when its refresh ends, so the size is the number of running refreshes.
   */
  readonly #running = new Map<string, RunningRefresh>();
  readonly #finishing = new Set<Promise<void>>();

  /** Number of refreshes that have not finished. */
  get running(): number {
    return this.#running.size;
  }

  /** The tokens of the refresh with this key that could not be saved yet. `undefined`: none. */
  unsaved(key: string): RecordWithToken | undefined {
    return this.#running.get(key)?.unsaved;
  }

  /** Resolves when all refreshes that run now have finished, saved or failed. */
  drain(): Promise<unknown> {
    return Promise.allSettled([...this.#finishing]);
  }

  /**
   * Returns the token of the refresh with this key. The first caller starts it.
   * @throws the error of `start` of the first caller
   */
  async run(key: string, call: SingleFlightCall): Promise<RecordWithToken> {
    const running = this.#running.get(key);
    if (running === undefined) return this.#start(key, call.start).token;
    const record = await running.token;
    if (!isToReplace(record, call.cause)) return record;
    // That refresh returned the stored token, which this caller replaces. Start another refresh,
    // or join one that was started meanwhile.
    if (this.#running.get(key) !== running) return this.run(key, call);
    if (running.unsaved !== undefined) return running.unsaved;
    this.#running.delete(key);
    return this.run(key, call);
  }

  #start(key: string, start: SingleFlightCall['start']): RunningRefresh {
    let publish: (record: RecordWithToken) => void = () => undefined;
    let fail: (error: unknown) => void = () => undefined;
    const token = new Promise<RecordWithToken>((resolve, reject) => {
      publish = resolve;
      fail = reject;
    });
    const entry: RunningRefresh = { token, unsaved: undefined };
    this.#running.set(key, entry);
    const finished = start((record) => {
      entry.unsaved = record;
      publish(record);
    })
      .then(publish, fail)
      .finally(() => {
        if (this.#running.get(key) === entry) this.#running.delete(key);
        this.#finishing.delete(finished);
      });
    this.#finishing.add(finished);
    return entry;
  }
}
