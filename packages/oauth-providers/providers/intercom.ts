import { defineProvider } from '../entry/define_provider.ts';

/** Intercom's authorization server. */
export const intercom = defineProvider({
  name: 'intercom',
  displayName: 'Intercom',
  documentationUrl:
    'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/setting-up-oauth',
  hosts: ['app.intercom.com', 'api.intercom.io'],
  authorize: { url: 'https://app.intercom.com/oauth', scope: { isSupported: false } },
  token: {
    url: 'https://api.intercom.io/auth/eagle/token',
    clientAuthentication: ['client_secret_post'],
  },
  account: { from: 'request', url: 'https://api.intercom.io/me', idPath: 'id', labelPath: 'email' },
  lifetime: { defaultSeconds: null, accessTokenSeconds: null },
  api: {
    waits: [{ from: 'header', name: 'x-ratelimit-reset', format: 'epoch_seconds' }],
  },
  sources: { authorize: 'B.1', token: 'B.1', account: 'D.24', lifetime: 'B.2', api: 'C' },
});
