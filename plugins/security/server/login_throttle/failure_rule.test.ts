import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  type FailureCount,
  type FailureRule,
  forgottenAt,
  presentFailures,
  waitMs,
} from './failure_rule.ts';

const LOCK: FailureRule = { type: 'lock', maxFailures: 3, windowMs: 60_000 };
const DELAY: FailureRule = { type: 'delay', maxFailures: 3, delayMs: 10_000 };

/** Counts one failure at each instant. */
const failedAt = (rule: FailureRule, ...instants: readonly number[]): FailureCount | undefined =>
  instants.reduce<FailureCount | undefined>(
    (count, at) => afterFailure(rule, count, at),
    undefined,
  );

describe('a lock', () => {
  it('refuses attempts until the window since the last failure has passed', () => {
    const count = failedAt(LOCK, 0, 1000, 2000);
    expect(waitMs(LOCK, count, { pending: 0, now: 22_000 })).toBe(40_000);
    expect(waitMs(LOCK, count, { pending: 0, now: 62_000 })).toBe(0);
    expect(presentFailures(LOCK, count, 62_000)).toBe(0);
  });
});

describe('a delay', () => {
  it('allows one attempt per delay once the limit of failures is reached', () => {
    const count = failedAt(DELAY, 0, 0, 0);
    expect(waitMs(DELAY, count, { pending: 0, now: 0 })).toBe(10_000);
    expect(waitMs(DELAY, count, { pending: 0, now: 10_000 })).toBe(0);
    expect(waitMs(DELAY, failedAt(DELAY, 0, 0, 0, 10_000), { pending: 0, now: 10_000 })).toBe(
      10_000,
    );
  });

  it('never makes a client wait longer than one and a half delays, however many failures are concurrent', () => {
    const count = failedAt(DELAY, ...new Array<number>(500).fill(0));
    expect(waitMs(DELAY, count, { pending: 0, now: 0 })).toBe(15_000);
  });

  it('admits waiting clients one at a time, in the order of their turns', () => {
    const count = failedAt(DELAY, 0, 0, 0, 0);
    const waitOf = (turn: number, pending = 0, now = 0) =>
      waitMs(DELAY, count, { pending, now, turn });
    expect([waitOf(0), waitOf(0.5), waitOf(1)]).toEqual([10_000, 12_500, 15_000]);
    expect(waitOf(0, 0, 10_000)).toBe(0);
    expect(waitOf(0.5, 0, 10_000)).toBe(2500);
    expect(waitOf(0, 1, 10_000)).toBeGreaterThan(0);
  });

  it('allows, in any period and with any turns, at most its limit of failures plus one failure per delay', () => {
    const attempts = fc.array(
      fc.record({ afterMs: fc.nat(20_000), turn: fc.double({ min: 0, max: 1, noNaN: true }) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(attempts, (all) => {
        let [now, failures, count] = [0, 0, undefined as FailureCount | undefined];
        for (const { afterMs, turn } of all) {
          now += afterMs;
          if (waitMs(DELAY, count, { pending: 0, now, turn }) > 0) continue;
          failures += 1;
          count = afterFailure(DELAY, count, now);
        }
        expect(failures).toBeLessThanOrEqual(3.5 + now / 10_000 + 1e-6);
      }),
    );
  });
});

const rules = fc.oneof(
  fc.record({
    type: fc.constant('lock' as const),
    maxFailures: fc.integer({ min: 1, max: 50 }),
    windowMs: fc.integer({ min: 1, max: 10 ** 7 }),
  }),
  fc.record({
    type: fc.constant('delay' as const),
    maxFailures: fc.integer({ min: 1, max: 50 }),
    delayMs: fc.integer({ min: 1, max: 10 ** 6 }),
  }),
);
const instants = fc.array(fc.integer({ min: 0, max: 10 ** 7 }), { maxLength: 80 });

describe('every rule', () => {
  it('allows an attempt after the wait that it returned, and forgets the count in the end', () => {
    fc.assert(
      fc.property(rules, instants, (rule, at) => {
        const sorted = at.toSorted((a, b) => a - b);
        const now = sorted.at(-1) ?? 0;
        const count = failedAt(rule, ...sorted);
        expect(
          waitMs(rule, count, { pending: 0, now: now + waitMs(rule, count, { pending: 0, now }) }),
        ).toBe(0);
        if (count === undefined) return;
        expect(presentFailures(rule, count, forgottenAt(rule, count))).toBeCloseTo(0, 5);
      }),
    );
  });

  it('allows at most its limit of concurrent failures, including attempts in progress', () => {
    fc.assert(
      fc.property(rules, fc.nat(50), (rule, failures) => {
        const count = failedAt(rule, ...new Array<number>(failures).fill(0));
        for (const pending of [0, 1, rule.maxFailures]) {
          expect(waitMs(rule, count, { pending, now: 0 }) === 0).toBe(
            failures + pending < rule.maxFailures,
          );
        }
      }),
    );
  });

  it('ignores a count whose date is in the future because the clock was set back', () => {
    for (const rule of [LOCK, DELAY]) {
      const count = failedAt(rule, 0, 0, 3_600_000);
      expect(waitMs(rule, count, { pending: 0, now: 0 })).toBe(0);
      expect(
        waitMs(rule, failedAt(rule, 60_000, 60_000, 60_000), { pending: 0, now: 0 }),
      ).toBeGreaterThan(0);
    }
  });
});
