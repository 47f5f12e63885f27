import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVersion, isVersionRange } from './version.ts';

describe('isVersion', () => {
  it.each(['1.0.0', 'v1.2.3', '10.20.30-beta.1+build.5', ' 1.0.0 '])('accepts %j', (text) => {
    expect(isVersion(text)).toBe(true);
  });

  it.each(['', '1', '1.0', '1.0.0.0', '01.0.0', '1.0.0-', '1.0.x', 'one'])('refuses %j', (text) => {
    expect(isVersion(text)).toBe(false);
  });
});

describe('isVersionRange', () => {
  it.each([
    '>=9.5.0',
    '>=9.5.0 <9.6.0',
    '>= 9.5.0  < 9.6.0',
    '^9.5',
    '~9.5.1',
    '9.x',
    '*',
    '',
    '9.5.0 - 9.6',
    '9.5.0 || >=9.7.0-rc.1',
  ])('accepts %j', (text) => {
    expect(isVersionRange(text)).toBe(true);
  });

  it.each(['not a range', '>=', '>= < 9', '9.5.0 -', '9.5.0 - x - 1', '9.5.0.1', '=>9.5', '9,5'])(
    'refuses %j',
    (text) => {
      expect(isVersionRange(text)).toBe(false);
    },
  );

  it('ends soon for every text', () => {
    const piece = fc.constantFrom('1', '.', '-', ' ', '>=', '|', '||', 'x', '+', '\t', '\n', '~');
    const texts = fc.array(piece, { maxLength: 2_000 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        expect(typeof isVersionRange(text)).toBe('boolean');
        expect(typeof isVersion(text)).toBe('boolean');
      }),
      { numRuns: 100 },
    );
  });
});
