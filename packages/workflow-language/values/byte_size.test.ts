import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseByteSize } from './byte_size.ts';

describe('parseByteSize', () => {
  it.each([
    ['10mb', 10_485_760],
    ['1.5 GB', 1_610_612_736],
    ['0b', 0],
    ['512 Kb', 524_288],
  ])('converts %s to %i bytes', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  it.each(['', '10', '10 tb', '10  mb', '-1mb', '.5mb', '1e3b', '9999999999999gb'])(
    'refuses %j',
    (text) => {
      expect(parseByteSize(text)).toBeUndefined();
    },
  );

  const UNITS = ['b', 'kb', 'mb', 'gb'];
  const aUnit = fc.constantFrom(...UNITS);

  it('reads every number with every unit in any case, with or without a space', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8_000_000 }),
        aUnit,
        fc.record({ upper: fc.boolean(), spaced: fc.boolean() }),
        (count, unit, { upper, spaced }) => {
          const text = `${count}${spaced ? ' ' : ''}${upper ? unit.toUpperCase() : unit}`;
          expect(parseByteSize(text)).toBe(count * 1024 ** UNITS.indexOf(unit));
        },
      ),
    );
  });

  it('reads decimals as whole bytes, and never more than the number says', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(999), aUnit, (whole, thousandths, unit) => {
        const digits = String(thousandths).padStart(3, '0');
        const bytes = parseByteSize(`${whole}.${digits}${unit}`);
        const exact = (whole + thousandths / 1_000) * 1024 ** UNITS.indexOf(unit);
        expect(bytes).toBeLessThanOrEqual(exact);
        expect(exact - Number(bytes)).toBeLessThan(1);
      }),
    );
  });

  it('reads a text as a safe integer or not at all', () => {
    const parts = fc.constantFrom('1', '0', '9', '.', ' ', 'b', 'k', 'M', 'g', 'B', '-', 'e');
    fc.assert(
      fc.property(fc.string({ unit: parts, maxLength: 24 }), (text) => {
        const bytes = parseByteSize(text);
        if (bytes === undefined) return;
        expect(Number.isSafeInteger(bytes) && bytes >= 0).toBe(true);
        expect(text).toMatch(/^\d+(\.\d+)? ?[kmg]?b$/i);
      }),
    );
  });
});
