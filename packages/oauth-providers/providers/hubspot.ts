import { defineProvider } from '../entry/define_provider.ts';

/** The dated OAuth endpoints. The older v1 endpoint ends on 2027-02-16. */
export const hubspot = defineProvider({
  name: 'hubspot',
  displayName: 'HubSpot',
  documentationUrl:
    'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth',
  hosts: ['app.hubspot.com', 'api.hubapi.com'],
  authorize: { url: 'https://app.hubspot.com/oauth/authorize' },
  token: {
    url: 'https://api.hubapi.com/oauth/2026-03/token',
    clientAuthentication: ['client_secret_post'],
  },
  response: { scopesPath: 'scopes' },
  account: { from: 'token_response', idPath: 'user_id' },
  grantFacts: [{ name: 'hub_id', from: 'token_response', path: 'hub_id', kind: 'text' }],
  lifetime: { accessTokenSeconds: 1_800, refreshTokenSeconds: null },
  refreshToken: { rotation: 'none' },
  revocation: { url: 'https://api.hubapi.com/oauth/2026-03/token/revoke' },
  failures: {
    errorPaths: ['status'],
    rules: [
      {
        when: { errors: ['bad_refresh_token', 'bad_auth_code'] },
        means: 'invalid_grant',
        reason: 'named in `status`',
      },
      {
        when: { errors: ['bad_client_id', 'bad_client_secret'] },
        means: 'invalid_client',
        reason: 'named in `status`',
      },
      {
        when: { errors: ['bad_redirect_uri', 'bad_grant_type'] },
        means: 'invalid_request',
        reason: 'named in `status`',
      },
    ],
    responses: {
      invalidGrant: { status: 400, body: { status: 'BAD_REFRESH_TOKEN' } },
      invalidClient: { status: 400, body: { status: 'BAD_CLIENT_ID' } },
      invalidRequest: { status: 400, body: { status: 'BAD_GRANT_TYPE' } },
    },
  },
  api: {
    rateLimited: [{ status: [400, 499], body: [{ path: 'category', equals: ['RATE_LIMITS'] }] }],
    // The errors are documented at https://developers.hubspot.com/docs/api-reference/error-handling
    missingScope: [
      {
        status: [403, 403],
        body: [{ path: 'category', equals: ['MISSING_SCOPES'] }],
        needed: { from: 'body', path: 'errors.*.context.requiredGranularScopes.*' },
      },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    response: 'B.2',
    account: 'B.2',
    grantFacts: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.1, B.2',
    failures: 'B.2',
    api: 'C',
  },
});
