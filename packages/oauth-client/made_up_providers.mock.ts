import { aProvider } from '@latchkey/oauth-providers/mocks';

/**
 * Invented providers, each with departures from the RFCs that no real provider combines. An
 * administrator may meet any of these departures.
 */
export const madeUpProviders = [
  aProvider({
    name: 'nested_errors_in_200',
    authorize: {
      url: 'https://auth.example.com/authorize',
      scope: { parameter: 'user_scope', separator: ',' },
      pkce: 'required',
    },
    token: {
      url: 'https://auth.example.com/token',
      refreshUrl: 'https://auth.example.com/v2/refresh',
      clientAuthentication: ['client_secret_basic'],
      format: 'json',
      fields: { expires_in: 600 },
      headers: { 'x-version': '1' },
    },
    response: {
      accessTokenPath: 'data.session.access_token',
      scopesPath: 'data.session.granted',
    },
    account: { from: 'token_response', idPath: 'data.user.id' },
    lifetime: { defaultSeconds: null },
    refreshToken: { rotation: 'single_use', reuseEndsGrant: true },
    revocation: {
      url: 'https://auth.example.com/sessions',
      request: {
        method: 'DELETE',
        authentication: 'client_secret_basic',
        format: 'json',
        fields: { value: '{token}', kind: '{hint}' },
      },
    },
    failures: {
      errorPaths: ['error.code'],
      rules: [
        { when: { errors: ['ended'] }, means: 'invalid_grant', reason: 'made up' },
        { when: { errors: ['who'] }, means: 'invalid_client', reason: 'made up' },
        { when: { errors: ['what'] }, means: 'invalid_request', reason: 'made up' },
      ],
      responses: {
        invalidGrant: { status: 200, body: { error: { code: 'ended' } } },
        invalidClient: { status: 200, body: { error: { code: 'who' } } },
        invalidRequest: { status: 200, body: { error: { code: 'WHAT' } } },
      },
    },
    api: {
      tokenRejected: [{ status: [200, 200], body: [{ path: 'error.code', equals: ['ended'] }] }],
      rateLimited: [{ status: [400, 400], body: [{ path: 'error.code', equals: ['slow'] }] }],
      forbidden: [{ status: [200, 200], body: [{ path: 'error.code', equals: ['no'] }] }],
      waits: [{ from: 'body', path: 'error.wait', format: 'seconds' }],
    },
  }),
  aProvider({
    name: 'json_without_scopes',
    authorize: { url: 'https://auth.example.com/authorize', scope: { isSupported: false } },
    token: {
      url: 'https://auth.example.com/token',
      clientAuthentication: ['client_secret_post'],
      format: 'json',
    },
    response: { tokenType: 'Bearer', accessTokenPath: 'owner.access_token' },
    account: {
      from: 'request',
      url: 'https://auth.example.com/me',
      idPath: 'user.id',
      labelPath: 'user.name',
    },
    refreshToken: { rotation: 'replaced' },
    revocation: {
      url: 'https://auth.example.com/revoke',
      request: { authentication: 'token', format: 'none' },
      tokens: ['access_token'],
      ends: 'token',
    },
    failures: {
      errorPaths: ['status'],
      rules: [
        { when: { errors: ['ended'] }, means: 'invalid_grant', reason: 'made up' },
        { when: { descriptionHas: 'unknown client' }, means: 'invalid_client', reason: 'made up' },
      ],
      responses: {
        invalidGrant: { status: 403, body: { status: 'ENDED' } },
        invalidClient: { status: 403, body: { error: 'x', error_description: 'Unknown client' } },
      },
    },
    api: {
      rateLimited: [{ status: [403, 403], header: { name: 'x-left', equals: '0' } }],
      waits: [{ from: 'header', name: 'x-reset', format: 'epoch_ms' }],
    },
  }),
  aProvider({
    name: 'token_in_own_header',
    hosts: ['auth.example.com'],
    accessToken: { header: 'x-example-token', scheme: null },
    account: { from: 'request', url: 'https://auth.example.com/me', idPath: 'id' },
    grantFacts: [
      {
        name: 'region',
        from: 'token_response',
        path: 'region',
        kind: 'label',
        hosts: ['*.api.example.com'],
      },
      {
        name: 'tenant',
        from: 'request',
        url: 'https://auth.example.com/tenants',
        path: 'tenants.*.id',
        labelPath: 'tenants.*.name',
        kind: 'text',
      },
    ],
    lifetime: { defaultSeconds: null },
    revocation: {
      url: 'https://auth.example.com/session',
      request: { method: 'DELETE', authentication: 'token', format: 'none' },
      tokens: ['access_token'],
    },
    api: { headers: { 'x-version': '2', 'x-tenant': 'id={grant.tenant}' } },
  }),
  aProvider({
    name: 'raw_basic_and_token_in_path',
    authorize: { url: 'https://auth.example.com/authorize', scope: { separator: '|' } },
    token: {
      url: 'https://auth.example.com/token',
      clientAuthentication: ['client_secret_basic'],
      basicEncoding: 'none',
    },
    response: { expiresAt: { path: 'session.end', format: 'epoch_seconds' } },
    account: { from: 'token_response', idPath: 'user' },
    refreshToken: { rotation: 'single_use' },
    revocation: {
      url: 'https://auth.example.com/sessions',
      request: {
        method: 'DELETE',
        authentication: 'client_secret_basic',
        format: 'none',
        pathSegments: ['tokens', '{token}'],
      },
    },
  }),
  aProvider({
    name: 'raw_basic_and_token_in_query',
    authorize: { url: 'https://auth.example.com/authorize', scope: { separator: '+' } },
    token: {
      url: 'https://auth.example.com/token',
      clientAuthentication: ['client_secret_basic'],
      basicEncoding: 'none',
    },
    response: { expiresAt: { path: 'valid_until', format: 'epoch_ms' } },
    account: { from: 'token_response', idPath: 'user' },
    refreshToken: { rotation: 'replaced' },
    revocation: {
      url: 'https://auth.example.com/revoke',
      request: {
        authentication: 'client_secret_basic',
        format: 'none',
        query: { value: '{token}', kind: '{hint}' },
      },
    },
  }),
  aProvider({
    name: 'expiry_as_text',
    authorize: { url: 'https://auth.example.com/authorize', scope: { separator: ';' } },
    response: { expiresAt: { path: 'ends', format: 'iso_time' } },
    account: { from: 'token_response', idPath: 'user' },
    refreshToken: { rotation: 'none' },
  }),
  aProvider({
    name: 'scheme_of_its_own',
    accessToken: { scheme: 'OAuth' },
    account: { from: 'request', url: 'https://auth.example.com/me', idPath: 'id' },
    refreshToken: { rotation: 'none' },
  }),
];
