import { describe, expect, it } from 'vitest';
import { startEmulator } from './emulator.ts';

describe('the embedded emulator library', () => {
  it('can still be called after the 5,000 calls at which the library refuses a token', async () => {
    const emulator = startEmulator('http://127.0.0.1:1');
    const statuses = new Set<number>();
    for (let count = 0; count < 5_200; count += 1) {
      const response = await emulator.call('/oauth2/v2/userinfo', { account: 'ana@example.com' });
      statuses.add(response.status);
    }
    expect([...statuses]).toEqual([200]);
  });

  it('hides the library’s CORS and rate limit headers', async () => {
    const emulator = startEmulator('http://127.0.0.1:1');
    const response = await emulator.call('/oauth2/v2/userinfo', { account: 'ana@example.com' });
    const names = [...response.headers.keys()];
    expect(names.filter((name) => /^(x-ratelimit|access-control)-/.test(name))).toEqual([]);
  });
});
