import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDelayMs, nextDelayMs, retryDelayMs } from './run_times.ts';

const anInterval = fc.integer({ min: 1, max: 400 * 24 * 3600 * 1000 });
const aFraction = fc.double({ min: 0, max: 0.999999, noNaN: true });

describe('the run times of a task', () => {
  it('vary the next run by a tenth of the interval, but never start it immediately', () => {
    fc.assert(
      fc.property(anInterval, aFraction, (intervalMs, fraction) => {
        const delay = nextDelayMs(intervalMs, { fraction: () => fraction });
        expect(delay).toBeGreaterThanOrEqual(Math.max(1, Math.floor(intervalMs * 0.9)));
        expect(delay).toBeLessThanOrEqual(Math.ceil(intervalMs * 1.1));
      }),
    );
  });

  it('put the first run within the interval and within a minute', () => {
    fc.assert(
      fc.property(anInterval, aFraction, (intervalMs, fraction) => {
        const delay = firstDelayMs(intervalMs, { fraction: () => fraction });
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThan(Math.min(intervalMs, 60_000));
      }),
    );
  });

  it('put retries within five minutes and within the interval, apart from jitter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        anInterval,
        aFraction,
        (attempt, intervalMs, fraction) => {
          const delay = retryDelayMs(attempt, intervalMs, { fraction: () => fraction });
          expect(delay).toBeLessThanOrEqual(Math.ceil(Math.min(intervalMs, 300_000) * 1.1));
          expect(delay).toBeGreaterThanOrEqual(1);
        },
      ),
    );
    const half = { fraction: () => 0.5 };
    expect([1, 2, 3, 9].map((n) => retryDelayMs(n, undefined, half))).toEqual([
      10_000, 20_000, 40_000, 300_000,
    ]);
  });
});
