import { describe, expect, it } from '@jest/globals';
import { providerDataSchema } from './provider_data.ts';
import { factsOfData } from './provider_facts.ts';

const ENDPOINTS = {
  authorizationUrl: 'https://auth.example.com/authorize',
  tokenUrl: 'https://auth.example.com/token',
};
const factsOf = (data: object, endpoints: Partial<typeof ENDPOINTS> = {}) =>
  factsOfData(providerDataSchema.parse(data), { ...ENDPOINTS, ...endpoints });

describe('provider data that an administrator entered', () => {
  it('uses the endpoints of the connector, and the defaults of the RFCs for absent fields', () => {
    expect(factsOf({})).toMatchObject({
      authorize: { url: ENDPOINTS.authorizationUrl, parameters: {}, scope: { separator: ' ' } },
      token: { url: ENDPOINTS.tokenUrl, format: 'form', fields: {} },
      lifetime: { defaultSeconds: 3600 },
      grantFacts: [],
    });
  });

  it('permits a revocation only at the endpoint of the connector', () => {
    const data = { revocation: { request: { authentication: 'token', format: 'none' } } };
    expect(factsOf(data).revocation).toBeUndefined();
    const revocationUrl = 'https://auth.example.com/revoke';
    const facts = factsOfData(providerDataSchema.parse(data), { ...ENDPOINTS, revocationUrl });
    expect(facts.revocation).toMatchObject({ url: revocationUrl, request: { format: 'none' } });
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
    ['success as a rejected token', { api: { tokenRejected: [{ status: [200, 299] }] } }],
    ['another revocation endpoint', { revocation: { url: 'https://evil.example' } }],
    ['facts of grants', { grantFacts: [] }],
    ['a rate limit, which a custom API returns as a result', { api: { rateLimited: [] } }],
    ['the rotation of refresh tokens, which is seen', { refreshToken: { rotation: 'none' } }],
    ['hosts', { hosts: ['evil.example'] }],
    ['a source of the account', { account: { from: 'id_token' } }],
  ])('cannot name %s', (_, data) => {
    expect(providerDataSchema.safeParse(data).success).toBe(false);
  });
});
