import { createLruCache } from '@latchkey/core/server';

/** Maximum number of circuits; beyond it the one that was used longest ago is closed. */
const MAX_CIRCUITS = 10_000;

/** Conditions under which a {@link CircuitBreaker} opens and closes. */
export interface CircuitBreakerOptions {
  /** Failures in a row that open a circuit. Default 1. */
  readonly maxFailures?: number;
  /**
   * Time in milliseconds for which a circuit stays open after its last failure. Default: for ever.
   */
  readonly openMs?: number;
  /** Monotonic time in milliseconds. Needed with `openMs`. */
  readonly monotonic?: () => number;
}

interface Circuit<C> {
  readonly failures: number;
  readonly code: C;
  /** Monotonic time in milliseconds. */
  readonly failedAt: number;
}

/**
 * Stops calls that are expected to fail. There is one circuit per key, for example per provider
 * client: closed at first, open after several failures in a row, closed again by a success or after
 * a while. The state belongs to this object: one per process, or one per run of a task.
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

  /** Returns `true` if no call may be made now. */
  isOpen(key: string): boolean {
    return this.openedBy(key) !== undefined;
  }

  /** Code of the last failure of an open circuit. `undefined`: the circuit is closed. */
  openedBy(key: string): C | undefined {
    const circuit = this.#circuits.get(key);
    if (circuit === undefined || circuit.failures < this.#maxFailures) return undefined;
    if (this.#monotonic() < circuit.failedAt + this.#openMs) return circuit.code;
    this.#circuits.delete(key);
    return undefined;
  }

  /** Records a failed call. */
  recordFailure(key: string, code: C): void {
    const failures = (this.#circuits.get(key)?.failures ?? 0) + 1;
    this.#circuits.set(key, { failures, code, failedAt: this.#monotonic() });
  }

  /** Records a successful call, and closes the circuit. */
  recordSuccess(key: string): void {
    this.#circuits.delete(key);
  }
}
