import { defineProvider } from '../entry/define_provider.ts';

/** Xero's authorization server. */
export const xero = defineProvider({
  name: 'xero',
  displayName: 'Xero',
  documentationUrl: 'https://developer.xero.com/documentation/guides/oauth2/auth-flow/',
  hosts: ['login.xero.com', 'identity.xero.com', 'api.xero.com'],
  issuer: 'https://identity.xero.com',
  authorize: { url: 'https://login.xero.com/identity/connect/authorize' },
  token: {
    url: 'https://identity.xero.com/connect/token',
    clientAuthentication: ['client_secret_basic'],
  },
  account: { from: 'id_token' },
  // An authorization covers one or more organisations, of which the user chooses one.
  grantFacts: [
    {
      name: 'tenantId',
      from: 'request',
      url: 'https://api.xero.com/connections',
      path: '*.tenantId',
      labelPath: '*.tenantName',
      kind: 'text',
    },
  ],
  lifetime: { accessTokenSeconds: 1_800, refreshTokenSeconds: 5_184_000, idleLimitDays: 60 },
  refreshToken: { rotation: 'single_use', graceSeconds: 1_800, needsScope: 'offline_access' },
  revocation: {
    url: 'https://identity.xero.com/connect/revocation',
    tokens: ['refresh_token'],
  },
  api: {
    headers: { 'xero-tenant-id': '{grant.tenantId}' },
    missingScope: [
      { status: [401, 401], body: [{ path: 'Detail', contains: 'authorizationunsuccessful' }] },
    ],
  },
  sources: {
    authorize: 'https://developer.xero.com/documentation/guides/oauth2/auth-flow/',
    token: 'https://developer.xero.com/documentation/guides/oauth2/auth-flow/',
    account: 'https://developer.xero.com/documentation/guides/oauth2/sign-in/',
    grantFacts: 'https://developer.xero.com/documentation/guides/oauth2/tenants/',
    lifetime: 'https://developer.xero.com/faq/oauth2',
    refreshToken: 'https://developer.xero.com/faq/oauth2',
    revocation: 'https://developer.xero.com/documentation/guides/oauth2/auth-flow/',
    api: 'https://developer.xero.com/documentation/api/accounting/responsecodes/',
  },
});
