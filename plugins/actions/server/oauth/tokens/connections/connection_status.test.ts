import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aGrantRecord } from '../grants/grant_record.mock.ts';
import type { GrantRecord } from '../grants/grant_record.ts';
import {
  connectionStatusOf,
  connectionViewOf,
  outdatedConnectionView,
} from './connection_status.ts';

const NOW = new Date('2030-01-01T00:00:00Z').getTime();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (ms: number): Date => new Date(NOW + ms);

const aRecord = (over: Partial<GrantRecord> = {}): GrantRecord =>
  aGrantRecord({
    authorizedAt: at(-HOUR),
    stateSince: at(-HOUR),
    issuedAt: at(-HOUR),
    expiresAt: at(HOUR),
    createdAt: at(-HOUR),
    updatedAt: at(-HOUR),
    ...over,
  });

const statusOf = (over: Partial<GrantRecord>): string => connectionStatusOf(aRecord(over), NOW);

describe('the status of a connection', () => {
  it('is not_connected without a grant', () => {
    expect(connectionStatusOf(undefined, NOW)).toBe('not_connected');
  });

  it.each([
    ['connected while the token is valid', {}, 'connected'],
    ['connected while an expired token can be refreshed', { expiresAt: at(-1) }, 'connected'],
    [
      'connected with a token of unknown lifetime',
      { expiresAt: undefined, refreshToken: undefined },
      'connected',
    ],
    [
      'needs_reauth when an expired token cannot be refreshed',
      { expiresAt: at(-1), refreshToken: undefined },
      'needs_reauth',
    ],
    [
      'needs_reauth when the refresh token has expired too',
      { expiresAt: at(-1), refreshTokenExpiresAt: at(-1) },
      'needs_reauth',
    ],
    [
      'expiring within a week of the end of the grant',
      { authorizedAt: at(-60 * DAY), refreshTokenExpiresAt: at(6 * DAY) },
      'expiring',
    ],
    [
      'connected more than a week before the end of the grant',
      { authorizedAt: at(-60 * DAY), refreshTokenExpiresAt: at(8 * DAY) },
      'connected',
    ],
    [
      'connected in the first half of a short-lived grant',
      { authorizedAt: at(0), refreshTokenExpiresAt: at(12 * HOUR) },
      'connected',
    ],
    [
      'expiring in the last quarter of a short-lived grant',
      { authorizedAt: at(-10 * HOUR), refreshTokenExpiresAt: at(2 * HOUR) },
      'expiring',
    ],
    [
      'expiring in the last quarter though the last refresh was a minute ago',
      { authorizedAt: at(-8 * HOUR), issuedAt: at(-60_000), refreshTokenExpiresAt: at(2 * HOUR) },
      'expiring',
    ],
    [
      'connected when the last refresh extended the authorization',
      {
        authorizedAt: at(-8 * HOUR),
        lifetimeStartedAt: at(-60_000),
        refreshTokenExpiresAt: at(HOUR / 2),
      },
      'connected',
    ],
    [
      'connected when an older build left the start of an earlier authorization',
      {
        authorizedAt: at(-HOUR),
        lifetimeStartedAt: at(-60 * DAY),
        refreshTokenExpiresAt: at(6 * DAY),
      },
      'connected',
    ],
    ['refresh_failing after a temporary failure', { state: 'refresh_failing' }, 'refresh_failing'],
    [
      'needs_reauth after the provider rejected the grant',
      { state: 'needs_reauth' },
      'needs_reauth',
    ],
    [
      'pending while the user is at the provider',
      { state: 'pending', pendingUntil: at(1) },
      'pending',
    ],
    [
      'not_connected when the user did not return in time',
      { state: 'pending', pendingUntil: at(-1) },
      'not_connected',
    ],
    [
      'revocation_pending until the provider responds',
      { state: 'revocation_pending' },
      'revocation_pending',
    ],
    ['not_connected when the provider did not revoke', { state: 'ended' }, 'not_connected'],
  ] as const)('is %s', (_title, over, status) => {
    expect(statusOf(over as Partial<GrantRecord>)).toBe(status);
  });

  it('is never connected for an expired grant without a refresh token', () => {
    const states = fc.constantFrom(
      ...([
        'pending',
        'connected',
        'refresh_failing',
        'needs_reauth',
        'revocation_pending',
        'ended',
      ] as const),
    );
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 1e12 }), (state, ageMs) => {
        const status = statusOf({ state, expiresAt: at(-ageMs), refreshToken: undefined });
        expect(['connected', 'expiring', 'refresh_failing']).not.toContain(status);
      }),
    );
  });
});

describe('the instant at which an authorization ends', () => {
  const key = { scope: 'per-user', connectorId: 'c', profileUid: 'u' } as const;
  const viewOf = (over: Partial<GrantRecord>) => connectionViewOf(key, aRecord(over), NOW);

  it.each([
    ['the expiry of the refresh token', { refreshTokenExpiresAt: at(DAY) }, at(DAY)],
    ['the expiry of a token that cannot be refreshed', { refreshToken: undefined }, at(HOUR)],
    ['unknown with a refresh token of unknown lifetime', {}, undefined],
    [
      'hidden when the user must authorize now',
      { state: 'needs_reauth', refreshTokenExpiresAt: at(DAY) },
      undefined,
    ],
    ['hidden after a disconnect', { state: 'ended', refreshToken: undefined }, undefined],
  ] satisfies [string, Partial<GrantRecord>, Date | undefined][])('is %s', (_, over, end) => {
    expect(viewOf(over).authorizationEndsAt).toEqual(end);
  });

  it('is hidden when the grant belongs to another client', () => {
    const view = outdatedConnectionView(viewOf({ refreshTokenExpiresAt: at(DAY) }), at(0));
    expect(view).not.toHaveProperty('authorizationEndsAt');
  });
});
