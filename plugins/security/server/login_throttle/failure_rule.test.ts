import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
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

/** One failure at each instant. */
const failedAt = (rule: FailureRule, ...instants: readonly number[]): FailureCount | undefined =>
  instants.reduce<FailureCount | undefined>(
    (count, at) => afterFailure(rule, count, at),
    undefined,
  );

describe('a lock', () => {
  it('refuses until the window since the last failure is over', () => {
    const count = failedAt(LOCK, 0, 1000, 2000);
    expect(waitMs(LOCK, count, 0, 22_000)).toBe(40_000);
    expect(waitMs(LOCK, count, 0, 62_000)).toBe(0);
    expect(presentFailures(LOCK, count, 62_000)).toBe(0);
  });
});

describe('a delay', () => {
  it('allows one attempt per delay when the failures are used up', () => {
    const count = failedAt(DELAY, 0, 0, 0);
    expect(waitMs(DELAY, count, 0, 0)).toBe(10_000);
    expect(waitMs(DELAY, count, 0, 10_000)).toBe(0);
    expect(waitMs(DELAY, failedAt(DELAY, 0, 0, 0, 10_000), 0, 10_000)).toBe(10_000);
  });

  it('never asks for more than one delay, however many failures came at once', () => {
    const count = failedAt(DELAY, ...new Array<number>(500).fill(0));
    expect(waitMs(DELAY, count, 0, 0)).toBe(10_000);
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
  it('allows an attempt after the wait it names, and forgets the count in time', () => {
    fc.assert(
      fc.property(rules, instants, (rule, at) => {
        const sorted = at.toSorted((a, b) => a - b);
        const now = sorted.at(-1) ?? 0;
        const count = failedAt(rule, ...sorted);
        expect(waitMs(rule, count, 0, now + waitMs(rule, count, 0, now))).toBe(0);
        if (count === undefined) return;
        expect(presentFailures(rule, count, forgottenAt(rule, count))).toBeCloseTo(0, 5);
      }),
    );
  });

  it('allows at most its limit of failures at once, attempts under way included', () => {
    fc.assert(
      fc.property(rules, fc.nat(50), (rule, failures) => {
        const count = failedAt(rule, ...new Array<number>(failures).fill(0));
        for (const pending of [0, 1, rule.maxFailures]) {
          expect(waitMs(rule, count, pending, 0) === 0).toBe(failures + pending < rule.maxFailures);
        }
      }),
    );
  });

  it('ignores a count from the future, written before the clock was set back', () => {
    for (const rule of [LOCK, DELAY]) {
      const count = failedAt(rule, 0, 0, 3_600_000);
      expect(waitMs(rule, count, 0, 0)).toBe(0);
      expect(waitMs(rule, failedAt(rule, 60_000, 60_000, 60_000), 0, 0)).toBeGreaterThan(0);
    }
  });
});
