import { describe, expect, it } from 'vitest';
import { config } from './config.ts';

describe('the configuration of security', () => {
  it('has secure default values', () => {
    expect(config.schema.parse({})).toEqual({
      session: {
        idleTimeout: 28_800_000,
        lifespan: 2_592_000_000,
        cleanupInterval: 3_600_000,
        concurrentSessions: { maxSessions: 100 },
      },
      loginThrottle: {
        maxFailures: 10,
        window: 300_000,
        user: { maxFailures: 30, delay: 30_000 },
        network: { maxFailures: 100, delay: 3000 },
      },
      apiKeys: {
        maxPerUser: 100,
        defaultExpiration: 365 * 24 * 3_600_000,
        maxExpiration: 1825 * 24 * 3_600_000,
      },
      audit: { enabled: true },
    });
  });

  it.each([
    [{ session: { idleTimeout: '8 hours' } }],
    [{ session: { lifespan: '0s' } }],
    [{ session: { concurrentSessions: { maxSessions: 0 } } }],
    [{ session: { cleanupInterval: '30d' } }],
    [{ initialAdminPassword: 'short' }],
    [{ sessions: {} }],
    [{ loginThrottle: { maxFailures: 0 } }],
    [{ apiKeys: { defaultExpiration: 'soon' } }],
    [{ apiKeys: { maxExpiration: '0ms' } }],
    [{ loginThrottle: { user: { delay: '2h' } } }],
  ])('refuses the settings %j', (settings) => {
    expect(config.schema.safeParse(settings).success).toBe(false);
  });
});
