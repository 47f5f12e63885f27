import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { carryUnknown } from './carry_unknown.ts';

describe('carryUnknown', () => {
  it('carries members that this build does not know, at any depth', () => {
    const stored = { at: 1, later: 2, inner: { x: 1, later: 3 }, gone: 4 };
    const known = { at: 1, inner: { x: 1 }, gone: 4 };
    expect(carryUnknown(stored, known, { at: 5, inner: { x: 6 } })).toStrictEqual({
      at: 5,
      inner: { x: 6, later: 3 },
      later: 2,
    });
  });

  it('replaces lists and plain values as they are, and what is no object any more', () => {
    expect(carryUnknown([{ later: 1 }], [{}], [{ at: 1 }])).toStrictEqual([{ at: 1 }]);
    expect(carryUnknown({ later: 1 }, {}, 'plain')).toBe('plain');
    expect(carryUnknown('plain', undefined, { at: 1 })).toStrictEqual({ at: 1 });
    expect(carryUnknown({ later: 1 }, {}, null)).toBeNull();
  });

  it('takes nothing that is known and left away, and never replaces what is written', () => {
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.jsonValue());
    fc.assert(
      fc.property(object, object, object, (stored, known, next) => {
        const result = Object.entries(carryUnknown(stored, known, next) as object);
        for (const [name, value] of result) {
          if (!Object.hasOwn(next, name)) expect(Object.hasOwn(known, name)).toBe(false);
          else if (typeof next[name] !== 'object') expect(value).toBe(next[name]);
        }
        expect(result.map(([name]) => name)).toEqual(
          expect.arrayContaining([...Object.keys(next)]),
        );
      }),
    );
  });
});
