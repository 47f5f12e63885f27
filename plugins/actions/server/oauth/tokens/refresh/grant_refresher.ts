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
 * Refreshes a grant exactly once, no matter how many callers in how many processes need its token.
 * Callers of this process share one refresh (single flight). A refresh consists of one or more
 * attempts; see {@link RefreshAttempt}. A further attempt begins when the previous one has found
 * that another process holds the lease of the grant or has changed the grant.
 */
export class GrantRefresher {
  readonly #deps: RefreshDeps;
  readonly #singleFlight = new SingleFlight();

  constructor(deps: RefreshDeps) {
    this.#deps = deps;
  }

  /** Number of grants that this process is refreshing now. */
  get running(): number {
    return this.#singleFlight.running;
  }

  /**
   * Returns the tokens of a refresh that could not be saved yet. They are served to callers until
   * the store recovers. `undefined`: there are none.
   */
  unsavedToken(
    request: Pick<RefreshRequest, 'key' | 'connector'>,
    clientFingerprint: string,
  ): RecordWithToken | undefined {
    return this.#singleFlight.unsavedOf(singleFlightKey(request, clientFingerprint));
  }

  /**
   * Refreshes the grant, or waits for a running refresh.
   * @returns the grant with a token that may be sent, other than the token to replace
   * @throws ConnectorAuthorizationError, ConnectorConfigurationError, TokenUnavailableError
   */
  refresh(request: RefreshRequest): Promise<RecordWithToken> {
    const id = grantId(request.key);
    return this.#singleFlight.run(singleFlightKey(request, request.client.fingerprint), {
      cause: request.cause,
      start: async (onUnsaved) => {
        try {
          return await this.#attemptUntilDone(request, onUnsaved);
        } catch (error) {
          throw tokenFailure(error, request.connector.authType);
        } finally {
          this.#deps.leaseMonitor.forget(id);
        }
      },
    });
  }

  /** Waits until running refreshes are saved or have failed, but at most `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    await Promise.race([this.#singleFlight.drain(), this.#deps.clock.sleep(timeoutMs)]);
  }

  async #attemptUntilDone(
    request: RefreshRequest,
    onUnsaved: (record: RecordWithToken) => void,
  ): Promise<RecordWithToken> {
    const { clock, timings } = this.#deps;
    const deadline = clock.monotonic() + timings.waitMs;
    while (clock.monotonic() < deadline) {
      const outcome = await new RefreshAttempt(this.#deps, request, onUnsaved).run();
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
 * Returns the key of a single flight. There is one per grant and client. For a shared token, the
 * key also contains space, secret and scope: a caller that has read an edited connector must not
 * receive a token that was requested before the edit. No part contains a space character, which
 * separates the parts.
 */
function singleFlightKey(
  { key, connector }: { readonly key: GrantKey; readonly connector: DecryptedConnector },
  clientFingerprint: string,
): string {
  const userKey = `${grantId(key)} ${clientFingerprint}`;
  return key.scope === 'shared' ? `${userKey} ${sharedTokenSource(connector)}` : userKey;
}

/** A refresh that is running in this process. */
interface RunningRefresh {
  /** Resolves as soon as there is a token to send, even if it could not be saved yet. */
  readonly token: Promise<RecordWithToken>;
  /** The grant with tokens that could not be saved yet. `undefined`: there are none. */
  unsavedRecord: RecordWithToken | undefined;
}

/** The call of one caller. */
interface SingleFlightCall {
  readonly cause: RefreshCause;
  /**
   * Starts the refresh if none is running.
   * @param onUnsaved called with tokens that could not be saved yet; waiting callers receive them
   */
  readonly start: (onUnsaved: (record: RecordWithToken) => void) => Promise<RecordWithToken>;
}

/** Single flight: callers in this process with the same key share one refresh and its result. */
class SingleFlight {
  /** Running refreshes by key. An entry is removed when its refresh ends. */
  readonly #running = new Map<string, RunningRefresh>();
  readonly #finishing = new Set<Promise<void>>();

  /** Number of refreshes that are running. */
  get running(): number {
    return this.#running.size;
  }

  /**
   * Returns the tokens of the refresh with this key that could not be saved yet. `undefined`: none.
   */
  unsavedOf(key: string): RecordWithToken | undefined {
    return this.#running.get(key)?.unsavedRecord;
  }

  /** Resolves when all refreshes that are running now have been saved or have failed. */
  drain(): Promise<unknown> {
    return Promise.allSettled([...this.#finishing]);
  }

  /**
   * Returns the token of the refresh with this key, and starts the refresh if none is running.
   * @throws the error of `start`, to all callers that share the refresh
   */
  async run(key: string, call: SingleFlightCall): Promise<RecordWithToken> {
    const running = this.#running.get(key);
    if (running === undefined) return this.#start(key, call.start).token;
    const record = await running.token;
    if (!isToReplace(record, call.cause)) return record;
    // The shared refresh returned the stored token, which this caller wants to replace. Starts
    // another refresh, or shares one that was started meanwhile.
    if (this.#running.get(key) !== running) return this.run(key, call);
    if (running.unsavedRecord !== undefined) return running.unsavedRecord;
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
    const entry: RunningRefresh = { token, unsavedRecord: undefined };
    this.#running.set(key, entry);
    const finished = start((record) => {
      entry.unsavedRecord = record;
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
