import { defineProvider } from '../entry/define_provider.ts';

/** OAuth apps, whose tokens have no end, and GitHub apps, whose tokens may expire. */
export const github = defineProvider({
  name: 'github',
  displayName: 'GitHub',
  documentationUrl:
    'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
  hosts: ['github.com', 'api.github.com'],
  tokenHosts: ['*.ghe.com'],
  authorize: { url: 'https://github.com/login/oauth/authorize' },
  token: {
    url: 'https://github.com/login/oauth/access_token',
    clientAuthentication: ['client_secret_post'],
    // GitHub sends a form-encoded response without this header.
    headers: { accept: 'application/json' },
  },
  account: {
    from: 'request',
    url: 'https://api.github.com/user',
    idPath: 'id',
    labelPath: 'login',
  },
  lifetime: {
    defaultSeconds: null,
    accessTokenSeconds: 28_800,
    refreshTokenSeconds: 15_552_000,
    idleLimitDays: 180,
  },
  refreshToken: { rotation: 'single_use' },
  revocation: {
    url: 'https://api.github.com/applications/{client_id}/grant',
    request: {
      method: 'DELETE',
      authentication: 'client_secret_basic',
      format: 'json',
      fields: { access_token: '{token}' },
    },
    tokens: ['access_token'],
    ends: 'all_grants',
    // The statuses for a token that has expired or was revoked. The body has only a `message`.
    alreadyInvalid: [404, 422],
  },
  failures: {
    rules: [
      {
        when: { errors: ['bad_refresh_token', 'bad_verification_code'] },
        means: 'invalid_grant',
        reason: 'sent with HTTP 200',
      },
      {
        when: { errors: ['incorrect_client_credentials'] },
        means: 'invalid_client',
        reason: 'sent with HTTP 200',
      },
      {
        when: { errors: ['unverified_user_email'] },
        means: 'access_denied',
        deniedTo: 'user',
        reason: 'the user must verify an e-mail address at GitHub first',
      },
    ],
    responses: {
      invalidGrant: { status: 200, body: { error: 'bad_refresh_token' } },
      invalidClient: { status: 200, body: { error: 'incorrect_client_credentials' } },
    },
  },
  api: {
    rateLimited: [
      { status: [403, 403], header: { name: 'x-ratelimit-remaining', equals: '0' } },
      // The secondary rate limit, which may also come without another header.
      { status: [403, 403], header: { name: 'retry-after' } },
      { status: [403, 403], body: [{ path: 'message', contains: 'secondary rate limit' }] },
    ],
    missingScope: [
      {
        status: [403, 403],
        needed: { from: 'header', name: 'x-accepted-oauth-scopes' },
        grantedHeader: 'x-oauth-scopes',
      },
    ],
    waits: [
      { from: 'header', name: 'retry-after', format: 'seconds' },
      {
        from: 'header',
        name: 'x-ratelimit-reset',
        format: 'epoch_seconds',
        // The header tells the end of the primary limit, which counts only when that limit is
        // reached.
        onlyIf: { name: 'x-ratelimit-remaining', equals: '0' },
      },
      { from: 'fixed', seconds: 60, status: [403, 429] },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'D.10',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
    failures:
      'https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors',
    api: 'C',
  },
});
