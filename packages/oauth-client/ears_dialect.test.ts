import { describe, expect, it } from 'vitest';
import { dialectOf } from './dialect.ts';
import { anEarsClient } from './oauth_client.mock.ts';

const REQUEST = {
  redirectUri: 'https://latchkey.example/api/actions/connector/_oauth_callback',
  state: 'the-state',
  codeChallenge: 'the-challenge',
};

describe('the dialect of an EARS client', () => {
  it('builds an authorization URL with the parameter names of EARS and no client id', () => {
    const client = anEarsClient({ baseUrl: 'https://ears.example.com/', scope: 'a b' });
    const request = { ...REQUEST, providerParams: { prompt: 'x' } };
    const url = dialectOf(client).authorizationUrl(request);
    expect(url).toMatch(/^https:\/\/ears\.example\.com\/v1\/google\/oauth\/authorize\?/);
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      callback_uri: REQUEST.redirectUri,
      state: 'the-state',
      scope: 'a b',
      pkce_challenge: 'the-challenge',
      pkce_method: 'S256',
    });
  });

  it('names the setting when the base URL is invalid', () => {
    const dialect = dialectOf(anEarsClient({ baseUrl: 'ears' }));
    expect(() => dialect.authorizationUrl(REQUEST)).toThrow(/xpack\.actions\.auth\.ears\.url/);
  });

  it('uses the response mode query, because EARS receives the response of the provider', () => {
    const mode = dialectOf(anEarsClient()).responseMode({ response_mode: 'form_post' });
    expect(mode).toBe('query');
  });

  it('accepts any issuer', () => {
    dialectOf(anEarsClient()).checkIssuer('https://any.example');
  });

  it('has the identity of the provider and no client id', () => {
    expect(dialectOf(anEarsClient({ provider: 'slack' }))).toMatchObject({
      tokenEndpoint: 'https://ears.example.com/v1/slack/oauth/token',
      revocationEndpoint: 'https://ears.example.com/v1/slack/oauth/revoke',
      clientId: undefined,
      providerNames: ['slack'],
      displayName: 'Slack',
      accountSource: {},
      revocationEndsAllGrants: false,
    });
    expect(dialectOf(anEarsClient({ provider: 'google' })).revocationEndsAllGrants).toBe(true);
  });
});
