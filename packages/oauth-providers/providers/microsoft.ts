import { defineProvider } from '../entry/define_provider.ts';

/** Microsoft's authorization server. */
export const microsoft = defineProvider({
  name: 'microsoft',
  displayName: 'Microsoft',
  documentationUrl:
    'https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow',
  config: {
    tenant: {
      label: 'Tenant ID',
      help: 'ID or domain of the tenant of your app registration. With "organizations", users of every tenant can connect. Not used with Quick Connect.',
      kind: 'tenant',
      default: 'organizations',
      usersOnly: ['common', 'organizations'],
    },
  },
  hosts: ['login.microsoftonline.com', 'graph.microsoft.com'],
  tokenHosts: ['*.microsoftonline.us', '*.partner.microsoftonline.cn', 'login.live.com'],
  authorize: {
    url: 'https://login.microsoftonline.com/{config.tenant}/oauth2/v2.0/authorize',
    parameters: { response_mode: 'query' },
    // `https://graph.microsoft.com/.default` stands for all permissions of the app.
    // `https://graph.microsoft.com/Mail.Read` is the same scope as `Mail.Read`.
    scope: {
      appPermissionsSuffix: '/.default',
      resourceSeparator: '/',
      // Scopes of Microsoft Graph for one kind of data. Those for groups and the directory are not
      // here, because they permit more than their names say.
      includes: {
        'User.Read': [],
        'User.ReadBasic.All': [],
        'User.ReadWrite': ['User.Read'],
        'User.Read.All': ['User.Read', 'User.ReadBasic.All'],
        'User.ReadWrite.All': ['User.Read.All', 'User.ReadWrite'],
        'Files.Read.All': ['Files.Read'],
        'Files.ReadWrite.All': ['Files.Read.All', 'Files.ReadWrite'],
        'Sites.Selected': [],
        'Sites.Read.All': ['Files.Read.All'],
        'Sites.ReadWrite.All': ['Sites.Read.All', 'Files.ReadWrite.All'],
        'Sites.Manage.All': ['Sites.ReadWrite.All'],
        'Sites.FullControl.All': ['Sites.Manage.All'],
        'Mail.Read': ['Mail.ReadBasic'],
        'Mail.ReadWrite': ['Mail.Read'],
        'Mail.Send': [],
        'Calendars.Read': ['Calendars.ReadBasic'],
        'Calendars.ReadWrite': ['Calendars.Read'],
        'Contacts.Read': [],
        'Contacts.ReadWrite': ['Contacts.Read'],
        'Chat.ReadBasic': [],
        'Chat.Read': ['Chat.ReadBasic'],
        'Chat.Create': [],
        'ChatMessage.Send': [],
        'Chat.ReadWrite': ['Chat.Read', 'Chat.Create', 'ChatMessage.Send'],
        'ChannelMessage.Send': [],
      },
    },
  },
  token: {
    url: 'https://login.microsoftonline.com/{config.tenant}/oauth2/v2.0/token',
    clientAuthentication: ['client_secret_post'],
  },
  account: { from: 'id_token' },
  lifetime: { accessTokenSeconds: 3600, refreshTokenSeconds: 7_776_000, idleLimitDays: 90 },
  refreshToken: { rotation: 'replaced', needsScope: 'offline_access' },
  failures: {
    rules: [
      {
        when: { errors: ['invalid_grant'], descriptionHas: 'aadsts50196' },
        means: 'rate_limited',
        reason: 'AADSTS50196: too many identical requests in a short time, the grant is valid',
      },
      {
        when: { errors: ['invalid_resource'] },
        means: 'invalid_scope',
        reason: 'the scope names a resource that the tenant does not have',
      },
    ],
  },
  api: {
    rateLimited: [{ status: [503, 503], header: { name: 'retry-after' } }],
    missingScope: [
      {
        status: [403, 403],
        body: [{ path: 'error.message', contains: 'missing scope permissions on the request' }],
        needed: { from: 'body', path: 'error.message', between: ["requires one of '", "'"] },
      },
      // Each API of Graph has its own error code. It is the same when the user, not the grant,
      // lacks the permission.
      {
        status: [403, 403],
        body: [
          {
            path: 'error.code',
            equals: [
              'Authorization_RequestDenied',
              'accessDenied',
              'ErrorAccessDenied',
              'Forbidden',
            ],
          },
        ],
        hasOtherCauses: true,
      },
    ],
  },
  sources: {
    authorize:
      'B.1, https://learn.microsoft.com/en-us/entra/identity-platform/scopes-oidc, https://learn.microsoft.com/en-us/graph/permissions-reference',
    token: 'B.1',
    account: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.1, B.2',
    failures: 'https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes',
    api: 'C, https://learn.microsoft.com/en-us/graph/resolve-auth-errors',
  },
});
