import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GrantKey } from './grant_key.ts';
import { keepAliveDate } from './keep_alive_date.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEYS = 10_000;
/** Documented range of the share of the idle limit after which a grant is refreshed. */
const [EARLIEST, LATEST] = [0.7, 0.85];

/**
 * Generates connectors that all users of a company authorize at the same moment, with profile uids
 * of any form.
 */
const companies = fc.record({
  connectorId: fc.oneof(fc.uuid(), fc.string({ minLength: 1, maxLength: 36 })),
  prefix: fc.string({ maxLength: 20 }),
  issuedAt: fc.date({
    min: new Date('2024-01-01T00:00:00Z'),
    max: new Date('2040-01-01T00:00:00Z'),
    noInvalidDate: true,
  }),
});

const keysOf = (connectorId: string, prefix: string): readonly GrantKey[] =>
  Array.from({ length: KEYS }, (_, user) => ({
    scope: 'per-user',
    connectorId,
    profileUid: `${prefix}${user}`,
  }));

/** Returns the number of dates in the hour that has the most dates. */
function fullestHour(dates: readonly Date[]): number {
  const hours = new Map<number, number>();
  for (const date of dates) {
    const hour = Math.floor(date.getTime() / HOUR_MS);
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
  }
  return Math.max(...hours.values());
}

/**
 * Returns the limit for one hour: the mean of an even distribution, plus six standard deviations
 * for the fullest of hundreds of hours, plus a constant for small numbers.
 */
function maxOfAnHour(limitDays: number): number {
  const even = KEYS / (limitDays * 24 * (LATEST - EARLIEST));
  return even + 6 * Math.sqrt(even) + 10;
}

describe('the keep-alive dates of 10,000 grants made at the same moment', () => {
  it.each([7, 14, 90, 180])(
    'G108: are distributed over the documented range of an idle limit of %d days',
    (limitDays) => {
      fc.assert(
        fc.property(companies, ({ connectorId, prefix, issuedAt }) => {
          const dates = keysOf(connectorId, prefix).map((key) =>
            keepAliveDate(key, issuedAt, limitDays),
          );
          const pauses = dates.map((date) => date.getTime() - issuedAt.getTime());
          const limitMs = limitDays * DAY_MS;
          expect(Math.min(...pauses)).toBeGreaterThanOrEqual(EARLIEST * limitMs - 1);
          expect(Math.max(...pauses)).toBeLessThanOrEqual(LATEST * limitMs + 1);
          expect(fullestHour(dates)).toBeLessThanOrEqual(maxOfAnHour(limitDays));
        }),
        { numRuns: 5 },
      );
    },
  );

  it('G108: are always the same for the same grant, so that a restart changes none', () => {
    fc.assert(
      fc.property(companies, fc.constantFrom(7, 14, 90, 180), (company, limitDays) => {
        const { connectorId, prefix, issuedAt } = company;
        const key: GrantKey = { scope: 'per-user', connectorId, profileUid: `${prefix}ana` };
        const first = keepAliveDate(key, issuedAt, limitDays);
        expect(keepAliveDate({ ...key }, new Date(issuedAt), limitDays)).toEqual(first);
      }),
    );
  });
});
