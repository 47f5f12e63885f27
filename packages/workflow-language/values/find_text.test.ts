import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Characters, findLastText, findText, searchLinear, splitText } from './find_text.ts';

/** Texts of two different letters, in which pieces occur often or almost occur. */
const TEXT = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 });
const PIECE = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });

/** Text that ends with `text` and is so long that the linear search is used. */
const long = (text: string): string => 'c'.repeat(300_000) + text;

describe('findText', () => {
  it('finds the same place as `indexOf`', () => {
    fc.assert(
      fc.property(TEXT, PIECE, fc.nat(70), (text, piece, from) => {
        expect(findText(text, piece, from)).toBe(text.indexOf(piece, from));
        expect(findText(long(text), piece)).toBe(long(text).indexOf(piece));
        if (piece !== '') expect(searchLinear(text, piece, from)).toBe(text.indexOf(piece, from));
      }),
    );
  });

  it('J127: compares characters in proportion to the sum of the lengths', () => {
    fc.assert(
      fc.property(fc.nat(3_000), fc.nat(1_000), fc.nat(1_000), (length, before, after) => {
        let reads = 0;
        const counted = (text: string): Characters => ({
          length: text.length,
          charCodeAt: (index) => {
            reads += 1;
            return text.charCodeAt(index);
          },
        });
        const piece = `${'a'.repeat(before)}b${'a'.repeat(after)}`;
        expect(searchLinear(counted('a'.repeat(length)), counted(piece), 0)).toBe(-1);
        expect(reads).toBeLessThanOrEqual(5 * (length + piece.length));
      }),
    );
  });

  it('J127: searches megabytes for a piece that almost occurs at every place', () => {
    const half = 'a'.repeat(50_000);
    // `indexOf` takes minutes for this.
    expect(findText('a'.repeat(2_000_000), `${half}b${half}`)).toBe(-1);
    expect(findLastText('a'.repeat(2_000_000), `${half}b${half}`)).toBe(-1);
    expect(splitText('a'.repeat(2_000_000), `${half}b${half}`)).toHaveLength(1);
  });
});

describe('findLastText', () => {
  it('finds the same place as `lastIndexOf`', () => {
    fc.assert(
      fc.property(TEXT, PIECE, (text, piece) => {
        expect(findLastText(text, piece)).toBe(text.lastIndexOf(piece));
        const whole = text + 'c'.repeat(300_000);
        expect(findLastText(whole, piece)).toBe(whole.lastIndexOf(piece));
      }),
    );
  });
});

describe('splitText', () => {
  it('splits in the same way as `String.prototype.split`', () => {
    fc.assert(
      fc.property(TEXT, PIECE, (text, piece) => {
        expect(splitText(text, piece)).toEqual(text.split(piece));
        if (piece !== '') expect(splitText(long(text), piece)).toEqual(long(text).split(piece));
      }),
    );
  });
});
