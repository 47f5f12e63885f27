import { describe, expect, it } from 'vitest';
import { aProvider } from './provider_entry.mock.ts';

const URL_PREFIX = 'https://auth.example.com';

describe('defineProvider', () => {
  it('fills in the defaults of the RFCs', () => {
    expect(aProvider()).toMatchObject({
      authorize: {
        parameters: {},
        scope: { isSupported: true, parameter: 'scope', separator: ' ' },
      },
      token: {
        clientAuthentication: ['client_secret_basic', 'client_secret_post'],
        format: 'form',
      },
      lifetime: { defaultSeconds: 3600 },
      failures: { errorPaths: [], rules: [] },
      api: { tokenRejected: [], waits: [{ name: 'retry-after' }, { name: 'retry-after' }] },
    });
  });

  it.each([
    ['an unknown member', { nickname: 'x' }, 'Unrecognized key: "nickname"'],
    [
      'a URL without https',
      { token: { url: 'http://auth.example.com/token' } },
      'invalid token.url',
    ],
    [
      'a placeholder that config does not declare',
      { token: { url: `${URL_PREFIX}/{config.tenant}/token` } },
      '{config.tenant} is not declared',
    ],
    [
      'a config field that no URL contains',
      { config: { tenant: { label: 'Tenant', kind: 'segment' } } },
      'config.tenant is not used in any URL',
    ],
    [
      'a token endpoint on another host',
      { token: { url: 'https://auth.example.net/token' } },
      'is not on one of its hosts',
    ],
    [
      'a revocation endpoint on another host',
      { revocation: { url: 'https://example.com/revoke' } },
      'is not on one of its hosts',
    ],
    [
      'an account endpoint on another host',
      { account: { from: 'request', url: 'https://evil.example.net/me', idPath: 'id' } },
      'is not on one of its hosts',
    ],
    [
      'a refresh endpoint on a different host than the token endpoint',
      {
        hosts: ['auth.example.com', 'api.example.com'],
        token: { url: `${URL_PREFIX}/token`, refreshUrl: 'https://api.example.com/refresh' },
      },
      'token.refreshUrl is not on the host',
    ],
    [
      'a grant fact that may name any host',
      { grantFacts: [{ name: 'base', from: 'token_response', path: 'base', kind: 'origin' }] },
      'grant fact base needs hosts',
    ],
    [
      'a label whose pattern names a single host',
      {
        grantFacts: [
          {
            name: 'dc',
            from: 'token_response',
            path: 'dc',
            kind: 'label',
            hosts: ['api.example.com'],
          },
        ],
      },
      'its hosts begin with *.',
    ],
    [
      'host patterns for a fact that is a text',
      {
        grantFacts: [
          {
            name: 'id',
            from: 'token_response',
            path: 'id',
            kind: 'text',
            hosts: ['*.example.com'],
          },
        ],
      },
      'so it has no hosts',
    ],
    [
      'two grant facts with the same name',
      {
        grantFacts: ['a', 'b'].map((path) => ({
          name: 'id',
          from: 'token_response',
          path,
          kind: 'text',
        })),
      },
      'grant fact id appears twice',
    ],
    [
      'a header with an unknown grant fact',
      { api: { headers: { 'x-tenant': '{grant.tenantId}' } } },
      'api.headers.x-tenant: {grant.tenantId} is not declared in grantFacts',
    ],
    [
      'a header that belongs to the HTTP connection',
      { api: { headers: { host: 'a' } } },
      'api.headers.host: ',
    ],
    [
      'a header name in upper case',
      { accessToken: { header: 'X-Token' } },
      'accessToken.header: must be a header name in lower case',
    ],
    [
      'two words before the token',
      { accessToken: { scheme: 'a b' } },
      'accessToken.scheme: must be one word, or null',
    ],
    [
      'a grant fact in a URL',
      { account: { from: 'request', url: `${URL_PREFIX}/{grant.id}`, idPath: 'id' } },
      'must not contain a grant fact',
    ],
    [
      'a list of sites in a token response',
      { grantFacts: [{ name: 'id', from: 'token_response', path: '*.id', kind: 'text' }] },
      'one list',
    ],
    [
      'two lists of sites',
      {
        grantFacts: ['a', 'b'].map((name) => ({
          name,
          from: 'request',
          url: `${URL_PREFIX}/${name}`,
          path: '*.id',
          kind: 'text',
        })),
      },
      'one list',
    ],
    [
      'a path of the revocation that leaves the endpoint',
      {
        revocation: {
          url: `${URL_PREFIX}/revoke`,
          request: {
            authentication: 'client_secret_basic',
            format: 'none',
            pathSegments: ['..', '{token}'],
          },
        },
      },
      'revocation.request.pathSegments.0: must not be . or ..',
    ],
    [
      'an unknown encoding of HTTP Basic',
      { token: { url: `${URL_PREFIX}/token`, basicEncoding: 'base64' } },
      'invalid token.basicEncoding',
    ],
    [
      'an unknown format of the expiry',
      { response: { expiresAt: { path: 'end', format: 'days' } } },
      'invalid response.expiresAt.format',
    ],
    [
      'a required parameter that is not sent',
      { authorize: { url: `${URL_PREFIX}/a`, requiredParameters: ['audience'] } },
      'authorize.parameters lacks audience',
    ],
    [
      'access_denied without the party that is denied',
      {
        failures: {
          rules: [{ when: { errors: ['x'] }, means: 'access_denied', reason: 'x' }],
        },
      },
      'must have deniedTo',
    ],
    [
      'a section that has no source in `sources`',
      { sources: { authorize: 'B.1' } },
      'sources does not contain token',
    ],
  ] as const)('refuses an entry with %s', (_, over, problem) => {
    // The cast stands for an author without a type checker, who may write anything.
    expect(() => aProvider(over as object)).toThrow(problem);
  });
});
