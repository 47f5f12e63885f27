/** Failed logins as stored. */
export interface FailureCount {
  /** A delay rule forgets failures over time, so this may be a fraction. */
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly lastFailureAt: number;
}

/**
 * Limits further attempts after failures of one kind.
 * - `lock`: after `maxFailures`, refuses everything for `windowMs` since the last failure.
 * - `delay`: after `maxFailures`, one attempt per `delayMs`; one failure is forgotten per
 *   `delayMs`.
 */
export type FailureRule =
  | { readonly type: 'lock'; readonly maxFailures: number; readonly windowMs: number }
  | { readonly type: 'delay'; readonly maxFailures: number; readonly delayMs: number };

/** Wait when attempts under way, not stored failures, use up the limit. */
const PENDING_WAIT_MS = 1000;
/**
 * Maximum clock skew between servers. A count further in the future was written before the clock
 * was set back.
 */
const MAX_CLOCK_SKEW_MS = 5 * 60_000;

/**
 * Milliseconds until the next attempt is allowed; 0: now.
 * @param pending attempts under way; each may become a failure, so parallel guesses gain nothing
 */
export function waitMs(
  rule: FailureRule,
  count: FailureCount | undefined,
  pending: number,
  now: number,
): number {
  const failures = presentFailures(rule, count, now);
  const allowed = rule.maxFailures - 1;
  if (failures > allowed) {
    return rule.type === 'lock'
      ? rule.windowMs - elapsedMs(count, now)
      : Math.ceil((failures - allowed) * rule.delayMs);
  }
  return failures + pending > allowed ? PENDING_WAIT_MS : 0;
}

/** The count with one more failure. It never exceeds the limit, so the wait has an upper bound. */
export function afterFailure(
  rule: FailureRule,
  count: FailureCount | undefined,
  now: number,
): FailureCount {
  return {
    failures: Math.min(presentFailures(rule, count, now) + 1, rule.maxFailures),
    lastFailureAt: now,
  };
}

/** Instant from which the count has no effect. */
export function forgottenAt(rule: FailureRule, count: FailureCount): number {
  const lifetimeMs = rule.type === 'lock' ? rule.windowMs : count.failures * rule.delayMs;
  return count.lastFailureAt + Math.ceil(lifetimeMs);
}

/** Failures that still count at `now`. */
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
