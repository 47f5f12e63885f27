import { describe, expect, it } from 'vitest';
import { byteSize, durationMs } from './value_types.ts';

describe('a setting with a duration', () => {
  it.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['30m', 1_800_000],
    ['1h', 3_600_000],
    ['1.5h', 5_400_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['1500', 1500],
    [250, 250],
    [0, 0],
  ])('with the value %o is %i ms', (written, expected) => {
    expect(durationMs().parse(written)).toBe(expected);
  });

  it.each(['', 'soon', '-1s', '1 year', '1y', '1e3s', '١s', 'Infinity', -1, Number.NaN, null, {}])(
    'is refused when it is %o',
    (written) => {
      expect(durationMs().safeParse(written).success).toBe(false);
    },
  );

  it('is refused outside of its bounds, with a message that shows the bound as written', () => {
    const schema = durationMs({ min: '1s', max: '1m' });
    expect(schema.safeParse('999ms').error?.issues[0]?.message).toBe('expected at least 1s');
    expect(schema.safeParse('61s').error?.issues[0]?.message).toBe('expected at most 1m');
    expect(schema.parse('1m')).toBe(60_000);
  });

  it('has a default that is parsed like a configured value', () => {
    expect(durationMs().prefault('2s').parse(undefined)).toBe(2000);
  });
});

describe('a setting with a size', () => {
  it.each([
    ['1mb', 1_048_576],
    ['1MB', 1_048_576],
    ['512kb', 524_288],
    ['10b', 10],
    ['1024', 1024],
    [7, 7],
  ])('with the value %o is %i bytes', (written, expected) => {
    expect(byteSize().parse(written)).toBe(expected);
  });

  it.each(['', 'big', '-1mb', '1xb', -1, null])('is refused when it is %o', (written) => {
    expect(byteSize().safeParse(written).success).toBe(false);
  });
});
