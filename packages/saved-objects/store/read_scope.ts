import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<ReadScope>();

let callback = 0;
let isCallbackWatched = false;

/**
 * Number of this callback of the event loop. It changes at the latest when the promises that the
 * callback resolved have been handled, so before the next timer, immediate or I/O event.
 */
function currentCallback(): number {
  if (!isCallbackWatched) {
    isCallbackWatched = true;
    process.nextTick(() => {
      callback += 1;
      isCallbackWatched = false;
    });
  }
  return callback;
}

/**
 * The reads of one HTTP request. A store that caches documents checks for commits of other
 * processes before its first read in a scope. Further reads of the scope do not repeat the check
 * until the event loop runs another callback. Reads after a wait for a timer, an immediate or I/O
 * repeat the check, and so do reads without a scope. So a request sees every commit that precedes
 * its start, and a request that waits for another process sees what that process commits meanwhile.
 */
export class ReadScope {
  #checkedIn: number | undefined;
  #checkedBy: object | undefined;

  /** The scope of the caller. `undefined`: it has none. */
  static current(): ReadScope | undefined {
    return current.getStore();
  }

  /** Runs work, and everything asynchronous that it starts, in this scope. */
  run<T>(work: () => T): T {
    return current.run(this, work);
  }

  /**
   * Tells if this cache must check for commits of other processes now, and records that it does.
   * @param cache the caller
   */
  needsCheck(cache: object): boolean {
    const now = currentCallback();
    if (this.#checkedIn === now && this.#checkedBy === cache) return false;
    this.#checkedIn = now;
    this.#checkedBy = cache;
    return true;
  }
}
