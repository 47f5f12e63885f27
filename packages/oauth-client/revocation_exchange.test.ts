import { describe, expect, it } from 'vitest';
import type { StandardClient } from './client.ts';
import { dialectOf } from './dialect.ts';
import { aStandardClient, fakeIo, json } from './oauth_client.mock.ts';
import type { RevocationExchange, RevocationIo, TokenToRevoke } from './revocation.ts';

const TOKEN = { token: 'rt-1', hint: 'refresh_token' } as const;
const revoke = (io: RevocationIo, client: Partial<StandardClient> = {}) =>
  dialectOf(aStandardClient(client)).revoke(TOKEN, io);
const formOf = (body: string | undefined) => Object.fromEntries(new URLSearchParams(body));

describe('revocation of a refresh token at an endpoint that accepts access tokens only', () => {
  const provider = {
    revocation: {
      url: 'https://auth.example.com/revoke',
      tokens: ['access_token' as const],
      ends: 'grant' as const,
    },
  };
  const PAIR = { access_token: 'at-2', token_type: 'bearer', refresh_token: 'rt-2' };
  const attempt = async (
    respond: { readonly token: () => Response; readonly status?: number },
    exchange: Partial<RevocationExchange> = {},
  ) => {
    const replaced: TokenToRevoke[] = [];
    const delays: number[] = [];
    const steps: string[] = [];
    const { io, sent } = fakeIo(({ url }) => {
      steps.push(new URL(url).pathname);
      return url.endsWith('/token')
        ? respond.token()
        : new Response(null, { status: respond.status ?? 200 });
    });
    const noting: RevocationIo = {
      ...io,
      exchange: {
        isResultUnknown: false,
        begin: async () => steps.push('begin') > 0,
        store: async (tokens) => {
          steps.push('store');
          return replaced.push(...tokens) > 0;
        },
        ...exchange,
      },
      onRetryAfter: (delayMs) => delays.push(delayMs),
    };
    const outcome = await revoke(noting, { provider });
    const revoked = sent
      .filter(({ url }) => url.endsWith('/revoke'))
      .map(({ body }) => formOf(body)['token']);
    return { outcome, replaced, delays, revoked, steps, io };
  };

  const REFRESH = { token: 'rt-2', hint: 'refresh_token' };
  const ACCESS = { token: 'at-2', hint: 'access_token' };

  it('stores the issued tokens before the new access token is revoked', async () => {
    const { outcome, replaced, revoked, steps } = await attempt({ token: () => json(PAIR) });
    expect({ outcome, replaced, revoked, steps }).toEqual({
      outcome: 'revoked',
      replaced: [REFRESH, ACCESS],
      revoked: ['at-2'],
      steps: ['begin', '/token', 'store', '/revoke'],
    });
  });

  it.each([
    ['the exchange must not begin', { begin: async () => false }, []],
    ['the issued tokens must not be revoked', { store: async () => false }, ['begin', '/token']],
  ])('sends no further request when %s', async (_, exchange, expected) => {
    const { outcome, steps } = await attempt({ token: () => json(PAIR) }, exchange);
    expect({ outcome, steps }).toEqual({ outcome: 'failed_transient', steps: expected });
  });

  it('reports the new tokens when the new access token cannot be revoked now', async () => {
    const { outcome, replaced, io } = await attempt({ token: () => json(PAIR), status: 503 });
    expect(outcome).toBe('failed_transient');
    expect(replaced).toEqual([REFRESH, ACCESS]);
    // The caller does not store the new token, so no retry could send it.
    expect(await revoke(io, { provider })).toBe('failed_permanent');
  });

  it('reports the new refresh token of a response whose access token cannot be used', async () => {
    const token = () => json({ token_type: 'bearer', refresh_token: 'rt-2' });
    const { outcome, replaced } = await attempt({ token });
    expect(outcome).toBe('failed_transient');
    expect(replaced).toEqual([REFRESH]);
  });

  it('keeps the refresh token when the exchange issues no other', async () => {
    const { refresh_token: _, ...access } = PAIR;
    const { outcome, replaced, io } = await attempt({ token: () => json(access), status: 503 });
    expect(outcome).toBe('failed_transient');
    expect(replaced).toEqual([TOKEN, ACCESS]);
    expect(await revoke(io, { provider })).toBe('failed_transient');
  });

  it('returns failed_permanent for invalid_grant when the result of an earlier exchange is unknown', async () => {
    const token = () => json({ error: 'invalid_grant' }, { status: 400 });
    expect((await attempt({ token })).outcome).toBe('revoked');
    expect((await attempt({ token }, { isResultUnknown: true })).outcome).toBe('failed_permanent');
  });

  it.each([
    ['the response of the exchange is lost', 'failed_permanent', 'connection_failed'],
    ['the exchange is not sent', 'failed_transient', 'dns_failed'],
  ])('when %s, returns %s', async (_, expected, code) => {
    const token = () => {
      throw Object.assign(new Error('no'), { name: 'EgressError', code });
    };
    expect((await attempt({ token })).outcome).toBe(expected);
  });

  it.each([
    [400, { error: 'invalid_grant' }, 'revoked'],
    [401, { error: 'invalid_client' }, 'failed_transient'],
    [503, {}, 'failed_transient'],
    [504, {}, 'failed_permanent'],
    [200, {}, 'failed_permanent'],
  ])('for an exchange with HTTP %i and %j, returns %s', async (status, body, expected) => {
    const { outcome, replaced } = await attempt({ token: () => json(body, { status }) });
    expect({ outcome, replaced }).toEqual({ outcome: expected, replaced: [] });
  });

  it('reports the Retry-After of the exchange', async () => {
    const init = { status: 429, headers: { 'retry-after': '60' } };
    const { outcome, delays } = await attempt({ token: () => json({}, init) });
    expect(outcome).toBe('failed_transient');
    expect(delays).toEqual([60_000]);
  });
});
