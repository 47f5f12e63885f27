import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTokenGrant, resolveTokenType, type TokenLayout } from './token_response.ts';

const RECEIVED_AT = new Date('2030-01-01T00:00:00Z');
const read = (body: Record<string, unknown>, layout: TokenLayout = {}, isRefresh = false) =>
  readTokenGrant(body, layout, { requestedAt: RECEIVED_AT, isRefresh });
const grantOf = (body: Record<string, unknown>, layout?: TokenLayout, isRefresh?: boolean) => {
  const reading = read(body, layout, isRefresh);
  if (reading.outcome !== 'grant') throw new Error(`no grant but ${reading.outcome}`);
  return reading.grant;
};

/** Token response of Slack: the bot token at the top level, the token of the user nested. */
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

describe('reading a token response', () => {
  it('returns the tokens of the example in RFC 6749 §5.1', () => {
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
      requestedAt: RECEIVED_AT,
    });
  });

  it.each([undefined, 0, -5, 1e12, '3600', 3600.5, 'soon', null])(
    'G93: keeps both tokens with expires_in %o',
    (expires_in) => {
      const grant = grantOf({ access_token: 'at', refresh_token: 'rt', expires_in });
      expect(grant).toMatchObject({ accessToken: 'at', refreshToken: 'rt' });
      expect([undefined, 3600]).toContain(grant.lifetimeSeconds);
    },
  );

  it.each(['not a date', '0001-01-01T00:00:00Z', 12, null])(
    'G93: keeps the token with the invalid expiry %o',
    (instant) => {
      const grant = grantOf({ access_token: 'at', expires_at: instant, expiry: instant });
      expect(grant.lifetimeSeconds).toBeUndefined();
    },
  );

  it('reads an absolute expiry when the response has no lifetime', () => {
    expect(grantOf({ access_token: 'at', expiry: '2030-01-01T01:00:00Z' }).lifetimeSeconds).toBe(
      3600,
    );
  });

  it.each([undefined, null, '', 5])(
    'G94: treats the refresh token %o as absent',
    (refresh_token) => {
      expect(grantOf({ access_token: 'at', refresh_token }).refreshToken).toBeUndefined();
    },
  );

  it('G95: returns no refresh token lifetime when the response has none', () => {
    const grant = grantOf({ access_token: 'at', refresh_token: 'rt' });
    expect(grant.refreshTokenLifetimeSeconds).toBeUndefined();
  });

  it.each(['refresh_token_expires_in', 'refresh_expires_in', 'x_refresh_token_expires_in'])(
    'reads the lifetime of the refresh token from %s',
    (name) => {
      expect(grantOf({ access_token: 'at', [name]: 60 }).refreshTokenLifetimeSeconds).toBe(60);
    },
  );

  it('A33: reads the account of the ID token, and the configured paths only without an ID token', () => {
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

  it('returns no account for an ID token of another issuer or for another client', () => {
    const claims = { sub: 'openid', iss: 'https://idp.example.com', aud: 'client-1' };
    const idToken = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    const body = { access_token: 'at', id_token: idToken };
    const own = { issuer: 'https://idp.example.com', clientId: 'client-1' };
    expect(grantOf(body, own).account?.id).toBe('openid');
    expect(grantOf(body, { ...own, issuer: 'https://b.example.com' }).account).toBeUndefined();
    expect(grantOf(body, { ...own, clientId: 'client-2' }).account).toBeUndefined();
  });

  it('reads the fields next to a nested token before those at the top level', () => {
    expect(grantOf(SLACK, SLACK_LAYOUT)).toMatchObject({
      accessToken: 'user',
      tokenType: 'Bearer',
      refreshToken: 'user-refresh',
      lifetimeSeconds: 43_200,
      refreshTokenLifetimeSeconds: 86_400,
      scopes: ['chat:write', 'search:read'],
    });
  });

  it.each(['\u202e', '\u0000', '\u200b', '"', '\\', 'é'])(
    'A135: leaves out a scope with %j, as a text and in a list',
    (character) => {
      const scopes = ['files.read', `nimda${character}:x`, 'https://a.example/b/.default'];
      const kept = [scopes[0], scopes[2]];
      expect(grantOf({ access_token: 'at', scope: scopes.join(' ') }).scopes).toEqual(kept);
      const list = { access_token: 'at', scopes };
      expect(grantOf(list, { scopesPath: 'scopes' }).scopes).toEqual(kept);
    },
  );

  it.each(['refresh_token', 'access_token', 'id_token'])(
    'E65: does not show the %s as a scope',
    (scopesPath) => {
      const body = {
        access_token: 'at',
        refresh_token: 'rt',
        id_token: 'it',
        token_type: 'bearer',
      };
      expect(grantOf(body, { scopesPath }).scopes).toEqual([]);
    },
  );

  it('reads fields at the top level when there are none next to a nested token', () => {
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

  it('F77: reads no field at the top level next to a nested token when that level has another token', () => {
    const { id, access_token, token_type } = SLACK.authed_user;
    const body = { ...SLACK, id_token: 'bot', authed_user: { id, access_token, token_type } };
    expect(grantOf(body, SLACK_LAYOUT)).toMatchObject({
      accessToken: 'user',
      refreshToken: undefined,
      lifetimeSeconds: undefined,
      scopes: undefined,
      account: undefined,
    });
    const untyped = { ...SLACK, authed_user: { id, access_token } };
    const { accessTokenPath } = SLACK_LAYOUT;
    expect(grantOf(untyped, { accessTokenPath }).tokenType).toBe('Bearer');
    expect(grantOf({ ...untyped, access_token }, SLACK_LAYOUT).refreshToken).toBe('bot-refresh');
  });

  it('reads the token type at its configured path', () => {
    const body = { access_token: 'at', meta: { kind: 'bearer' }, token_type: 'mac' };
    expect(grantOf(body, { tokenTypePath: 'meta.kind' }).tokenType).toBe('Bearer');
  });

  it('ignores the top-level token of a code exchange when the nested token is missing', () => {
    const { authed_user: _user, ...botOnly } = SLACK;
    expect(read(botOnly, SLACK_LAYOUT)).toMatchObject({ outcome: 'no_token' });
  });

  it('reads the top-level token of a refresh, which belongs to the refresh token that was sent', () => {
    const body = { ok: true, access_token: 'user-2', token_type: 'user', refresh_token: 'rt-2' };
    expect(grantOf(body, SLACK_LAYOUT, true)).toMatchObject({
      accessToken: 'user-2',
      refreshToken: 'rt-2',
    });
  });

  it.each(['a b', 'a\r\nb', 'a\u0000', 'ü', ' a', 'x'.repeat(64 * 1024 + 1), 5, {}, ['a']])(
    'rejects an access token that is not a valid header value (case %#)',
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
      'a copy of the top-level refresh token',
      { refresh_token: 'rt', data: { access_token: 'rt' } },
      'data.access_token',
    ],
  ])('rejects %s as access token', (_what, body, accessTokenPath) => {
    expect(read(body, { accessTokenPath })).toMatchObject({ outcome: 'unusable_token' });
  });

  it.each(['__proto__.x', 'constructor.name', 'a.b.c', 'toString'])(
    'finds no token at the path %s',
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
      fc.property(body, (response) => {
        const reading = read(response);
        if (reading.outcome === 'grant') {
          const header = `${reading.grant.tokenType} ${reading.grant.accessToken}`;
          expect(new Headers({ authorization: header }).get('authorization')).toBe(header);
        }
      }),
    );
  });
});

describe('grant facts in a token response', () => {
  const fact = { name: 'id', from: 'token_response', kind: 'text' } as const;

  it.each([
    ['the access token', 'a', 'at'],
    ['the refresh token', 'r', 'rt'],
    ['the ID token', 'i', 'idt'],
  ])('F158: do not contain %s that the response repeats under another name', (_, path, value) => {
    const body = { access_token: 'at', refresh_token: 'rt', id_token: 'idt', [path]: value };
    expect(grantOf(body, { grantFacts: [{ ...fact, path }] }).facts).toEqual({});
  });

  it('F158: do not contain a token that the layout finds elsewhere', () => {
    const layout = { ...SLACK_LAYOUT, grantFacts: [{ ...fact, path: 'authed_user.extra' }] };
    const body = { ...SLACK, authed_user: { ...SLACK.authed_user, extra: 'user-refresh' } };
    expect(grantOf(body, layout).facts).toEqual({});
    expect(
      grantOf({ ...SLACK, authed_user: { ...SLACK.authed_user, extra: 'E1' } }, layout).facts,
    ).toEqual({ id: 'E1' });
  });
});

describe('the scopes in a token response', () => {
  it.each(['|', '+', ';', ',', ' '])('may be separated by %o', (scopeSeparator) => {
    const body = { access_token: 'at', scope: ['read', 'write'].join(scopeSeparator) };
    expect(grantOf(body, { scopeSeparator }).scopes).toEqual(['read', 'write']);
  });

  it.each([
    ['+', '+'],
    ['|', '|'],
    [';', ';'],
    [',', ','],
    [',', undefined],
    [' ', undefined],
  ])(
    'E160: do not contain parts of a token that contains %o, with the separator %o',
    (sign, scopeSeparator) => {
      const refreshToken = `first${sign}second`;
      const layout = { scopesPath: 'copy', ...(scopeSeparator && { scopeSeparator }) };
      const scopesOf = (copy: string) =>
        grantOf({ access_token: 'at', refresh_token: refreshToken, copy }, layout).scopes;
      expect(scopesOf(refreshToken)).toEqual([]);
      expect(scopesOf(`read ${refreshToken},write`)).toEqual(['read', 'write']);
      expect(scopesOf(`chat at first.second`)).toEqual(['chat', 'first.second']);
    },
  );

  it('may contain the separators of other providers', () => {
    expect(grantOf({ access_token: 'at', scope: 'a|b c+d' }).scopes).toEqual(['a|b', 'c+d']);
  });
});

describe('the type of a token', () => {
  it.each(['bearer', 'Bearer', 'BEARER', ' bearer '])('G96: is Bearer for %o', (stated) => {
    expect(resolveTokenType(undefined, stated)).toBe('Bearer');
  });

  it.each(['mac', 'jwt', 'N_A', 'DPoP', 'user', 'Bearer token', 7, {}])(
    'G96: is rejected when it is %o',
    (stated) => {
      expect(resolveTokenType(undefined, stated)).toBeUndefined();
    },
  );

  it.each([undefined, null, ''])('is Bearer when it is missing (%o)', (stated) => {
    expect(resolveTokenType(undefined, stated)).toBe('Bearer');
  });

  it('is the configured one rather than that of the response', () => {
    expect(resolveTokenType('token', 'mac')).toBe('token');
    expect(resolveTokenType('bearer', 'user')).toBe('Bearer');
  });

  it('is rejected when the configured one would break the header', () => {
    expect(resolveTokenType('Bearer\r\nX-Evil:', 'bearer')).toBeUndefined();
  });
});
