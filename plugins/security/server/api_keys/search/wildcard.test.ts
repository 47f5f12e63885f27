import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wildcard } from './wildcard.ts';

/** Regular expression that matches the same texts as a short wildcard pattern. */
function byRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll(/\\(.)|./gsu, (part: string, escaped?: string) => {
    if (escaped !== undefined) return escaped.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    if (part === '*') return '.*';
    return part === '?' ? '.' : part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  });
  return new RegExp(`^(?:${source})$`, 'su');
}

describe('a wildcard', () => {
  it('matches the same texts as the equivalent regular expression', () => {
    const letters = (alphabet: string, maxLength: number) =>
      fc.string({ unit: fc.constantFrom(...alphabet), maxLength });
    fc.assert(
      fc.property(letters('ab*?\\', 7), letters('ab*', 9), (pattern, text) => {
        expect(wildcard(pattern, false)(text)).toBe(byRegExp(pattern).test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('ignores case on request, and treats an emoji as one character', () => {
    expect(wildcard('*ALPHA*', true)('my Alpha key')).toBe(true);
    expect(wildcard('*ALPHA*', false)('my Alpha key')).toBe(false);
    expect(wildcard('?!', false)('🔑!')).toBe(true);
  });
});
