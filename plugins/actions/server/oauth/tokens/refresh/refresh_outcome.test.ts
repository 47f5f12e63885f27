import { systemRandomness } from '@latchkey/core/server';
import { OAuthError, type TokenGrant } from '@latchkey/oauth-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionStatusOf } from '../connections/connection_status.ts';
import { aGrantRecord } from '../grants/grant_record.mock.ts';
import type { GrantRecord } from '../grants/grant_record.ts';
import {
  changesAfterGrant,
  changesAfterTransientFailure,
  RESPONSE_LOST,
} from './refresh_outcome.ts';

const NOW = new Date('2030-01-01T00:00:00Z');
const SECOND = 1_000;
const HOUR = 3_600_000;

const aRecord = (over: Partial<GrantRecord> = {}): GrantRecord =>
  aGrantRecord({
    authorizedAt: NOW,
    stateSince: new Date(NOW.getTime() - HOUR),
    issuedAt: NOW,
    expiresAt: NOW,
    createdAt: NOW,
    updatedAt: NOW,
    ...over,
  });

/** Returns the changes after a temporary failure. */
const changesAfter = (over: {
  readonly record?: Partial<GrantRecord>;
  readonly fraction?: number;
  readonly retryAfterMs?: number | undefined;
  readonly responseLost?: boolean;
}) =>
  changesAfterTransientFailure(
    aRecord(over.record),
    new OAuthError('provider_unavailable', 'transient', 'busy', {
      retryAfterMs: over.retryAfterMs,
      responseLost: over.responseLost ?? false,
    }),
    { now: NOW, randomness: { ...systemRandomness, fraction: () => over.fraction ?? 0 } },
  );

/**
 * Returns the milliseconds until the next attempt after the given number of consecutive failures.
 */
const delayAfter = (failures: number, fraction: number, retryAfterMs?: number): number => {
  const { nextAttemptAt } = changesAfter({
    record: { failures: failures - 1 },
    fraction,
    retryAfterMs,
  });
  return (nextAttemptAt?.getTime() ?? Number.NaN) - NOW.getTime();
};

describe('the pause after a failed refresh', () => {
  it.each([
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [3, 2_000, 4_000],
    [4, 4_000, 8_000],
    [5, 8_000, 16_000],
    [6, 16_000, 32_000],
    [7, 30_000, 60_000],
    [8, 30_000, 60_000],
    [1_000_000, 30_000, 60_000],
  ])(
    'G91: is a random time after %i failures, between %i and %i ms',
    (failures, lowest, highest) => {
      expect(delayAfter(failures, 0)).toBe(lowest);
      // The random fraction is always below 1, so this limit is never reached.
      expect(delayAfter(failures, 1)).toBe(highest);
      expect(delayAfter(failures, 0.5)).toBe((lowest + highest) / 2);
    },
  );

  it('G91: is never shorter than the pause that the provider requests, or than our own backoff', () => {
    expect(delayAfter(1, 1, 30 * SECOND)).toBe(30 * SECOND);
    expect(delayAfter(7, 0, 10 * SECOND)).toBe(30 * SECOND);
    expect(delayAfter(7, 0, 0)).toBe(30 * SECOND);
    expect(delayAfter(7, 0.5, 120 * SECOND)).toBe(120 * SECOND);
  });

  it('G91: is at most an hour, whatever the provider requests', () => {
    expect(delayAfter(1, 0, HOUR)).toBe(HOUR);
    expect(delayAfter(1, 0, HOUR + 1)).toBe(HOUR);
    expect(delayAfter(9, 1, 24 * HOUR)).toBe(HOUR);
  });

  it('G91: is distributed over half of its length, so that simultaneous failures do not lead to simultaneous attempts', () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat({ max: 50 }), fraction, fraction, (more, one, other) => {
        const delays = [one, other].map((drawn) => delayAfter(more + 1, drawn));
        const ceiling = Math.min(60 * SECOND, SECOND * 2 ** more);
        for (const delay of delays) {
          expect(delay).toBeGreaterThanOrEqual(ceiling / 2);
          expect(delay).toBeLessThanOrEqual(ceiling);
        }
        if (one < other) expect(delays[0]).toBeLessThanOrEqual(delays[1] ?? 0);
      }),
    );
  });
});

describe('the changes after a failed refresh', () => {
  it('count consecutive failures, release the lease and keep the tokens', () => {
    const refresh = { owner: 'o', until: NOW, renewals: 1, spent: 'hash' };
    const changes = changesAfter({ record: { failures: 3, refresh } });
    expect(changes).toMatchObject({
      state: 'refresh_failing',
      stateSince: NOW,
      failures: 4,
      lastError: { code: 'provider_unavailable', at: NOW },
    });
    expect(changes).toHaveProperty('refresh', undefined);
    for (const kept of ['accessToken', 'refreshToken', 'expiresAt', 'generation']) {
      expect(changes).not.toHaveProperty(kept);
    }
  });

  it('keep the instant since which refreshes fail if an earlier refresh failed too', () => {
    expect(changesAfter({ record: { state: 'refresh_failing' } })).not.toHaveProperty('stateSince');
  });

  it('G85: keep the code of a lost response after later failures of another kind', () => {
    expect(changesAfter({ responseLost: true }).lastError?.code).toBe(RESPONSE_LOST);
    const lastError = { code: RESPONSE_LOST, at: NOW };
    expect(changesAfter({ record: { lastError } }).lastError?.code).toBe(RESPONSE_LOST);
  });
});

describe('the status of an authorization', () => {
  const LIFE_SECONDS = 60;
  const at = (second: number) => new Date(NOW.getTime() + second * SECOND);
  const aGrant = (second: number, refreshTokenLifetimeSeconds: number): TokenGrant => ({
    accessToken: `at-${second}`,
    tokenType: 'Bearer',
    refreshToken: `rt-${second}`,
    lifetimeSeconds: 6,
    refreshTokenLifetimeSeconds,
    scopes: undefined,
    account: undefined,
    requestedAt: at(second),
    providerRequestId: undefined,
  });
  /**
   * Returns the status of a grant that is refreshed at these seconds.
   * @param endsAt end of the authorization that the provider reports
   */
  function statusAfter(
    refreshes: readonly number[],
    endsAt: (second: number) => number,
    second: number,
  ) {
    const grantAt = (now: number) => aGrant(now, endsAt(now) - now);
    let record = aRecord({
      authorizedAt: NOW,
      ...(changesAfterGrant(undefined, grantAt(0), 3600) as Partial<GrantRecord>),
    });
    for (const refreshed of refreshes)
      record = { ...record, ...changesAfterGrant(record, grantAt(refreshed), 3600) } as GrantRecord;
    return connectionStatusOf(record, at(second).getTime());
  }
  const everyFourSeconds = (until: number) =>
    Array.from({ length: Math.floor(until / 4) }, (_, index) => 4 * (index + 1));

  it('is `expiring` in its last quarter if refreshes do not extend it', () => {
    const endsAt = () => LIFE_SECONDS;
    expect(statusAfter(everyFourSeconds(44), endsAt, 44)).toBe('connected');
    expect(statusAfter(everyFourSeconds(44), endsAt, 46)).toBe('expiring');
    expect(statusAfter(everyFourSeconds(56), endsAt, 57)).toBe('expiring');
  });

  it('is `expiring` if refreshes move its end by only one second, which is a rounding error', () => {
    const endsAt = (second: number) => LIFE_SECONDS + (second % 8 === 0 ? 1 : 0);
    expect(statusAfter(everyFourSeconds(48), endsAt, 49)).toBe('expiring');
  });

  it('is `connected` while every refresh extends it', () => {
    const endsAt = (second: number) => second + LIFE_SECONDS;
    for (const second of [4, 40, 400, 4000])
      expect(statusAfter(everyFourSeconds(second), endsAt, second + 1)).toBe('connected');
    expect(statusAfter(everyFourSeconds(400), endsAt, 446)).toBe('expiring');
  });

  it('is `connected` until refreshes can no longer extend it', () => {
    const endsAt = (second: number) => Math.min(second + LIFE_SECONDS, 600);
    expect(statusAfter(everyFourSeconds(300), endsAt, 301)).toBe('connected');
    expect(statusAfter(everyFourSeconds(588), endsAt, 589)).toBe('expiring');
  });
});
