import { ManualClock } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { IpRateLimiter } from './ip_rate_limiter.ts';

const LIMIT = { limit: 10, lookbackWindowMs: 60_000 };

const hits = (limiter: IpRateLimiter, address: string, count: number): number => {
  let passed = 0;
  for (let hit = 0; hit < count; hit += 1) {
    try {
      limiter.hit(address);
      passed += 1;
    } catch (error) {
      expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) });
    }
  }
  return passed;
};

describe('the rate limit per IP address', () => {
  it('A31: allows `limit` attempts without a pause, then one per refill interval, for each address', async () => {
    const clock = new ManualClock();
    const limiter = new IpRateLimiter(LIMIT, clock);
    expect(hits(limiter, '203.0.113.9', 50)).toBe(10);
    expect(hits(limiter, '203.0.113.10', 10)).toBe(10);
    await clock.advance(30_000);
    expect(hits(limiter, '203.0.113.9', 50)).toBe(5);
    await clock.advance(3_600_000);
    expect(hits(limiter, '203.0.113.9', 50)).toBe(10);
  });

  it('A31: throws an error with the time to wait when the limit is reached', () => {
    const limiter = new IpRateLimiter(LIMIT, new ManualClock());
    hits(limiter, '203.0.113.9', 10);
    expect(() => limiter.hit('203.0.113.9')).toThrow(
      expect.objectContaining({ retryAfterMs: 6_000 }),
    );
  });

  it('A31: counts all addresses of an IPv6 network together, in every spelling', () => {
    const limiter = new IpRateLimiter(LIMIT, new ManualClock());
    const spellings = ['2001:db8:1:2::1', '2001:DB8:1:2:0:0:0:2', '2001:db8:1:2:ffff:1:2:3'];
    const passed = spellings.map((address) => hits(limiter, address, 5));
    expect(passed).toEqual([5, 5, 0]);
    expect(hits(limiter, '2001:db8:1:3::1', 1)).toBe(1);
  });

  it('A31: keeps at most a fixed number of addresses in memory', () => {
    const limiter = new IpRateLimiter(LIMIT, new ManualClock());
    for (let n = 0; n < 30_000; n += 1) limiter.hit(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    expect(limiter.size).toBe(10_000);
  });

  it('A31: does not forget an active address while others are evicted', () => {
    const limiter = new IpRateLimiter(LIMIT, new ManualClock());
    hits(limiter, '203.0.113.9', 10);
    for (let n = 0; n < 30_000; n += 1) {
      limiter.hit(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
      if (n % 5_000 === 0) expect(hits(limiter, '203.0.113.9', 1)).toBe(0);
    }
  });
});
