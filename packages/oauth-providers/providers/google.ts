import { defineProvider } from '../entry/define_provider.ts';

/** Google's authorization server. */
export const google = defineProvider({
  name: 'google',
  displayName: 'Google',
  documentationUrl: 'https://developers.google.com/identity/protocols/oauth2/web-server',
  hosts: ['accounts.google.com', 'oauth2.googleapis.com', 'www.googleapis.com'],
  tokenHosts: ['accounts.google.com', 'www.googleapis.com'],
  issuer: 'https://accounts.google.com',
  authorize: {
    url: 'https://accounts.google.com/o/oauth2/v2/auth',
    // Google issues a refresh token only for offline access, and a second one only after new
    // consent.
    parameters: { access_type: 'offline', prompt: 'consent' },
  },
  token: { url: 'https://oauth2.googleapis.com/token' },
  account: { from: 'id_token' },
  // Google deletes refresh tokens that are unused for six months.
  lifetime: { accessTokenSeconds: 3600, refreshTokenSeconds: null, idleLimitDays: 180 },
  refreshToken: { rotation: 'none', needsParameter: 'access_type' },
  revocation: { url: 'https://oauth2.googleapis.com/revoke', ends: 'all_grants' },
  failures: {
    rules: [
      {
        when: { errors: ['deleted_client', 'disabled_client'] },
        means: 'invalid_client',
        reason: 'the OAuth app is deleted or disabled',
      },
      {
        when: { errors: ['admin_policy_enforced', 'org_internal'] },
        means: 'access_denied',
        deniedTo: 'client',
        reason: "the organisation's policy blocks the app: a new authorization would not help",
      },
      {
        when: { errors: ['ratelimitexceeded', 'userratelimitexceeded'] },
        means: 'rate_limited',
        reason: 'throttling sent as a 403',
      },
      {
        when: { errors: ['internal_failure', 'backenderror'] },
        means: 'provider_unavailable',
        reason: 'a temporary fault sent as a 4xx',
      },
    ],
  },
  api: {
    rateLimited: [
      {
        status: [403, 403],
        body: [
          { path: 'error.errors.*.reason', equals: ['rateLimitExceeded', 'userRateLimitExceeded'] },
        ],
      },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
    failures: 'https://developers.google.com/identity/protocols/oauth2/web-server#errors',
    api: 'C',
  },
});
