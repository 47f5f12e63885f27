import { defineProvider } from '../entry/define_provider.ts';

/** Salesforce's authorization server. */
export const salesforce = defineProvider({
  name: 'salesforce',
  displayName: 'Salesforce',
  documentationUrl:
    'https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm',
  config: {
    loginHost: {
      label: 'Login host',
      kind: 'host',
      hosts: ['login.salesforce.com', 'test.salesforce.com', '*.my.salesforce.com'],
      default: 'login.salesforce.com',
      // An application calls its organization at this host, and these two are that of none.
      usersOnly: ['login.salesforce.com', 'test.salesforce.com'],
    },
  },
  hosts: ['{config.loginHost}'],
  tokenHosts: ['login.salesforce.com', 'test.salesforce.com', '*.my.salesforce.com'],
  authorize: { url: 'https://{config.loginHost}/services/oauth2/authorize' },
  token: {
    url: 'https://{config.loginHost}/services/oauth2/token',
    clientAuthentication: ['client_secret_post'],
  },
  account: { from: 'token_response', idPath: 'id' },
  grantFacts: [
    {
      name: 'instance_url',
      from: 'token_response',
      path: 'instance_url',
      kind: 'origin',
      hosts: ['*.my.salesforce.com'],
    },
  ],
  // The session policy of the organisation decides the lifetime. Only a 401 tells that a token has
  // expired.
  lifetime: { defaultSeconds: null },
  refreshToken: { rotation: 'single_use', needsScope: 'refresh_token' },
  revocation: { url: 'https://{config.loginHost}/services/oauth2/revoke' },
  failures: {
    rules: [
      {
        when: { descriptionHas: 'token request is already being processed' },
        means: 'provider_unavailable',
        reason: 'two refreshes collided at the provider, the grant is valid',
      },
      {
        when: { errors: ['invalid_grant'], descriptionHas: 'rate exceeded' },
        means: 'rate_limited',
        reason: 'login rate limit sent as invalid_grant',
      },
      {
        when: { errors: ['invalid_grant'], descriptionHas: 'ip restricted' },
        means: 'access_denied',
        deniedTo: 'client',
        reason: 'the address of this server is not allowed: a new authorization would not help',
      },
      {
        when: { errors: ['invalid_client_id', 'invalid_client_credentials'] },
        means: 'invalid_client',
        reason: 'other names for invalid_client',
      },
      {
        when: { errors: ['inactive_user'] },
        means: 'invalid_grant',
        reason: 'the account is disabled',
      },
      {
        when: { errors: ['unknown_error'] },
        means: 'provider_unavailable',
        reason: 'documented as a fault of the service',
      },
    ],
    responses: {
      invalidClient: { status: 400, body: { error: 'invalid_client_id' } },
    },
  },
  api: {
    tokenRejected: [
      {
        status: [401, 401],
        body: [{ path: '*.errorCode', equals: ['INVALID_SESSION_ID'] }],
      },
    ],
    rateLimited: [
      {
        status: [403, 403],
        body: [{ path: '*.errorCode', equals: ['REQUEST_LIMIT_EXCEEDED'] }],
      },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'B.2',
    grantFacts: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.1, B.2',
    revocation: 'B.2',
    failures: 'https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flow_errors.htm',
    api: 'C',
  },
});
