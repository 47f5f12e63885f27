import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTokenGrant, type TokenLayout } from './token_grant.ts';

const RECEIVED_AT = new Date('2030-01-01T00:00:00Z');
const read = (body: Record<string, unknown>, layout: TokenLayout = {}, isRefresh = false) =>
  readTokenGrant(body, layout, { receivedAt: RECEIVED_AT, isRefresh });
const grantOf = (body: Record<string, unknown>, layout?: TokenLayout, isRefresh?: boolean) => {
  const reading = read(body, layout, isRefresh);
  if (reading.outcome !== 'grant') throw new Error(`no grant but ${reading.outcome}`);
  return reading.grant;
};

/** The shape of Slack's answer: a bot token at the top, the person's token beneath. */
const SLACK = {
  ok: true,
  access_token: 'bot',
  token_type: 'bot',
  scope: 'commands',
  expires_in: 100,
  refresh_token: 'bot-refresh',
  authed_user: {
    id: 'U1',
    access_token: 'user',
    token_type: 'user',
    scope: 'chat:write,search:read',
    expires_in: 43_200,
    refresh_token: 'user-refresh',
    refresh_token_expires_in: '86400',
  },
};
const SLACK_LAYOUT = { accessTokenPath: 'authed_user.access_token', tokenType: 'Bearer' };

describe('readTokenGrant', () => {
  it('reads the answer of RFC 6749 §5.1', () => {
    expect(
      grantOf({
        access_token: 'at',
        token_type: 'bearer',
        expires_in: 3600,
        refresh_token: 'rt',
        scope: 'a b',
      }),
    ).toEqual({
      accessToken: 'at',
      tokenType: 'Bearer',
      refreshToken: 'rt',
      lifetimeSeconds: 3600,
      refreshTokenLifetimeSeconds: undefined,
      scopes: ['a', 'b'],
      account: undefined,
      receivedAt: RECEIVED_AT,
    });
  });

  it.each([undefined, 0, -5, 1e12, '3600', 3600.5, 'soon', null])(
    'G93: keeps both tokens whatever expires_in is: %p',
    (expires_in) => {
      const grant = grantOf({ access_token: 'at', refresh_token: 'rt', expires_in });
      expect(grant).toMatchObject({ accessToken: 'at', refreshToken: 'rt' });
      expect([undefined, 3600]).toContain(grant.lifetimeSeconds);
    },
  );

  it.each(['not a date', '0001-01-01T00:00:00Z', 12, null])(
    'G93: keeps the token when its expiry does not parse: %p',
    (instant) => {
      const grant = grantOf({ access_token: 'at', expires_at: instant, expiry: instant });
      expect(grant.lifetimeSeconds).toBeUndefined();
    },
  );

  it('reads an absolute expiry when no lifetime is given', () => {
    expect(grantOf({ access_token: 'at', expiry: '2030-01-01T01:00:00Z' }).lifetimeSeconds).toBe(
      3600,
    );
  });

  it.each([undefined, null, '', 5])('G94: takes the refresh token %p for none', (refresh_token) => {
    expect(grantOf({ access_token: 'at', refresh_token }).refreshToken).toBeUndefined();
  });

  it('G95: names no refresh deadline when the answer has none', () => {
    const grant = grantOf({ access_token: 'at', refresh_token: 'rt' });
    expect(grant.refreshTokenLifetimeSeconds).toBeUndefined();
  });

  it.each(['refresh_token_expires_in', 'refresh_expires_in', 'x_refresh_token_expires_in'])(
    'reads the refresh deadline from %s',
    (name) => {
      expect(grantOf({ access_token: 'at', [name]: 60 }).refreshTokenLifetimeSeconds).toBe(60);
    },
  );

  it('A33: reads the account of an ID token, and only without one at the configured paths', () => {
    const layout = {
      ...SLACK_LAYOUT,
      accountIdPath: 'authed_user.id',
      accountLabelPath: 'team.name',
    };
    const idToken = `e30.${Buffer.from('{"sub":"openid"}').toString('base64url')}.`;
    const body = { ...SLACK, team: { name: 'Acme' }, id_token: idToken };
    expect(grantOf(body, layout).account?.id).toBe('openid');
    expect(grantOf({ ...body, id_token: undefined }, layout).account).toEqual({
      id: 'U1',
      label: 'Acme',
    });
    expect(grantOf(SLACK, { ...layout, accountIdPath: 'user.id' }).account).toBeUndefined();
  });

  it('knows no account from an ID token of another issuer or for another client', () => {
    const claims = { sub: 'openid', iss: 'https://idp.example.com', aud: 'client-1' };
    const idToken = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    const body = { access_token: 'at', id_token: idToken };
    const own = { issuer: 'https://idp.example.com', clientId: 'client-1' };
    expect(grantOf(body, own).account?.id).toBe('openid');
    expect(grantOf(body, { ...own, issuer: 'https://b.example.com' }).account).toBeUndefined();
    expect(grantOf(body, { ...own, clientId: 'client-2' }).account).toBeUndefined();
  });

  it('reads fields beside a nested token first', () => {
    expect(grantOf(SLACK, SLACK_LAYOUT)).toMatchObject({
      accessToken: 'user',
      tokenType: 'Bearer',
      refreshToken: 'user-refresh',
      lifetimeSeconds: 43_200,
      refreshTokenLifetimeSeconds: 86_400,
      scopes: ['chat:write', 'search:read'],
    });
  });

  it('reads fields at the top level where there are none beside a nested token', () => {
    const body = {
      data: { token: 'at' },
      expires_in: 60,
      refresh_token: 'rt',
      refresh_expires_in: 90,
    };
    expect(grantOf(body, { accessTokenPath: 'data.token' })).toMatchObject({
      refreshToken: 'rt',
      lifetimeSeconds: 60,
      refreshTokenLifetimeSeconds: 90,
    });
  });

  it('reads the type at its own path', () => {
    const body = { access_token: 'at', meta: { kind: 'bearer' }, token_type: 'mac' };
    expect(grantOf(body, { tokenTypePath: 'meta.kind' }).tokenType).toBe('Bearer');
  });

  it('never takes the top-level token of an exchange for the nested one that is missing', () => {
    const { authed_user: _user, ...botOnly } = SLACK;
    expect(read(botOnly, SLACK_LAYOUT)).toMatchObject({ outcome: 'no_token' });
  });

  it('takes the top-level token of a refresh, which answers for the token that was sent', () => {
    const body = { ok: true, access_token: 'user-2', token_type: 'user', refresh_token: 'rt-2' };
    expect(grantOf(body, SLACK_LAYOUT, true)).toMatchObject({
      accessToken: 'user-2',
      refreshToken: 'rt-2',
    });
  });

  it.each(['a b', 'a\r\nb', 'a\u0000', 'ü', ' a', 'x'.repeat(64 * 1024 + 1), 5, {}, ['a']])(
    'refuses an access token that cannot stand in a header (case %#)',
    (access_token) => {
      expect(read({ access_token })).toMatchObject({ outcome: 'unusable_token' });
    },
  );

  it.each([
    ['the refresh token', { access_token: 'at', refresh_token: 'rt' }, 'refresh_token'],
    ['the ID token', { access_token: 'at', id_token: 'id' }, 'id_token'],
    ['the refresh token under another name', { refresh_token: 'rt', other: 'rt' }, 'other'],
    [
      'a nested refresh token',
      { data: { refresh_token: 'rt', access_token: 'at' } },
      'data.refresh_token',
    ],
    [
      'a copy beside it',
      { refresh_token: 'rt', data: { access_token: 'rt' } },
      'data.access_token',
    ],
  ])('refuses %s as access token', (_what, body, accessTokenPath) => {
    expect(read(body, { accessTokenPath })).toMatchObject({ outcome: 'unusable_token' });
  });

  it.each(['__proto__.x', 'constructor.name', 'a.b.c', 'toString'])(
    'finds nothing at the path %s',
    (accessTokenPath) => {
      expect(read({ access_token: 'at', a: 'text' }, { accessTokenPath })).toMatchObject({
        outcome: 'no_token',
      });
    },
  );

  it('never throws, and returns only header-safe tokens', () => {
    const field = fc.oneof(fc.string(), fc.anything());
    const body = fc.record(
      {
        access_token: field,
        token_type: field,
        expires_in: field,
        expiry: field,
        scope: field,
        id_token: field,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, (answer) => {
        const reading = read(answer);
        if (reading.outcome === 'grant') {
          const header = `${reading.grant.tokenType} ${reading.grant.accessToken}`;
          expect(new Headers({ authorization: header }).get('authorization')).toBe(header);
        }
      }),
    );
  });
});
