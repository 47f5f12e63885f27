import { createLruCache } from '@latchkey/core/server';

/**
 * Maximum number of circuits. The circuit that was not used for the longest time is forgotten
 * first.
 */
const MAX_CIRCUITS = 10_000;

/** Conditions under which a {@link CircuitBreaker} opens and closes. */
export interface CircuitBreakerOptions {
  /** Number of consecutive failures that open a circuit. Default: 1. */
  readonly maxFailures?: number;
  /**
   * Time for which a circuit stays open after its last failure, in milliseconds. Default: until a
   * success.
   */
  readonly openMs?: number;
  /** Clock in milliseconds that is never set back. Required together with `openMs`. */
  readonly monotonic?: () => number;
}

interface Circuit<C> {
  readonly failures: number;
  readonly code: C;
  /** Instant of the last failure on the monotonic clock, in milliseconds. */
  readonly failedAt: number;
}

/**
 * Stops calls that are expected to fail. There is one circuit per key, for example per provider
 * client. A circuit is closed at first. Several consecutive failures open it. A success, or the
 * time `openMs`, closes it. The state is in memory and belongs to this object: there is one object
 * per process, or per run of a task.
 * @typeParam C codes of failures
 */
export class CircuitBreaker<C extends string = string> {
  readonly #circuits = createLruCache<string, Circuit<C>>(MAX_CIRCUITS);
  readonly #maxFailures: number;
  readonly #openMs: number;
  readonly #monotonic: () => number;

  constructor({
    maxFailures = 1,
    openMs = Number.POSITIVE_INFINITY,
    monotonic = () => 0,
  }: CircuitBreakerOptions = {}) {
    this.#maxFailures = maxFailures;
    this.#openMs = openMs;
    this.#monotonic = monotonic;
  }

  /** Returns `true` if the circuit is open, so that no call may be made. */
  isOpen(key: string): boolean {
    return this.openedBy(key) !== undefined;
  }

  /**
   * Returns the code of the last failure of an open circuit. `undefined`: the circuit is closed.
   */
  openedBy(key: string): C | undefined {
    const circuit = this.#circuits.get(key);
    if (circuit === undefined || circuit.failures < this.#maxFailures) return undefined;
    if (this.#monotonic() < circuit.failedAt + this.#openMs) return circuit.code;
    this.#circuits.delete(key);
    return undefined;
  }

  /** Records a failed call, which may open the circuit. */
  recordFailure(key: string, code: C): void {
    const failures = (this.#circuits.get(key)?.failures ?? 0) + 1;
    this.#circuits.set(key, { failures, code, failedAt: this.#monotonic() });
  }

  /** Records a successful call, which closes the circuit. */
  recordSuccess(key: string): void {
    this.#circuits.delete(key);
  }
}
