import { defineProvider } from '../entry/define_provider.ts';

/** Dropbox's authorization server. */
export const dropbox = defineProvider({
  name: 'dropbox',
  displayName: 'Dropbox',
  documentationUrl:
    'https://www.dropbox.com/developers/documentation/http/documentation#oauth2-authorize',
  hosts: ['www.dropbox.com', 'api.dropboxapi.com'],
  authorize: {
    url: 'https://www.dropbox.com/oauth2/authorize',
    parameters: { token_access_type: 'offline' },
  },
  token: { url: 'https://api.dropboxapi.com/oauth2/token' },
  account: { from: 'token_response', idPath: 'account_id' },
  lifetime: { accessTokenSeconds: 14_400, refreshTokenSeconds: null },
  refreshToken: { rotation: 'none', needsParameter: 'token_access_type' },
  revocation: {
    url: 'https://api.dropboxapi.com/2/auth/token/revoke',
    request: { authentication: 'token', format: 'none' },
    tokens: ['access_token'],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.1, B.2',
    revocation: 'B.2',
  },
});
