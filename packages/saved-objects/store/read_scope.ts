import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<ReadScope>();

let turn = 0;
let isTurnWatched = false;

/** Number of this turn of the event loop. */
function currentTurn(): number {
  if (!isTurnWatched) {
    isTurnWatched = true;
    setImmediate(() => {
      turn += 1;
      isTurnWatched = false;
    });
  }
  return turn;
}

/**
 * The reads of one HTTP request. A store that caches documents checks for commits of other
 * processes before its first read in a scope. Further reads of the scope in the same turn of the
 * event loop do not repeat the check. Reads after any wait do, and so do reads without a scope.
 *
 * So a request sees every commit that precedes its start, and a request that waits for another
 * process sees what that process commits meanwhile.
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
    const now = currentTurn();
    if (this.#checkedIn === now && this.#checkedBy === cache) return false;
    this.#checkedIn = now;
    this.#checkedBy = cache;
    return true;
  }
}
