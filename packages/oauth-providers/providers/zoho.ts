import { defineProvider } from '../entry/define_provider.ts';

const HOSTS = ['accounts.zoho.com', 'accounts.zoho.eu', 'accounts.zoho.in', 'accounts.zoho.com.au'];

/** Zoho's authorization server. */
export const zoho = defineProvider({
  name: 'zoho',
  displayName: 'Zoho',
  documentationUrl: 'https://www.zoho.com/accounts/protocol/oauth/web-server-applications.html',
  config: {
    accountsHost: {
      label: 'Accounts host',
      kind: 'host',
      hosts: HOSTS,
      default: 'accounts.zoho.com',
    },
  },
  hosts: ['{config.accountsHost}'],
  tokenHosts: HOSTS,
  authorize: {
    url: 'https://{config.accountsHost}/oauth/v2/auth',
    parameters: { access_type: 'offline', prompt: 'consent' },
    scope: { separator: ',' },
  },
  token: {
    url: 'https://{config.accountsHost}/oauth/v2/token',
    clientAuthentication: ['client_secret_post'],
  },
  grantFacts: [
    {
      name: 'api_domain',
      from: 'token_response',
      path: 'api_domain',
      kind: 'origin',
      hosts: ['www.zohoapis.com', 'www.zohoapis.eu', 'www.zohoapis.in', 'www.zohoapis.com.au'],
    },
  ],
  refreshToken: { rotation: 'none', needsParameter: 'access_type' },
  failures: {
    rules: [
      {
        when: { errors: ['access denied'] },
        means: 'rate_limited',
        reason: 'limit of ten access tokens per refresh token in ten minutes',
      },
      {
        when: { errors: ['invalid_code'] },
        means: 'invalid_grant',
        reason: 'sent for codes and for refresh tokens',
      },
      {
        when: { errors: ['invalid_redirect_uri'] },
        means: 'invalid_request',
        reason: 'other name for a redirect URI that is not registered',
      },
    ],
    responses: { invalidGrant: { status: 200, body: { error: 'invalid_code' } } },
  },
  sources: {
    authorize: 'https://www.zoho.com/accounts/protocol/oauth/web-apps/authorization.html',
    token: 'https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token.html',
    grantFacts: 'B.2',
    refreshToken: 'https://www.zoho.com/accounts/protocol/oauth/web-apps/authorization.html',
    failures: 'https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token.html',
  },
});
