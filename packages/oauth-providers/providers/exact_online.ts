import { defineProvider } from '../entry/define_provider.ts';

const HOSTS = [
  'start.exactonline.com',
  'start.exactonline.nl',
  'start.exactonline.be',
  'start.exactonline.de',
];

/** Exact Online's authorization server. */
export const exactOnline = defineProvider({
  name: 'exact_online',
  displayName: 'Exact Online',
  documentationUrl:
    'https://support.exactonline.com/community/s/knowledge-base#All-All-DNO-Content-oauth-eol-oauth-devstep3',
  config: {
    host: { label: 'Host', kind: 'host', hosts: HOSTS, default: 'start.exactonline.nl' },
  },
  hosts: ['{config.host}'],
  tokenHosts: HOSTS,
  authorize: {
    url: 'https://{config.host}/api/oauth2/auth',
    scope: { isSupported: false },
  },
  token: {
    url: 'https://{config.host}/api/oauth2/token',
    clientAuthentication: ['client_secret_post'],
  },
  lifetime: { accessTokenSeconds: 600, refreshMarginSeconds: 30 },
  refreshToken: { rotation: 'single_use' },
  failures: {
    rules: [
      {
        when: { operations: ['refresh_token'], descriptionHas: 'not expired' },
        means: 'rate_limited',
        reason: 'refreshed too early: allowed only when the access token is about to expire',
      },
    ],
  },
  sources: {
    authorize:
      'https://support.exactonline.com/community/s/knowledge-base#All-All-DNO-Content-oauth-eol-oauth-devstep2',
    token:
      'https://support.exactonline.com/community/s/knowledge-base#All-All-DNO-Content-oauth-eol-oauth-devstep3',
    lifetime: 'B.2',
    refreshToken:
      'https://support.exactonline.com/community/s/knowledge-base#All-All-DNO-Content-oauth-eol-oauth-devstep4',
    failures: 'B.2',
  },
});
