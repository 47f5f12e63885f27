import { describe, expect, it } from 'vitest';
import { createKeyedHash } from './keyed_hash.ts';

const hash = createKeyedHash(Buffer.alloc(32, 1));

describe('the keyed hash', () => {
  it('is the same 256 bits, in base64url, for the same purpose and value', () => {
    expect(hash('token id', 'a')).toBe(createKeyedHash(Buffer.alloc(32, 1))('token id', 'a'));
    expect(hash('token id', 'a')).toMatch(/^[\w-]{43}$/);
  });

  it('is different for another value, purpose or secret', () => {
    const other = createKeyedHash(Buffer.alloc(32, 2));
    const hashes = [hash('p', 'a'), hash('p', 'b'), hash('q', 'a'), other('p', 'a')];
    expect(new Set(hashes).size).toBe(4);
  });

  it('stays correct when more purposes are used than are cached', () => {
    const before = hash('purpose 150', 'a');
    for (let n = 0; n < 200; n += 1) hash(`purpose ${n}`, 'a');
    expect(hash('purpose 150', 'a')).toBe(before);
  });
});
