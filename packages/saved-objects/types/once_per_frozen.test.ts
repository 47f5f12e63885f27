import { describe, expect, it } from 'vitest';
import { oncePerFrozen } from './once_per_frozen.ts';

describe('a cached value of an object', () => {
  it('is computed once for each frozen object', () => {
    const wrap = oncePerFrozen(({ name }: { readonly name: string }) => ({ name }));
    const one = Object.freeze({ name: 'one' });
    expect(wrap(one)).toBe(wrap(one));
    expect(wrap(Object.freeze({ name: 'one' }))).not.toBe(wrap(one));
  });

  it('is computed again for an object that can still change', () => {
    const lengthOf = oncePerFrozen((list: readonly string[]) => list.length);
    const list = ['a'];
    expect(lengthOf(list)).toBe(1);
    list.push('b');
    expect(lengthOf(list)).toBe(2);
  });

  it('is computed again after an error', () => {
    let isBroken = true;
    const read = oncePerFrozen((_: object) => {
      if (isBroken) throw new Error('not readable');
      return 'value';
    });
    const source = Object.freeze({});
    expect(() => read(source)).toThrow('not readable');
    isBroken = false;
    expect(read(source)).toBe('value');
  });
});
