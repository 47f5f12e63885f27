import { describe, expect, it } from 'vitest';
import { DecryptionHealth } from './decryption_health.ts';

describe('the health of encrypted objects', () => {
  it('D55: counts unreadable objects until they can be read again, and names none of them', () => {
    const failures: unknown[] = [];
    const health = new DecryptionHealth(({ id }, isNew) => failures.push([id, isNew]));
    expect(health.status().level).toBe('available');
    health.undecryptable({ type: 'token', id: 'a' });
    health.undecryptable({ type: 'token', id: 'a' });
    expect(health.status()).toMatchObject({
      level: 'degraded',
      summary: expect.stringContaining('1 stored objects cannot be decrypted'),
    });
    expect(health.status().summary).not.toContain('token');
    health.decrypted({ type: 'token', id: 'a' });
    expect(health.status().level).toBe('available');
    health.undecryptable({ type: 'token', id: 'a' });
    expect(failures).toEqual([
      ['a', true],
      ['a', false],
      ['a', true],
    ]);
  });

  it('remembers a limited number of objects', () => {
    const health = new DecryptionHealth();
    for (let n = 0; n < 5000; n += 1) health.undecryptable({ type: 'token', id: String(n) });
    expect(health.status().summary).toContain('At least 1000 stored objects');
  });
});
