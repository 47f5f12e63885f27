import { describe, expect, it } from 'vitest';
import { parseDateMath, parseIsoDate } from './date_math.ts';

const NOW = Date.parse('2026-11-29T10:20:30.456Z');

describe('parseDateMath', () => {
  it.each([
    ['now', '2026-11-29T10:20:30.456Z'],
    ['now-1d', '2026-11-28T10:20:30.456Z'],
    ['now+1h-30m', '2026-11-29T10:50:30.456Z'],
    ['now/d', '2026-11-29T00:00:00.000Z'],
    ['now/w', '2026-11-23T00:00:00.000Z'],
    ['now-1M/M', '2026-10-01T00:00:00.000Z'],
    ['now/y', '2026-01-01T00:00:00.000Z'],
    ['now/h', '2026-11-29T10:00:00.000Z'],
    ['now/s', '2026-11-29T10:20:30.000Z'],
    ['2026-01-31||+1M', '2026-02-28T00:00:00.000Z'],
    ['2024-02-29||+1y', '2025-02-28T00:00:00.000Z'],
    ['2026-01-01T12:00:00+02:00||+1s', '2026-01-01T10:00:01.000Z'],
    ['2026-01-01', '2026-01-01T00:00:00.000Z'],
  ])('parses %s as %s', (text, expected) => {
    expect(new Date(parseDateMath(text, NOW) ?? Number.NaN).toISOString()).toBe(expected);
  });

  it.each(['', 'nowhere', 'now-1', 'now-1x', 'now d', '||+1d', 'yesterday', '2026', '12'])(
    'refuses %j',
    (text) => {
      expect(parseDateMath(text, NOW)).toBeUndefined();
    },
  );
});

describe('parseIsoDate', () => {
  it('treats a time without a zone as UTC', () => {
    expect(parseIsoDate('2026-11-29 10:20:30,456')).toBe(NOW);
  });

  it('returns undefined for a day that does not exist', () => {
    expect(parseIsoDate('2026-13-01')).toBeUndefined();
  });
});
