import { defineProvider } from '../entry/define_provider.ts';

/** Intercom's authorization server. */
export const intercom = defineProvider({
  name: 'intercom',
  displayName: 'Intercom',
  documentationUrl:
    'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/setting-up-oauth',
  // https://developers.intercom.com/building-apps/docs/rest-apis: the API of the region of a
  // workspace. The first host forwards requests for the others.
  config: {
    apiHost: {
      label: 'API host',
      kind: 'host',
      hosts: ['api.intercom.io', 'api.eu.intercom.io', 'api.au.intercom.io'],
      default: 'api.intercom.io',
    },
  },
  hosts: ['app.intercom.com', 'api.intercom.io', '{config.apiHost}'],
  authorize: { url: 'https://app.intercom.com/oauth', scope: { isSupported: false } },
  token: {
    url: 'https://api.intercom.io/auth/eagle/token',
    clientAuthentication: ['client_secret_post'],
  },
  account: {
    from: 'request',
    url: 'https://{config.apiHost}/me',
    idPath: 'id',
    labelPath: 'email',
  },
  lifetime: { defaultSeconds: null, accessTokenSeconds: null },
  api: {
    waits: [{ from: 'header', name: 'x-ratelimit-reset', format: 'epoch_seconds' }],
  },
  sources: { authorize: 'B.1', token: 'B.1', account: 'D.24', lifetime: 'B.2', api: 'C' },
});
