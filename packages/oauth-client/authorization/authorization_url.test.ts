import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anEarsClient, aStandardClient } from '../oauth_client.mock.ts';
import { buildAuthorizationUrl } from './authorization_url.ts';

const REQUEST = {
  redirectUri: 'https://latchkey.example/api/actions/connector/_oauth_callback/k1',
  state: 'the-state',
  codeChallenge: 'the-challenge',
};
const paramsOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

describe('buildAuthorizationUrl, standard dialect', () => {
  it('A21: always sends an S256 challenge with the parameters of RFC 6749', () => {
    const url = buildAuthorizationUrl(aStandardClient({ scope: 'read write' }), REQUEST);
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
    'A21: refuses a configured URL with %s',
    (query) => {
      const client = aStandardClient({
        authorizationEndpoint: `https://auth.example.com/authorize?${query}`,
      });
      expect(() => buildAuthorizationUrl(client, REQUEST)).toThrow(
        expect.objectContaining({ code: 'invalid_request', kind: 'misconfigured' }),
      );
    },
  );

  it('leaves the scope out when none is set', () => {
    expect(paramsOf(buildAuthorizationUrl(aStandardClient(), REQUEST))).not.toHaveProperty('scope');
  });

  it('keeps the parameters of the configured URL, which win over those of the provider entry', () => {
    const authorizationEndpoint = 'https://auth.example.com/authorize?prompt=none&tenant=a%20b';
    const url = buildAuthorizationUrl(aStandardClient({ authorizationEndpoint }), {
      ...REQUEST,
      providerParams: { prompt: 'consent', access_type: 'offline' },
    });
    expect(paramsOf(url)).toMatchObject({ prompt: 'none', tenant: 'a b', access_type: 'offline' });
  });

  it('sends the scope under another name when the provider wants it', () => {
    const client = aStandardClient({ scope: 'chat:write', scopeParamName: 'user_scope' });
    const params = paramsOf(buildAuthorizationUrl(client, REQUEST));
    expect(params).toMatchObject({ user_scope: 'chat:write' });
    expect(params).not.toHaveProperty('scope');
  });

  it.each([
    'client_id',
    'response_type',
    'redirect_uri',
    'state',
    'code_challenge',
    'code_challenge_method',
  ])('refuses the reserved name %s for scope and provider parameters', (name) => {
    const refusal = expect.objectContaining({ code: 'invalid_request', kind: 'misconfigured' });
    expect(() => buildAuthorizationUrl(aStandardClient({ scopeParamName: name }), REQUEST)).toThrow(
      refusal,
    );
    expect(() =>
      buildAuthorizationUrl(aStandardClient(), { ...REQUEST, providerParams: { [name]: 'x' } }),
    ).toThrow(refusal);
  });

  it.each(['', 'not a url', 'javascript:alert(1)', 'file:///etc/passwd'])(
    'refuses the authorization URL %p',
    (authorizationEndpoint) => {
      expect(() =>
        buildAuthorizationUrl(aStandardClient({ authorizationEndpoint }), REQUEST),
      ).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    },
  );

  it('carries any state, scope and redirect URI through unchanged and never leaves the host', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 1 }),
        fc.webUrl(),
        (state, scope, redirectUri) => {
          const url = new URL(
            buildAuthorizationUrl(aStandardClient({ scope }), { ...REQUEST, state, redirectUri }),
          );
          expect(url.host).toBe('auth.example.com');
          expect(url.searchParams.get('state')).toBe(state.toWellFormed());
          expect(url.searchParams.get('scope')).toBe(scope.toWellFormed());
          expect(url.searchParams.get('redirect_uri')).toBe(redirectUri);
        },
      ),
    );
  });
});

describe('buildAuthorizationUrl, EARS dialect', () => {
  it('uses the names EARS knows and no client id', () => {
    const client = anEarsClient({ baseUrl: 'https://ears.example.com/', scope: 'a b' });
    const url = buildAuthorizationUrl(client, { ...REQUEST, providerParams: { prompt: 'x' } });
    expect(url).toMatch(/^https:\/\/ears\.example\.com\/v1\/google\/oauth\/authorize\?/);
    expect(paramsOf(url)).toEqual({
      callback_uri: REQUEST.redirectUri,
      state: 'the-state',
      scope: 'a b',
      pkce_challenge: 'the-challenge',
      pkce_method: 'S256',
    });
  });

  it('names the setting when the base URL is not one', () => {
    expect(() => buildAuthorizationUrl(anEarsClient({ baseUrl: 'ears' }), REQUEST)).toThrow(
      /xpack\.actions\.auth\.ears\.url/,
    );
  });
});
