import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryUnknown } from './carry_unknown.ts';

describe('an update by a build that does not know all members', () => {
  it('keeps members that this build does not know, at any depth', () => {
    const stored = { at: 1, later: 2, inner: { x: 1, later: 3 }, removed: 4 };
    const known = { at: 1, inner: { x: 1 }, removed: 4 };
    expect(carryUnknown(stored, known, { at: 5, inner: { x: 6 } })).toStrictEqual({
      at: 5,
      inner: { x: 6, later: 3 },
      later: 2,
    });
  });

  it('replaces lists and plain values as a whole, without keeping their members', () => {
    expect(carryUnknown([{ later: 1 }], [{}], [{ at: 1 }])).toStrictEqual([{ at: 1 }]);
    expect(carryUnknown({ later: 1 }, {}, 'plain')).toBe('plain');
    expect(carryUnknown('plain', undefined, { at: 1 })).toStrictEqual({ at: 1 });
    expect(carryUnknown({ later: 1 }, {}, null)).toBeNull();
  });

  it('never keeps a known member and never overrides a written member', () => {
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
