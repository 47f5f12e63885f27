import { defineProvider } from '../entry/define_provider.ts';

const USERINFO = 'https://{config.authHost}/oauth/userinfo';

/** Docusign's authorization server. */
export const docusign = defineProvider({
  name: 'docusign',
  displayName: 'Docusign',
  documentationUrl: 'https://developers.docusign.com/platform/auth/authcode/',
  config: {
    authHost: {
      label: 'Authentication host',
      help: 'account-d.docusign.com for the developer environment.',
      kind: 'host',
      hosts: ['account.docusign.com', 'account-d.docusign.com'],
      default: 'account.docusign.com',
    },
  },
  hosts: ['{config.authHost}'],
  tokenHosts: ['account.docusign.com', 'account-d.docusign.com'],
  authorize: { url: 'https://{config.authHost}/oauth/auth' },
  token: {
    url: 'https://{config.authHost}/oauth/token',
    clientAuthentication: ['client_secret_basic'],
  },
  account: { from: 'request', url: USERINFO, idPath: 'sub', labelPath: 'email' },
  grantFacts: [
    {
      name: 'accountId',
      from: 'request',
      url: USERINFO,
      path: 'accounts.*.account_id',
      labelPath: 'accounts.*.account_name',
      kind: 'text',
    },
    {
      name: 'baseUri',
      from: 'request',
      url: USERINFO,
      path: 'accounts.*.base_uri',
      kind: 'origin',
      hosts: ['*.docusign.net'],
    },
  ],
  lifetime: { accessTokenSeconds: 28_800, refreshTokenSeconds: 2_592_000, idleLimitDays: 30 },
  // With the scope `extended`, each refresh starts the 30 days again.
  refreshToken: { rotation: 'replaced' },
  api: {
    rateLimited: [
      {
        status: [400, 429],
        body: [
          {
            path: 'errorCode',
            equals: ['HOURLY_APIINVOCATION_LIMIT_EXCEEDED', 'BURST_APIINVOCATION_LIMIT_EXCEEDED'],
          },
        ],
      },
    ],
    waits: [{ from: 'header', name: 'x-ratelimit-reset', format: 'epoch_seconds' }],
  },
  sources: {
    authorize: 'https://developers.docusign.com/platform/auth/authcode/authcode-get-token/',
    token: 'https://developers.docusign.com/platform/auth/authcode/authcode-get-token/',
    account: 'https://developers.docusign.com/platform/auth/reference/user-info/',
    grantFacts: 'https://developers.docusign.com/platform/auth/reference/user-info/',
    lifetime: 'https://www.docusign.com/blog/developers/authorization-code-grant-refresh-tokens',
    refreshToken:
      'https://www.docusign.com/blog/developers/authorization-code-grant-refresh-tokens',
    api: 'https://developers.docusign.com/platform/resource-limits/',
  },
});
