import { canOccur } from '@latchkey/core/common';
import fc from 'fast-check';
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it, vi } from 'vitest';
import type { StoredRrule } from '../tasks/index.ts';
import { nextOccurrence } from './calendar.ts';

const START = '2026-02-10T00:00:00Z';
const after = (rule: StoredRrule, start = START): Date | undefined =>
  nextOccurrence({ rrule: rule, start: new Date(start) }, Date.parse(start));

/** Search of the library, which gives up after half a second. */
function searched({ freq, interval = 1, byweekday, bymonthday }: StoredRrule, start: Date) {
  const rule = new RRuleTemporal({
    freq,
    interval,
    dtstart: Temporal.Instant.fromEpochMilliseconds(start.getTime()).toZonedDateTimeISO('UTC'),
    ...(byweekday === undefined ? {} : { byDay: byweekday }),
    ...(bymonthday === undefined ? {} : { byMonthDay: bymonthday }),
  });
  try {
    return rule.next(start) !== null;
  } catch {
    return false;
  }
}

const WEEKDAY = fc.constantFrom('MO' as const, 'TU' as const, 'SU' as const);

describe('canOccur', () => {
  it.each<[string, StoredRrule, string]>([
    ['31 February', { freq: 'MONTHLY', interval: 12, bymonthday: [31] }, START],
    [
      '29 February in years that are not leap years',
      { freq: 'MONTHLY', interval: 48, bymonthday: [29] },
      START,
    ],
    ['day -31 in June', { freq: 'MONTHLY', interval: 12, bymonthday: [-31] }, '2026-06-01T00:00Z'],
    [
      'Tuesday of weeks from Monday',
      { freq: 'DAILY', interval: 7, byweekday: ['TU'] },
      '2026-02-09T00:00Z',
    ],
  ])('J129: refuses %s without a search', (_, rule, start) => {
    const search = vi.spyOn(RRuleTemporal.prototype, 'next');
    expect(after(rule, start)).toBeUndefined();
    expect(search).not.toHaveBeenCalled();
    search.mockRestore();
  });

  it.each<[string, StoredRrule]>([
    [
      '29 February on a Monday',
      { freq: 'MONTHLY', interval: 12, bymonthday: [29], byweekday: ['MO'] },
    ],
    ['31 in some months', { freq: 'MONTHLY', bymonthday: [31] }],
    ['any day', { freq: 'DAILY' }],
    ['day 1 of weeks', { freq: 'DAILY', interval: 7, bymonthday: [1] }],
  ])('accepts %s', (_, rule) => {
    expect(after(rule)).toBeInstanceOf(Date);
  });

  it('agrees with the search of the library', () => {
    const rule = fc.record(
      {
        freq: fc.constantFrom('DAILY' as const, 'MONTHLY' as const),
        interval: fc.constantFrom(1, 7, 12, 14, 24, 48, 84),
        byweekday: fc.array(WEEKDAY, { minLength: 1, maxLength: 2 }),
        bymonthday: fc.array(fc.constantFrom(1, 15, 29, 30, 31, -1, -29, -31), {
          minLength: 1,
          maxLength: 2,
        }),
      },
      { requiredKeys: ['freq', 'interval'] },
    );
    const start = fc.date({
      min: new Date('2024-01-01'),
      max: new Date('2030-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(rule, start, (each, date) => {
        expect(canOccur(each, date.getTime())).toBe(searched(each, date));
      }),
      { numRuns: 60 },
    );
  });
});
