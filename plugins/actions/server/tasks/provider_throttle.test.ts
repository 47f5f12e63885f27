import { OAuthError } from '@latchkey/oauth-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookupOf } from '../connector_data/index.ts';
import { aConnector } from '../oauth/tokens/rotating_provider.mock.ts';
import {
  createTokenFixture,
  type TokenFixture,
  type TokenProcess,
} from '../oauth/tokens/tokens.mock.ts';
import { KeepAliveRun } from './keep_alive.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WINDOW_MS = 10 * MINUTE_MS;
const ALLOWED = 10;
const IDLE_LIMIT_DAYS = 10;

const connector = aConnector();
const { signal } = new AbortController();
let fixture: TokenFixture;
let allowed: number[];
let refused: number;
beforeEach(async () => {
  fixture = await createTokenFixture();
  allowed = [];
  refused = 0;
  // The provider allows ten tokens in ten minutes.
  fixture.provider.before = async () => {
    const now = fixture.clock.monotonic();
    allowed = allowed.filter((at) => at > now - WINDOW_MS);
    if (allowed.length < ALLOWED) {
      allowed.push(now);
      return;
    }
    refused += 1;
    const retryAfterMs = (allowed[0] ?? now) + WINDOW_MS - now;
    throw new OAuthError('rate_limited', 'transient', 'Too many requests.', {
      status: 429,
      retryAfterMs,
    });
  };
});
afterEach(() => fixture.close());

const connect = (process: TokenProcess, profileUid: string) =>
  process.grants.saveGrant({
    connector,
    client: fixture.provider.client(),
    profileUid,
    grant: fixture.provider.authorize(),
  });

/** Advances the clock in small steps until the work has ended. */
async function advanceUntilDone<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const watched = work.finally(() => {
    isDone = true;
  });
  watched.catch(() => undefined);
  while (!isDone) await fixture.clock.advance(20);
  return watched;
}

describe('a provider that allows ten tokens in ten minutes', () => {
  it('G100: gets one request beyond its limit per pause, although services always reject the tokens', async () => {
    const processes = [fixture.process({ connector }), fixture.process({ connector })];
    const [first = fixture.process({ connector })] = processes;
    await connect(first, 'u_ana');
    const ana = { connector, profileUid: 'u_ana' };
    for (let second = 0; second < 30 * 60; second += 20) {
      const rejected = processes.map(async ({ tokens }) => {
        const { fingerprint } = await tokens.getToken(ana);
        await tokens.replaceRejectedToken({ ...ana, rejectedFingerprint: fingerprint });
      });
      await advanceUntilDone(Promise.allSettled(rejected));
      await fixture.clock.advance(20_000);
    }
    // In thirty minutes there are three windows. In each, one refused request returns the time to
    // wait.
    expect(fixture.provider.refreshes - refused).toBeLessThanOrEqual(4 * ALLOWED);
    expect(fixture.provider.refreshes - refused).toBeGreaterThanOrEqual(3 * ALLOWED);
    expect(refused).toBeLessThanOrEqual(4);
    expect(fixture.provider.reuseDetected).toBe(0);
  });

  it('G100 G108: refuses one request per keep-alive run, and all due grants are refreshed in time', async () => {
    const client = { idleLimitDays: IDLE_LIMIT_DAYS };
    const process = fixture.process({ connector, client });
    const users = Array.from({ length: 40 }, (_, n) => `u_${n}`);
    for (const user of users) await connect(process, user);
    const deps = {
      tokens: process,
      connectors: { find: async () => lookupOf(connector) },
      clients: fixture.provider.clients(client),
      isActive: async () => true,
      clock: fixture.clock,
      logger: process.logger,
    };
    await fixture.clock.advance(0.86 * IDLE_LIMIT_DAYS * DAY_MS);
    let runs = 0;
    for (let refreshed = 0; refreshed < users.length; runs += 1) {
      refreshed += await advanceUntilDone(new KeepAliveRun(deps).run(signal));
      expect(refused).toBeLessThanOrEqual(runs + 1);
      await fixture.clock.advance(20 * MINUTE_MS);
    }
    expect(runs).toBeLessThanOrEqual(users.length / ALLOWED + 1);
    expect(fixture.provider.reuseDetected).toBe(0);
  });
});
