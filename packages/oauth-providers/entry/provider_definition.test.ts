import { describe, expect, it } from 'vitest';
import { providerDataSchema } from './provider_data.ts';
import { definitionOfData } from './provider_definition.ts';

const ENDPOINTS = {
  authorizationUrl: 'https://auth.example.com/authorize',
  tokenUrl: 'https://auth.example.com/token',
};
const factsOf = (data: object, endpoints: Partial<typeof ENDPOINTS> = {}) =>
  definitionOfData(providerDataSchema.parse(data), { ...ENDPOINTS, ...endpoints });

const BASE = { name: 'base', from: 'token_response', path: 'base', kind: 'text' };

describe('provider data that an administrator entered', () => {
  it('uses the endpoints of the connector, and the defaults of the RFCs for absent fields', () => {
    expect(factsOf({})).toMatchObject({
      authorize: { url: ENDPOINTS.authorizationUrl, parameters: {}, scope: { separator: ' ' } },
      token: { url: ENDPOINTS.tokenUrl, format: 'form', fields: {} },
      lifetime: { defaultSeconds: 3600 },
      grantFacts: [],
    });
  });

  it('contains grant facts, headers of the API and the header of the token', () => {
    const grantFacts = [{ ...BASE, kind: 'label', hosts: ['*.api.example.com'] }];
    const accessToken = { header: 'x-token', scheme: null };
    const api = { headers: { 'x-site': '{grant.base}' } };
    const data = { grantFacts, accessToken, api };
    expect(factsOf(data)).toMatchObject({ grantFacts, accessToken });
    expect(providerDataSchema.parse(data).api.headers).toEqual(api.headers);
  });

  it('permits a revocation only at the endpoint of the connector', () => {
    const data = { revocation: { request: { authentication: 'token', format: 'none' } } };
    expect(factsOf(data).revocation).toBeUndefined();
    const revocationUrl = 'https://auth.example.com/revoke';
    const definition = definitionOfData(providerDataSchema.parse(data), {
      ...ENDPOINTS,
      revocationUrl,
    });
    expect(definition.revocation).toMatchObject({
      url: revocationUrl,
      request: { format: 'none' },
    });
  });

  it.each([
    ['https://auth.example.com/refresh', true],
    ['https://evil.example/refresh', false],
    ['https://auth.example.com.evil.example/refresh', false],
    ['https://auth.example.com:8443/refresh', false],
  ])('H114: permits refresh tokens to be sent to %s (expected: %s)', (refreshUrl, isSent) => {
    expect(factsOf({ token: { refreshUrl } }).token.refreshUrl === refreshUrl).toBe(isSent);
  });

  it.each([
    ['another authorization endpoint', { authorize: { url: 'https://evil.example' } }],
    ['authorization parameters', { authorize: { parameters: { scope: 'all' } } }],
    ['another scope parameter', { authorize: { scope: { parameter: 'user_scope' } } }],
    ['another token endpoint', { token: { url: 'https://evil.example' } }],
    ['a header that names a host', { token: { headers: { host: 'evil.example' } } }],
    ['a header with credentials', { token: { headers: { authorization: 'Bearer a' } } }],
    ['a path to the token', { response: { accessTokenPath: 'refresh_token' } }],
    ['a token as scopes', { response: { scopesPath: 'data.refreshToken' } }],
    ['an endless lifetime in seconds', { lifetime: { defaultSeconds: Number.MAX_SAFE_INTEGER } }],
    ['an endless idle limit', { lifetime: { idleLimitDays: Number.MAX_SAFE_INTEGER } }],
    ['a success status as a rejected token', { api: { tokenRejected: [{ status: [200, 299] }] } }],
    ['another revocation endpoint', { revocation: { url: 'https://evil.example' } }],
    ['a host in a grant without a pattern for it', { grantFacts: [{ ...BASE, kind: 'origin' }] }],
    ['a pattern for every host', { grantFacts: [{ ...BASE, kind: 'host', hosts: ['*'] }] }],
    [
      'a pattern with a placeholder',
      { grantFacts: [{ ...BASE, kind: 'host', hosts: ['{config.url}.example.com'] }] },
    ],
    ['a request for grant facts without a URL', { grantFacts: [{ ...BASE, from: 'request' }] }],
    ['a header with an undeclared grant fact', { api: { headers: { 'x-a': '{grant.b}' } } }],
    ['a header with a line break', { api: { headers: { 'x-a': 'b\r\nx-c: d' } } }],
    ['a header of the API that names a host', { api: { headers: { host: 'evil.example' } } }],
    [
      'an Authorization header for API requests',
      { api: { headers: { authorization: 'Bearer a' } } },
    ],
    ['User-Agent as the header of the token', { accessToken: { header: 'user-agent' } }],
    ['a rate limit, which a custom API returns as a result', { api: { rateLimited: [] } }],
    [
      'the rotation of refresh tokens, which the server detects',
      { refreshToken: { rotation: 'none' } },
    ],
    ['hosts', { hosts: ['evil.example'] }],
    ['a source of the account', { account: { from: 'id_token' } }],
  ])('cannot name %s', (_, data) => {
    expect(providerDataSchema.safeParse(data).success).toBe(false);
  });
});
