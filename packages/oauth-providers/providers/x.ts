import { defineProvider } from '../entry/define_provider.ts';

/** X's authorization server. */
export const x = defineProvider({
  name: 'x',
  displayName: 'X',
  documentationUrl:
    'https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/authorization-code',
  hosts: ['x.com', 'api.x.com'],
  authorize: { url: 'https://x.com/i/oauth2/authorize', pkce: 'required' },
  token: {
    url: 'https://api.x.com/2/oauth2/token',
    clientAuthentication: ['client_secret_basic'],
  },
  account: {
    from: 'request',
    url: 'https://api.x.com/2/users/me',
    idPath: 'data.id',
    labelPath: 'data.username',
  },
  lifetime: { accessTokenSeconds: 7_200, refreshTokenSeconds: 15_552_000, idleLimitDays: 180 },
  refreshToken: { rotation: 'single_use', needsScope: 'offline.access' },
  revocation: { url: 'https://api.x.com/2/oauth2/revoke' },
  api: { waits: [{ from: 'header', name: 'x-rate-limit-reset', format: 'epoch_seconds' }] },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'D.24',
    lifetime: 'B.2',
    refreshToken: 'B.1, B.2',
    revocation: 'B.2',
    api: 'C',
  },
});
