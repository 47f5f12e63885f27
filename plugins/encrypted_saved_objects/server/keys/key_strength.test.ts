import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { keyStrength } from './key_strength.ts';

/** The same keys in every run. */
const keys = Array.from({ length: 2_000 }, (_, n) => createHash('sha256').update(`${n}`).digest());

describe('the strength of a key', () => {
  it('is rated as random for generated keys', () => {
    for (const key of keys) {
      // openssl rand -base64 32, -hex 32, and the 32 hexadecimal characters of
      // kibana-encryption-keys.
      for (const text of [
        key.toString('base64'),
        key.toString('base64url'),
        key.toString('hex'),
        key.toString('hex').slice(0, 32),
      ]) {
        expect([text, keyStrength(text)]).toEqual([text, 'random']);
      }
    }
  });

  it.each([
    'a'.repeat(32),
    'abcdefghijklmnopqrstuvwxyz0123456789',
    'changemechangemechangemechangeme',
    '01234567890123456789012345678901',
    '12341234123412341234123412341234',
    'abababababababababababababababab',
  ])('is predictable for %s', (key) => {
    expect(keyStrength(key)).toBe('predictable');
  });

  it.each([
    'correct horse battery staple and more',
    'CorrectHorseBatteryStapleAndEvenMore',
    'an-encryption-key-for-tests-only-0123456789',
    'the quick brown fox jumps over it all',
  ])('is rated as words for the text %s', (key) => {
    expect(keyStrength(key)).toBe('words');
  });
});
