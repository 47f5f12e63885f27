import { defineProvider } from '../entry/define_provider.ts';

/**
 * ServiceNow's authorization server. No revocation endpoint is known, so grants end on this server
 * only.
 */
export const servicenow = defineProvider({
  name: 'servicenow',
  displayName: 'ServiceNow',
  documentationUrl:
    'https://www.servicenow.com/docs/bundle/platform-security/page/administer/security/concept/c_OAuthApplications.html',
  config: { instance: { label: 'Host of the instance', kind: 'host' } },
  hosts: ['{config.instance}'],
  authorize: { url: 'https://{config.instance}/oauth_auth.do' },
  token: {
    url: 'https://{config.instance}/oauth_token.do',
    clientAuthentication: ['client_secret_post'],
  },
  lifetime: { accessTokenSeconds: 1_800, refreshTokenSeconds: 8_640_000, idleLimitDays: 100 },
  refreshToken: { rotation: 'none' },
  sources: { authorize: 'B.1', token: 'B.1', lifetime: 'B.2', refreshToken: 'B.2' },
});
