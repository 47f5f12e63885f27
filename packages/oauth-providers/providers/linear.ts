import { defineProvider } from '../entry/define_provider.ts';

/** Linear's authorization server. */
export const linear = defineProvider({
  name: 'linear',
  displayName: 'Linear',
  documentationUrl: 'https://linear.app/developers/oauth-2-0-authentication',
  hosts: ['linear.app', 'api.linear.app'],
  authorize: {
    url: 'https://linear.app/oauth/authorize',
    // Without this parameter, a user cannot choose another workspace.
    parameters: { prompt: 'consent' },
    scope: { separator: ',' },
  },
  token: {
    url: 'https://api.linear.app/oauth/token',
    clientAuthentication: ['client_secret_post'],
  },
  account: {
    from: 'request',
    url: 'https://api.linear.app/graphql',
    json: { query: '{ viewer { id email } }' },
    idPath: 'data.viewer.id',
    labelPath: 'data.viewer.email',
  },
  lifetime: { accessTokenSeconds: 86_400 },
  // Linear accepts a used refresh token for a short time, which its documentation does not state.
  refreshToken: { rotation: 'single_use' },
  revocation: { url: 'https://api.linear.app/oauth/revoke' },
  api: {
    rateLimited: [
      {
        status: [400, 400],
        body: [{ path: 'errors.*.extensions.code', equals: ['RATELIMITED'] }],
      },
    ],
    // The message is, for example, "Invalid scope: `write` required".
    missingScope: [
      { status: [200, 403], body: [{ path: 'errors.*.message', contains: 'invalid scope:' }] },
    ],
    waits: [
      { from: 'header', name: 'retry-after', format: 'seconds' },
      // Each response has both limits. The limit of requests is the reason if no request is left,
      // else the limit of complexity is.
      {
        from: 'header',
        name: 'x-ratelimit-requests-reset',
        format: 'epoch_ms',
        onlyIf: { name: 'x-ratelimit-requests-remaining', equals: '0' },
      },
      { from: 'header', name: 'x-ratelimit-complexity-reset', format: 'epoch_ms' },
      { from: 'header', name: 'x-ratelimit-requests-reset', format: 'epoch_ms' },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'https://linear.app/developers/graphql',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
    api: 'C, https://linear.app/developers/rate-limiting',
  },
});
