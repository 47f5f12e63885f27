import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthorizationRequest } from './authorization_request.ts';
import type { StandardClient } from './client.ts';
import { dialectOf } from './dialect.ts';
import { aStandardClient, fakeIo, json } from './oauth_client.mock.ts';
import { OAuthError } from './oauth_error.ts';

const REQUEST = {
  redirectUri: 'https://latchkey.example/api/actions/connector/_oauth_callback/k1',
  state: 'the-state',
  codeChallenge: 'the-challenge',
};
const RESERVED = [
  'client_id',
  'response_type',
  'redirect_uri',
  'state',
  'code_challenge',
  'code_challenge_method',
];
const dialect = (over: Partial<StandardClient> = {}) => dialectOf(aStandardClient(over));
const build = (over: Partial<StandardClient> = {}, request: Partial<AuthorizationRequest> = {}) =>
  dialect(over).authorizationUrl({ ...REQUEST, ...request });
const paramsOf = (url: string) => Object.fromEntries(new URL(url).searchParams);
const at = (query: string) => `https://auth.example.com/authorize?${query}`;
const refusal = expect.objectContaining({ code: 'invalid_request', kind: 'misconfigured' });

describe('the authorization URL', () => {
  const hintIn = (...args: Parameters<typeof build>) =>
    new URL(build(...args)).searchParams.getAll('login_hint');
  const hint = { loginHint: 'ana@example.com' };

  it.each([
    [
      'a login_hint for a request of OpenID Connect',
      { scope: 'files.read openid' },
      ['ana@example.com'],
    ],
    [
      'a login_hint for a provider that documents the parameter',
      { authorizationEndpoint: 'https://accounts.google.com/o/oauth2/v2/auth' },
      ['ana@example.com'],
    ],
    ['no login_hint for another provider', { scope: 'files.read' }, []],
    [
      'only the login_hint of the configured URL when this URL has one',
      { scope: 'openid', authorizationEndpoint: 'https://auth.example.com/a?login_hint=team' },
      ['team'],
    ],
  ])('has %s', (_, over, expected) => {
    expect(hintIn(over, hint)).toEqual(expected);
  });

  it('A21: always has an S256 challenge and the parameters of RFC 6749', () => {
    const url = build({ scope: 'read write' });
    expect(url).toMatch(/^https:\/\/auth\.example\.com\/authorize\?/);
    expect(paramsOf(url)).toEqual({
      client_id: 'client-1',
      response_type: 'code',
      redirect_uri: REQUEST.redirectUri,
      state: 'the-state',
      code_challenge: 'the-challenge',
      code_challenge_method: 'S256',
      scope: 'read write',
    });
  });

  it.each(['code_challenge_method=plain', 'state=fixed', 'response_type=token'])(
    'A21: is rejected when the configured URL has %s',
    (query) => {
      expect(() => build({ authorizationEndpoint: at(query) })).toThrow(refusal);
    },
  );

  it('has no scope when none is configured', () => {
    expect(paramsOf(build())).not.toHaveProperty('scope');
  });

  it('keeps the parameters of the configured URL, which override those of the provider', () => {
    const url = build(
      { authorizationEndpoint: at('prompt=none&tenant=a%20b') },
      { providerParams: { prompt: 'consent', access_type: 'offline' } },
    );
    expect(paramsOf(url)).toMatchObject({ prompt: 'none', tenant: 'a b', access_type: 'offline' });
  });

  it('has the scope under the configured parameter name', () => {
    const params = paramsOf(build({ scope: 'chat:write', scopeParamName: 'user_scope' }));
    expect(params).toMatchObject({ user_scope: 'chat:write' });
    expect(params).not.toHaveProperty('scope');
  });

  it.each(RESERVED)(
    'is rejected with the reserved name %s for scope and provider parameters',
    (name) => {
      expect(() => build({ scopeParamName: name })).toThrow(refusal);
      expect(() => build({}, { providerParams: { [name]: 'x' } })).toThrow(refusal);
    },
  );

  it('is rejected with provider parameters that a configured URL must not contain', () => {
    const names = ['scope', 'user_scope', 'claims', 'request', 'request_uri', 'Scope', 'x_scope'];
    for (const name of [...names, ...RESERVED, 'authorization_details']) {
      const url = () => build({ scopeParamName: 'x_scope' }, { providerParams: { [name]: 'x' } });
      expect(url).toThrow(refusal);
    }
  });

  it('is rejected with a reserved name in any letter case, repeated or not', () => {
    const spelled = fc
      .constantFrom(...RESERVED, 'scope', 'user_scope', 'claims', 'request', 'request_uri')
      .chain((name) => fc.mixedCase(fc.constant(name)).map((mixed) => [name, mixed] as const));
    const others = fc.constantFrom('', 'a=1&', 'prompt=none&');
    fc.assert(
      fc.property(spelled, others, fc.boolean(), ([name, mixed], before, isTwice) => {
        const query = `${before}${mixed}=x${isTwice ? `&${name}=y` : ''}`;
        expect(() => build({ authorizationEndpoint: at(query), scope: 'read' })).toThrow(refusal);
      }),
    );
  });

  it.each(['', 'not a url', 'javascript:alert(1)', 'file:///etc/passwd'])(
    'is rejected when it is configured as %o',
    (authorizationEndpoint) => {
      expect(() => build({ authorizationEndpoint })).toThrow(refusal);
    },
  );

  it('contains any given state, scope and redirect URI unchanged, and always the configured host', () => {
    const scopes = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(fc.string(), scopes, fc.webUrl(), (state, scope, redirectUri) => {
        const url = new URL(build({ scope }, { state, redirectUri }));
        expect(url.host).toBe('auth.example.com');
        expect(url.searchParams.get('state')).toBe(state.toWellFormed());
        expect(url.searchParams.get('scope')).toBe(scope.toWellFormed());
        expect(url.searchParams.get('redirect_uri')).toBe(redirectUri);
      }),
    );
  });
});

describe('the response mode', () => {
  const modeOf = (search: string, providerParams?: Record<string, string>) =>
    dialect({
      authorizationEndpoint: `https://auth.example.com/authorize${search}`,
    }).responseMode(providerParams);

  it.each([
    ['', 'query'],
    ['?response_mode=query', 'query'],
    ['?prompt=login&response_mode=form_post', 'form_post'],
    ['?response_mode=form%5Fpost', 'form_post'],
    ['?response_mode=fragment', undefined],
    ['?response_mode=jwt', undefined],
    ['?Response_Mode=fragment', undefined],
    ['?response_mode%00=query', undefined],
    ['?response_mode=form_post.jwt', undefined],
    ['?response_mode=Form_Post', undefined],
    ['?response_mode=', undefined],
    ['?response_mode=query&response_mode=form_post', undefined],
    ['?response_mode=form_post&response_mode=form_post', undefined],
  ])('for an authorization URL with the query %j is %s', (search, expected) => {
    expect(modeOf(search)).toBe(expected);
  });

  it('comes from the provider entry unless the configured URL sets one', () => {
    expect(modeOf('', { response_mode: 'form_post' })).toBe('form_post');
    expect(modeOf('?response_mode=query', { response_mode: 'form_post' })).toBe('query');
    expect(modeOf('', { response_mode: 'fragment' })).toBeUndefined();
  });
});

describe('the check of the issuer', () => {
  const issuer = 'https://auth.example.com';

  it.each([
    'https://evil.example',
    `${issuer}/`,
    'HTTPS://auth.example.com',
    ' https://auth.example.com',
  ])('A17: fails for the issuer %o before any token request', (iss) => {
    expect(() => dialect({ issuer }).checkIssuer(iss)).toThrow(
      expect.objectContaining({ code: 'issuer_mismatch', kind: 'misconfigured' }),
    );
  });

  it.each([undefined, ''])(
    'A18: fails for a missing issuer (%o) when the metadata promises one',
    (iss) => {
      const client = dialect({ issuer, issuerRequiredInResponse: true });
      expect(() => client.checkIssuer(iss)).toThrow(
        expect.objectContaining({ code: 'issuer_missing', kind: 'misconfigured' }),
      );
    },
  );

  it('passes for the configured issuer, and for a missing issuer when the metadata promises none', () => {
    dialect({ issuer, issuerRequiredInResponse: true }).checkIssuer(issuer);
    dialect({ issuer }).checkIssuer(undefined);
  });

  it('passes for any issuer when none is configured', () => {
    dialect().checkIssuer('https://any.example');
  });
});

describe('the identity of a standard client', () => {
  it('contains the host of the token endpoint, with a port if the URL has one', () => {
    const { providerNames, displayName, clientId } = dialect({
      tokenEndpoint: 'https://token.example.com:8443/token',
    });
    expect(providerNames).toEqual(['token.example.com:8443', 'token.example.com']);
    expect(displayName).toBe('auth.example.com');
    expect(clientId).toBe('client-1');
    expect(dialect({ tokenEndpoint: 'nonsense' }).providerNames).toEqual([]);
  });

  it.each([
    ['https://oauth2.googleapis.com/token', true],
    ['https://auth.example.com/token', false],
    ['https://oauth2.googleapis.com.evil.example/token', false],
    ['nonsense', false],
  ])('states that a revocation for %s ends all grants (expected: %o)', (tokenEndpoint, endsAll) => {
    expect(dialect({ tokenEndpoint }).revocationEndsAllGrants).toBe(endsAll);
  });
});

describe('a refused code exchange', () => {
  it.each([400, 500])(
    'P5: keeps the tokens in its body, so that they are revoked: HTTP %i',
    async (status) => {
      const tokens = { access_token: 'at', token_type: 'Bearer', refresh_token: 'rt' };
      const { io } = fakeIo(() => json({ error: 'odd', ...tokens }, { status }));
      const exchange = { code: 'c', codeVerifier: 'v', redirectUri: REQUEST.redirectUri };
      const failure: unknown = await dialect()
        .exchange(exchange, io)
        .catch((error: unknown) => error);
      if (!(failure instanceof OAuthError)) throw failure;
      expect(failure.issuedTokens()).toEqual({ accessToken: 'at', refreshToken: 'rt' });
    },
  );
});
