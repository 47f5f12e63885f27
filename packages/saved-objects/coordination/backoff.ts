/** Pauses of an exponential backoff, in milliseconds. */
export interface Backoff {
  /** Pause after the first failure. */
  readonly initialMs: number;
  /** Maximum pause. */
  readonly maxMs: number;
}

/**
 * Pause before the next attempt, in milliseconds: `initialMs` after the first failure, then twice
 * as long after each one, at most `maxMs`. Contains no jitter. Callers whose attempts fail together
 * add it themselves.
 * @param failures number of failures in a row, at least 1; any number, however large
 */
export function backoffMs({ initialMs, maxMs }: Backoff, failures: number): number {
  return Math.min(maxMs, initialMs * 2 ** (failures - 1));
}
