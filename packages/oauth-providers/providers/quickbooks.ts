import { defineProvider } from '../entry/define_provider.ts';

const GUIDE =
  'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0';

/** Intuit's authorization server for QuickBooks Online. */
export const quickbooks = defineProvider({
  name: 'quickbooks',
  displayName: 'QuickBooks',
  documentationUrl: GUIDE,
  hosts: ['appcenter.intuit.com', 'oauth.platform.intuit.com', 'developer.api.intuit.com'],
  issuer: 'https://oauth.platform.intuit.com/op/v1',
  authorize: { url: 'https://appcenter.intuit.com/connect/oauth2' },
  token: {
    url: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
    clientAuthentication: ['client_secret_basic'],
    headers: { accept: 'application/json' },
  },
  account: { from: 'id_token' },
  // The company is part of the path of every request.
  grantFacts: [{ name: 'realmId', from: 'callback', path: 'realmId', kind: 'text' }],
  lifetime: { accessTokenSeconds: 3_600, refreshTokenSeconds: 8_640_000, idleLimitDays: 100 },
  // A new token is issued once a day. The old one stays valid for another day.
  refreshToken: { rotation: 'replaced' },
  revocation: {
    url: 'https://developer.api.intuit.com/v2/oauth2/tokens/revoke',
    request: {
      authentication: 'client_secret_basic',
      format: 'json',
      fields: { token: '{token}' },
    },
  },
  api: { waits: [{ from: 'fixed', seconds: 60, status: [429, 429] }] },
  sources: {
    authorize: GUIDE,
    token: GUIDE,
    account:
      'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/openid-connect',
    grantFacts: GUIDE,
    lifetime: GUIDE,
    refreshToken: GUIDE,
    revocation: GUIDE,
    api: 'https://developer.intuit.com/app/developer/qbo/docs/learn/rest-api-features',
  },
});
