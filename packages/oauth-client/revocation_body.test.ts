import { describe, expect, it } from 'vitest';
import { dialectOf } from './dialect.ts';
import { aStandardClient, fakeIo, json } from './oauth_client.mock.ts';
import type { RevocationIo } from './revocation.ts';

const revoke = (io: RevocationIo) =>
  dialectOf(aStandardClient()).revoke({ token: 'rt-1', hint: 'refresh_token' }, io);

describe('the body of a revocation response with HTTP 200', () => {
  it.each([
    [{ ok: false, error: 'not_authed' }, 'failed_transient'],
    [{ ok: false }, 'failed_transient'],
    [{ error: 'invalid_client' }, 'failed_transient'],
    [{ error: { code: 'invalid_client' } }, 'failed_transient'],
    [{ error: true }, 'failed_transient'],
    [{ error: 500 }, 'failed_transient'],
    [{ error: 0 }, 'revoked'],
    [{ ok: false, error: 'ratelimited' }, 'failed_transient'],
    [{ ok: false, error: 'internal_error' }, 'failed_transient'],
    [{ error: 'temporarily_unavailable' }, 'failed_transient'],
    [{ ok: false, error: 'token_revoked' }, 'revoked'],
    [{ ok: false, error: 'token_expired' }, 'revoked'],
    [{ ok: false, error: 'account_inactive' }, 'revoked'],
    [{ error: 'invalid_token' }, 'revoked'],
    [{ ok: true, revoked: true }, 'revoked'],
    [{ ok: true, revoked: false }, 'failed_transient'],
    [{ success: false }, 'failed_transient'],
    [{ status: 'error', message: 'no' }, 'failed_transient'],
    [{ errors: [{ code: 'x' }] }, 'failed_transient'],
    [{ errors: [], status: 'ok', success: true, error_code: '0' }, 'revoked'],
    [{ error_code: 'x' }, 'failed_transient'],
    [{ code: 40001, msg: 'bad' }, 'failed_transient'],
    [{ code: 200, msg: 'done' }, 'revoked'],
    [{ error: null }, 'revoked'],
    [{ error: '' }, 'revoked'],
    [{ error: false }, 'revoked'],
    [{ code: 'success', message: 'done' }, 'revoked'],
    [{}, 'revoked'],
  ])('P2, H111: %j means %s', async (body, outcome) => {
    const { io } = fakeIo(() => json(body));
    expect(await revoke(io)).toBe(outcome);
  });
});
