/** A count of failed logins, as it is stored. */
export interface FailureCount {
  /** Number of failures. In a delay rule, failures expire gradually, so this may be a fraction. */
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly lastFailureAt: number;
}

/**
 * Rule that limits attempts after failures of one kind.
 * - `lock`: after `maxFailures`, refuses every attempt for `windowMs` since the last failure.
 * - `delay`: after `maxFailures`, allows one attempt per `delayMs`; one failure expires per
 *   `delayMs`. Clients that wait for the same attempt get different times, see {@link
 *   AttemptState.turn}.
 */
export type FailureRule =
  | { readonly type: 'lock'; readonly maxFailures: number; readonly windowMs: number }
  | { readonly type: 'delay'; readonly maxFailures: number; readonly delayMs: number };

/** Facts about an attempt, in addition to the stored count. */
export interface AttemptState {
  /**
   * Number of other attempts in progress. Each may become a failure, so attempts in parallel gain
   * nothing.
   */
  readonly pending: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /**
   * Position of this client among those that wait for the next attempt of a delay rule: 0 is the
   * first, 1 the last. Default 1.
   */
  readonly turn?: number;
}

/** Wait in milliseconds when attempts in progress, and not stored failures, reach the limit. */
const PENDING_WAIT_MS = 1000;
/**
 * Maximum clock skew between servers, in milliseconds. A count that is further in the future was
 * written before the clock was set back.
 */
const MAX_CLOCK_SKEW_MS = 5 * 60_000;
/**
 * Part of `delayMs` over which the turns of waiting clients are spread. The first client may try
 * this part before the delay ends. To keep the rate at one attempt per `delayMs`, the count may be
 * higher by the same amount.
 */
const TURN_SPREAD = 0.5;

/** Milliseconds until the next attempt is allowed; 0: now. */
export function waitMs(
  rule: FailureRule,
  count: FailureCount | undefined,
  { pending, now, turn = 1 }: AttemptState,
): number {
  const failures = presentFailures(rule, count, now);
  const allowed = rule.maxFailures - 1;
  if (failures <= allowed) return failures + pending > allowed ? PENDING_WAIT_MS : 0;
  if (rule.type === 'lock') return rule.windowMs - elapsedMs(count, now);
  const leftMs = (failures - allowed - (1 - turn) * TURN_SPREAD) * rule.delayMs;
  if (leftMs > 0) return Math.ceil(leftMs);
  return pending > 0 ? PENDING_WAIT_MS : 0;
}

/**
 * Adds one failure to a count. The count is limited, and so is the wait that follows from it.
 * @param now milliseconds since the epoch
 */
export function afterFailure(
  rule: FailureRule,
  count: FailureCount | undefined,
  now: number,
): FailureCount {
  const highest = rule.type === 'lock' ? rule.maxFailures : rule.maxFailures + TURN_SPREAD;
  return {
    failures: Math.min(presentFailures(rule, count, now) + 1, highest),
    lastFailureAt: now,
  };
}

/** Adds two counts, for example one from the store and one from memory. */
export function sumOf(
  rule: FailureRule,
  a: FailureCount,
  b: FailureCount | undefined,
): FailureCount {
  const lastFailureAt = Math.max(a.lastFailureAt, b?.lastFailureAt ?? 0);
  const at = (count: FailureCount | undefined) => presentFailures(rule, count, lastFailureAt);
  return { failures: at(a) + at(b), lastFailureAt };
}

/** Instant from which the count has no effect any more, in milliseconds since the epoch. */
export function forgottenAt(rule: FailureRule, count: FailureCount): number {
  const lifetimeMs = rule.type === 'lock' ? rule.windowMs : count.failures * rule.delayMs;
  return count.lastFailureAt + Math.ceil(lifetimeMs);
}

/** Number of failures that still count at `now`. */
export function presentFailures(
  rule: FailureRule,
  count: FailureCount | undefined,
  now: number,
): number {
  if (count === undefined || count.lastFailureAt > now + MAX_CLOCK_SKEW_MS) return 0;
  const elapsed = elapsedMs(count, now);
  if (rule.type === 'lock') return elapsed >= rule.windowMs ? 0 : count.failures;
  return Math.max(0, count.failures - elapsed / rule.delayMs);
}

const elapsedMs = (count: FailureCount | undefined, now: number): number =>
  count === undefined ? 0 : Math.max(0, now - count.lastFailureAt);
