import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyStrength } from './key_strength.ts';

/** Random-looking keys that are the same in every run of the test. */
const keys = Array.from({ length: 2_000 }, (_, n) => createHash('sha256').update(`${n}`).digest());

describe('the strength of a key', () => {
  it('is `random` for generated keys', () => {
    for (const key of keys) {
      // The outputs of `openssl rand -base64 32`, of `openssl rand -hex 32`, and the first 32
      // hexadecimal characters, as kibana-encryption-keys creates them.
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
  ])('is `predictable` for the key %s', (key) => {
    expect(keyStrength(key)).toBe('predictable');
  });

  it.each([
    'correct horse battery staple and more',
    'CorrectHorseBatteryStapleAndEvenMore',
    'an-encryption-key-for-tests-only-0123456789',
    'the quick brown fox jumps over it all',
  ])('is `words` for the key %s', (key) => {
    expect(keyStrength(key)).toBe('words');
  });
});
