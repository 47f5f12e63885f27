import { defineProvider } from '../entry/define_provider.ts';

/** GitLab's authorization server. */
export const gitlab = defineProvider({
  name: 'gitlab',
  displayName: 'GitLab',
  documentationUrl: 'https://docs.gitlab.com/api/oauth2/',
  config: { host: { label: 'GitLab host', kind: 'host', default: 'gitlab.com' } },
  hosts: ['{config.host}'],
  authorize: { url: 'https://{config.host}/oauth/authorize' },
  token: {
    url: 'https://{config.host}/oauth/token',
    clientAuthentication: ['client_secret_post'],
  },
  account: {
    from: 'request',
    url: 'https://{config.host}/api/v4/user',
    idPath: 'id',
    labelPath: 'username',
  },
  lifetime: { accessTokenSeconds: 7_200, refreshTokenSeconds: null },
  refreshToken: { rotation: 'single_use' },
  revocation: { url: 'https://{config.host}/oauth/revoke' },
  api: {
    // GitLab sends no challenge as in RFC 6750.
    missingScope: [
      {
        status: [403, 403],
        body: [{ path: 'error', equals: ['insufficient_scope'] }],
        needed: { from: 'body', path: 'scope' },
      },
    ],
    waits: [
      { from: 'header', name: 'retry-after', format: 'seconds' },
      { from: 'header', name: 'ratelimit-reset', format: 'epoch_seconds' },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'D.17',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
    api: 'C, https://gitlab.com/gitlab-org/gitlab/-/issues/520392',
  },
});
