import { defineProvider } from '../entry/define_provider.ts';

/** Figma's authorization server. */
export const figma = defineProvider({
  name: 'figma',
  displayName: 'Figma',
  documentationUrl: 'https://developers.figma.com/docs/rest-api/authentication/',
  hosts: ['www.figma.com', 'api.figma.com'],
  authorize: { url: 'https://www.figma.com/oauth', scope: { separator: ',' } },
  token: {
    url: 'https://api.figma.com/v1/oauth/token',
    refreshUrl: 'https://api.figma.com/v1/oauth/refresh',
    clientAuthentication: ['client_secret_basic'],
  },
  account: { from: 'token_response', idPath: 'user_id_string' },
  lifetime: { accessTokenSeconds: 7_776_000, refreshTokenSeconds: null },
  refreshToken: { rotation: 'none' },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.2',
  },
});
