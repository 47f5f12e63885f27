import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rrule } from '../types.ts';
import {
  everyFrom,
  lastOccurrence,
  nextOccurrence,
  scheduleOf,
  toRrule,
  toStoredRrule,
} from './calendar.ts';

const at = (instant: string): number => Date.parse(instant);

/** Returns the first occurrences, as ISO instants, of a rule that is scheduled at `after`. */
function occurrences(rule: Rrule, after: string, count: number): readonly string[] {
  const { calendar, runAt } = scheduleOf(toStoredRrule(rule), at(after));
  const found = [runAt];
  while (found.length < count) {
    const next = nextOccurrence(calendar, found.at(-1)?.getTime() ?? 0);
    if (next === undefined) break;
    found.push(next);
  }
  return found.map((instant) => instant.toISOString().replace(':00.000Z', 'Z'));
}

describe('a calendar rule', () => {
  it.each<[string, Rrule, string, readonly string[]]>([
    [
      'every day at the minute of the first scheduling when it names no time',
      { freq: 'DAILY' },
      '2026-01-01T09:37:42Z',
      ['2026-01-02T09:37Z', '2026-01-03T09:37Z'],
    ],
    [
      'at the full hour when only hours are named',
      { freq: 'DAILY', byhour: [9, 17] },
      '2026-01-01T09:37:42Z',
      ['2026-01-01T17:00Z', '2026-01-02T09:00Z'],
    ],
    [
      'in the full hour of its time zone, even at an offset of half an hour',
      { freq: 'DAILY', byhour: [9], tzid: 'Asia/Kolkata' },
      '2026-01-01T12:00Z',
      ['2026-01-02T03:30Z', '2026-01-03T03:30Z'],
    ],
    [
      'at each named minute of each named hour',
      { freq: 'DAILY', byhour: [9], byminute: [0, 30] },
      '2026-01-01T09:00Z',
      ['2026-01-01T09:30Z', '2026-01-02T09:00Z'],
    ],
    [
      'on named weekdays of every second week, counted from the week of dtstart',
      {
        freq: 'WEEKLY',
        interval: 2,
        byweekday: ['MO', 'FR'],
        byhour: [9],
        byminute: [0],
        dtstart: new Date('2026-01-07T00:00Z'),
      },
      '2026-01-01T00:00Z',
      ['2026-01-09T09:00Z', '2026-01-19T09:00Z', '2026-01-23T09:00Z', '2026-02-02T09:00Z'],
    ],
    [
      'on the last day of each month',
      { freq: 'MONTHLY', bymonthday: [-1], byhour: [9] },
      '2026-01-01T00:00Z',
      ['2026-01-31T09:00Z', '2026-02-28T09:00Z', '2026-03-31T09:00Z'],
    ],
    [
      'only in months that have the day',
      { freq: 'MONTHLY', bymonthday: [31], byhour: [9] },
      '2026-01-31T10:00Z',
      ['2026-03-31T09:00Z', '2026-05-31T09:00Z'],
    ],
    [
      'at dtstart or later',
      { freq: 'DAILY', dtstart: new Date('2027-05-01T06:00Z') },
      '2026-01-01T00:00Z',
      ['2027-05-01T06:00Z', '2027-05-02T06:00Z'],
    ],
  ])('occurs %s', (_, rule, after, expected) => {
    expect(occurrences(rule, after, expected.length)).toEqual(expected);
  });

  it.each<[string, string, string, readonly string[]]>([
    [
      'keeps the local time when the clock is set forward',
      '08:00',
      '2026-03-28T00:00Z',
      ['2026-03-28T07:00Z', '2026-03-29T06:00Z', '2026-03-30T06:00Z'],
    ],
    [
      'keeps the local time when the clock is set back',
      '08:00',
      '2026-10-24T00:00Z',
      ['2026-10-24T06:00Z', '2026-10-25T07:00Z', '2026-10-26T07:00Z'],
    ],
    [
      'occurs at the next existing time on the day on which its local time is skipped',
      '02:30',
      '2026-03-28T00:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    [
      'occurs once on the day on which its local time repeats',
      '02:30',
      '2026-10-24T00:00Z',
      ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
  ])('%s (Europe/Berlin)', (_, time, after, expected) => {
    const [hour, minute] = time.split(':').map(Number);
    const rule: Rrule = {
      freq: 'DAILY',
      tzid: 'Europe/Berlin',
      byhour: [hour ?? 0],
      byminute: [minute ?? 0],
    };
    expect(occurrences(rule, after, expected.length)).toEqual(expected);
  });

  it('occurs only once when several local times are skipped, or when one is moved to another occurrence', () => {
    const rule: Rrule = {
      freq: 'DAILY',
      tzid: 'Europe/Berlin',
      byhour: [2, 3],
      byminute: [0, 30],
      dtstart: new Date('2026-03-28T12:00Z'),
    };
    // 02:00 and 02:30 do not exist on this day. Both are moved to 03:00, which is an occurrence
    // anyway.
    expect(occurrences(rule, '2026-03-28T12:00Z', 3)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-29T01:30Z',
      '2026-03-30T00:00Z',
    ]);
    expect(
      occurrences({ ...rule, byhour: [2, 3], byminute: [20] }, '2026-03-28T12:00Z', 2),
    ).toEqual(['2026-03-29T01:00Z', '2026-03-29T01:20Z']);
  });

  it('is correct in a zone with half-hour clock changes and in one that skipped a day', () => {
    const daily = { freq: 'DAILY', byhour: [2], byminute: [15] } as const;
    expect(occurrences({ ...daily, tzid: 'Australia/Lord_Howe' }, '2026-10-03T00:00Z', 2)).toEqual([
      '2026-10-03T15:30Z',
      '2026-10-04T15:15Z',
    ]);
    expect(occurrences({ ...daily, tzid: 'Pacific/Apia' }, '2011-12-29T00:00Z', 3)).toEqual([
      '2011-12-29T12:15Z',
      '2011-12-30T10:00Z',
      '2011-12-30T12:15Z',
    ]);
  });

  it('is fast and correct many years after its start', () => {
    const { calendar } = scheduleOf(
      toStoredRrule({ freq: 'DAILY', dtstart: new Date('1985-01-01T06:00Z'), tzid: 'UTC' }),
      at('1985-01-01T00:00Z'),
    );
    expect(nextOccurrence(calendar, at('2026-06-01T07:00Z'))).toEqual(
      new Date('2026-06-02T06:00Z'),
    );
  });

  it('has occurrences that are strictly increasing, and a daily rule has one on every local day', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo'];
    const instant = fc.integer({ min: at('2024-01-01T00:00Z'), max: at('2028-01-01T00:00Z') });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        instant,
        (tzid, hour, minute, nowMs) => {
          const rule = toStoredRrule({ freq: 'DAILY', tzid, byhour: [hour], byminute: [minute] });
          const { calendar, runAt } = scheduleOf(rule, nowMs);
          expect(runAt.getTime()).toBeGreaterThan(nowMs);
          const next = nextOccurrence(calendar, runAt.getTime());
          const hours = ((next?.getTime() ?? 0) - runAt.getTime()) / 3_600_000;
          expect(hours).toBeGreaterThanOrEqual(23);
          expect(hours).toBeLessThanOrEqual(25);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each<[string, object]>([
    ['rrule.tzid', { freq: 'DAILY', tzid: 'Mars/Olympus' }],
    ['rrule.tzid', { freq: 'DAILY', tzid: '+02:00' }],
    ['rrule.freq', { freq: 'HOURLY' }],
    ['rrule.interval', { freq: 'DAILY', interval: 0 }],
    ['rrule.byhour.0', { freq: 'DAILY', byhour: [24] }],
    ['rrule.bymonthday.0', { freq: 'MONTHLY', bymonthday: [0] }],
    ['rrule.dtstart', { freq: 'DAILY', dtstart: new Date(Number.NaN) }],
    ['rrule', { freq: 'DAILY', byday: ['MO'] }],
  ])('names the invalid member in the error: %s', (place, rule) => {
    expect(() => toStoredRrule(rule as Rrule)).toThrow(
      expect.objectContaining({ code: 'invalid_rrule', message: expect.stringContaining(place) }),
    );
  });

  it('is refused when it can never occur', () => {
    const rule = toStoredRrule({
      freq: 'MONTHLY',
      interval: 12,
      bymonthday: [31],
      dtstart: new Date('2026-02-01T00:00Z'),
    });
    expect(() => scheduleOf(rule, at('2026-01-01T00:00Z'))).toThrow(
      expect.objectContaining({ code: 'rrule_never_occurs' }),
    );
  });

  it.each([
    ['the instant itself', '2026-03-29T01:00Z', '2026-03-29T01:00Z'],
    ['an occurrence on the same day', '2026-03-29T23:00Z', '2026-03-29T01:00Z'],
    ['an occurrence on the day before', '2026-03-30T00:29Z', '2026-03-29T01:00Z'],
    ['none before the first occurrence', '2026-03-28T01:00Z', undefined],
  ])('finds the last occurrence until an instant: %s', (_, instant, expected) => {
    const rule = toStoredRrule({
      freq: 'DAILY',
      tzid: 'Europe/Berlin',
      byhour: [2],
      byminute: [30],
    });
    const { calendar } = scheduleOf(rule, at('2026-03-28T00:00Z'));
    expect(lastOccurrence(calendar, at(instant))).toEqual(expected && new Date(expected));
  });

  it('has the same last occurrence at every instant between an occurrence and the next one', () => {
    const instant = fc.integer({ min: at('2026-01-05T00:00Z'), max: at('2027-01-01T00:00Z') });
    const rules: readonly Rrule[] = [
      { freq: 'DAILY', byhour: [1, 2, 3], byminute: [0, 10, 20], tzid: 'Europe/Berlin' },
      { freq: 'MONTHLY', bymonthday: [-1] },
    ];
    fc.assert(
      fc.property(fc.constantFrom(...rules), instant, (rule, atMs) => {
        const { calendar } = scheduleOf(toStoredRrule(rule), at('2025-11-01T00:00Z'));
        const last = lastOccurrence(calendar, atMs)?.getTime() ?? Number.NaN;
        expect(last).toBeLessThanOrEqual(atMs);
        expect(nextOccurrence(calendar, last)?.getTime()).toBeGreaterThan(atMs);
        expect(nextOccurrence(calendar, last - 1)?.getTime()).toBe(last);
      }),
      { numRuns: 30 },
    );
  });

  it('is stored without undefined members, and converted back without a change', () => {
    const rule: Rrule = {
      freq: 'DAILY',
      byhour: undefined,
      dtstart: new Date('2026-01-01T00:00Z'),
    };
    const stored = toStoredRrule(rule);
    expect(stored).toStrictEqual({ freq: 'DAILY', dtstart: '2026-01-01T00:00:00.000Z' });
    expect(toRrule(stored)).toStrictEqual({ freq: 'DAILY', dtstart: rule.dtstart });
  });
});

describe('an exact interval', () => {
  const { calendar, runAt } = everyFrom(60_000, at('2026-01-01T00:00:10Z'));

  it.each([
    ['2025-12-31T00:00:00Z', '2026-01-01T00:01:10Z'],
    ['2026-01-01T00:00:10Z', '2026-01-01T00:01:10Z'],
    ['2026-01-01T00:01:09.999Z', '2026-01-01T00:01:10Z'],
    ['2026-01-01T00:01:10Z', '2026-01-01T00:02:10Z'],
    ['2026-02-01T00:01:11Z', '2026-02-01T00:02:10Z'],
  ])('occurs next after %s at %s', (after, expected) => {
    expect(nextOccurrence(calendar, at(after))).toEqual(new Date(expected));
  });

  it('has its last occurrence at or before an instant', () => {
    expect(runAt).toEqual(new Date('2026-01-01T00:01:10Z'));
    expect(lastOccurrence(calendar, runAt.getTime() - 1)).toBeUndefined();
    expect(lastOccurrence(calendar, runAt.getTime())).toEqual(runAt);
    expect(lastOccurrence(calendar, runAt.getTime() + 59_999)).toEqual(runAt);
  });
});
