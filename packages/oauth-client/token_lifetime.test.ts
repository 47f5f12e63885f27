import { describe, expect, it } from 'vitest';
import { parseExpiry, parseLifetime, readTokenGrant, type TokenLayout } from './token_response.ts';

const REQUESTED_AT = new Date('2030-01-01T00:00:00Z');

/** Lifetime in seconds that is read from a token response. */
const lifetimeOf = (body: Record<string, unknown>, layout: TokenLayout = {}) => {
  const context = { requestedAt: REQUESTED_AT, isRefresh: false };
  const reading = readTokenGrant(body, layout, context);
  if (reading.outcome !== 'grant') throw new Error(`no grant but ${reading.outcome}`);
  return reading.grant.lifetimeSeconds;
};

describe('the lifetime in a token response', () => {
  it.each([
    [3600, 3600],
    ['3600', 3600],
    [' 3600 ', 3600],
    [3599.9, 3599],
    ['3599.9', 3599],
    [2_147_483_647, 2_147_483_647],
  ])('G93: with the value %o, is %o seconds', (value, seconds) => {
    expect(parseLifetime(value)).toBe(seconds);
  });

  it.each([
    undefined,
    null,
    0,
    '0',
    -1,
    '-1',
    0.4,
    1e12,
    '1000000000000',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    'soon',
    '1h',
    '0x10',
    '1e3',
    '',
    true,
    [3600],
    {},
  ])('G93: is absent when it is %o', (value) => {
    expect(parseLifetime(value)).toBeUndefined();
  });
});

describe('the expiry in a token response', () => {
  it.each(['2030-01-01T01:00:00Z', '2030-01-01T01:00:00.123456789Z', '2030-01-01T02:00:00+01:00'])(
    'may be the instant %s',
    (value) => {
      expect(parseExpiry(value, REQUESTED_AT)).toBe(3600);
    },
  );

  it.each([1_893_459_600, '1893459600', 1_893_459_600_000, '1893459600000', '1893459600.5'])(
    'may be the number %o of seconds or milliseconds since 1970',
    (value) => {
      expect(parseExpiry(value, REQUESTED_AT)).toBe(3600);
    },
  );

  it.each(['expires_at', 'expires_on', 'expiry'])('is read from %s', (name) => {
    const body = { access_token: 'at', [name]: '1893459600' };
    expect(lifetimeOf(body)).toBe(3600);
  });

  it('is ignored if the response states a lifetime', () => {
    const body = { access_token: 'at', expires_in: 60, expires_at: 1_893_459_600 };
    expect(lifetimeOf(body)).toBe(60);
  });

  it.each([
    ['epoch_seconds', 1_893_459_600, 3600],
    ['epoch_seconds', 1_893_459_600_000, undefined],
    ['epoch_ms', '1893459600000', 3600],
    ['epoch_ms', 1_893_459_600, undefined],
    ['iso_time', '2030-01-01T01:00:00Z', 3600],
    ['iso_time', 1_893_459_600, undefined],
    ['epoch_ms', '2030-01-01T01:00:00Z', undefined],
  ] as const)('with the format %s, %o means %o seconds', (format, value, seconds) => {
    const layout = { expiresAt: { path: 'session.end', format } };
    const body = { access_token: 'at', session: { end: value }, expires_at: 2_000_000_000 };
    expect(lifetimeOf(body, layout)).toBe(seconds);
  });

  it.each([
    '0001-01-01T00:00:00Z',
    '2029-12-31T23:59:59Z',
    'never',
    '2030',
    3600,
    -1_900_000_000,
    1_800_000_000,
    Number.NaN,
    null,
  ])('G93: is absent when it is %o', (value) => {
    expect(parseExpiry(value, REQUESTED_AT)).toBeUndefined();
  });
});
