/** Pauses of an exponential backoff, in milliseconds. */
export interface Backoff {
  /** Pause after the first failure, in milliseconds. */
  readonly initialMs: number;
  /** Upper limit of the pause, in milliseconds. */
  readonly maxMs: number;
}

/**
 * Returns the pause before the next attempt, in milliseconds: `initialMs` after the first failure,
 * doubled after each further failure, at most `maxMs`. The pause has no random part. Callers whose
 * attempts can fail together should add one.
 * @param failures number of failures in a row, at least 1, without a maximum
 */
export function backoffMs({ initialMs, maxMs }: Backoff, failures: number): number {
  return Math.min(maxMs, initialMs * 2 ** (failures - 1));
}
