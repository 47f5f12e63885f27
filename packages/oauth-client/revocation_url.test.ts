import { providerDataSchema } from '@latchkey/oauth-providers';
import { describe, expect, it } from 'vitest';
import { dialectOf } from './dialect.ts';
import { aStandardClient, fakeIo } from './oauth_client.mock.ts';

describe('a revocation request with the token in its URL', () => {
  const url = 'https://auth.example.com/revoke/?v=2';
  const revokeInUrl = async (token: string, request: object) => {
    const { io, sent } = fakeIo(() => new Response(null, { status: 204 }));
    const revocation = providerDataSchema.shape.revocation.parse({
      request: { authentication: 'client_secret_basic', format: 'none', ...request },
    });
    const client = aStandardClient({
      revocationEndpoint: url,
      provider: revocation === undefined ? {} : { revocation: { ...revocation, url } },
    });
    const outcome = await dialectOf(client).revoke({ token, hint: 'refresh_token' }, io);
    return { outcome, urls: sent.map((one) => one.url), body: sent[0]?.body };
  };
  const TOKEN_WITH_SIGNS = 'a/b?c#d&e=%2e+f@evil.example:1';
  const ENCODED = encodeURIComponent(TOKEN_WITH_SIGNS);

  it('H114: encodes the token in the path and in the query, so the origin stays the same', async () => {
    const pathSegments = ['tokens', '{token}'];
    expect(await revokeInUrl(TOKEN_WITH_SIGNS, { pathSegments })).toEqual({
      outcome: 'revoked',
      urls: [`https://auth.example.com/revoke/tokens/${ENCODED}?v=2`],
      body: undefined,
    });
    const query = { token: '{token}', type: '{hint}' };
    const { urls } = await revokeInUrl(TOKEN_WITH_SIGNS, { query });
    const sent = new URL(urls[0] ?? '');
    expect(sent.origin + sent.pathname).toBe('https://auth.example.com/revoke/');
    expect([...sent.searchParams]).toEqual([
      ['v', '2'],
      ['token', TOKEN_WITH_SIGNS],
      ['type', 'refresh_token'],
    ]);
  });

  it.each(['.', '..'])(
    'sends no request for the token %o, which is not a segment',
    async (token) => {
      const pathSegments = ['{token}'];
      expect(await revokeInUrl(token, { pathSegments })).toMatchObject({
        outcome: 'failed_transient',
        urls: [],
      });
    },
  );
});
