import { ManualClock, seededRandomness } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { VerifiedPasswords } from './verified_passwords.ts';

function aMemory() {
  const clock = new ManualClock();
  return { clock, verified: new VerifiedPasswords({ clock, randomness: seededRandomness() }) };
}

describe('the cache of verified passwords', () => {
  it('keeps a pair for one minute and not longer', async () => {
    const { clock, verified } = aMemory();
    const pair = verified.fingerprint('ana', 'secret');
    verified.remember(pair, 'hash-1');
    await clock.advance(59_999);
    expect(verified.has(pair, 'hash-1')).toBe(true);
    await clock.advance(1);
    expect(verified.has(pair, 'hash-1')).toBe(false);
  });

  it('forgets a pair as soon as the stored hash has changed', () => {
    const { verified } = aMemory();
    const pair = verified.fingerprint('ana', 'secret');
    verified.remember(pair, 'hash-1');
    expect(verified.has(pair, 'hash-2')).toBe(false);
  });

  it('distinguishes pairs whose name and password give the same text when joined', () => {
    const { verified } = aMemory();
    expect(verified.fingerprint('ab', 'c')).not.toBe(verified.fingerprint('a', 'bc'));
  });

  it('uses a different key in each process', () => {
    const other = new VerifiedPasswords({
      clock: new ManualClock(),
      randomness: seededRandomness('other'),
    });
    expect(other.fingerprint('ana', 'secret')).not.toBe(
      aMemory().verified.fingerprint('ana', 'secret'),
    );
  });

  it('has a limited size however many pairs are verified', () => {
    const { verified } = aMemory();
    const first = verified.fingerprint('user-0', 'x');
    for (let n = 0; n <= 1000; n += 1)
      verified.remember(verified.fingerprint(`user-${n}`, 'x'), 'h');
    expect(verified.has(first, 'h')).toBe(false);
  });
});
