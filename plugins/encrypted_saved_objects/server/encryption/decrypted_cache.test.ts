import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { anAttributeEncryption, TOKEN_TYPE } from './encryption.mock.ts';

const ANA = { type: TOKEN_TYPE.type, id: 'ana-drive' };
const PLAIN = { credentials: { accessToken: 'at-canary' }, profileUid: 'u_ana' };
const LIFETIME_MS = 30_000;

describe('the cache of decrypted attributes', () => {
  const encryption = anAttributeEncryption();
  const stored = Object.freeze(encryption.encrypt(ANA, PLAIN));

  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  it('returns the same frozen plaintext each time when the stored attributes are frozen', () => {
    const first = encryption.decrypt(ANA, stored);
    expect(first).toEqual(PLAIN);
    expect(Object.isFrozen(first['credentials'])).toBe(true);
    expect(encryption.decrypt(ANA, stored)).toBe(first);
  });

  it('drops all plaintext 30 seconds after its first document was added', () => {
    const first = encryption.decrypt(ANA, stored);
    vi.advanceTimersByTime(LIFETIME_MS - 1);
    expect(encryption.decrypt(ANA, stored)).toBe(first);
    vi.advanceTimersByTime(1);
    expect(encryption.decrypt(ANA, stored)).not.toBe(first);
  });

  it('does not cache attributes that may change', () => {
    const mutable = { ...stored };
    expect(encryption.decrypt(ANA, mutable)).not.toBe(encryption.decrypt(ANA, mutable));
  });

  it('D54: refuses to return cached attributes for another object', () => {
    encryption.decrypt(ANA, stored);
    expect(() => encryption.decrypt({ ...ANA, id: 'bob-drive' }, stored)).toThrow(
      'cannot be decrypted',
    );
  });

  it('drops all plaintext when it contains 1,000 documents', () => {
    const first = encryption.decrypt(ANA, stored);
    for (let count = 1; count < 1_000; count += 1) {
      encryption.decrypt(ANA, Object.freeze({ ...stored }));
    }
    expect(encryption.decrypt(ANA, stored)).toBe(first);
    encryption.decrypt(ANA, Object.freeze({ ...stored }));
    expect(encryption.decrypt(ANA, stored)).not.toBe(first);
    expect(vi.getTimerCount()).toBe(1);
  });
});
