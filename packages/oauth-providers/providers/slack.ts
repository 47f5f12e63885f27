import { defineProvider } from '../entry/define_provider.ts';

/** Slack's authorization server. */
export const slack = defineProvider({
  name: 'slack',
  displayName: 'Slack',
  documentationUrl: 'https://docs.slack.dev/authentication/installing-with-oauth',
  hosts: ['slack.com'],
  tokenHosts: ['*.slack.com', 'slack-gov.com', '*.slack-gov.com'],
  authorize: {
    url: 'https://slack.com/oauth/v2/authorize',
    scope: { parameter: 'user_scope', separator: ',' },
  },
  token: {
    url: 'https://slack.com/api/oauth.v2.access',
    clientAuthentication: ['client_secret_post'],
  },
  // The response to a refresh has the same fields at the top level.
  response: {
    accessTokenPath: 'authed_user.access_token',
    // The token type of the response is `user`, which no Authorization header accepts.
    tokenType: 'Bearer',
  },
  account: { from: 'token_response', idPath: 'authed_user.id' },
  // Tokens do not expire, or last 12 hours if the app has token rotation.
  lifetime: { defaultSeconds: null, accessTokenSeconds: 43_200 },
  refreshToken: { rotation: 'single_use' },
  revocation: {
    url: 'https://slack.com/api/auth.revoke',
    request: { authentication: 'token', format: 'none' },
    tokens: ['access_token'],
    ends: 'token',
  },
  failures: {
    rules: [
      {
        when: {
          errors: [
            'invalid_code',
            'code_already_used',
            'code_expired',
            'invalid_refresh_token',
            'token_expired',
            'token_revoked',
            'account_inactive',
            'invalid_auth',
            'not_authed',
          ],
        },
        means: 'invalid_grant',
        reason: 'ok:false with HTTP 200',
      },
      {
        when: { errors: ['bad_client_secret', 'invalid_client_id', 'bad_client_id'] },
        means: 'invalid_client',
        reason: 'ok:false with HTTP 200',
      },
      {
        when: {
          errors: [
            'bad_redirect_uri',
            'invalid_arguments',
            'invalid_grant_type',
            'oauth_authorization_url_mismatch',
          ],
        },
        means: 'invalid_request',
        reason: 'ok:false with HTTP 200',
      },
      {
        when: { errors: ['ratelimited', 'rate_limited'] },
        means: 'rate_limited',
        reason: 'ok:false with HTTP 200',
      },
      {
        when: {
          errors: ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'],
        },
        means: 'provider_unavailable',
        reason: 'ok:false with HTTP 200',
      },
    ],
    responses: {
      invalidGrant: { status: 200, body: { ok: false, error: 'invalid_refresh_token' } },
      invalidClient: { status: 200, body: { ok: false, error: 'bad_client_secret' } },
      invalidRequest: { status: 200, body: { ok: false, error: 'invalid_arguments' } },
    },
  },
  api: {
    tokenRejected: [
      {
        status: [200, 200],
        body: [
          { path: 'ok', equals: [false] },
          {
            path: 'error',
            equals: [
              'token_revoked',
              'token_expired',
              'invalid_auth',
              'not_authed',
              'account_inactive',
            ],
          },
        ],
      },
    ],
    rateLimited: [
      {
        status: [200, 200],
        body: [{ path: 'error', equals: ['ratelimited', 'rate_limited'] }],
      },
    ],
    forbidden: [
      {
        status: [200, 200],
        body: [
          { path: 'ok', equals: [false] },
          { path: 'error', equals: ['missing_scope', 'no_permission', 'not_allowed_token_type'] },
        ],
      },
    ],
    missingScope: [
      {
        status: [200, 200],
        body: [
          { path: 'ok', equals: [false] },
          { path: 'error', equals: ['missing_scope'] },
        ],
        needed: { from: 'body', path: 'needed' },
      },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    response: 'B.2',
    account: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
    failures: 'https://docs.slack.dev/reference/methods/oauth.v2.access',
    api: 'C',
  },
});
