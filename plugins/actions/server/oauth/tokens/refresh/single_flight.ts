import { tokenFingerprint } from '../grants/grant_record.ts';
import type { RecordWithToken } from './refresh_request.ts';

/** A refresh running in this process. */
interface RunningRefresh {
  /** Resolves as soon as there is a token to send, saved or not. */
  readonly token: Promise<RecordWithToken>;
  /** Tokens that could not be saved yet. `undefined`: none. */
  unsaved: RecordWithToken | undefined;
}

/** A caller, and the refresh it starts when none is running. */
export interface SingleFlightCall {
  /** Fingerprint of the token that the API rejected for this caller. `undefined`: none. */
  readonly rejected: string | undefined;
  /**
   * Starts the refresh.
   * @param unsaved called with tokens that could not be saved yet; waiting callers receive them
   */
  readonly start: (unsaved: (record: RecordWithToken) => void) => Promise<RecordWithToken>;
}

/**
 * Single flight: callers of this process that use the same key share one refresh and its result.
 */
export class SingleFlight {
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
    const isRejected =
      call.rejected !== undefined && tokenFingerprint(record.accessToken) === call.rejected;
    if (!isRejected) return record;
    // That refresh returned the stored token, which the API rejected. Start another refresh, or
    // join one that was started meanwhile.
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
