import { describe, expect, it } from '@jest/globals';
import { fakeIo, json } from '../oauth_client.mock.ts';
import { checkAccessToken } from './check_access_token.ts';

const USERINFO = 'https://idp.example.com/userinfo';
const html = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
const lacksScope = { 'www-authenticate': 'Bearer error="insufficient_scope"' };

describe('checkAccessToken', () => {
  it.each([
    ['accepted', () => json({ sub: '1' })],
    ['accepted', () => new Response(null, { status: 204 })],
    ['rejected', () => json({}, { status: 401 })],
    ['unknown', () => json({}, { status: 401, headers: lacksScope })],
    ['unknown', () => json({}, { status: 403 })],
    ['unknown', () => json({}, { status: 503 })],
    ['unknown', () => json({ ok: false, error: 'invalid_auth' })],
    ['unknown', html],
    [
      'unknown',
      () => {
        throw new Error('network');
      },
    ],
  ])('is %s (case %#)', async (state, answer) => {
    const { io, sent } = fakeIo(answer);
    expect(await checkAccessToken(USERINFO, 'Bearer at', io)).toBe(state);
    expect(sent).toMatchObject([
      { url: USERINFO, method: 'GET', headers: { authorization: 'Bearer at' } },
    ]);
  });
});
