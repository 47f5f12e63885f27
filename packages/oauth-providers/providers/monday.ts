import { defineProvider } from '../entry/define_provider.ts';

/** monday.com's authorization server. */
export const monday = defineProvider({
  name: 'monday',
  displayName: 'monday.com',
  documentationUrl: 'https://developer.monday.com/apps/docs/oauth',
  hosts: ['auth.monday.com'],
  authorize: { url: 'https://auth.monday.com/oauth2/authorize' },
  token: {
    url: 'https://auth.monday.com/oauth2/token',
    clientAuthentication: ['client_secret_post'],
  },
  lifetime: { defaultSeconds: null, accessTokenSeconds: null },
  sources: { authorize: 'B.1', token: 'B.1', lifetime: 'B.2' },
});
