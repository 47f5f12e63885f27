import { defineProvider } from '../entry/define_provider.ts';

/** Asana's authorization server. */
export const asana = defineProvider({
  name: 'asana',
  displayName: 'Asana',
  documentationUrl: 'https://developers.asana.com/docs/oauth',
  hosts: ['app.asana.com'],
  authorize: { url: 'https://app.asana.com/-/oauth_authorize' },
  token: {
    url: 'https://app.asana.com/-/oauth_token',
    clientAuthentication: ['client_secret_post'],
  },
  account: { from: 'token_response', idPath: 'data.id', labelPath: 'data.email' },
  lifetime: { accessTokenSeconds: 3600, refreshTokenSeconds: null },
  refreshToken: { rotation: 'none' },
  // The endpoint rejects access tokens. A refresh token ends with its access tokens.
  revocation: { url: 'https://app.asana.com/-/oauth_revoke', tokens: ['refresh_token'] },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'https://developers.asana.com/docs/oauth#token-deauthorization-endpoint',
  },
});
