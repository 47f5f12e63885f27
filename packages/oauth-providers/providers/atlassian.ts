import { defineProvider } from '../entry/define_provider.ts';

/**
 * Atlassian's authorization server. It has no `account`: `GET https://api.atlassian.com/me` needs
 * the scope `read:me`, which is not among the scopes of the connectors. Atlassian refuses an
 * authorization with a scope that the administrator has not added to the app, so requesting it
 * would prevent users of existing apps from authorizing. Users see the chosen site instead.
 */
export const atlassian = defineProvider({
  name: 'atlassian',
  displayName: 'Atlassian',
  documentationUrl: 'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/',
  hosts: ['auth.atlassian.com', 'api.atlassian.com'],
  authorize: {
    url: 'https://auth.atlassian.com/authorize',
    parameters: { audience: 'api.atlassian.com', prompt: 'consent' },
    requiredParameters: ['audience', 'prompt'],
  },
  token: {
    url: 'https://auth.atlassian.com/oauth/token',
    clientAuthentication: ['client_secret_post'],
  },
  grantFacts: [
    {
      name: 'cloudId',
      from: 'request',
      url: 'https://api.atlassian.com/oauth/token/accessible-resources',
      path: '*.id',
      labelPath: '*.url',
      kind: 'text',
    },
  ],
  lifetime: { accessTokenSeconds: 3600, idleLimitDays: 90 },
  refreshToken: { rotation: 'single_use', graceSeconds: 600, needsScope: 'offline_access' },
  failures: {
    rules: [
      {
        when: {
          operations: ['refresh_token'],
          errors: ['unauthorized_client'],
          descriptionHas: 'refresh_token',
        },
        means: 'invalid_grant',
        reason: '403 unauthorized_client "refresh_token is invalid" means invalid_grant',
      },
    ],
    responses: {
      invalidGrant: {
        status: 403,
        body: { error: 'unauthorized_client', error_description: 'refresh_token is invalid' },
      },
    },
  },
  api: {
    waits: [
      { from: 'header', name: 'retry-after', format: 'seconds' },
      { from: 'header', name: 'x-ratelimit-reset', format: 'iso_time' },
    ],
    // The body is `{"code": 401, "message": "Unauthorized; scope does not match"}`.
    missingScope: [
      { status: [401, 403], body: [{ path: 'message', contains: 'scope does not match' }] },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    grantFacts: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.1, B.2',
    failures: 'B.2',
    api: 'C, https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/',
  },
});
