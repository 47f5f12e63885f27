import { defineProvider } from '../entry/define_provider.ts';

/** Box's authorization server. */
export const box = defineProvider({
  name: 'box',
  displayName: 'Box',
  documentationUrl: 'https://developer.box.com/guides/authentication/oauth2/',
  hosts: ['account.box.com', 'api.box.com'],
  authorize: { url: 'https://account.box.com/api/oauth2/authorize' },
  token: {
    url: 'https://api.box.com/oauth2/token',
    clientAuthentication: ['client_secret_post'],
  },
  account: {
    from: 'request',
    url: 'https://api.box.com/2.0/users/me',
    idPath: 'id',
    labelPath: 'login',
  },
  lifetime: { accessTokenSeconds: 3600, refreshTokenSeconds: 5_184_000, idleLimitDays: 60 },
  refreshToken: { rotation: 'single_use' },
  revocation: { url: 'https://api.box.com/oauth2/revoke' },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'D.15',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
  },
});
